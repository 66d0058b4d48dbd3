"""The shared vectors: published values, and the server's code reproduces them."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chat.domain import records
from chat.domain.codes import FrameRefusedError
from chat.domain.effects import Acked, Deliver, Stamped
from chat.domain.inputs import Acknowledge, Message
from common.vocabulary import Mode
from trust.domain.conversation_token import (
    ConversationContext,
    kid_of,
    seal,
    unseal,
)
from trust.domain.franking import (
    Role,
    Stamp,
    commitment,
    stamp,
    stamp_input,
    stamp_valid,
)

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/protocol_vectors.json").read_text())


def named(part):
    return [pytest.param(one, id=one["name"]) for one in part]


def unhex(fields, *names):
    return {name: bytes.fromhex(fields[name]) for name in names}


def stamp_arguments(vector):
    return {
        "kid": vector["kid"],
        "role": Role[vector["role"]],
        "seq": int(vector["seq"]),
        "tb": vector["tb"],
        "rx_other": int(vector["rx_other"]),
        "flags": vector["flags"],
        **unhex(vector, "conversation", "commitment"),
    }


def test_the_file_is_what_the_reference_makes():
    made = subprocess.run(
        [sys.executable, "tools/make_vectors.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")


def test_handshake_of_suite_1_is_as_published():
    agreed = VECTORS["handshakes"][0]
    a, b = agreed["sides"]["A"], agreed["sides"]["B"]

    assert [a["public_key"], b["public_key"], a["commitment"], b["commitment"]] == [
        "7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13",
        "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20",
        "6119be77417097f730c99c5cff889551d3863391157c4973141bcabcc34f6af1",
        "2bf1e4ae4e55d7c5289f3f8a043f4c56aed8ca3706b4f1b410a22761a37d8b40",
    ]
    assert [agreed["transcript_hash"], agreed["shared_secret"]] == [
        "e6c0597ddf23430be82a37e73eafa5506a489061e74d6ecb28d7295d17b3aa51",
        "9e004098efc091d4ec2663b4e9f5cfd4d7064571690b4bea97ab146ab9f35056",
    ]
    assert agreed["keys"]["a_to_b"] == {
        "key": "ffb8fdc2a3eafda6078788d4a40b0f0ccdc63b1a2facfe0c6d933f3bb22ec29a",
        "iv": "c28dfe5035990437e74ac670",
    }
    assert agreed["confirm"]["A"]["mac"] == (
        "207324aa68933785576b7634134bb4139424f3c61f8c33a72d060e7770f093e9"
    )
    assert agreed["sas"] == "cb4acc1a2f2b"
    assert agreed["safety_code"] == [50, 52, 43, 12, 6, 34, 60]


def test_first_message_is_as_published():
    first = VECTORS["messages"][0]

    assert first["payload"] == (
        "01010000000000000000ffffffffffffffff00000013"
        "68656c6c6f20737472616e67657220f09f918b"
    )
    assert first["commitment"] == (
        "e03f8d836fc588b11458c25bdac70f72a37ec8d6d84d3a66fcf1ad4ab541f2ff"
    )
    assert len(first["plaintext"]) == 2 * 128
    assert hashlib.sha256(bytes.fromhex(first["ciphertext"])).hexdigest() == (
        "96437c7cc0d3afcd9aa0f813e64ecfc9098c02f6478a8d8dd394007baded19db"
    )


def test_first_stamp_is_as_published():
    first = VECTORS["stamps"][0]

    assert first["stamp_input"] == (
        "53535354414d50310007000102030405060708090a0b0c0d0e0f0100000000000000000a9c1080"
        "000000000000000000" + VECTORS["messages"][0]["commitment"]
    )
    assert first["tag"] == (
        "1e0bdd486eff9e20e90803fb1eb744de003702b3ba4bd24abc2ce562959bbc6b"
    )


@pytest.mark.parametrize("vector", named(VECTORS["messages"]))
def test_commitment(vector):
    made = commitment(
        key=bytes.fromhex(vector["opening_key"]),
        role=Role[vector["role"]],
        **unhex(vector, "conversation", "payload"),
    )

    assert made.hex() == vector["commitment"]


@pytest.mark.parametrize("vector", named(VECTORS["stamps"]))
def test_stamp(vector):
    key = bytes.fromhex(vector["stamp_key"])
    arguments = stamp_arguments(vector)

    made = stamp(key=key, **arguments)

    assert stamp_input(**arguments).hex() == vector["stamp_input"]
    assert made.tag.hex() == vector["tag"]
    assert made.encode().hex() == vector["stamp"]
    assert Stamp.decode(bytes.fromhex(vector["stamp"])) == made


@pytest.mark.parametrize("vector", named(VECTORS["conversation_tokens"]))
def test_conversation_token(vector):
    parts = unhex(vector["context"], *vector["context"])
    context = ConversationContext(
        sid=parts["sid"],
        person_a=UUID(bytes=parts["person_a"]),
        person_b=UUID(bytes=parts["person_b"]),
        device_a=parts["device_a"],
        device_b=parts["device_b"],
        room=parts["room"],
        started=int.from_bytes(parts["started"], "big"),
        mode=Mode(vector["mode"]),
    )
    key, nonce = bytes.fromhex(vector["seal_key"]), bytes.fromhex(vector["nonce"])

    token = seal(context, kid=vector["kid"], key=key, nonce=nonce)

    assert token.hex() == vector["token"]
    assert (kid_of(token), unseal(token, key=key)) == (vector["kid"], context)


def of(sender):
    accepted = VECTORS["records"]["accepted"]
    return named(one for one in accepted if one["from"] == sender)


@pytest.mark.parametrize("vector", of("client"))
def test_record_of_a_client(vector):
    taken = [
        records.read(kind, body)
        for kind, body in records.split(bytes.fromhex(vector["frame"]))
    ]

    assert taken == [client_record(one) for one in vector["records"]]


def client_record(fields):
    if fields["type"] == "ACK":
        return Acknowledge(slot=fields["slot"], next=int(fields["next"]))
    return Message(
        slot=fields["slot"],
        seq=int(fields["seq"]),
        **unhex(fields, "commitment", "ciphertext"),
    )


@pytest.mark.parametrize("vector", of("server"))
def test_record_of_the_server(vector):
    made = [records.write(server_record(one)) for one in vector["records"]]

    assert bytes.fromhex(vector["frame"]).endswith(b"".join(made))


def server_record(fields):
    to = {"to": Role.A, "slot": fields["slot"]}
    match fields["type"]:
        case "ACKED":
            return Acked(**to, next=int(fields["next"]))
        case "STAMPED":
            stamp = bytes.fromhex(fields["stamp"])
            return Stamped(**to, seq=int(fields["seq"]), stamp=stamp)
    parts = unhex(fields, "commitment", "stamp", "ciphertext")
    return Deliver(**to, seq=int(fields["seq"]), **parts)


@pytest.mark.parametrize("vector", named(VECTORS["records"]["refused"]))
def test_refused_record(vector):
    frame = bytes.fromhex(vector["frame"])
    if vector["refused"] == "frame":
        with pytest.raises(FrameRefusedError):
            records.split(frame)
        return
    ((kind, body),) = records.split(frame)

    with pytest.raises(FrameRefusedError):
        records.read(kind, body)


@pytest.mark.parametrize("vector", named(VECTORS["receiver"]["cases"]))
def test_every_receiver_case_carries_a_true_stamp(vector):
    """So that only the receiver's own rules can refuse it."""
    deliver = bytes.fromhex(vector["deliver"])
    seq, c = int.from_bytes(deliver[5:13], "big"), deliver[13:45]
    state, key = VECTORS["receiver"]["state"], VECTORS["stamps"][0]["stamp_key"]

    assert stamp_valid(
        Stamp.decode(deliver[45:92]),
        key=bytes.fromhex(key),
        conversation=bytes.fromhex(state["conversation"]),
        role=Role[state["sender_role"]],
        seq=seq,
        commitment=c,
    )


def test_one_ciphertext_opens_under_two_keys():
    """GCM does not bind its key; this is why receivers check the commitment."""
    state = VECTORS["receiver"]["state"]
    case = next(
        one for one in VECTORS["receiver"]["cases"] if "two keys" in one["name"]
    )
    deliver = bytes.fromhex(case["deliver"])
    seq, c, ct = deliver[5:13], deliver[13:45], deliver[92:]
    iv, sid = bytes.fromhex(state["iv"]), bytes.fromhex(state["conversation"])
    nonce = iv[:4] + bytes(x ^ y for x, y in zip(iv[4:], seq, strict=True))
    opened = {
        AESGCM(key).decrypt(nonce, ct, b"SS1/msg\0" + sid + b"\1" + seq + c)
        for key in (bytes.fromhex(state["key"]), b"\x99" * 32)
    }

    assert len(opened) == 2


def test_safety_emoji_are_the_published_list():
    published = json.loads((ROOT / "docs/reference/safety-emoji.json").read_text())

    assert VECTORS["safety_emoji"] == published
    assert len({one["emoji"] for one in published}) == 64
    assert len({one["name"] for one in published}) == 64
    assert all(len(one["emoji"]) == 1 for one in published)
