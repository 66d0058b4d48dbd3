"""Closed sets of words that several apps and the wire share."""

from enum import StrEnum


class Mode(StrEnum):
    """What two strangers choose before they meet."""

    TEXT = "text"
    VOICE = "voice"
    VIDEO = "video"


class Region(StrEnum):
    """Where a person says they are: six parts of the world."""

    AFRICA = "af"
    ASIA = "as"
    EUROPE = "eu"
    NORTH_AMERICA = "na"
    OCEANIA = "oc"
    SOUTH_AMERICA = "sa"


class Strictness(StrEnum):
    """How much of what a ticket names its partner must share."""

    STRICT = "strict"
    BALANCED = "balanced"
    OPEN = "open"


class Band(StrEnum):
    """How much trust a person has earned, lowest first."""

    RESTRICTED = "restricted"
    NEW = "new"
    NORMAL = "normal"
    TRUSTED = "trusted"
    GUARDIAN = "guardian"

    @property
    def rank(self) -> int:
        """Count the bands below this one (0 to 4)."""
        return list(Band).index(self)
