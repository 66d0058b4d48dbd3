import pytest

from matching.store_memory import MemoryTicketStore
from matching.stores import ticket_store
from tests.edge.matching.store_contract import FEW_KEPT, TicketStoreContract


class TestMemoryTicketStore(TicketStoreContract):
    @pytest.fixture
    def store(self):
        return MemoryTicketStore(FEW_KEPT)


def test_a_process_has_one_store():
    assert ticket_store() is ticket_store()
