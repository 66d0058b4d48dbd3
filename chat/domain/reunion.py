"""Meeting the same stranger again, right after a `next` by mistake or mercy.

What lives here: who has asked, and until when. What may not: whether the two
are free, and matching them; that is the edge's.
"""

from trust.domain.franking import Role


class Reunion:
    """The moment after a conversation in which both may ask for each other."""

    __slots__ = ("_asked", "_until")

    def __init__(self, *, until: float) -> None:
        """Open it until a time of the steady clock."""
        self._until = until
        self._asked: set[Role] = set()

    def over(self, now: float) -> bool:
        """Say whether it is too late."""
        return now > self._until

    def ask(self, role: Role, now: float) -> bool:
        """Count a side's wish; says whether both have it now."""
        if self.over(now):
            return False
        self._asked.add(role)
        return len(self._asked) == len(Role)
