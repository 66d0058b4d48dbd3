import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.domain.interests import Interest, interest, interests, shared


@pytest.mark.parametrize(
    "written",
    ["Jazz", "jazz", " JAZZ ", "ja\u200bzz", "\uff2a\uff21\uff3a\uff3a", "j\u00adazz"],
)
def test_spellings_of_one_interest(written):
    assert interest(written).key == "jazz"


def test_white_space_is_one_space():
    assert interest("board \t\n\u2028 games") == Interest("board games", "board games")


def test_the_spelling_stays():
    assert interest("  Pokémon  GO ").spelling == "Pokémon GO"


def test_sharp_s_and_capitals_are_one():
    assert interest("STRASSE").key == interest("straße").key


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\x00", "\x1b", "\ufeff"])
def test_what_hides_or_turns_text_is_taken_out(character):
    assert interest(f"te{character}a") == Interest("tea", "tea")


def test_joiners_stay_in_the_spelling_only():
    written = "می\u200cخواهم"

    assert interest(written).spelling == written
    assert interest(written).key == interest("میخواهم").key


@pytest.mark.parametrize("written", ["", " \t", "\u200d", "\u202e \x00", "\ud800"])
def test_nothing_visible_is_no_interest(written):
    assert interest(written) is None


def test_named_twice_the_first_stays():
    assert interests(["Tea", "", "TEA", "go"]) == (
        Interest("tea", "Tea"),
        Interest("go", "go"),
    )


def test_each_side_reads_its_own_spelling_in_its_own_order():
    ana, bo = interests(["Chess", "JAZZ", "tea"]), interests(["jazz", "chess"])

    assert [one.spelling for one in shared(ana, bo)] == ["Chess", "JAZZ"]
    assert [one.spelling for one in shared(bo, ana)] == ["jazz", "chess"]


@given(st.text(max_size=40))
def test_a_spelling_reads_as_itself(written):
    one = interest(written)

    assert one is None or interest(one.spelling) == one


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(written):
    one = interest(written)

    assert one is None or interest(one.key).key == one.key
