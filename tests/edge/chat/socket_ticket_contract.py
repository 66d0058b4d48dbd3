"""What every store of socket tickets must do, with the real clock."""

import asyncio
import threading
from dataclasses import replace

import pytest

from chat.domain.policy import TicketPolicy
from chat.socket_ticket_store import TooBusyError
from common import clock
from common.errors import RateLimitedError
from common.ids import new_account_id
from common.ratelimit import Rule
from common.vocabulary import Mode
from tests.edge.chat.driver import claims

POLICY = TicketPolicy(
    life_seconds=0.8,
    pace=Rule(capacity=3, per_second=2),
    resume_pace=Rule(capacity=5, per_second=2),
    most=10,
)


class SocketTicketContract:
    """Inherited by the tests of each store, which give a `store` of this policy."""

    def issue(self, store, who, **how):
        return store.issue(who, now=clock.monotonic(), **how)

    async def redeem(self, store, ticket):
        return await store.redeem(ticket, now=clock.monotonic())

    async def test_a_ticket_gives_back_what_it_was_made_for(self, store):
        everyone = [
            claims(),
            claims(account=new_account_id(), from_browser=True),
            claims(modes=(Mode.TEXT,)),
            replace(claims(modes=()), known=False),
        ]
        tickets = [self.issue(store, who) for who in everyone]

        assert [await self.redeem(store, each) for each in tickets] == everyone

    async def test_a_ticket_is_used_up(self, store):
        ticket = self.issue(store, claims())
        await self.redeem(store, ticket)

        assert await self.redeem(store, ticket) is None

    async def test_of_many_at_once_one_gets_it(self, store):
        ticket = self.issue(store, claims())
        answers = await asyncio.gather(*(self.redeem(store, ticket) for _ in range(20)))

        assert len([answer for answer in answers if answer]) == 1

    async def test_a_ticket_grows_too_old(self, store):
        ticket = self.issue(store, claims())
        await asyncio.sleep(POLICY.life_seconds + 0.05)

        assert await self.redeem(store, ticket) is None

    async def test_what_is_no_ticket_is_refused(self, store):
        for strange in ("", "x" * 43, "\udcff", "ünïcode", "x" * 5000):
            assert await self.redeem(store, strange) is None

    async def test_tickets_are_unguessable(self, store):
        made = {self.issue(store, claims()) for _ in range(8)}

        assert len(made) == 8
        assert {len(ticket) for ticket in made} == {43}

    async def test_a_visitor_asks_at_a_pace(self, store):
        who = claims()
        for _ in range(3):
            self.issue(store, who)
        with pytest.raises(RateLimitedError) as refusal:
            self.issue(store, who)

        assert 0 < refusal.value.retry_after_seconds <= 0.5
        assert self.issue(store, claims())
        await asyncio.sleep(0.51)
        assert self.issue(store, who)

    async def test_who_resumes_is_held_up_much_later(self, store):
        who = claims()
        for _ in range(3):
            self.issue(store, who)
        for _ in range(5):
            assert self.issue(store, who, resuming=True)
        with pytest.raises(RateLimitedError):
            self.issue(store, who, resuming=True)

    async def test_too_many_unused_tickets_are_refused(self, store):
        tickets = [self.issue(store, claims()) for _ in range(POLICY.most)]
        with pytest.raises(TooBusyError):
            self.issue(store, claims())
        await self.redeem(store, tickets[0])

        assert self.issue(store, claims())
        await asyncio.sleep(POLICY.life_seconds + 0.05)
        assert self.issue(store, claims())

    async def test_revoking_takes_ones_own_tickets_and_no_others(self, store):
        one, other = claims(), claims()
        mine = [self.issue(store, one) for _ in range(2)]
        theirs = self.issue(store, other)
        store.revoke(one.visitor_id)
        store.revoke(one.visitor_id)

        assert [await self.redeem(store, each) for each in mine] == [None, None]
        assert await self.redeem(store, theirs) == other

    async def test_threads_may_issue_together(self, store):
        tickets = []
        threads = [
            threading.Thread(target=lambda: tickets.append(self.issue(store, claims())))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert None not in [await self.redeem(store, each) for each in tickets]
        assert len(tickets) == 8
