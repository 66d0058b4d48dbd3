"""What is kept of a side: numbers, and nothing about anyone."""

from chat.domain.policy import CONVERSATION
from chat.domain.side import Side


def test_a_side_starts_with_nothing_sent_and_full_buckets():
    side = Side(slot=3, now=5.0, policy=CONVERSATION)

    assert side.slot == 3
    assert (side.sent.accepted, side.sent.acked, side.sent.handed) == (0, 0, 0)
    assert (side.signals.tokens, side.typing.tokens) == (120, 2)


def test_a_side_has_no_place_for_a_name():
    assert set(Side.__slots__) == {"generations", "sent", "signals", "slot", "typing"}
