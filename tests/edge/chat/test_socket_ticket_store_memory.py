"""Socket tickets in memory."""

import asyncio

import pytest

from chat.socket_ticket_store_memory import MemorySocketTickets
from tests.edge.chat.driver import claims
from tests.edge.chat.socket_ticket_contract import POLICY, SocketTicketContract


class TestMemorySocketTickets(SocketTicketContract):
    @pytest.fixture
    def store(self):
        return MemorySocketTickets(POLICY)

    async def test_only_digests_are_kept(self, store):
        tickets = {self.issue(store, claims()).encode() for _ in range(5)}

        assert {len(key) for key in store._issued} == {32}
        assert not tickets & set(store._issued)

    async def test_what_is_over_is_forgotten(self, store):
        for _ in range(5):
            self.issue(store, claims())
        await asyncio.sleep(1.55)  # until the buckets are full
        self.issue(store, claims())

        assert (len(store._issued), len(store._fresh)) == (1, 1)
