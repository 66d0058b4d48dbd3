"""Handles: two words, never the same for both."""

from hypothesis import given
from hypothesis import strategies as st

from chat.domain.handle import CREATURES, QUALITIES, two_handles


def test_there_are_64_words_of_each_kind():
    for words in (QUALITIES, CREATURES):
        assert len(set(words)) == len(words) == 64
        assert all(word.isascii() and word.istitle() for word in words)


def test_bytes_choose_the_words():
    first, second = two_handles(bytes([0, 0, 63, 63]))

    assert first == f"{QUALITIES[0]} {CREATURES[0]}"
    assert second == f"{QUALITIES[63]} {CREATURES[63]}"


@given(st.binary(min_size=4, max_size=4))
def test_two_strangers_never_have_one_name(random):
    first, second = two_handles(random)

    assert first != second


def test_equal_draws_give_neighbours():
    assert two_handles(bytes([63, 63, 63, 63])) == (
        f"{QUALITIES[63]} {CREATURES[63]}",
        f"{QUALITIES[0]} {CREATURES[0]}",
    )
