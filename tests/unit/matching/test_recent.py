from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from matching.domain.recent import MARK_BYTES, RecentPairs, pair_mark

KEY = b"k" * 32
ANA, BO, CY = (UUID(int=number) for number in (1, 2, 3))


@given(st.uuids(), st.uuids())
def test_a_mark_is_the_same_either_way_round(one, other):
    assert pair_mark(one, other, key=KEY) == pair_mark(other, one, key=KEY)


def test_pairs_and_keys_have_marks_of_their_own():
    marks = {
        pair_mark(ANA, BO, key=KEY),
        pair_mark(ANA, CY, key=KEY),
        pair_mark(BO, CY, key=KEY),
        pair_mark(ANA, BO, key=b"another"),
    }

    assert len(marks) == 4


def test_a_mark_shows_nobody():
    mark = pair_mark(ANA, BO, key=KEY)

    assert len(mark) == MARK_BYTES
    assert ANA.bytes not in mark


def test_a_mark_counts_until_its_time():
    recent = RecentPairs()
    recent.remember(b"mark", now=0.0, until=900.0)

    assert recent.met_until(b"mark", 899.0) == 900.0
    assert recent.met_until(b"mark", 900.0) is None
    assert recent.met_until(b"other", 0.0) is None


def test_marks_that_no_longer_count_are_dropped():
    recent = RecentPairs()
    recent.remember(b"old", now=0.0, until=900.0)
    recent.remember(b"again", now=1.0, until=901.0)
    recent.remember(b"again", now=600.0, until=1500.0)
    recent.remember(b"new", now=1000.0, until=1900.0)

    assert len(recent) == 2
    assert recent.met_until(b"again", 1000.0) == 1500.0
