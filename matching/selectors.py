"""What matching can tell about itself, in numbers."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from common import clock
from common.ids import PersonId
from common.vocabulary import Mode
from matching.domain.policy import POLICY
from matching.domain.waits import ExpectedWait, expected_wait
from matching.store import StoreUnreachableError, TicketStore
from matching.stores import ticket_store


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNumbers:
    """Other people waiting in a mode, and how long it has lately taken."""

    waiting: int
    expected: ExpectedWait | None


_last: dict[Mode, WaitingNumbers] = {}
_sums: WeakKeyDictionary[TicketStore, dict[Mode, tuple[float, ExpectedWait | None]]] = (
    WeakKeyDictionary()
)


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
    return WaitingNumbers(
        waiting=await store.waiting(mode, other_than=other_than),
        expected=await _expected(store, mode),
    )


async def _expected(store: TicketStore, mode: Mode) -> ExpectedWait | None:
    """Sum up the waits of a quarter of an hour, at most once a second."""
    now = clock.unix()
    sums = _sums.setdefault(store, {})
    at, expected = sums.get(mode, (0.0, None))
    if expected is None or not 0 <= now - at < POLICY.waits_summed_seconds:
        waits = await store.waits(mode, after=now - POLICY.waits_window_seconds)
        expected = expected_wait(waits, policy=POLICY)
        sums[mode] = (now, expected)
    return expected
