import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.encoding import b64u_decode, b64u_encode


@given(st.binary(max_size=100))
def test_bytes_come_back(raw):
    assert b64u_decode(b64u_encode(raw)) == raw


def test_the_alphabet_is_safe_in_an_address_and_unpadded():
    assert b64u_encode(b"\xfb\xff\xfe\xff") == "-__-_w"


@pytest.mark.parametrize(
    "text", ["-__-_w==", "+//+/w", "-__-_x", "a", "a b", "é", "AA\n"]
)
def test_only_the_one_canonical_spelling_is_read(text):
    with pytest.raises(ValueError, match="base64url"):
        b64u_decode(text)
