"""Whether a badge is worn: granted, expired or revoked.

What lives here: the kinds of badges and their standing at an instant. What may
not: who deserves one, which people decide.

How it works. A badge is worn from its grant to its expiry. Revoking ends it at
once and for good, whatever its expiry says.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BadgeKind(StrEnum):
    """What partners see beside a handle; the value is the word on the wire."""

    CROWN = "crown"


class Standing(StrEnum):
    """What a badge is worth at an instant."""

    WORN = "worn"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """When a badge was granted, ends, and was taken back; aware instants."""

    granted_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


def standing(grant: Grant, now: datetime) -> Standing:
    """Say whether a badge is worn now; at its expiry it no longer is."""
    if grant.revoked_at is not None and grant.revoked_at <= now:
        return Standing.REVOKED
    return Standing.WORN if now < grant.expires_at else Standing.EXPIRED
