"""What a client sends next, and what it sends again, with a clock of its own."""

import pytest

from tests.wire_client.franking import Sealed
from tests.wire_client.handshake import IntegrityError
from tests.wire_client.outbox import Outbox
from tests.wire_client.pace import Pace
from tests.wire_client.rehearsal import exchange, talk


def outbox(burst: int = 8, window: int = 32) -> Outbox:
    ana, bo = talk("A"), talk("B")
    exchange(ana, bo)
    return Outbox(ana, Pace(burst, 2, window, now=0.0))


def write(box: Outbox, count: int) -> None:
    box.written.extend(f"line {number}" for number in range(count))


def leaving(box: Outbox, now: float = 0.0) -> list[int]:
    """Let everything leave that may, and give its numbers."""
    numbers = []
    while isinstance(move := box.next(now), Sealed):
        box.talk.message(move)
        numbers.append(move.seq)
    return numbers


def ack(box: Outbox, number: int, now: float = 0.0) -> None:
    box.talk.take_acked(number)
    box.acknowledged(now)


def test_a_burst_leaves_at_once_and_the_rest_at_its_pace() -> None:
    box = outbox()
    write(box, 10)

    assert leaving(box) == list(range(8))
    assert 0.5 <= box.next(0.0) < 0.6
    assert leaving(box, now=0.6) == [8]


def test_nothing_is_numbered_before_it_leaves() -> None:
    box = outbox()
    write(box, 10)
    leaving(box)

    assert len(box.talk.sealed) == 8
    assert len(box.written) == 2


def test_the_window_closes_and_an_acknowledgement_opens_it() -> None:
    box = outbox(burst=100, window=3)
    write(box, 5)

    assert leaving(box) == [0, 1, 2]
    ack(box, 2)
    assert leaving(box) == [3, 4]


def test_silence_sends_everything_again_and_less_and_less_often() -> None:
    box = outbox()
    write(box, 2)
    leaving(box)
    box.stamped(1)

    found = {second: leaving(box, float(second)) for second in range(1, 127)}
    assert [second for second in found if found[second]] == [5, 15, 35, 65, 95, 125]
    assert found[5] == [0, 1]


def test_an_acknowledgement_starts_the_silence_anew() -> None:
    box = outbox()
    write(box, 2)
    leaving(box)
    box.stamped(1)
    ack(box, 1, now=4.0)

    assert leaving(box, now=8.9) == []
    assert leaving(box, now=9.0) == [1]


def test_while_the_partner_is_away_nothing_is_sent_again() -> None:
    box = outbox()
    write(box, 2)
    leaving(box)
    box.stamped(1)
    box.partner(here=False, now=1.0)
    write(box, 1)

    assert leaving(box, now=60.0) == [2]
    box.partner(here=True, now=61.0)
    assert leaving(box, now=61.0) == [0, 1, 2]


def test_a_refusal_goes_back_to_what_is_expected_after_its_time() -> None:
    box = outbox()
    write(box, 8)
    leaving(box)
    box.stamped(4)
    box.refused(seq=5, expected=5, after=0.4, now=1.0)

    assert box.next(1.1) == pytest.approx(0.3)
    assert leaving(box, now=2.5) == [5, 6, 7]


def test_what_would_not_be_repeated_is_repeated_later() -> None:
    box = outbox()
    write(box, 6)
    leaving(box)
    box.stamped(5)
    ack(box, 1)
    box.partner(here=True, now=1.0)
    leaving(box, now=1.0)
    box.refused(seq=3, expected=6, after=0.1, now=1.0)

    assert leaving(box, now=1.2) == [3, 4, 5]


@pytest.mark.parametrize("expected", [1, 5])
def test_an_impossible_expectation_is_no_honest_relay(expected: int) -> None:
    box = outbox()
    write(box, 4)
    leaving(box)
    ack(box, 2)

    with pytest.raises(IntegrityError):
        box.refused(seq=3, expected=expected, after=0.0, now=0.0)


def test_after_a_resume_everything_unacknowledged_leaves_again_in_order() -> None:
    box = outbox()
    write(box, 5)
    leaving(box)
    ack(box, 2)
    box.resumed(accepted=4, here=True, now=1.0)

    assert leaving(box, now=1.0) == [2, 3, 4]


def test_what_a_new_relay_has_never_seen_keeps_the_pace() -> None:
    box = outbox()
    write(box, 8)
    leaving(box)
    box.resumed(accepted=2, here=True, now=0.5)

    assert leaving(box, now=0.5) == [0, 1, 2]
    assert isinstance(box.next(0.5), float)


def test_with_the_partner_away_only_what_the_relay_lacks_leaves() -> None:
    box = outbox()
    write(box, 4)
    leaving(box)
    box.resumed(accepted=3, here=False, now=4.0)

    assert leaving(box, now=4.0) == [3]
