import pytest

from matching.domain.policy import POLICY
from matching.store_memory import MemoryTicketStore
from matching.stores import ticket_store
from tests.edge.matching.store_contract import TicketStoreContract


class TestMemoryTicketStore(TicketStoreContract):
    @pytest.fixture
    def store(self):
        return MemoryTicketStore(POLICY)


def test_a_process_has_one_store():
    assert ticket_store() is ticket_store()
