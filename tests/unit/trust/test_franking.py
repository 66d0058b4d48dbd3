import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust.domain.franking import (
    STAMP_BYTES,
    Role,
    Stamp,
    StampFlag,
    commitment,
    stamp,
    stamp_input,
    stamp_valid,
    time_bucket,
)

KEY = b"\x44" * 32
SID = bytes(range(16))
C = b"\xcc" * 32
PLACE = {"conversation": SID, "role": Role.A, "seq": 5, "commitment": C}
STATE = {"kid": 7, "tb": 178_000_000, "rx_other": 3, "flags": 2}
MADE = stamp(key=KEY, **PLACE, **STATE)
WIDTHS = {"seq": 64, "kid": 16, "tb": 32, "rx_other": 64, "flags": 8}

roles = st.sampled_from(Role)
u16, u32, u64 = (st.integers(0, 2**bits - 1) for bits in (16, 32, 64))


def flipped(value, bit):
    return (
        value[: bit // 8]
        + bytes((value[bit // 8] ^ 1 << bit % 8,))
        + value[bit // 8 + 1 :]
    )


def test_each_role_knows_the_other():
    assert (Role.A.other, Role.B.other) == (Role.B, Role.A)


def test_flags_are_bits_one_and_two():
    assert int(StampFlag.MEDIA | StampFlag.BLURRED) == 6


@pytest.mark.parametrize(("unix", "bucket"), [(0, 0), (9.99, 0), (10, 1), (125.5, 12)])
def test_time_is_told_in_tens_of_seconds(unix, bucket):
    assert time_bucket(unix) == bucket


def test_stamp_input_is_80_bytes():
    assert len(stamp_input(**PLACE, **STATE)) == 80


@given(
    kid=u16,
    conversation=st.binary(min_size=16, max_size=16),
    role=roles,
    seq=u64,
    tb=u32,
    rx_other=u64,
    flags=st.integers(0, 255),
    commitment=st.binary(min_size=32, max_size=32),
)
def test_stamped_text_verifies(kid, tb, rx_other, flags, **place):
    made = stamp(key=KEY, kid=kid, tb=tb, rx_other=rx_other, flags=flags, **place)

    assert stamp_valid(Stamp.decode(made.encode()), key=KEY, **place)


@pytest.mark.parametrize("bit", range(8 * STAMP_BYTES))
def test_any_flipped_bit_of_the_stamp_refuses(bit):
    claimed = Stamp.decode(flipped(MADE.encode(), bit))

    assert not stamp_valid(claimed, key=KEY, **PLACE)


@pytest.mark.parametrize(
    ("field", "bit"),
    [
        *(("conversation", bit) for bit in range(128)),
        *(("commitment", bit) for bit in range(256)),
        *(("key", bit) for bit in range(256)),
    ],
)
def test_any_flipped_bit_of_what_is_stamped_refuses(field, bit):
    covered = {**PLACE, "key": KEY}
    covered[field] = flipped(covered[field], bit)

    assert not stamp_valid(MADE, **covered)


@pytest.mark.parametrize("bit", range(64))
def test_another_number_refuses(bit):
    assert not stamp_valid(MADE, key=KEY, **{**PLACE, "seq": 5 ^ 1 << bit})


def test_the_other_role_refuses():
    assert not stamp_valid(MADE, key=KEY, **{**PLACE, "role": Role.B})


@pytest.mark.parametrize("length", [0, 46, 48])
def test_a_stamp_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="47 bytes"):
        Stamp.decode(bytes(length))


@pytest.mark.parametrize(
    ("field", "length"),
    [
        ("conversation", 15),
        ("conversation", 17),
        ("commitment", 31),
        ("commitment", 33),
    ],
)
def test_a_part_of_another_length_is_never_stamped(field, length):
    with pytest.raises(ValueError, match=f"not {length}"):
        stamp_input(**{**PLACE, **STATE, field: bytes(length)})


@pytest.mark.parametrize("field", WIDTHS)
@pytest.mark.parametrize("side", ["below", "above"])
def test_a_number_outside_its_field_is_never_stamped(field, side):
    number = -1 if side == "below" else 2 ** WIDTHS[field]

    with pytest.raises(ValueError, match=r"\w"):
        stamp_input(**{**PLACE, **STATE, field: number})


@given(payload=st.binary(max_size=200), other=st.binary(max_size=200), role=roles)
def test_a_commitment_opens_to_one_payload_only(payload, other, role):
    one, two = (
        commitment(key=KEY, conversation=SID, role=role, payload=text)
        for text in (payload, other)
    )

    assert (one == two) == (payload == other)


def test_a_commitment_is_bound_to_key_role_and_conversation():
    base = {"key": KEY, "conversation": SID, "role": Role.A, "payload": b"hi"}
    others = [{"key": bytes(32)}, {"conversation": bytes(16)}, {"role": Role.B}]

    made = {commitment(**base)} | {commitment(**base | other) for other in others}

    assert len(made) == 4


@pytest.mark.parametrize("length", [0, 31, 33])
def test_an_opening_key_of_another_length_is_refused(length):
    """HMAC would pad a short key with zeros: two keys, one commitment."""
    with pytest.raises(ValueError, match="opening key"):
        commitment(key=bytes(length), conversation=SID, role=Role.A, payload=b"")


def test_a_commitment_for_no_conversation_is_refused():
    with pytest.raises(ValueError, match="a conversation"):
        commitment(key=KEY, conversation=b"", role=Role.A, payload=b"")
