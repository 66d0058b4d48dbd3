"""News from identity for the apps above it."""

from dataclasses import dataclass

from common.ids import PersonId, VisitorId


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorErased:
    """Everything kept about a visitor is gone; whatever runs for it must end."""

    visitor_id: VisitorId
    person_id: PersonId
