"""What a record of a conversation calls a flaw, and how long a pause is."""

import pytest

from tests.support.strangers import Record, Side, longest_pause
from tests.wire_client.keeper import Event


def side(*heard, owed=3, **about):
    nothing = {
        "misdirected": (),
        "refused": (),
        "endings": (),
        "sockets": 0,
        "longest_pause": 1.0,
    }
    return Side(owed=owed, heard=heard, **(nothing | about))


def record(one, other=None):
    sides = (one, other or side(0, 1, 2))
    return Record(name="couple", places=("web1", "web2"), sides=sides)


def test_a_conversation_in_which_all_came_in_order_is_whole():
    assert record(side(0, 1, 2)).whole


@pytest.mark.parametrize(
    ("flawed", "flaws"),
    [
        (side(0, 2), {"lost": 1}),
        (side(0, 1, 1, 2), {"doubled": 1}),
        (side(0, 2, 1), {"reordered": 1}),
        (side(0, 1, 2, misdirected=("of another",)), {"misdirected": 1}),
        (side(0, 1, 2, refused=("R2",)), {"refused": 1}),
        (side(0, 1, 1, owed=3), {"lost": 1, "doubled": 1}),
    ],
)
def test_each_flaw_is_counted(flawed, flaws):
    assert record(flawed).flaws == flaws
    assert not record(flawed).whole


def test_one_that_ended_without_a_flaw_is_not_whole():
    ended = record(side(0, owed=1, endings=("partner_lost",)))

    assert ended.flaws == {}
    assert not ended.whole


def arrivals(*times):
    return [Event(at=at, kind="heard") for at in times] + [Event(at=50, kind="acked")]


def test_a_pause_is_measured_from_the_last_arrival_before_the_fault():
    assert longest_pause(arrivals(0, 6, 7, 10, 11), since=8) == 3
    assert longest_pause(arrivals(0, 6, 7), since=None) == 6


def test_where_nothing_came_any_more_there_is_no_recovery():
    assert longest_pause(arrivals(0, 1), since=8) is None
    assert record(side(0, 1, 2, longest_pause=None)).recovery is None


def test_the_slower_side_says_how_long_a_conversation_took():
    assert record(side(0, 1, 2, longest_pause=4.0)).recovery == 4.0
