from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import ConversationId, PersonId, VisitorId
from common.vocabulary import Mode
from trust.domain.conversation_token import (
    NO_ROOM,
    TOKEN_BYTES,
    ConversationContext,
    ConversationTokenError,
    device_tag,
    kid_of,
    seal,
    unseal,
)

KEY, NONCE = b"\x88" * 32, b"\x01" * 12
PARTS = {
    "sid": ConversationId(bytes(range(16))),
    "person_a": PersonId(UUID(int=1)),
    "person_b": PersonId(UUID(int=2)),
    "device_a": b"a" * 8,
    "device_b": b"b" * 8,
    "started": 1_780_000_000,
    "mode": Mode.VOICE,
}
CONTEXT = ConversationContext(**PARTS)
TOKEN = seal(CONTEXT, kid=7, key=KEY, nonce=NONCE)

persons = st.uuids().map(PersonId)
devices = st.binary(min_size=8, max_size=8)


@given(
    sid=st.binary(min_size=16, max_size=16).map(ConversationId),
    person_a=persons,
    person_b=persons,
    device_a=devices,
    device_b=devices,
    room=st.binary(min_size=16, max_size=16),
    started=st.integers(0, 2**32 - 1),
    mode=st.sampled_from(Mode),
)
def test_what_was_sealed_is_unsealed(**parts):
    context = ConversationContext(**parts)

    assert unseal(seal(context, kid=1, key=KEY, nonce=NONCE), key=KEY) == context


def test_a_token_names_its_key():
    assert kid_of(seal(CONTEXT, kid=65535, key=KEY, nonce=NONCE)) == 65535


def test_the_open_queue_is_no_room():
    assert CONTEXT.room == NO_ROOM


def test_a_token_shows_nobody():
    assert PARTS["person_a"].bytes not in TOKEN
    assert PARTS["sid"] not in TOKEN


@pytest.mark.parametrize("place", [0, *range(3, TOKEN_BYTES)])
def test_any_altered_byte_is_refused(place):
    """Bytes 1 and 2 name the key: altered, they lead to another one."""
    altered = bytearray(TOKEN)
    altered[place] ^= 1

    with pytest.raises(ConversationTokenError):
        unseal(bytes(altered), key=KEY)


@pytest.mark.parametrize("token", [b"", TOKEN[:-1], TOKEN + b"\0", bytes(TOKEN_BYTES)])
def test_malformed_token_is_refused(token):
    with pytest.raises(ConversationTokenError):
        kid_of(token)


def test_another_key_opens_nothing():
    with pytest.raises(ConversationTokenError):
        unseal(TOKEN, key=bytes(32))


def test_the_refusal_carries_the_code_of_reports():
    assert (ConversationTokenError.code, ConversationTokenError.status) == ("E01", 400)


@pytest.mark.parametrize("part", ["sid", "device_a", "device_b", "room"])
def test_a_part_of_another_length_is_never_sealed(part):
    with pytest.raises(ValueError, match="bytes"):
        ConversationContext(**PARTS | {part: b"short"})


def test_a_context_in_a_log_says_nothing():
    assert repr(CONTEXT) == "ConversationContext(…)"


def test_a_device_tag_is_eight_bytes_of_the_visitor():
    visitor = VisitorId(UUID(int=2**127 + 1))

    assert device_tag(visitor) == b"\x80" + bytes(7)
