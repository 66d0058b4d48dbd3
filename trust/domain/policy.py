"""Every number that the rules of trust may be tuned by.

Nothing here decides; the rules take a policy as an argument, so that tests
vary it and an operator can read it in one place.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """The bounds of stamp and seal keys.

    Source: docs/reference/protocol.md, section 4.
    """

    key_opens: timedelta = timedelta(hours=24)
    """How long a key opens conversations: one day, so that a stolen key forges
    little and a destroyed one takes little with it."""

    key_stamps_after: timedelta = timedelta(hours=12)
    """How much longer it stamps what it opened: the life of a conversation."""

    key_verifies_after: timedelta = timedelta(days=14)
    """How long a report can still be checked after the last possible stamp."""

    key_made_ahead: timedelta = timedelta(hours=1)
    """How early the next key is made, so that one missed run harms nobody."""


POLICY = TrustPolicy()
