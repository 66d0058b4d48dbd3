"""What a client refuses during the handshake."""

from dataclasses import replace

import pytest

from tests.wire_client.handshake import OTHER_ROLE, IntegrityError, commitment
from tests.wire_client.rehearsal import exchange, talk
from tests.wire_client.suites import P256, X25519, preferred_common


@pytest.mark.parametrize("suite", [X25519, P256])
def test_two_honest_sides_agree(suite: int) -> None:
    suites = b"\x01\x02" if suite == X25519 else b"\x02"
    ana, bo = talk("A", suite=suite, suites=suites), talk("B", suite=suite)
    exchange(ana, bo)
    ana.take_confirm(bo.confirm_fields())
    bo.take_confirm(ana.confirm_fields())

    assert ana.keys == bo.keys
    assert len(ana.safety_code) == 7


def test_a_key_swapped_on_the_way_is_noticed() -> None:
    ana, bo, eve = talk("A"), talk("B"), talk("B")
    forged = bo.reveal_fields() | {"public_key": eve.reveal_fields()["public_key"]}

    with pytest.raises(IntegrityError, match="does not open"):
        ana.take_reveal(bo.commit_fields()["commitment"], forged)


def test_a_person_in_the_middle_changes_the_safety_code() -> None:
    ana, bo, eve_to_ana, eve_to_bo = talk("A"), talk("B"), talk("B"), talk("A")
    exchange(ana, eve_to_ana)
    exchange(eve_to_bo, bo)

    assert ana.safety_code != bo.safety_code
    with pytest.raises(IntegrityError):
        ana.take_confirm(bo.confirm_fields())


def test_own_values_sent_back_are_refused() -> None:
    ana = talk("A")
    mirror = talk("B")
    mirror.ours = replace(ana.ours)

    with pytest.raises(IntegrityError):
        ana.take_reveal(mirror.commit_fields()["commitment"], mirror.reveal_fields())


def test_a_downgraded_suite_is_refused() -> None:
    ana, bo = talk("A", suite=P256), talk("B", suite=P256)

    with pytest.raises(IntegrityError, match="preferred"):
        ana.take_reveal(bo.commit_fields()["commitment"], bo.reveal_fields())


@pytest.mark.parametrize(
    ("suite", "key"),
    [(X25519, bytes(32)), (P256, b"\x04" + bytes(63) + b"\x01"), (P256, bytes(65))],
    ids=["all-zero point", "point off the curve", "no point at all"],
)
def test_a_useless_public_key_is_refused(suite: int, key: bytes) -> None:
    suites = bytes([suite])
    ana, bo = (
        talk("A", suite=suite, suites=suites),
        talk("B", suite=suite, suites=suites),
    )
    reveal = replace(bo.ours.reveal, public_key=key)
    own = commitment(reveal, sid=ana.sid, role=OTHER_ROLE[ana.role])
    bo.ours = replace(bo.ours, reveal=reveal, commitment=own)

    with pytest.raises(IntegrityError, match="not usable"):
        ana.take_reveal(bo.commit_fields()["commitment"], bo.reveal_fields())


def test_suite_one_is_preferred_and_unknown_numbers_are_ignored() -> None:
    assert preferred_common(b"\x07\x02\x01", b"\x01\x02") == X25519
    assert preferred_common(b"\x02", b"\x01\x02\x09") == P256
    assert preferred_common(b"\x09", b"\x09") is None
