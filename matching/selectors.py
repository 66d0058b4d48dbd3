"""What matching can tell about itself, in numbers."""

from dataclasses import dataclass

from common import clock
from common.ids import PersonId
from common.vocabulary import Mode
from matching.domain.policy import POLICY
from matching.domain.waits import ExpectedWait, expected_wait
from matching.store import StoreUnreachableError
from matching.stores import ticket_store


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNumbers:
    """Other people waiting in a mode, and how long it has lately taken."""

    waiting: int
    expected: ExpectedWait | None


_last: dict[Mode, WaitingNumbers] = {}


async def waiting_numbers(
    mode: Mode, *, other_than: PersonId | None = None
) -> WaitingNumbers:
    """Count who waits, one person aside, and sum up recent waits in seconds.

    While the store does not answer, the numbers are the last ones that it gave.
    """
    try:
        _last[mode] = await _waiting_numbers(mode, other_than)
    except StoreUnreachableError:
        return _last.get(mode, WaitingNumbers(waiting=0, expected=None))
    return _last[mode]


async def _waiting_numbers(mode: Mode, other_than: PersonId | None) -> WaitingNumbers:
    store = ticket_store()
    after = clock.unix() - POLICY.waits_window_seconds
    return WaitingNumbers(
        waiting=await store.waiting(mode, other_than=other_than),
        expected=expected_wait(await store.waits(mode, after=after), policy=POLICY),
    )
