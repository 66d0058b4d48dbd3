"""The token that names one side of a conversation to its own visitor."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chat.domain.resume_token import TOKEN_BYTES, Place, seal, unseal
from trust.domain.franking import Role

KEY, NONCE = b"k" * 32, b"n" * 12
PLACE = Place(conversation=bytes(range(16)), role=Role.B, visitor=UUID(int=77))


@given(st.binary(min_size=16, max_size=16), st.sampled_from(Role), st.uuids())
def test_what_was_sealed_is_unsealed(conversation, role, visitor):
    place = Place(conversation=conversation, role=role, visitor=visitor)

    assert unseal(seal(place, key=KEY, nonce=NONCE), key=KEY) == place


def test_a_token_tells_its_holder_nothing():
    token = seal(PLACE, key=KEY, nonce=NONCE)

    assert len(token) == TOKEN_BYTES
    assert PLACE.conversation not in token
    assert PLACE.visitor.bytes not in token


def test_any_changed_bit_spoils_it():
    token = seal(PLACE, key=KEY, nonce=NONCE)
    for at in range(len(token)):
        changed = bytearray(token)
        changed[at] ^= 1

        assert unseal(bytes(changed), key=KEY) is None


def test_another_key_or_length_opens_nothing():
    token = seal(PLACE, key=KEY, nonce=NONCE)

    assert unseal(token, key=b"x" * 32) is None
    assert unseal(token[:-1], key=KEY) is None
    assert unseal(b"", key=KEY) is None
