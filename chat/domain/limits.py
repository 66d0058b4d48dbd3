"""How much nonsense and how many frames one connection may send.

What lives here: counting, and when it is too much. What may not: what makes a
frame bad, or closing a socket.
"""

from collections import deque

from chat.domain.policy import SocketPolicy
from common.ratelimit import full, take


class FrameLimits:
    """The behaviour of one connection so far; times of the steady clock."""

    __slots__ = ("_bad", "_frames", "_joins", "_policy")

    def __init__(self, *, now: float, policy: SocketPolicy) -> None:
        """Start with a good name."""
        self._policy = policy
        self._bad: deque[float] = deque(maxlen=policy.bad_frames)
        self._frames = full(policy.frames, now)
        self._joins = full(policy.joins, now)

    def flooding(self, now: float, *, frames: int = 1) -> bool:
        """Count frames or records that came; says whether they are too many."""
        cost = min(float(frames), self._policy.frames.capacity)
        return take(self._frames, now, self._policy.frames, cost=cost) > 0

    def hopeless(self, now: float) -> bool:
        """Count a bad frame; says whether there were too many lately."""
        self._bad.append(now)
        enough = len(self._bad) == self._policy.bad_frames
        return enough and now - self._bad[0] < self._policy.bad_frame_seconds

    def join_wait(self, now: float) -> float:
        """Take one queue join.

        Returns:
            0 when it may join; else the seconds until it may.

        """
        return take(self._joins, now, self._policy.joins)
