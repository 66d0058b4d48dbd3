"""Who may be paired, and how well two people fit.

What lives here: every hard limit of the protocol (section 1), what strict
tickets demand, the score of a pair and the bar that a balanced ticket holds.
What may not: who waits and when to look (`engine`), or where facts come from.

How it works. `conflict` asks every rule in both directions and names the first
that forbids; nothing overrules it. `score` is symmetric, 0 to 1, a sum of four
weighted parts. `acceptable` compares what two share with the higher of their
bars, which fall to nothing while they wait.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from common.vocabulary import Strictness
from matching.domain.interests import shared
from matching.domain.policy import MatchPolicy
from matching.domain.ticket import SUITE_P256, SUITE_X25519, Ticket

_ROUNDING = 1e-6
"""Scores this near are one: a bar that has all but fallen is no bar."""
_TRUST_SPAN = 1000


class Conflict(StrEnum):
    """Why two tickets are never paired."""

    SELF = "self"
    MODE = "mode"
    BLOCK = "block"
    BAND = "band"
    REGION = "region"
    SUITE = "suite"
    STRICT_LANGUAGES = "strict_languages"
    STRICT_INTERESTS = "strict_interests"
    RECENT = "recent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well two fit: four parts, each already weighted."""

    interests: float
    languages: float
    region: float
    trust: float

    @property
    def total(self) -> float:
        """Add up the parts, 0 to 1."""
        return self.interests + self.languages + self.region + self.trust

    @property
    def wished(self) -> float:
        """Add up the parts that a person can name wishes for."""
        return self.interests + self.languages


def conflict(
    a: Ticket, b: Ticket, *, recently_met: bool, policy: MatchPolicy
) -> Conflict | None:
    """Name the first limit that forbids the pair; `None` when it is allowed.

    Args:
        a: one ticket.
        b: the other; the answer is the same either way round.
        recently_met: whether they met within `recent_partner_seconds`.
        policy: bounds.

    """
    if recently_met:
        return Conflict.RECENT
    for reason, forbids in _RULES:
        if forbids(a, b, policy) or forbids(b, a, policy):
            return reason
    return None


def common_suite(a: Ticket, b: Ticket) -> int | None:
    """Choose the encryption suite: 1 if both can, else 2 if both can."""
    both = a.suites & b.suites
    return next((suite for suite in (SUITE_X25519, SUITE_P256) if suite in both), None)


def shared_language(a: Ticket, b: Ticket) -> bool:
    """Say whether they have a language in common, whatever its variety."""
    spoken = {_language(tag) for tag in a.languages}
    return any(_language(tag) in spoken for tag in b.languages)


def score(a: Ticket, b: Ticket, *, policy: MatchPolicy) -> Score:
    """Judge how well two fit, the same either way round."""
    count = len(shared(a.interests, b.interests))
    return Score(
        interests=policy.interests_weight
        * min(1.0, count / policy.interests_for_full_share),
        languages=policy.languages_weight * shared_language(a, b),
        region=policy.region_weight * _nearness(a, b, policy),
        trust=policy.trust_weight * (1 - abs(a.trust - b.trust) / _TRUST_SPAN),
    )


def waited_seconds(ticket: Ticket, *, now: float, policy: MatchPolicy) -> float:
    """Count the wait so far with the ticket's bounded head start."""
    head_start = min(max(0.0, ticket.priority_seconds), policy.priority_seconds_max)
    return max(0.0, now - ticket.since) + head_start


def bar(ticket: Ticket, *, now: float, policy: MatchPolicy) -> float:
    """Say how much a ticket still holds out for.

    Only a balanced ticket holds out, and only for kinds of things it names: an
    open one takes anyone, and what a strict one demands is a hard limit.
    """
    if ticket.strictness is not Strictness.BALANCED:
        return 0.0
    named = policy.interests_weight * bool(ticket.interests)
    named += policy.languages_weight * bool(ticket.languages)
    waited = waited_seconds(ticket, now=now, policy=policy)
    left = max(0.0, 1 - waited / policy.choosy_seconds)
    return policy.choosy_share * named * left


def acceptable(
    fit: Score, a: Ticket, b: Ticket, *, now: float, policy: MatchPolicy
) -> bool:
    """Say whether what they share clears the higher of their two bars."""
    higher = max(bar(a, now=now, policy=policy), bar(b, now=now, policy=policy))
    return fit.wished + _ROUNDING >= higher


def _language(tag: str) -> str:
    """Cut a BCP 47 tag to its language; private and old tags stay whole."""
    folded = tag.casefold()
    primary = folded.partition("-")[0]
    return primary if len(primary) > 1 else folded


def _nearness(a: Ticket, b: Ticket, policy: MatchPolicy) -> float:
    if a.region is None or b.region is None:
        return policy.nearness_unknown
    return policy.nearness[a.region, b.region]


# Each rule answers for one direction: does `a` rule `b` out?


def _is_self(a: Ticket, b: Ticket, _policy: MatchPolicy) -> bool:
    return a.person == b.person or a.visitor == b.visitor


def _other_mode(a: Ticket, b: Ticket, _policy: MatchPolicy) -> bool:
    return a.mode is not b.mode


def _has_blocked(a: Ticket, b: Ticket, _policy: MatchPolicy) -> bool:
    return b.person in a.blocked


def _far_in_band(a: Ticket, b: Ticket, policy: MatchPolicy) -> bool:
    return abs(a.band.rank - b.band.rank) > policy.bands_apart_max


def _unwanted_region(a: Ticket, b: Ticket, _policy: MatchPolicy) -> bool:
    return bool(a.regions) and b.region not in a.regions


def _no_common_suite(a: Ticket, b: Ticket, _policy: MatchPolicy) -> bool:
    return common_suite(a, b) is None


def _lacks_language(a: Ticket, b: Ticket, _policy: MatchPolicy) -> bool:
    demanded = a.strictness is Strictness.STRICT and bool(a.languages)
    return demanded and not shared_language(a, b)


def _lacks_interest(a: Ticket, b: Ticket, _policy: MatchPolicy) -> bool:
    demanded = a.strictness is Strictness.STRICT and bool(a.interests)
    return demanded and not shared(a.interests, b.interests)


_RULES: tuple[tuple[Conflict, Callable[[Ticket, Ticket, MatchPolicy], bool]], ...] = (
    (Conflict.SELF, _is_self),
    (Conflict.MODE, _other_mode),
    (Conflict.BLOCK, _has_blocked),
    (Conflict.BAND, _far_in_band),
    (Conflict.REGION, _unwanted_region),
    (Conflict.SUITE, _no_common_suite),
    (Conflict.STRICT_LANGUAGES, _lacks_language),
    (Conflict.STRICT_INTERESTS, _lacks_interest),
)
