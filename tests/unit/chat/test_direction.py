"""The relay rules for one direction of messages."""

import pytest

from chat.domain.codes import Code
from chat.domain.direction import Counters, Direction, Held, Refusal, Verdict
from chat.domain.policy import CONVERSATION
from tests.unit.chat.talks import SMALLEST

C0, C1 = b"\x00" * 32, b"\x01" * 32


def stamp(tag=0) -> bytes:
    return bytes([tag]) * 47


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


@pytest.mark.parametrize("received", [1, 2, 3])
def test_a_newer_socket_goes_on_from_what_was_received(received):
    one = direction(3, acked=1)

    assert one.resume(received)
    assert (one.acked, one.handed, one.accepted) == (received, received, 3)
    assert len(one._held) == 3 - received
    assert one.hand(received)


@pytest.mark.parametrize("received", [0, 4, 2**64 - 1])
def test_what_a_newer_socket_cannot_have_received_changes_nothing(received):
    one = direction(3, acked=1)

    assert not one.resume(received)
    assert (one.acked, one.handed, one.accepted) == (1, 3, 3)
    assert len(one._held) == 2


def test_a_resume_leaves_the_silence_of_the_sender():
    one = direction(2)
    judge(one, 5)
    one.resume(1)

    assert one.silent_about(5)


@pytest.mark.parametrize("received", [0, 2, 40])
def test_without_its_process_a_direction_goes_on_from_the_receiver(received):
    one = direction(3, acked=1)
    judge(one, 9)
    one.recover(received)

    assert (one.acked, one.handed, one.accepted) == (received,) * 3
    assert not one.silent_about(received + 1)
    assert judge(one, received) is Verdict.NEW


def test_what_was_stamped_beyond_the_receiver_may_be_stamped_anew():
    one = direction(3)
    one.recover(1)
    one.accept(commitment=C1, stamp=stamp(7))

    assert one.stamp_of(1) == stamp(7)


def test_a_direction_is_taken_down_with_all_that_it_holds():
    one = direction(3, acked=1)
    judge(one, 9)
    one.resume(2)

    assert one.counters(0.0) == Counters(
        accepted=3,
        acked=2,
        handed=2,
        silent=True,
        held=(Held(bytes([2]) * 32, stamp(2)),),
        fresh=8,
        repeats=64,
    )


def test_tokens_that_came_back_since_are_taken_down_too():
    one = direction()
    for seq in range(8):
        judge(one, seq, now=100.0)
        one.accept(commitment=C0, stamp=stamp())
    judge(one, 0, now=100.0)

    assert (one.counters(100.0).fresh, one.counters(100.0).repeats) == (0, 63)
    assert (one.counters(102.0).fresh, one.counters(102.0).repeats) == (4, 64)


def test_a_direction_goes_on_where_another_process_took_it_down():
    one, other = direction(3, acked=1), direction()
    for _ in range(5):
        judge(one, 3, now=0.0)
    judge(one, 1, commitment=C1, now=0.0)
    judge(one, 9, now=0.0)
    other.restore(one.counters(0.0))

    assert other.counters(0.0) == one.counters(0.0)
    for seq, commitment in [(0, C0), (1, C1), (1, C0), (4, C0), (3, C0), (3, C0)]:
        asked = {"seq": seq, "commitment": commitment, "now": 0.0, "length": SMALLEST}
        assert other.judge(**asked) == one.judge(**asked)
