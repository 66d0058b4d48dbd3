"""Token buckets: how often something may happen.

Pure: the caller keeps the bucket and reads the clock. A bucket holds up to
`capacity` tokens and gains `per_second`; what costs more than it holds waits.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How many at once (`capacity`, tokens) and how fast they come back."""

    capacity: float
    per_second: float


@dataclass(slots=True)
class Bucket:
    """Tokens left at a time, in seconds of a monotonic clock."""

    tokens: float
    at: float


def full(rule: Rule, now: float) -> Bucket:
    """Make a bucket that has not been used yet."""
    return Bucket(rule.capacity, now)


def take(bucket: Bucket, now: float, rule: Rule, *, cost: float = 1.0) -> float:
    """Take `cost` tokens if they are there.

    Args:
        bucket: changed in place.
        now: seconds of the clock that the bucket was made with.
        rule: capacity and refill.
        cost: tokens, at most the rule's capacity.

    Returns:
        0 when taken; else the seconds until the bucket will hold enough,
        with nothing taken.

    """
    tokens, elapsed = bucket.tokens, now - bucket.at
    if elapsed > 0.0:
        tokens += elapsed * rule.per_second
        bucket.at = now
        tokens = min(tokens, rule.capacity)
    wait = 0.0
    if tokens >= cost:
        tokens -= cost
    else:
        wait = (cost - tokens) / rule.per_second
    bucket.tokens = tokens
    return wait
