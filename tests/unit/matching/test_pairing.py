from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import Band, Mode, Region, Strictness
from matching.domain.pairing import (
    Conflict,
    acceptable,
    bar,
    common_suite,
    conflict,
    score,
    shared_language,
    waited_seconds,
)
from matching.domain.policy import POLICY
from tests.unit.matching.people import any_ticket, ticket

STRICT, OPEN = Strictness.STRICT, Strictness.OPEN
ANA, BO = ticket(1), ticket(2)


def between(a, b, *, recently_met=False):
    """Ask for the conflict both ways round; the answers must agree."""
    forward = conflict(a, b, recently_met=recently_met, policy=POLICY)
    backward = conflict(b, a, recently_met=recently_met, policy=POLICY)
    assert forward is backward
    return forward


def fit(a, b):
    return score(a, b, policy=POLICY)


# --- hard limits -----------------------------------------------------------


def test_two_who_name_nothing_may_meet():
    assert between(ANA, BO) is None


def test_recent_partners_do_not_meet():
    assert between(ANA, BO, recently_met=True) is Conflict.RECENT


@pytest.mark.parametrize("field", ["person", "visitor"])
def test_nobody_meets_themselves(field):
    """Two windows of one browser, or two devices of one account."""
    twin = replace(BO, **{field: getattr(ANA, field)})

    assert between(ANA, twin) is Conflict.SELF


@pytest.mark.parametrize("mode", [Mode.VOICE, Mode.VIDEO])
def test_modes_do_not_mix(mode):
    assert between(ANA, ticket(2, mode=mode)) is Conflict.MODE


def test_a_block_holds_both_ways():
    assert between(ticket(1, blocked=frozenset({BO.person})), BO) is Conflict.BLOCK


def test_a_block_of_somebody_else_does_not_matter():
    assert between(ticket(1, blocked=frozenset({UUID(int=7)})), BO) is None


@pytest.mark.parametrize("one", Band)
@pytest.mark.parametrize("other", Band)
def test_bands_are_at_most_one_apart(one, other):
    expected = None if abs(one.rank - other.rank) <= 1 else Conflict.BAND

    assert between(ticket(1, band=one), ticket(2, band=other)) is expected


@pytest.mark.parametrize(
    ("wanted", "home", "expected"),
    [
        (set(), None, None),
        (set(), Region.EUROPE, None),
        ({Region.EUROPE}, Region.EUROPE, None),
        ({Region.EUROPE, Region.ASIA}, Region.ASIA, None),
        ({Region.EUROPE}, Region.ASIA, Conflict.REGION),
        ({Region.EUROPE}, None, Conflict.REGION),
    ],
)
def test_a_wanted_region_holds(wanted, home, expected):
    chooser = ticket(1, regions=frozenset(wanted), region=Region.AFRICA)

    assert between(chooser, ticket(2, region=home)) is expected


@pytest.mark.parametrize(
    ("one", "other", "suite"),
    [
        ({1, 2}, {1, 2}, 1),
        ({1}, {1, 2}, 1),
        ({2}, {1, 2}, 2),
        ({1}, {2}, None),
        ({3}, {3}, None),
        (set(), {1, 2}, None),
    ],
)
def test_a_common_suite_is_needed_and_1_preferred(one, other, suite):
    ana, bo = ticket(1, suites=frozenset(one)), ticket(2, suites=frozenset(other))

    assert common_suite(ana, bo) == common_suite(bo, ana) == suite
    assert between(ana, bo) is (Conflict.SUITE if suite is None else None)


# --- what strict tickets demand ----------------------------------------------


def test_strict_languages_must_be_shared():
    ana = ticket(1, languages=("fr", "en"), strictness=STRICT)

    assert between(ana, ticket(2, languages=("en",))) is None
    assert between(ana, ticket(2, languages=("sw",))) is Conflict.STRICT_LANGUAGES
    assert between(ana, BO) is Conflict.STRICT_LANGUAGES


def test_strict_interests_must_be_shared():
    ana = ticket(1, likes=["Jazz", "go"], strictness=STRICT)

    assert between(ana, ticket(2, likes=["jazz"], strictness=OPEN)) is None
    assert between(ana, ticket(2, likes=["tea"])) is Conflict.STRICT_INTERESTS
    assert between(ana, BO) is Conflict.STRICT_INTERESTS


def test_each_strict_ticket_has_its_own_demands():
    ana = ticket(1, likes=["jazz"], languages=("en",), strictness=STRICT)
    bo = ticket(2, likes=["jazz", "go"], languages=("en",), strictness=STRICT)

    assert between(ana, bo) is None
    assert between(ana, replace(bo, languages=())) is Conflict.STRICT_LANGUAGES


@pytest.mark.parametrize("strictness", [Strictness.BALANCED, OPEN])
def test_others_demand_nothing(strictness):
    ana = ticket(1, likes=["jazz"], languages=("en",), strictness=strictness)

    assert between(ana, BO) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["en-GB"], ["en-US"], True),
        (["EN"], ["en"], True),
        (["en"], ["fr", "en"], True),
        (["en"], ["eng"], False),
        (["x-home"], ["x-away"], False),
        (["x-home"], ["x-home"], True),
        ([], [], False),
    ],
)
def test_varieties_of_a_language_are_shared(one, other, expected):
    ana, bo = ticket(1, languages=tuple(one)), ticket(2, languages=tuple(other))

    assert shared_language(ana, bo) is shared_language(bo, ana) is expected


# --- score ---------------------------------------------------------------------


@given(any_ticket(), any_ticket())
def test_score_is_symmetric_and_between_0_and_1(a, b):
    assert fit(a, b) == fit(b, a)
    assert 0 <= fit(a, b).total <= 1 + 1e-9


@given(any_ticket(), any_ticket(), st.booleans())
def test_conflict_is_symmetric(a, b, recently_met):
    between(a, b, recently_met=recently_met)


def test_a_perfect_fit_scores_one():
    same = {"likes": ["jazz", "go"], "languages": ("en",), "region": Region.ASIA}

    assert fit(ticket(1, **same), ticket(2, **same)).total == pytest.approx(1)


def test_each_part_counts():
    base = fit(ANA, BO)

    assert fit(ticket(1, likes=["go"]), ticket(2, likes=["go"])).interests > 0
    assert fit(ticket(1, languages=("en",)), ticket(2, languages=("en",))).languages > 0
    near = fit(ticket(1, region=Region.ASIA), ticket(2, region=Region.ASIA))
    far = fit(ticket(1, region=Region.ASIA), ticket(2, region=Region.EUROPE))
    assert near.region > far.region > base.region
    assert fit(ANA, ticket(2, trust=900)).trust < base.trust


def test_a_second_common_interest_counts_and_a_third_does_not():
    likes = ["go", "tea", "jazz"]
    one, two, three = (
        fit(ticket(1, likes=likes), ticket(2, likes=likes[:count])).interests
        for count in (1, 2, 3)
    )

    assert one < two == three


# --- the bar -------------------------------------------------------------------


def test_waiting_counts_with_a_bounded_head_start():
    hurried = ticket(1, since=10, priority_seconds=2)

    assert waited_seconds(hurried, now=13, policy=POLICY) == 5
    assert waited_seconds(hurried, now=0, policy=POLICY) == 2
    endless = replace(hurried, priority_seconds=1e9)
    assert waited_seconds(endless, now=10, policy=POLICY) == POLICY.priority_seconds_max
    back = replace(hurried, priority_seconds=-5)
    assert waited_seconds(back, now=10, policy=POLICY) == 0


@pytest.mark.parametrize("strictness", [STRICT, OPEN])
def test_only_balanced_tickets_hold_out(strictness):
    named = ticket(1, likes=["go"], languages=("en",))

    assert bar(named, now=0, policy=POLICY) > 0
    assert bar(replace(named, strictness=strictness), now=0, policy=POLICY) == 0


def test_who_names_nothing_holds_out_for_nothing():
    assert bar(ANA, now=0, policy=POLICY) == 0


@given(any_ticket(since=0.0), st.floats(0, 10), st.floats(0, 10))
def test_the_bar_only_falls_and_ends_at_nothing(one, earlier, later):
    first, second = sorted((earlier, later))
    bars = [bar(one, now=now, policy=POLICY) for now in (first, second)]

    assert bars[0] >= bars[1] >= 0
    assert bar(one, now=POLICY.choosy_seconds, policy=POLICY) == 0


def accepted(a, b, *, now):
    one = acceptable(fit(a, b), a, b, now=now, policy=POLICY)
    assert one is acceptable(fit(b, a), b, a, now=now, policy=POLICY)
    return one


def test_one_common_interest_is_taken_at_once():
    assert accepted(ticket(1, likes=["go"]), ticket(2, likes=["go", "tea"]), now=0)


def test_the_choosier_of_the_two_decides():
    choosy, easy = ticket(1, likes=["go"]), ticket(2, strictness=OPEN)

    assert not accepted(choosy, easy, now=0)
    assert accepted(choosy, easy, now=POLICY.choosy_seconds)
    assert accepted(easy, ticket(3, likes=["go"], strictness=OPEN), now=0)
