"""Every tunable constant of identity, with its unit and its reason.

Nothing here decides anything: the rules in this package take a policy as an
argument, so that an operator, a test or a simulation can vary it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPolicy:
    """How old, how much and how long."""

    age_floor_years: int = 18
    """Completed years asked of everyone; the rules are written for adults."""

    oldest_years: int = 120
    """Nobody alive is older (the verified record is 122); more is a slip."""

    languages: int = 5
    """Languages one person may name; the wire allows five (protocol.md §1)."""

    interests: int = 10
    """Interests one person may name: enough to meet on, few enough to read."""

    interest_characters: int = 32
    """Characters of one interest; the wire allows 32 (protocol.md §2)."""

    visitor_days: int = 400
    """Days a cookie or app token lasts: the most that browsers keep a cookie
    (RFC 6265bis §5.5)."""

    token_memory_seconds: float = 13 * 3600.0
    """How long it is known without the database whose token one is: for as
    long as a conversation lasts, to which its holder may come back."""
