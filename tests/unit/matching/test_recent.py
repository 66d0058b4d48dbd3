from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from matching.domain.recent import MARK_BYTES, pair_mark

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
