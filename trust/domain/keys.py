"""The life of a stamp key, and what a rotation has to do now.

What lives here: when a key opens conversations, stamps, verifies and dies, and
how keys are numbered. What may not: key bytes, storage, the clock.

How it works. Keys follow one another without a gap: each opens conversations
for a day, stamps those it opened until the last of them must have ended, is
kept to verify reports, and is then destroyed. The next key is made a little
ahead. Numbers go up by one and wrap at 16 bits; a number in use is skipped,
and age is told by time alone, never by number.

Source: docs/reference/protocol.md, section 4.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from trust.domain.policy import TrustPolicy

KID_COUNT = 1 << 16
FIRST_KID = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLife:
    """When a key does what; each end is the first instant it no longer does.

    `kid` is 0 to 65535; the instants are aware and grow from left to right.
    """

    kid: int
    opens_from: datetime
    opens_until: datetime
    stamps_until: datetime
    verifies_until: datetime

    @classmethod
    def starting(cls, at: datetime, *, kid: int, policy: TrustPolicy) -> Self:
        """Plan the life of a key that opens conversations from an instant on."""
        opens_until = at + policy.key_opens
        stamps_until = opens_until + policy.key_stamps_after
        return cls(
            kid=kid,
            opens_from=at,
            opens_until=opens_until,
            stamps_until=stamps_until,
            verifies_until=stamps_until + policy.key_verifies_after,
        )

    def opens(self, now: datetime) -> bool:
        """Say whether new conversations get this key."""
        return self.opens_from <= now < self.opens_until

    def dead(self, now: datetime) -> bool:
        """Say whether nothing may be verified with it any more."""
        return now >= self.verifies_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What to do: keys to make, in order, and the numbers of keys to destroy."""

    make: tuple[KeyLife, ...]
    destroy: tuple[int, ...]


def opening(keys: Collection[KeyLife], now: datetime) -> KeyLife | None:
    """Pick the key that opens conversations now; the newest if there are two."""
    candidates = (key for key in keys if key.opens(now))
    return max(candidates, key=lambda key: key.opens_from, default=None)


def due(keys: Collection[KeyLife], now: datetime, policy: TrustPolicy) -> Rotation:
    """Say what a rotation has to do; applied at once, nothing is due again.

    Args:
        keys: all that are kept, in any order.
        now: aware instant.
        policy: lengths of the parts of a life.

    """
    made: list[KeyLife] = []
    while _runs_out([*keys, *made], now, policy):
        made.append(_next([*keys, *made], now, policy))
    dead = (key for key in keys if key.dead(now))
    destroy = tuple(key.kid for key in sorted(dead, key=lambda key: key.opens_from))
    return Rotation(make=tuple(made), destroy=destroy)


def _runs_out(keys: Collection[KeyLife], now: datetime, policy: TrustPolicy) -> bool:
    covered = max((key.opens_until for key in keys), default=now)
    return opening(keys, now) is None or covered <= now + policy.key_made_ahead


def _next(keys: Collection[KeyLife], now: datetime, policy: TrustPolicy) -> KeyLife:
    newest = max(keys, key=lambda key: key.opens_from, default=None)
    start, kid = now, FIRST_KID
    if newest is not None:
        kid = _free_kid(newest.kid, {key.kid for key in keys})
        if newest.opens(now):
            start = newest.opens_until
    return KeyLife.starting(start, kid=kid, policy=policy)


def _free_kid(after: int, taken: Collection[int]) -> int:
    kid = (after + 1) % KID_COUNT
    while kid in taken:
        kid = (kid + 1) % KID_COUNT
    return kid
