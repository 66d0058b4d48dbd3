import pytest

from trust.domain.wrapping import (
    WRAPPED_BYTES,
    Purpose,
    WrappedKeyError,
    unwrap,
    wrap,
    wrapping_key,
)

KEY, NONCE = b"k" * 32, b"n" * 12
UNDER = wrapping_key("the operator's secret")
PLACE = {"kid": 7, "purpose": Purpose.STAMP}
WRAPPED = wrap(KEY, under=UNDER, nonce=NONCE, **PLACE)


def test_a_wrapped_key_unwraps():
    assert unwrap(WRAPPED, under=UNDER, **PLACE) == KEY


def test_a_wrapped_key_has_one_length_and_hides_the_key():
    assert len(WRAPPED) == WRAPPED_BYTES
    assert KEY not in WRAPPED


def test_secrets_give_different_wrapping_keys():
    assert len({UNDER, wrapping_key("another"), wrapping_key("")}) == 3
    assert len(UNDER) == 32


@pytest.mark.parametrize(
    "change",
    [
        {"under": wrapping_key("another")},
        {"kid": 8},
        {"purpose": Purpose.SEAL},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_key_does_not_open_out_of_place(change):
    with pytest.raises(WrappedKeyError, match="does not open"):
        unwrap(WRAPPED, **{"under": UNDER, **PLACE, **change})


@pytest.mark.parametrize("wrapped", [b"", WRAPPED[:12], WRAPPED[:-1], bytes(60)])
def test_altered_bytes_do_not_open(wrapped):
    with pytest.raises(WrappedKeyError):
        unwrap(wrapped, under=UNDER, **PLACE)
