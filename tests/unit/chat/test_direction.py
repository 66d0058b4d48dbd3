"""The relay rules for one direction of messages."""

from chat.domain.codes import Code
from chat.domain.direction import Direction, Refusal, Verdict
from chat.domain.policy import CONVERSATION
from tests.unit.chat.talks import SMALLEST
from trust.domain.franking import Stamp

C0, C1 = b"\x00" * 32, b"\x01" * 32


def stamp(tag=0) -> Stamp:
    return Stamp(kid=1, tb=2, rx_other=3, flags=0, tag=bytes([tag]) * 32)


def direction(accepted=0, acked=0) -> Direction:
    one = Direction(now=0.0, policy=CONVERSATION)
    for seq in range(accepted):
        one.accept(commitment=bytes([seq]) * 32, stamp=stamp(seq))
        one.hand(seq)
    one.acknowledge(acked)
    return one


def judge(one, seq, *, commitment=C0, length=SMALLEST, now=100.0):
    return one.judge(seq=seq, commitment=commitment, length=length, now=now)


def test_the_next_message_is_new():
    assert judge(direction(3), 3) is Verdict.NEW


def test_what_was_accepted_and_not_acknowledged_comes_again():
    assert judge(direction(3, acked=1), 1, commitment=C1) is Verdict.AGAIN


def test_a_message_that_comes_again_keeps_its_stamp():
    assert direction(3, acked=1).stamp_of(2) == stamp(2)


def test_another_commitment_is_another_message():
    refusal = judge(direction(3, acked=1), 1, commitment=C0)

    assert refusal == Refusal(code=Code.BAD_SEQUENCE)


def test_what_was_acknowledged_is_done_whatever_it_says():
    assert judge(direction(3, acked=2), 1, commitment=C0) is Verdict.DONE


def test_a_gap_is_refused():
    assert judge(direction(3), 4) == Refusal(code=Code.BAD_SEQUENCE)


def test_a_length_of_no_bucket_is_refused_wherever_it_stands():
    for seq in (0, 1, 2):
        one = direction(2, acked=1)

        assert judge(one, seq, length=145) == Refusal(code=Code.BAD_FRAME)


def test_every_bucket_is_taken():
    lengths = [bucket + 16 for bucket in (128, 256, 512, 1024, 2048, 4608)]

    assert [judge(direction(), 0, length=each) for each in lengths] == [Verdict.NEW] * 6


def test_after_a_refusal_what_lies_above_is_dropped_without_a_word():
    one = direction(1)
    judge(one, 3)

    assert judge(one, 2) is Verdict.DROPPED
    assert judge(one, 3) is Verdict.DROPPED
    assert judge(one, 3, length=1) is Verdict.DROPPED


def test_what_lies_below_is_still_answered_while_silent():
    one = direction(2, acked=1)
    judge(one, 5)

    assert judge(one, 0) is Verdict.DONE
    assert judge(one, 1, commitment=C1) is Verdict.AGAIN


def test_the_expected_message_ends_the_silence():
    one = direction(1)
    judge(one, 2)
    assert judge(one, 1) is Verdict.NEW
    one.accept(commitment=C1, stamp=stamp())

    assert judge(one, 2) is Verdict.NEW


def test_the_expected_message_may_be_refused_again():
    one = direction(1)
    judge(one, 2)

    assert judge(one, 1, length=1) == Refusal(code=Code.BAD_FRAME)
    assert one.silent_about(2)


def test_no_more_than_the_window_may_be_unacknowledged():
    full = direction(40, acked=8)

    assert judge(full, 40) == Refusal(code=Code.WINDOW_FULL)
    full.acknowledge(9)
    assert judge(full, 40) is Verdict.NEW


def test_a_burst_of_eight_then_two_a_second():
    one = direction()
    for seq in range(8):
        assert judge(one, seq, now=0.0) is Verdict.NEW
        one.accept(commitment=C0, stamp=stamp())
    refusal = judge(one, 8, now=0.0)

    assert refusal == Refusal(code=Code.RATE_LIMITED, retry_after_seconds=0.5)
    assert judge(one, 8, now=0.5) is Verdict.NEW


def test_repeating_costs_neither_window_nor_rate():
    one = direction(32)
    verdicts = [judge(one, seq, commitment=bytes([seq]) * 32) for seq in range(32)]

    assert verdicts == [Verdict.AGAIN] * 32
    assert judge(one, 32) == Refusal(code=Code.WINDOW_FULL)


def test_repeats_have_a_bucket_of_their_own():
    one = direction(1)
    for _ in range(64):
        assert judge(one, 0, now=0.0) is Verdict.AGAIN
    refusal = judge(one, 0, now=0.0)

    assert refusal == Refusal(code=Code.RATE_LIMITED, retry_after_seconds=1 / 32)


def test_a_message_is_handed_once_and_in_order():
    one = Direction(now=0.0, policy=CONVERSATION)

    assert [one.hand(seq) for seq in (0, 0, 2, 1)] == [True, False, False, True]
    assert one.handed == 2


def test_an_acknowledgement_drops_what_was_held():
    one = direction(3)

    assert one.acknowledge(2)
    assert (one.acked, len(one._held)) == (2, 1)
    assert one.stamp_of(2) == stamp(2)


def test_an_acknowledgement_never_goes_back():
    one = direction(3, acked=2)

    assert not one.acknowledge(2)
    assert not one.acknowledge(1)
    assert one.acked == 2


def test_a_refusal_keeps_the_time_to_wait():
    assert direction().refuse(Code.RATE_LIMITED, 0.25) == Refusal(
        code=Code.RATE_LIMITED, retry_after_seconds=0.25
    )
