"""The explaining pages say what is so: numbers in force, and what is kept."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template import loader
from django.urls import reverse

from chat.domain.policy import CONVERSATION, SOCKET, TICKET
from common.vocabulary import Strictness
from creators.domain.policy import POLICY as CREATORS
from identity.domain.policy import IdentityPolicy
from matching.domain.pairing import acceptable, bar, score
from matching.domain.policy import POLICY
from strangerspace import page_facts
from strangerspace.pages import PAGES
from tests.unit.matching.people import ticket
from trust.domain.policy import POLICY as TRUST

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)
ADDRESS_TOLD = "your partner’s device learns your IP address"
# Every column in which something about a person can lie. Who adds one adds it
# to the privacy page as well, and only then here.
KEPT = {
    "identity.Visitor": (
        "id account languages region regions interests strictness created_at"
    ),
    "identity.AgeCheck": "id visitor outcome method checked_on retry_check",
    "identity.Account": (
        "id password last_login is_superuser email is_active is_staff created_at "
        "groups user_permissions"
    ),
    "identity.Session": "session_key session_data expire_date account_id visitor_id",
    "trust.FrankingKey": (
        "kid wrapped_stamp_key wrapped_seal_key opens_from opens_until stamps_until "
        "verifies_until"
    ),
    "creators.Badge": (
        "id account kind granted_at expires_at revoked_at granted_by reason"
    ),
}


@pytest.fixture
def words(client):
    def of(name):
        return as_words(client.get(reverse(name)).content.decode())

    return of


def as_words(markup):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


# --- matching ----------------------------------------------------------------------


def test_the_matching_page_tells_the_numbers_in_force(words):
    text = words("matching")
    expected = [
        f"{100 * POLICY.interests_weight:g} %",
        f"{100 * POLICY.languages_weight:g} %",
        f"{100 * POLICY.region_weight:g} %",
        f"{100 * POLICY.trust_weight:g} %",
        f"{100 * POLICY.choosy_share:g} % of the most",
        f"Within {POLICY.choosy_seconds:g} seconds",
        f"in the last {POLICY.recent_partner_seconds / 60:g} minutes",
        f"every {POLICY.look_again_seconds:g} seconds",
        f"by {POLICY.priority_seconds_max:g} seconds at the most",
        " · ".join(f"{seconds:g}" for seconds in POLICY.looks_seconds),
        f"at least {POLICY.waits_needed} people",
        f"{POLICY.interests_for_full_share} in common",
        f"adds {100 * POLICY.waiting_bonus_per_second:g} hundredths",
        f"{100 * POLICY.waiting_bonus_max:g} at most",
        f"{POLICY.nearness_unknown:g} when somebody names none",
    ]

    assert [number for number in expected if number not in text] == []


def test_another_policy_writes_another_page():
    other = replace(
        POLICY,
        interests_weight=0.365,
        trust_weight=0.16,
        choosy_seconds=7.0,
        recent_partner_seconds=7200.0,
        waits_needed=33,
        looks_seconds=(0.25, 7.0),
        bands_apart_max=2,
    )
    context = {"page": PAGES[0], "pages": PAGES, **page_facts.matching(other)}
    text = as_words(loader.render_to_string("pages/matching.html", context))
    expected = (
        "36.5 %|16 %|Within 7 seconds|last 2 hours|33 people|0.25 · 7|most 2 apart"
    )

    assert [number for number in expected.split("|") if number not in text] == []


def test_the_drawn_shares_fill_the_bar_end_to_end():
    shares = page_facts.matching()["shares"].values()
    starts = [float(share.start) for share in shares]
    ends = [float(share.start) + float(share.width) for share in shares]

    assert [0, *ends] == pytest.approx([*starts, page_facts.DRAWN_WIDTH], abs=0.11)


@pytest.mark.parametrize(
    ("language_named", "interests_shared", "language_shared", "taken"),
    [
        (False, 1, False, True),
        (True, 2, False, True),
        (True, 1, True, True),
        (True, 1, False, False),
        (True, 0, True, False),
    ],
)
def test_the_example_of_the_matching_page_is_true(
    language_named, interests_shared, language_shared, taken
):
    likes = ["jazz", "chess"][:interests_shared]
    one, other = (
        ticket(
            number,
            likes=[*likes, f"something of {number}"],
            languages=(("en" if language_shared else own),) if language_named else (),
            strictness=Strictness.BALANCED,
        )
        for number, own in ((1, "fr"), (2, "sw"))
    )
    fit = score(one, other, policy=POLICY)

    assert bar(one, now=one.since, policy=POLICY) > 0
    assert acceptable(fit, one, other, now=one.since, policy=POLICY) is taken


# --- rules, privacy, safety --------------------------------------------------------


def test_the_rules_are_those_that_people_agree_to(client, words):
    page = client.get("/age/?mode=text").content.decode()
    agreed = re.search(r'<ol class="rules".*?</ol>', page, re.DOTALL)[0]
    rules = [as_words(rule) for rule in re.findall(r"<li>.*?</li>", agreed, re.DOTALL)]
    text = words("rules")

    assert len(rules) == 5
    assert [rule for rule in rules if rule not in text] == []


def test_rules_and_privacy_carry_their_dates(client):
    for name, since in (
        ("rules", page_facts.RULES_SINCE),
        ("privacy", page_facts.PRIVACY_SINCE),
    ):
        page = client.get(reverse(name)).content.decode()

        assert f'<time datetime="{since.isoformat()}">' in page
        assert since >= date(2026, 11, 22)


def test_what_the_privacy_page_describes_is_what_the_tables_hold():
    own = ("identity", "trust", "matching", "creators", "chat", "common")
    columns = {
        model._meta.label: {
            field.name for field in model._meta.get_fields() if field.concrete
        }
        for app in own
        for model in apps.get_app_config(app).get_models()
    }

    assert columns == {label: set(names.split()) for label, names in KEPT.items()}


def test_the_privacy_page_names_every_cookie(client, words):
    client.get("/age/?mode=text")
    given = set(client.cookies) | {settings.SESSION_COOKIE_NAME, "messages"}
    text = words("privacy")

    assert {"ss_visitor", settings.CSRF_COOKIE_NAME} <= given
    assert [name for name in given if name not in text] == []


def test_the_privacy_page_tells_times_in_force(words):
    text = words("privacy")
    day = timedelta(days=1)
    expected = [
        f"Your visitor cookie {IdentityPolicy().visitor_days} days",
        f"{settings.SESSION_COOKIE_AGE / day.total_seconds():g} days in a browser",
        f"{settings.CSRF_COOKIE_AGE / day.total_seconds():g} days",
        f"A ticket for the line {TICKET.life_seconds:g} seconds",
        f"Who may ask for whom again {SOCKET.again_seconds:g} seconds",
        f"A conversation, at most {CONVERSATION.life_seconds / 3600:g} hours",
        f"destroyed {TRUST.key_verifies_after / day:g} days after",
        f"counts for {POLICY.recent_partner_seconds / 60:g} minutes",
        f"the last {POLICY.waits_kept} waits",
    ]

    assert [time for time in expected if time not in text] == []


def test_the_privacy_page_agrees_with_the_browser_about_what_it_keeps(words):
    policy = (ROOT / "static/js/chat/policy.js").read_text()
    text = words("privacy")

    assert "keepLinesMs: 600_000" in policy
    assert "The lines go 10 minutes after the end" in text
    assert re.search(r"warnFrom: 3,\s+countedForMs: 3_600_000", policy)
    assert "at the third within an hour" in text


def test_bars_grow_with_what_they_stand_for():
    lives = page_facts.privacy()["lifetimes"]
    widths = [float(life.width) for life in lives]

    assert widths == sorted(widths)
    assert widths[-1] == page_facts.DRAWN_WIDTH
    assert [life.top for life in lives] == sorted({life.top for life in lives})


def test_the_page_on_how_it_works_tells_how_long_a_lost_connection_is_waited_for(words):
    lasts = page_facts.in_words(CONVERSATION.resume_window_seconds)

    assert f"within {lasts} the conversation goes on" in words("how-it-works")


@pytest.mark.parametrize("name", ["how-it-works", "safety"])
def test_a_server_with_calls_says_what_they_reveal(words, settings, name):
    settings.CALLS_WITHOUT_RELAY = True
    assert ADDRESS_TOLD in words(name)

    settings.CALLS_WITHOUT_RELAY = False
    assert ADDRESS_TOLD not in words(name)


def test_pages_say_what_does_not_exist_yet(words):
    for name in ("how-it-works", "matching", "safety", "rules", "privacy", "creators"):
        text = words(name)

        assert "What exists now" in text
        assert "Not yet" in text


def test_the_creators_page_tells_how_long_a_crown_lasts(words):
    assert f"for {CREATORS.crown_term.days} days" in words("creators")


# --- numbers in words --------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.5, "0.5 seconds"),
        (1, "1 second"),
        (15.0, "15 seconds"),
        (60, "1 minute"),
        (900, "15 minutes"),
        (3600, "1 hour"),
        (43_200, "12 hours"),
        (86_400, "1 day"),
        (1_209_600, "14 days"),
    ],
)
def test_a_duration_is_told_in_its_largest_whole_unit(seconds, said):
    assert page_facts.in_words(seconds) == said


@pytest.mark.parametrize(
    ("value", "written"),
    [(100 * 0.285, "28.5"), (19.0, "19"), (5, "5"), (0.25, "0.25")],
)
def test_a_number_is_told_without_a_tail(value, written):
    assert page_facts.number(value) == written
