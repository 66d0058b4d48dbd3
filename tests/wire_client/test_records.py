"""Binary messages are read as the protocol says, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire_client import records
from tests.wire_client.stamps import Stamp

STAMP = Stamp(kid=7, tb=178_000_000, rx_other=3, flags=6, tag=bytes(range(32)))


def test_a_stamp_is_47_bytes_and_survives_the_way() -> None:
    assert len(STAMP.encode()) == 47
    assert Stamp.decode(STAMP.encode()) == STAMP


def test_records_of_the_server_are_read() -> None:
    number = (5).to_bytes(8, "big")
    slot = (9).to_bytes(2, "big")
    deliver = slot + number + bytes(32) + STAMP.encode() + b"ct"

    assert records.read(records.DELIVER, deliver) == records.Deliver(
        slot=9, seq=5, c=bytes(32), stamp=STAMP, ct=b"ct"
    )
    assert records.read(records.STAMPED, slot + number + STAMP.encode()) == (
        records.Stamped(slot=9, seq=5, stamp=STAMP)
    )
    assert records.read(records.ACKED, slot + number) == records.Acked(slot=9, next=5)
    assert records.read(0x7F, b"a later version") is None


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300)), max_size=5))
def test_what_is_written_is_split_again(parts: list[tuple[int, bytes]]) -> None:
    raw = b"".join(records.record(kind, body) for kind, body in parts)

    assert records.split(raw) == parts


@pytest.mark.parametrize("raw", [b"\x01", b"\x01\x00\x02x", b"\x02\x00\x00\x01\x00"])
def test_lengths_that_do_not_add_up_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="add up"):
        records.split(raw)
