import pytest

from chat.worker_directory import workers
from chat.workers_memory import MemoryWorkers
from tests.edge.chat.workers_contract import WorkersContract


class TestMemoryWorkers(WorkersContract):
    @pytest.fixture
    def workers(self):
        return MemoryWorkers()


def test_the_process_of_a_site_that_has_but_one_knows_itself():
    workers.cache_clear()

    assert isinstance(workers(), MemoryWorkers)
    assert workers() is workers()
