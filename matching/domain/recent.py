"""Remembering that two people met, without remembering who.

What lives here: the mark of a pair, and marks with the times at which they stop
counting. What may not: how long that is (`policy`), the clock, other processes.

How it works. A mark is a keyed hash of both persons in a fixed order. Whoever
reads the marks without the key learns nothing; whoever has two persons and
the key can ask whether these two met.
"""

import hashlib
import hmac
from collections import OrderedDict

from common.ids import PersonId

MARK_BYTES = 16
"""128 bits: no two pairs of a quarter of an hour share a mark by chance."""


def pair_mark(one: PersonId, other: PersonId, *, key: bytes) -> bytes:
    """Compute the mark of two persons, the same either way round."""
    both = b"".join(sorted((one.bytes, other.bytes)))
    return hmac.digest(key, both, hashlib.sha256)[:MARK_BYTES]


class RecentPairs:
    """Marks that count for a while; times in seconds since 1970."""

    def __init__(self) -> None:
        """Start with none."""
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def __len__(self) -> int:
        """Count the marks that are kept; some may have stopped counting."""
        return len(self._until)

    def remember(self, mark: bytes, *, now: float, until: float) -> None:
        """Let a mark count until a time, and drop those that no longer do."""
        self._until[mark] = until
        self._until.move_to_end(mark)
        while self._until and next(iter(self._until.values())) <= now:
            self._until.popitem(last=False)

    def met_until(self, mark: bytes, now: float) -> float | None:
        """Say until when a mark counts; `None` when it does not."""
        until = self._until.get(mark, now)
        return until if until > now else None
