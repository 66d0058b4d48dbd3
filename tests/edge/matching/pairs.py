"""Claims of pairs, for tests that need waits to have been measured."""

from common.vocabulary import Mode
from common.worker import worker_id
from matching.events import PairFound
from tests.unit.matching.people import ticket

REMEMBERED_SECONDS = 900


async def claim(store, first, second, *, at=10.0, mark=None, until=None):
    """Claim a pair; its mark names the two, unless it is given."""
    one, other = sorted((first.person.bytes[-2:], second.person.bytes[-2:]))
    return await store.claim(
        PairFound(first=first, second=second, at=at),
        mark=mark or one + other,
        until=at + REMEMBERED_SECONDS if until is None else until,
    )


async def measured(store, *seconds, at, mode=Mode.TEXT):
    """Pair people, two by two, who have waited for so long."""
    tickets = [
        ticket(number, mode=mode, since=at - one, owner=worker_id())
        for number, one in enumerate(seconds)
    ]
    for first, second in zip(tickets[::2], tickets[1::2], strict=True):
        await store.put(first)
        await store.put(second)
        mark = f"{at} {mode} {first.id}".encode()
        assert (await claim(store, first, second, at=at, mark=mark)).taken
