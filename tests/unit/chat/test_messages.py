"""Messages: stamped, passed on, acknowledged, forgotten."""

import pytest

from chat.domain import inputs as on
from chat.domain.codes import Code
from chat.domain.effects import Acked, Deliver, Refuse, Stamped
from chat.domain.ladder import Step
from chat.domain.state import Phase
from common.vocabulary import Mode
from tests.unit.chat.talks import (
    KEY,
    KID,
    NAME,
    SLOTS,
    START,
    A,
    B,
    ack,
    later,
    message,
    opened,
    parted,
    reached,
    resumed,
)
from trust.domain.franking import Stamp, stamp_valid


def say(talk, seq=0, by=A, now=START, **changes):
    return talk.receive(message(seq, by=by, **changes), by=by, now=now)


def stamp_of(effects) -> Stamp:
    [stamped] = [each for each in effects if isinstance(each, Stamped)]
    return Stamp.decode(stamped.stamp)


def test_a_message_is_delivered_with_the_stamp_its_sender_gets():
    delivered, stamped = say(opened())

    assert delivered == Deliver(
        to=B,
        slot=SLOTS[B],
        seq=0,
        commitment=b"\x55" * 32,
        stamp=stamped.stamp,
        ciphertext=b"\x66" * 144,
    )
    assert stamped == Stamped(to=A, slot=SLOTS[A], seq=0, stamp=stamped.stamp)


@pytest.mark.parametrize("role", [A, B])
def test_the_stamp_says_who_where_and_when(role):
    stamp = stamp_of(say(opened(), by=role))

    assert (stamp.kid, stamp.tb) == (KID, 180_000_000)
    assert stamp_valid(
        stamp,
        key=KEY,
        conversation=NAME,
        role=role,
        seq=0,
        commitment=b"\x55" * 32,
    )


def test_the_stamp_says_how_much_the_sender_had_received():
    talk = opened()
    for seq in range(3):
        say(talk, seq, by=A)
    before = stamp_of(say(talk, 0, by=B))
    talk.receive(ack(2), by=B, now=START)
    after = stamp_of(say(talk, 1, by=B))

    assert (before.rx_other, after.rx_other) == (0, 2)


def test_the_time_of_stamps_never_falls_for_either_side():
    talk = opened()
    first = stamp_of(say(talk, 0, by=A, now=later(100)))
    second = stamp_of(say(talk, 0, by=B, now=later(-100)))
    third = stamp_of(say(talk, 1, by=A, now=later(120)))

    assert [each.tb - 180_000_000 for each in (first, second, third)] == [10, 10, 12]


@pytest.mark.parametrize(
    ("step", "flags"),
    [(Step.TEXT, 0), (Step.VOICE, 2), (Step.BLURRED, 6), (Step.CLEAR, 2)],
)
def test_the_flags_say_where_the_ladder_stands(step, flags):
    talk = opened(Mode.TEXT)
    if step is not Step.TEXT:
        talk.receive(on.Propose(step=step), by=A, now=START)
        talk.receive(on.Accept(step=step), by=B, now=START)

    assert stamp_of(say(talk)).flags == flags


def test_a_message_that_comes_again_gets_the_same_stamp_and_is_not_delivered_twice():
    talk = opened()
    _, first = say(talk)
    again = say(talk, now=later(60))

    assert again == (first, Acked(to=A, slot=SLOTS[A], next=0))


def test_who_is_away_gets_nothing_and_the_sender_a_stamp():
    talk = parted(B)
    first, second = say(talk), say(talk, 1)

    assert [type(each) for each in (*first, *second)] == [Stamped, Stamped]
    assert talk.state.sides[A].sent.handed == 0
    assert say(talk) == first


def test_what_was_stamped_meanwhile_is_delivered_when_it_comes_again():
    talk = parted(B)
    [first], [second] = say(talk), say(talk, 1)
    talk.receive(resumed(by=B, slot=12), by=B, now=START)
    delivered = say(talk)

    assert delivered == (
        Deliver(
            to=B,
            slot=12,
            seq=0,
            commitment=b"\x55" * 32,
            stamp=first.stamp,
            ciphertext=b"\x66" * 144,
        ),
        first,
    )
    assert say(talk, 1)[1] == second


def test_nothing_is_delivered_before_what_comes_first():
    """The newer socket lacks two; the second alone would be a gap."""
    talk = opened()
    say(talk)
    _, second = say(talk, 1)
    talk.receive(resumed(0, by=B), by=B, now=START)

    assert say(talk, 1) == (second,)
    assert say(talk, 2)[0].seq == 2
    assert not [each for each in say(talk, 2) if isinstance(each, Deliver)]
    assert [type(each) for each in say(talk, 0)] == [Deliver, Stamped]


def test_an_acknowledgement_waits_for_a_sender_who_is_away():
    talk = opened()
    say(talk)
    talk.receive(on.Lost(), by=A, now=START)

    assert talk.receive(ack(1), by=B, now=START) == ()
    assert talk.state.sides[A].sent.acked == 1


def test_after_a_resume_records_name_the_newer_slot():
    talk = opened()
    talk.receive(resumed(by=A, slot=12), by=A, now=START)

    assert say(talk) == ()
    assert [each.slot for each in say(talk, slot=12)] == [SLOTS[B], 12]


def test_an_acknowledged_message_is_answered_with_the_acknowledgement():
    talk = opened()
    say(talk)
    talk.receive(ack(1), by=B, now=START)

    assert say(talk) == (Acked(to=A, slot=SLOTS[A], next=1),)


def test_a_refused_message_names_itself_and_the_one_expected():
    talk = opened()
    say(talk)

    assert say(talk, 5) == (Refuse(to=A, code=Code.BAD_SEQUENCE, seq=5, expected=1),)
    assert say(talk, 6) == ()


def test_a_message_before_the_handshake_is_done_is_refused_once():
    talk = reached(Phase.CONFIRMING)

    assert say(talk) == (Refuse(to=A, code=Code.NOT_ALLOWED, seq=0, expected=0),)
    assert say(talk, 1) == ()


def test_records_of_another_slot_are_dropped_without_a_word():
    early, talk = reached(Phase.COMMITTING), opened()
    say(talk)

    assert say(early, slot=99) == ()
    assert say(talk, 1, slot=99) == ()
    assert talk.receive(ack(1, slot=99), by=B, now=START) == ()
    assert talk.state.sides[A].sent.accepted == 1


def test_an_acknowledgement_reaches_the_sender():
    talk = opened()
    say(talk)

    assert talk.receive(ack(1), by=B, now=START) == (
        Acked(to=A, slot=SLOTS[A], next=1),
    )


def test_an_old_acknowledgement_is_ignored():
    talk = opened()
    say(talk)
    talk.receive(ack(1), by=B, now=START)

    assert talk.receive(ack(1), by=B, now=START) == ()
    assert talk.receive(ack(0), by=B, now=START) == ()


def test_an_acknowledgement_of_the_future_is_refused():
    talk = opened()

    assert talk.receive(ack(1), by=B, now=START) == (Refuse(to=B, code=Code.BAD_FRAME),)


def test_acknowledgements_have_a_pace():
    talk = opened()
    for _ in range(64):
        assert talk.receive(ack(0), by=B, now=START) == ()

    assert talk.receive(ack(0), by=B, now=START) == (
        Refuse(to=B, code=Code.RATE_LIMITED, retry_after_seconds=1 / 32),
    )


def test_the_directions_do_not_disturb_one_another():
    talk = opened()
    for seq in range(8):
        say(talk, seq, by=A)
    refused = say(talk, 8, by=A)
    other = say(talk, 0, by=B)

    assert refused[0].code is Code.RATE_LIMITED
    assert isinstance(other[0], Deliver)
