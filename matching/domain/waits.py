"""What to tell people about how long it will take: measured, or nothing.

What lives here: percentiles of recent waits. What may not: where waits are
kept, or guesses; with too few measurements there is no answer.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from matching.domain.policy import MatchPolicy


class ExpectedWait(NamedTuple):
    """Half of the recent waits were at most `p50` seconds, nine in ten `p90`."""

    p50: float
    p90: float


def expected_wait(
    waits: Sequence[float], *, policy: MatchPolicy
) -> ExpectedWait | None:
    """Sum up recent waits, in seconds and any order, by nearest rank.

    Returns:
        `None` with fewer than `policy.waits_needed` of them.

    """
    if len(waits) < policy.waits_needed:
        return None
    ranked = sorted(waits)
    return ExpectedWait(_at(ranked, 0.5), _at(ranked, 0.9))


def _at(ranked: Sequence[float], share: float) -> float:
    return ranked[math.ceil(share * len(ranked)) - 1]
