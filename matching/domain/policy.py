"""Every number that matching may be tuned by.

Nothing here decides; the rules take a policy as an argument, so that tests
vary it and an operator can read it in one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from common.vocabulary import Region

_ORDER = (
    Region.EUROPE,
    Region.NORTH_AMERICA,
    Region.SOUTH_AMERICA,
    Region.ASIA,
    Region.AFRICA,
    Region.OCEANIA,
)
_NEARNESS = (
    (1.0, 0.6, 0.5, 0.3, 0.2, 0.2),
    (0.6, 1.0, 0.3, 0.4, 0.3, 0.2),
    (0.5, 0.3, 1.0, 0.2, 0.2, 0.2),
    (0.3, 0.4, 0.2, 1.0, 0.6, 0.4),
    (0.2, 0.3, 0.2, 0.6, 1.0, 0.6),
    (0.2, 0.2, 0.2, 0.4, 0.6, 1.0),
)


def _nearness() -> Mapping[tuple[Region, Region], float]:
    return {
        (one, other): _NEARNESS[row][column]
        for row, one in enumerate(_ORDER)
        for column, other in enumerate(_ORDER)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPolicy:
    """Weights, bounds and times of matching; the four weights add up to 1."""

    interests_weight: float = 0.475
    """Share of the score for common interests: what a talk is about."""

    languages_weight: float = 0.285
    """Share for a common language: without one there is hardly a talk."""

    region_weight: float = 0.19
    """Share for nearness: similar hours, shorter routes."""

    trust_weight: float = 0.05
    """Share for similar trust, small so that nobody is walled in by it."""

    interests_for_full_share: int = 2
    """So many common interests count fully; more make no better talk."""

    nearness: Mapping[tuple[Region, Region], float] = field(default_factory=_nearness)
    """How near two regions are, 0 to 1, symmetric."""

    nearness_unknown: float = 0.2
    """Nearness when one names no region: as far as the farthest, no worse."""

    bands_apart_max: int = 1
    """Hard limit of the protocol, section 1."""

    choosy_share: float = 0.5
    """A balanced ticket first holds out for this share of what it names: one
    common interest, or a language and a little more, is taken at once."""

    choosy_seconds: float = 5.0
    """In this time the bar falls to nothing. People leave a silent waiting page
    after some ten seconds; half of that may be spent on a better partner."""

    waiting_bonus_per_second: float = 0.02
    """What a second of waiting adds to a candidate's rank, never to its
    acceptability: ten seconds outweigh a common region."""

    waiting_bonus_max: float = 0.4
    """Bound of that bonus, so that rank never turns into a plain queue."""

    priority_seconds_max: float = 5.0
    """Bound of a head start: priority helps, it is never a separate lane."""

    looks_seconds: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0)
    """When a waiting ticket is looked at again, by time waited; the last look is
    at `choosy_seconds`, when nothing but a hard limit can stand in the way."""

    look_again_seconds: float = 15.0
    """Every so often after that: recent partners become possible again."""

    recent_partner_seconds: float = 900.0
    """For so long two who met are not paired again (protocol, section 1)."""

    waits_window_seconds: float = 900.0
    """Expectations rest on waits of this last stretch (protocol, section 2)."""

    waits_needed: int = 20
    """With fewer measured waits nothing is promised (protocol, section 2)."""

    waits_kept: int = 1000
    """Waits kept for each mode: enough for a steady 90th percentile."""

    waits_summed_seconds: float = 1.0
    """A sum of a thousand waits is good for so long; people join more often."""

    arrivals_per_turn: int = 32
    """Tickets looked at before the event loop serves others again: some
    milliseconds. One at a time, a loop that is busy would match nobody."""

    pause_after_error_seconds: float = 0.5
    """The runner rests so long after a failure instead of spinning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasePolicy:
    """Who may do what for how long when several processes match together."""

    ticket_seconds: float = 10.0
    """So long a ticket waits on after its owner last said that it does: enough
    for a few lost renewals, short enough that nobody meets a ghost."""

    renew_seconds: float = 2.0
    """How often an owner renews all its tickets at once."""

    hurry_seconds: float = 0.5
    """How often instead, while a ticket is missing or the store is away."""

    pair_grace_seconds: float = 2.0
    """A ticket missing from the store may have been claimed, and its pair be on
    the way; after this time it is not, and the ticket is offered again."""

    offer_batch: int = 100
    """So many tickets are offered again at once after the store was lost."""

    subscribe_seconds: float = 1.0
    """So long an offer waits for the way on which pairs come; a pair lost for
    want of it is healed by the renewals."""

    matcher_seconds: float = 2.0
    """The matcher's lease: a search takes this much longer when it dies."""

    matcher_renew_seconds: float = 0.5
    """How often it is renewed: three may be lost."""

    standby_seconds: float = 0.25
    """How often a standby tries to take it."""

    compare_seconds: float = 1.0
    """How often the matcher compares its pool with the store: what a lost
    notification costs at most."""

    store_seconds: float = 1.0
    """No answer of the store in this time is none: it takes well under a
    millisecond."""

    quiet_seconds: float = 2.0
    """After such a silence a subscriber asks whether its connection lives."""

    waits_fresh_seconds: float = 1.0
    """Measured waits are read anew no more often than this by one process."""


LEASES = LeasePolicy()
POLICY = MatchPolicy()
