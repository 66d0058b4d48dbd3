"""The shared vector file, reproduced by a client that shares no code with its maker."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from tests.wire_client import records
from tests.wire_client.franking import BUCKETS, MAX_BODY_BYTES, Direction, Payload, seal
from tests.wire_client.handshake import (
    IntegrityError,
    Keys,
    Reveal,
    Side,
    check_reveal,
    commitment,
    derive,
    lp,
    safety_indices,
)
from tests.wire_client.opening import DroppedError, Inbox
from tests.wire_client.stamps import Stamp, stamp_input, stamp_tag
from tests.wire_client.suites import KeyPair

FILE = Path(__file__).resolve().parents[1] / "vectors" / "protocol_vectors.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text())
RECEIVER = VECTORS["receiver"]
KNOWN_KINDS = {1, 2, 3, 4, 16}

raw = bytes.fromhex


def cases(section: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", section, ids=lambda case: case["name"])


def side(given: dict[str, str], suite: int) -> Side:
    reveal = Reveal(
        suites=raw(given["suites"]),
        suite=suite,
        public_key=raw(given["public_key"]),
        fingerprint=raw(given["fingerprint"]),
        random=raw(given["random"]),
    )
    return Side(reveal=reveal, commitment=raw(given["commitment"]))


def key_pair(given: dict[str, str], suite: int) -> KeyPair:
    key = load_der_private_key(raw(given["private_key_pkcs8"]), password=None)
    assert isinstance(key, (X25519PrivateKey, EllipticCurvePrivateKey))
    return KeyPair(suite, key)


def keys_of(case: dict[str, Any], role: str) -> Keys:
    suite = case["suite"]
    sides = {name: side(given, suite) for name, given in case["sides"].items()}
    key = key_pair(case["sides"][role], suite)
    sid = raw(case["conversation"])
    return derive(key, sid=sid, sides=sides, own_role=role)


@cases(VECTORS["handshakes"])
def test_handshake(case: dict[str, Any]) -> None:
    sid, suite = raw(case["conversation"]), case["suite"]
    for role, given in case["sides"].items():
        keys = keys_of(case, role)
        way = {"A": case["keys"]["a_to_b"], "B": case["keys"]["b_to_a"]}[role]

        assert key_pair(given, suite).public == raw(given["public_key"])
        own = side(given, suite)
        assert commitment(own.reveal, sid=sid, role=role) == own.commitment
        assert keys.transcript == raw(case["transcript_hash"])
        assert keys.shared == raw(case["shared_secret"])
        assert (keys.key[role], keys.iv[role]) == (raw(way["key"]), raw(way["iv"]))
        assert keys.confirm[role] == raw(case["confirm"][role]["key"])
        assert keys.confirmation(role) == raw(case["confirm"][role]["mac"])
        assert keys.sas == raw(case["sas"])
        assert list(safety_indices(keys.sas)) == [
            one["index"] if isinstance(one, dict) else one
            for one in case["safety_code"]
        ]


@cases(VECTORS["handshake_refusals"])
def test_handshake_refusal(case: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        shake_hands(case)


def shake_hands(case: dict[str, Any]) -> None:
    """Do what side A does with a partner that is not honest."""
    honest = VECTORS["handshakes"][case["handshake_of_a"]]
    sid, suite = raw(honest["conversation"]), case["suite_named"]
    ours, theirs = side(honest["sides"]["A"], suite), side(case["partner"], suite)
    check_reveal(theirs, ours=ours, sid=sid, their_role="B", named_suite=suite)
    key = key_pair(honest["sides"]["A"], suite)
    keys = derive(key, sid=sid, sides={"A": ours, "B": theirs}, own_role="A")
    if keys.confirmation("B") != raw(case["partner"]["confirm"]):
        raise IntegrityError("the partner derived other keys")


@cases(VECTORS["messages"])
def test_message(case: dict[str, Any]) -> None:
    way = Direction(
        sid=raw(case["conversation"]),
        role=case["role"],
        key=raw(case["key"]),
        iv=raw(case["iv"]),
    )
    payload = Payload(
        kind=case["ptype"],
        seq=int(case["seq"]),
        peer_seen=int(case["peer_seen"]),
        body=raw(case["body"]),
    )
    sealed = seal(way, payload, key=raw(case["opening_key"]))

    assert sealed.payload == raw(case["payload"])
    assert sealed.c == raw(case["commitment"])
    assert way.nonce(payload.seq) == raw(case["nonce"])
    assert way.associated(payload.seq, sealed.c) == raw(case["associated_data"])
    assert sealed.ct == raw(case["ciphertext"])


@cases(VECTORS["stamps"])
def test_stamp(case: dict[str, Any]) -> None:
    stamp = Stamp.decode(raw(case["stamp"]))
    covered = stamp_input(
        stamp,
        sid=raw(case["conversation"]),
        role=case["role"],
        seq=int(case["seq"]),
        c=raw(case["commitment"]),
    )

    assert covered == raw(case["stamp_input"])
    assert stamp.tag == stamp_tag(raw(case["stamp_key"]), covered) == raw(case["tag"])


@cases([one for one in VECTORS["records"]["accepted"] if one["from"] == "server"])
def test_records_of_a_server(case: dict[str, Any]) -> None:
    read = [
        records.read(kind, body) for kind, body in records.split(raw(case["frame"]))
    ]
    names = [type(one).__name__.upper() for one in read if one is not None]

    assert names == [one["type"] for one in case["records"]]


@cases([one for one in VECTORS["records"]["accepted"] if one["from"] == "client"])
def test_records_of_a_client(case: dict[str, Any]) -> None:
    written = b"".join(
        records.ack(slot=one["slot"], up_to=int(one["next"]))
        if one["type"] == "ACK"
        else records.message(
            slot=one["slot"],
            seq=int(one["seq"]),
            c=raw(one["commitment"]),
            ct=raw(one["ciphertext"]),
        )
        for one in case["records"]
    )

    assert written == raw(case["frame"])


@cases(RECEIVER["cases"])
def test_receiver(case: dict[str, Any]) -> None:
    [(kind, body)] = records.split(raw(case["deliver"]))
    deliver = records.read(kind, body)
    assert isinstance(deliver, records.Deliver)

    assert action_of(receiver(), deliver) == (case["action"], case["rule"])


def action_of(inbox: Inbox, deliver: records.Deliver) -> tuple[str, str | None]:
    if deliver.slot != RECEIVER["state"]["slot"]:
        return "ignore", "R1"
    if deliver.seq < inbox.expected:
        return "acknowledge_again", "R2"
    try:
        payload = inbox.open(
            seq=deliver.seq,
            c=deliver.c,
            stamp=deliver.stamp,
            ct=deliver.ct,
            sent=int(RECEIVER["state"]["messages_sent"]),
        )
    except DroppedError as drop:
        return "leave", drop.code
    return "show" if payload.kind in KNOWN_KINDS else "show_unsupported", None


def receiver() -> Inbox:
    state, previous = RECEIVER["state"], RECEIVER["state"]["previous"]
    way = Direction(
        sid=raw(state["conversation"]),
        role=state["sender_role"],
        key=raw(state["key"]),
        iv=raw(state["iv"]),
    )
    last = Stamp(
        kid=state["kid"],
        tb=previous["tb"],
        rx_other=int(previous["rx_other"]),
        flags=0,
        tag=bytes(32),
    )
    return Inbox(
        way,
        kid=state["kid"],
        expected=int(state["expected_seq"]),
        last_stamp=last,
        last_seen=int(previous["peer_seen"]),
    )


def test_every_drop_code_has_a_case() -> None:
    assert {case["rule"] for case in RECEIVER["cases"]} == {
        None,
        *(f"R{number}" for number in range(1, 12)),
    }


def test_sizes_and_prefixes() -> None:
    assert list(BUCKETS) == VECTORS["padding_buckets"]
    assert VECTORS["body_bytes_max"] == MAX_BODY_BYTES
    assert all(
        lp(raw(one["part"])) == raw(one["lp"]) for one in VECTORS["length_prefixed"]
    )


@pytest.mark.parametrize("case", VECTORS["safety_codes"], ids=lambda case: case["sas"])
def test_safety_code(case: dict[str, Any]) -> None:
    assert list(safety_indices(raw(case["sas"]))) == case["indices"]
