import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import Region, Strictness
from identity.domain.policy import IdentityPolicy
from identity.domain.preferences import (
    PreferenceError,
    PreferenceFault,
    check_strictness,
    clean_interests,
    clean_languages,
    clean_region,
    clean_regions,
    settled_strictness,
)

POLICY = IdentityPolicy()
# Spelt with a joiner that must stay; and letters that merely look different.
PERSIAN_WORD = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
FULLWIDTH_JAZZ = "\uff2a\uff21\uff3a\uff3a"


def languages(*tags):
    return clean_languages(tags, policy=POLICY)


def interests(*texts):
    return clean_interests(texts, policy=POLICY)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" pt_br ", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-rozaj", "sl-rozaj"),
        ("de-ch-1996", "de-CH-1996"),
        ("gsw", "gsw"),
    ],
)
def test_a_language_is_spelt_as_the_standard_does(sent, kept):
    assert languages(sent) == (kept,)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "e",
        "english",
        "en-",
        "-en",
        "en--gb",
        "12",
        "en-x",
        "é",
        "en\n\x00",
        "a" * 40,
    ],
)
def test_what_is_no_language_is_refused(sent):
    with pytest.raises(PreferenceError) as refusal:
        languages("en", sent)

    assert refusal.value.fault is PreferenceFault.NOT_A_LANGUAGE
    assert refusal.value.value == sent
    assert str(refusal.value) == "languages: not_a_language"


def test_a_well_formed_tag_beyond_the_standards_length_is_refused():
    with pytest.raises(PreferenceError):
        languages("de-latn-de" + "-abcdefgh" * 4)


def test_a_language_named_twice_counts_once():
    assert languages("en", "EN", "fr") == ("en", "fr")


def test_five_languages_are_taken_and_six_are_not():
    assert len(languages("en", "fr", "de", "it", "es")) == 5
    with pytest.raises(PreferenceError) as refusal:
        languages("en", "fr", "de", "it", "es", "pt")

    assert (refusal.value.fault, refusal.value.limit) == (PreferenceFault.TOO_MANY, 5)


def test_a_region_is_one_of_six_or_none():
    assert clean_region("") is None
    assert clean_region("eu") is Region.EUROPE
    assert clean_regions(["as", "eu", "as"]) == (Region.ASIA, Region.EUROPE)


@pytest.mark.parametrize(
    "clean", [clean_region, lambda code: clean_regions(["eu", code])]
)
def test_another_region_is_refused(clean):
    with pytest.raises(PreferenceError) as refusal:
        clean("mars")

    assert refusal.value.fault is PreferenceFault.NOT_A_REGION


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  Jazz \t  piano ", "Jazz piano"),
        ("che\x00ss\x07", "chess"),
        ("\u202egnihcaet", "gnihcaet"),
        ("cafe\u0301", "café"),
        (PERSIAN_WORD, PERSIAN_WORD),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("odd \ud800half", "odd half"),
        ("two\nlines", "two lines"),
    ],
)
def test_an_interest_is_tidied(sent, kept):
    assert interests(sent) == (kept,)


def test_empty_interests_are_dropped():
    assert interests("", "  ", "\u200b", "\u200d \u200c", "go") == ("go",)


def test_the_first_spelling_of_an_interest_stays():
    assert interests("Jazz", "chess", "JAZZ", FULLWIDTH_JAZZ) == ("Jazz", "chess")


def test_an_interest_has_at_most_32_characters():
    assert interests("x" * 32) == ("x" * 32,)
    with pytest.raises(PreferenceError) as refusal:
        interests("go", "x" * 33)

    assert refusal.value.fault is PreferenceFault.TOO_LONG
    assert (refusal.value.value, refusal.value.limit) == ("x" * 33, 32)


def test_ten_interests_are_taken_and_eleven_are_not():
    ten = [f"interest {number}" for number in range(10)]

    assert interests(*ten, "Interest 9") == tuple(ten)
    with pytest.raises(PreferenceError) as refusal:
        interests(*ten, "one more")

    assert (refusal.value.fault, refusal.value.limit) == (PreferenceFault.TOO_MANY, 10)


@given(st.lists(st.text(), max_size=10))
def test_cleaning_twice_changes_nothing_more(texts):
    try:
        once = interests(*texts)
    except PreferenceError:
        return

    assert interests(*once) == once
    assert all(text.encode("utf-8") for text in once)


@pytest.mark.parametrize(
    ("strictness", "languages", "interests"),
    [
        (Strictness.STRICT, ["en"], []),
        (Strictness.STRICT, [], ["go"]),
        (Strictness.BALANCED, [], []),
        (Strictness.OPEN, [], []),
    ],
)
def test_a_demand_needs_something_to_demand(strictness, languages, interests):
    check_strictness(strictness, languages=languages, interests=interests)

    about = [*languages, *interests]
    assert settled_strictness(strictness, about=about) is strictness


def test_strict_about_nothing_is_refused_and_settles_to_balanced():
    with pytest.raises(PreferenceError) as refusal:
        check_strictness(Strictness.STRICT, languages=[], interests=[])

    assert refusal.value.fault is PreferenceFault.STRICT_ABOUT_NOTHING
    assert settled_strictness(Strictness.STRICT, about=[]) is Strictness.BALANCED
