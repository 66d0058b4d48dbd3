"""What the explaining pages must know: numbers in force, drawn and in words.

Every number is read from the policy or setting that the rules themselves use,
when the page is asked for. Drawings get their coordinates as text, because a
template would write a number in the reader's language, and SVG reads only one.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.domain.policy import CONVERSATION, SOCKET, TICKET
from creators.domain.policy import POLICY as CREATORS
from identity.configuration import policy as identity_policy
from matching.domain.policy import POLICY as MATCHING
from matching.domain.policy import MatchPolicy
from strangerspace.hotlines import directory
from trust.domain.policy import POLICY as TRUST

RULES_SINCE = date(2026, 11, 22)
PRIVACY_SINCE = date(2026, 11, 22)
DRAWN_WIDTH = 300
"""Units of a drawing that a whole bar is long."""
DRAWN_ROW = 44
"""Units from one bar to the next."""

_GCM_TAG_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a bar: how much it is, and where it is drawn."""

    percent: str
    start: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long something lives, in words and as the length of a bar."""

    what: str
    words: str
    top: int
    width: str


def how_it_works() -> Mapping[str, object]:
    """Tell which calls are offered, and the sizes and times of messages."""
    sizes = sorted(size - _GCM_TAG_BYTES for size in CONVERSATION.sealed_bytes)
    return {
        "calls": settings.CALLS_WITHOUT_RELAY,
        "ticket_lasts": in_words(TICKET.life_seconds),
        "conversation_lasts": in_words(CONVERSATION.life_seconds),
        "proposal_lasts": in_words(CONVERSATION.proposal_seconds),
        "resume_lasts": in_words(CONVERSATION.resume_window_seconds),
        "sizes": len(sizes),
    }


def matching(policy: MatchPolicy = MATCHING) -> Mapping[str, object]:
    """Tell every number of the matcher."""
    return {
        "policy": policy,
        "shares": _shares(
            {
                "interests": policy.interests_weight,
                "languages": policy.languages_weight,
                "region": policy.region_weight,
                "trust": policy.trust_weight,
            }
        ),
        "choosy_percent": number(100 * policy.choosy_share),
        "bonus": number(100 * policy.waiting_bonus_per_second),
        "bonus_max": number(100 * policy.waiting_bonus_max),
        "nearness_unknown": number(policy.nearness_unknown),
        "recent_lasts": in_words(policy.recent_partner_seconds),
        "window_lasts": in_words(policy.waits_window_seconds),
        "look_again": in_words(policy.look_again_seconds),
        "choosy_lasts": in_words(policy.choosy_seconds),
        "head_start": in_words(policy.priority_seconds_max),
        "first_looks": [number(seconds) for seconds in policy.looks_seconds],
    }


def safety() -> Mapping[str, object]:
    """Tell where help is, by country."""
    listed = directory()
    return {
        "directory": listed,
        "countries": sorted(listed.countries, key=lambda country: str(country.name)),
        "calls": settings.CALLS_WITHOUT_RELAY,
    }


def rules() -> Mapping[str, object]:
    """Tell since when the rules stand, and for whom."""
    return {"since": RULES_SINCE, "floor": identity_policy().age_floor_years}


def privacy() -> Mapping[str, object]:
    """Tell how long everything lives."""
    lasts = _lifespans()
    return {
        "since": PRIVACY_SINCE,
        "calls": settings.CALLS_WITHOUT_RELAY,
        "lasts": {name: in_words(seconds) for name, (_what, seconds) in lasts.items()},
        "lifetimes": _lifetimes(lasts.values()),
        "session_lasts": in_words(settings.SESSION_COOKIE_AGE),
        "form_cookie_lasts": in_words(settings.CSRF_COOKIE_AGE),
        "window_lasts": in_words(MATCHING.waits_window_seconds),
        "waits_kept": MATCHING.waits_kept,
    }


def creators() -> Mapping[str, object]:
    """Tell how long a Crown lasts, and the bound of any head start."""
    return {
        "crown_lasts": in_words(CREATORS.crown_term.total_seconds()),
        "head_start": in_words(MATCHING.priority_seconds_max),
    }


def about() -> Mapping[str, object]:
    """Tell what is running."""
    return {"build": settings.BUILD}


def in_words(seconds: float) -> str:
    """Say a duration in its largest whole unit: "15 minutes", "12 hours"."""
    whole = round(seconds)
    if not math.isclose(whole, seconds):
        return _("%(count)s seconds") % {"count": number(seconds)}
    if whole % 86_400 == 0:
        days = whole // 86_400
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if whole % 3_600 == 0:
        hours = whole // 3_600
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    if whole % 60 == 0:
        minutes = whole // 60
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {
            "count": minutes
        }
    return ngettext("%(count)d second", "%(count)d seconds", whole) % {"count": whole}


def number(value: float) -> str:
    """Write a number as the reader does, without a tail of zeros or rounding."""
    exact = round(float(value), 6)
    return str(localize(int(exact) if exact.is_integer() else exact))


def _shares(weights: Mapping[str, float]) -> Mapping[str, Share]:
    """Lay parts end to end along a bar."""
    total, start = sum(weights.values()), 0.0
    shares = {}
    for name, weight in weights.items():
        width = DRAWN_WIDTH * weight / total
        shares[name] = Share(
            percent=number(100 * weight), start=f"{start:.1f}", width=f"{width:.1f}"
        )
        start += width
    return shares


def _lifespans() -> Mapping[str, tuple[str, float]]:
    """Name what lives for a time, with the time in seconds, shortest first."""
    day = timedelta(days=1).total_seconds()
    return {
        "again": (_("Who may ask for whom again"), SOCKET.again_seconds),
        "ticket": (_("A ticket for the line"), TICKET.life_seconds),
        "recent": (_("Mark: these two have met"), MATCHING.recent_partner_seconds),
        "conversation": (_("A conversation, at most"), CONVERSATION.life_seconds),
        "stamps": (
            _("A stamp key, after its last stamp"),
            TRUST.key_verifies_after.total_seconds(),
        ),
        "visitor": (
            _("Your visitor cookie"),
            identity_policy().visitor_days * day,
        ),
    }


def _lifetimes(spans: Iterable[tuple[str, float]]) -> list[Lifetime]:
    """Draw durations on a scale where each step is ten times the last."""
    known = list(spans)
    longest = math.log10(max(seconds for _what, seconds in known))
    return [
        Lifetime(
            what=what,
            words=in_words(seconds),
            top=row * DRAWN_ROW,
            width=f"{DRAWN_WIDTH * math.log10(seconds) / longest:.1f}",
        )
        for row, (what, seconds) in enumerate(known)
    ]
