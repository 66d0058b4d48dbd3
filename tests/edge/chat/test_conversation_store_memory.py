import pytest

from chat.conversation_store_memory import MemoryConversationStore
from chat.conversation_stores import conversation_store
from chat.domain.policy import RECORD, RecordPolicy
from tests.edge.chat.conversation_store_contract import (
    BRIEF,
    ConversationStoreContract,
)
from tests.unit.chat.records_of import ended, record


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


class TestMemoryConversationStore(ConversationStoreContract):
    @pytest.fixture(autouse=True)
    def _at(self, clock):
        self.clock = clock

    @pytest.fixture
    def store(self, clock):
        return MemoryConversationStore(RECORD, now=clock)

    @pytest.fixture
    def brief(self, clock):
        return MemoryConversationStore(BRIEF, now=clock)

    async def wait(self, seconds):
        self.clock.now += seconds


async def test_what_is_over_is_forgotten_though_nobody_asks_for_it(clock):
    store = MemoryConversationStore(RECORD, now=clock)
    for number in range(10):
        await store.put(record(number))
        await store.end(ended(record(number)))

    clock.now += RECORD.ended_seconds
    await store.put(record(99))

    assert (len(store._ended), len(store._running)) == (0, 1)


async def test_it_is_bounded_and_what_ended_makes_room_first(clock):
    store = MemoryConversationStore(RecordPolicy(most=3), now=clock)
    await store.put(record(1))
    await store.put(record(2))
    await store.end(ended(record(2)))
    for number in (3, 4, 5):
        await store.put(record(number))

    kept = [n for n in range(9) if await store.get(record(n).id) is not None]
    assert kept == [3, 4, 5]


async def test_who_writes_again_is_not_the_oldest(clock):
    store = MemoryConversationStore(RecordPolicy(most=2), now=clock)
    for number in (1, 2, 1, 3):
        await store.put(record(number))

    assert await store.get(record(1).id) == record(1)
    assert await store.get(record(2).id) is None


def test_a_site_of_one_process_keeps_records_in_memory():
    conversation_store.cache_clear()

    assert isinstance(conversation_store(), MemoryConversationStore)
    assert conversation_store() is conversation_store()
