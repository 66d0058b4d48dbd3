"""Every number that the rules of creators may be tuned by."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatorPolicy:
    """The bounds of badges."""

    crown_term: timedelta = timedelta(days=365)
    """How long a Crown lasts unless staff say otherwise: a year, then somebody
    looks again whether it is still deserved."""


POLICY = CreatorPolicy()
