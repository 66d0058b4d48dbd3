"""The published values of suite 1, byte for byte (docs/reference/protocol.md)."""

import hashlib

import pytest

from tests.wire_client.franking import (
    NOTHING_SEEN,
    Direction,
    Payload,
    frank,
    pad,
    seal,
)
from tests.wire_client.handshake import (
    Keys,
    Reveal,
    Side,
    commitment,
    derive,
    safety_indices,
)
from tests.wire_client.stamps import Stamp, stamp_input, stamp_tag
from tests.wire_client.suites import key_of

SID = bytes(range(16))
KEYS = {"A": key_of(1, b"\x11" * 32), "B": key_of(1, b"\x22" * 32)}


def side(role: str, fingerprint: bytes, random: bytes) -> Side:
    reveal = Reveal(
        suites=b"\x01\x02",
        suite=1,
        public_key=KEYS[role].public,
        fingerprint=fingerprint * 32,
        random=random * 32,
    )
    return Side(reveal=reveal, commitment=commitment(reveal, sid=SID, role=role))


SIDES = {"A": side("A", b"\x0a", b"\xa1"), "B": side("B", b"\x0b", b"\xb2")}


@pytest.fixture
def keys() -> Keys:
    return derive(KEYS["A"], sid=SID, sides=SIDES, own_role="A")


@pytest.fixture
def payload() -> Payload:
    return Payload(seq=0, peer_seen=NOTHING_SEEN, body="hello stranger 👋".encode())


def test_public_keys() -> None:
    assert {role: key.public.hex() for role, key in KEYS.items()} == {
        "A": "7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13",
        "B": "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20",
    }


def test_commitments() -> None:
    assert {role: one.commitment.hex() for role, one in SIDES.items()} == {
        "A": "6119be77417097f730c99c5cff889551d3863391157c4973141bcabcc34f6af1",
        "B": "2bf1e4ae4e55d7c5289f3f8a043f4c56aed8ca3706b4f1b410a22761a37d8b40",
    }


def test_both_sides_derive_the_published_keys(keys: Keys) -> None:
    other = derive(KEYS["B"], sid=SID, sides=SIDES, own_role="B")

    assert other == keys
    assert keys.transcript.hex() == (
        "e6c0597ddf23430be82a37e73eafa5506a489061e74d6ecb28d7295d17b3aa51"
    )
    assert keys.shared.hex() == (
        "9e004098efc091d4ec2663b4e9f5cfd4d7064571690b4bea97ab146ab9f35056"
    )
    assert keys.key["A"].hex() == (
        "ffb8fdc2a3eafda6078788d4a40b0f0ccdc63b1a2facfe0c6d933f3bb22ec29a"
    )
    assert keys.iv["A"].hex() == "c28dfe5035990437e74ac670"


def test_confirmation_and_safety_code(keys: Keys) -> None:
    assert keys.confirmation("A").hex() == (
        "207324aa68933785576b7634134bb4139424f3c61f8c33a72d060e7770f093e9"
    )
    assert keys.sas.hex() == "cb4acc1a2f2b"
    assert safety_indices(keys.sas) == (50, 52, 43, 12, 6, 34, 60)


def test_payload_commitment_and_ciphertext(keys: Keys, payload: Payload) -> None:
    way = Direction(sid=SID, role="A", key=keys.key["A"], iv=keys.iv["A"])
    sealed = seal(way, payload, key=b"\x33" * 32)

    assert sealed.payload.hex() == (
        "01010000000000000000ffffffffffffffff0000001368656c6c6f20737472616e67657220f09f918b"
    )
    assert sealed.c.hex() == (
        "e03f8d836fc588b11458c25bdac70f72a37ec8d6d84d3a66fcf1ad4ab541f2ff"
    )
    assert len(sealed.ct) == 144
    assert hashlib.sha256(sealed.ct).hexdigest() == (
        "96437c7cc0d3afcd9aa0f813e64ecfc9098c02f6478a8d8dd394007baded19db"
    )


def test_stamp(payload: Payload) -> None:
    c = frank(b"\x33" * 32, sid=SID, role="A", payload=payload.encode())
    blank = Stamp(kid=7, tb=178_000_000, rx_other=0, flags=0, tag=bytes(32))
    covered = stamp_input(blank, sid=SID, role="A", seq=0, c=c)

    assert len(covered) == 80
    assert covered.hex().startswith(
        "53535354414d50310007000102030405060708090a0b0c0d0e0f01"
        "00000000000000000a9c1080000000000000000000e03f"
    )
    assert stamp_tag(b"\x44" * 32, covered).hex() == (
        "1e0bdd486eff9e20e90803fb1eb744de003702b3ba4bd24abc2ce562959bbc6b"
    )


@pytest.mark.parametrize(
    ("body", "bucket"),
    [(70, 128), (71, 256), (198, 256), (199, 512), (4000, 4608)],
)
def test_padding_takes_the_next_bucket(body: int, bucket: int) -> None:
    raw = Payload(seq=0, body=b"x" * body).encode()

    assert len(pad(bytes(32), raw)) == bucket
