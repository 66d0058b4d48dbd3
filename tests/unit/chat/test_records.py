"""Binary records, byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain import records
from chat.domain.codes import Code, FrameRefusedError
from chat.domain.effects import Acked, Deliver, Stamped
from chat.domain.inputs import Acknowledge, Message
from chat.domain.records import ACK, MESSAGE, read, split, write
from trust.domain.franking import Role

C, STAMP, CT = b"\x11" * 32, b"\x22" * 47, b"\x33" * 144
ACK_RECORD = bytes.fromhex("02000a 0007 0000000000000003")


def record(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(2, "big") + body


def test_a_message_is_read():
    body = bytes.fromhex("0007 0000000000000102") + C + CT

    assert read(MESSAGE, body) == Message(
        slot=7, seq=0x102, commitment=C, ciphertext=CT
    )


def test_an_acknowledgement_is_read():
    [(kind, body)] = split(ACK_RECORD)

    assert read(kind, body) == Acknowledge(slot=7, next=3)


def test_records_of_one_frame_stay_in_order():
    frame = ACK_RECORD + record(0x7F, b"later") + ACK_RECORD

    assert [kind for kind, _ in split(frame)] == [2, 0x7F, 2]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x02",
        b"\x02\x00",
        b"\x02\x00\x01",
        ACK_RECORD + b"\x02",
        ACK_RECORD[:-1],
        ACK_RECORD + b"\x01\xff\xff" + CT,
    ],
)
def test_lengths_that_do_not_add_up_spoil_the_whole_frame(frame):
    with pytest.raises(FrameRefusedError) as refusal:
        split(frame)

    assert refusal.value.code is Code.BAD_FRAME


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        (1, 0),
        (1, 41),
        (2, 0),
        (2, 9),
        (2, 11),
        (0x11, 200),
        (0x12, 57),
        (0x13, 10),
        (0, 9),
    ],
)
def test_short_long_unknown_and_foreign_records_are_refused(kind, size):
    with pytest.raises(FrameRefusedError) as refusal:
        read(kind, bytes(size))

    assert refusal.value.code is Code.BAD_FRAME


def test_a_message_without_ciphertext_is_a_record():
    """Its length is judged later, with the number that the answer names."""
    assert read(MESSAGE, bytes(42)).ciphertext == b""


def test_a_delivery_is_written():
    effect = Deliver(to=Role.A, slot=2, seq=5, commitment=C, stamp=STAMP, ciphertext=CT)
    body = bytes.fromhex("0002 0000000000000005") + C + STAMP + CT

    assert write(effect) == record(0x11, body)


def test_a_stamp_is_written():
    effect = Stamped(to=Role.A, slot=2, seq=5, stamp=STAMP)

    assert write(effect) == record(0x12, bytes.fromhex("0002 0000000000000005") + STAMP)


def test_an_acknowledgement_is_written():
    effect = Acked(to=Role.B, slot=2, next=6)

    assert write(effect) == record(0x13, bytes.fromhex("0002 0000000000000006"))


def test_a_record_that_is_passed_on_is_written_as_it_was():
    assert records.record(ACK, ACK_RECORD[3:]) == ACK_RECORD


@given(st.binary(max_size=300))
def test_any_bytes_are_split_without_loss_or_refused(frame):
    try:
        parts = split(frame)
    except FrameRefusedError:
        return

    assert b"".join(record(kind, body) for kind, body in parts) == frame


@given(st.integers(0, 255), st.binary(max_size=200))
def test_any_record_is_read_or_refused(kind, body):
    try:
        said = read(kind, body)
    except FrameRefusedError:
        return

    assert kind == (MESSAGE if isinstance(said, Message) else ACK)
