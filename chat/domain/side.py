"""What a conversation keeps of one of its two sides.

What lives here: counters, buckets and numbers. What may not: who the person
is, their socket, their keys or their words.
"""

from chat.domain.direction import Direction
from chat.domain.policy import ConversationPolicy
from chat.domain.signal import Generations
from common.ratelimit import full


class Side:
    """One side, from the match to the end."""

    __slots__ = ("generations", "sent", "signals", "slot", "typing")

    def __init__(self, *, slot: int, now: float, policy: ConversationPolicy) -> None:
        """Start with nothing sent.

        Args:
            slot: number of this conversation on this side's socket.
            now: the steady clock.
            policy: bounds.

        """
        self.slot = slot
        self.sent = Direction(now=now, policy=policy)
        self.generations = Generations(policy)
        self.signals = full(policy.signals, now)
        self.typing = full(policy.typing, now)
