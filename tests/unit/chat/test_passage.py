"""What processes tell each other, byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.passage import (
    NO_SOCKET,
    Kind,
    Passage,
    PassageError,
    Place,
    read,
    read_number,
    read_place,
    write,
    write_number,
    write_place,
)
from common.ids import ConversationId
from tests.unit.chat.talks import NAME

u8, u16, u64 = (st.integers(0, (1 << bits) - 1) for bits in (8, 16, 64))
names = st.binary(min_size=16, max_size=16).map(ConversationId)
HEAD_BYTES = 25


def test_a_passage_is_a_head_and_what_belongs_to_it():
    raw = write(Kind.RESUME, 0x0102, NAME, b"payload")

    assert raw == b"\x26" + bytes.fromhex("0000000000000102") + NAME + b"payload"


def test_most_need_no_payload():
    assert write(Kind.LOST, 3, NAME) == write(Kind.LOST, 3, NAME, b"")
    assert len(write(Kind.INVITE, NO_SOCKET, NAME)) == HEAD_BYTES


@given(st.sampled_from(Kind), u64, names, st.binary(max_size=100))
def test_what_is_written_is_read(kind, socket, conversation, payload):
    raw = write(kind, socket, conversation, payload)

    assert read(raw) == Passage(kind, socket, conversation, payload)


@pytest.mark.parametrize("size", range(HEAD_BYTES))
def test_a_head_that_is_cut_is_no_passage(size):
    with pytest.raises(PassageError):
        read(write(Kind.LOST, 3, NAME)[:size])


@pytest.mark.parametrize("kind", sorted(set(range(256)) - set(Kind)))
def test_a_kind_that_nobody_knows_is_no_passage(kind):
    with pytest.raises(PassageError):
        read(bytes([kind]) + bytes(HEAD_BYTES - 1))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_without_loss_or_refused(raw):
    try:
        said = read(raw)
    except PassageError:
        return

    assert write(*said) == raw


def test_a_place_is_a_role_a_slot_and_a_count():
    raw = write_place(Place(role=2, slot=0x0304, received=5))

    assert raw == bytes.fromhex("02 0304 0000000000000005")


@given(u8, u16, u64)
def test_a_place_that_is_written_is_read(role, slot, received):
    place = Place(role, slot, received)

    assert read_place(write_place(place)) == place


@pytest.mark.parametrize("size", [0, 10, 12])
def test_a_place_of_another_length_is_none(size):
    with pytest.raises(PassageError):
        read_place(bytes(size))


@given(u16, st.binary(max_size=20))
def test_a_number_is_read_with_what_follows_it(number, rest):
    assert read_number(write_number(number) + rest) == (number, rest)


@pytest.mark.parametrize("raw", [b"", b"\x01"])
def test_half_a_number_is_none(raw):
    with pytest.raises(PassageError):
        read_number(raw)
