"""What a client opens, and the code with which it drops the rest."""

import os
from dataclasses import replace

import pytest

from tests.wire_client import franking
from tests.wire_client.conversation import Conversation
from tests.wire_client.franking import EDIT, FILE_OFFER, REACTION, Payload, Sealed, seal
from tests.wire_client.mischief import forged
from tests.wire_client.opening import DroppedError
from tests.wire_client.records import Deliver
from tests.wire_client.rehearsal import exchange, talk
from tests.wire_client.stamps import Stamp

NOW = 178_000_000


@pytest.fixture
def pair() -> tuple[Conversation, Conversation]:
    ana, bo = talk("A"), talk("B")
    exchange(ana, bo)
    return ana, bo


def delivered(sealed: Sealed, **stamp: int) -> Deliver:
    fields = {"kid": 1, "tb": NOW, "rx_other": 0, "flags": 0} | stamp
    return Deliver(
        slot=1,
        seq=sealed.seq,
        c=sealed.c,
        stamp=Stamp(**fields, tag=bytes(32)),
        ct=sealed.ct,
    )


def code_of(talk: Conversation, deliver: Deliver) -> str:
    with pytest.raises(DroppedError) as drop:
        talk.open(deliver)
    return drop.value.code


def test_an_honest_message_opens(pair: tuple[Conversation, Conversation]) -> None:
    ana, bo = pair
    payload = bo.open(delivered(ana.seal("grüß dich 👋".encode())))

    assert payload is not None
    assert payload.text == "grüß dich 👋"


def test_a_message_received_before_is_ignored(
    pair: tuple[Conversation, Conversation],
) -> None:
    ana, bo = pair
    once = delivered(ana.seal(b"once"))
    bo.open(once)

    assert bo.open(once) is None


@pytest.mark.parametrize("code", ["R3", "R4", "R5", "R6", "R7", "R8", "R9", "R11"])
def test_each_forgery_has_its_code(
    pair: tuple[Conversation, Conversation], code: str
) -> None:
    ana, bo = pair

    assert code_of(bo, delivered(forged(ana, code))) == code


def test_a_gap_is_refused(pair: tuple[Conversation, Conversation]) -> None:
    ana, bo = pair
    ana.seal(b"lost on the way")

    assert code_of(bo, delivered(ana.seal(b"after the gap"))) == "R2"


@pytest.mark.parametrize("stamp", [{"kid": 2}, {"flags": 1}, {"flags": 8}])
def test_a_stamp_of_another_key_or_with_a_reserved_flag_is_refused(
    pair: tuple[Conversation, Conversation], stamp: dict[str, int]
) -> None:
    ana, bo = pair

    assert code_of(bo, delivered(ana.seal(b"x"), **stamp)) == "R10"


@pytest.mark.parametrize("later", [{"tb": NOW - 7}, {"rx_other": 0}])
def test_a_stamp_that_falls_is_refused(
    pair: tuple[Conversation, Conversation], later: dict[str, int]
) -> None:
    ana, bo = pair
    bo.seal(b"from Bo")
    bo.open(delivered(ana.seal(b"first"), rx_other=1))

    assert code_of(bo, delivered(ana.seal(b"second"), **({"rx_other": 1} | later))) == (
        "R10"
    )


def test_peer_seen_may_not_fall(pair: tuple[Conversation, Conversation]) -> None:
    ana, bo = pair
    bo.seal(b"from Bo")
    ana.told = 1
    bo.open(delivered(ana.seal(b"I saw yours"), rx_other=1))
    ana.told = 0

    assert code_of(bo, delivered(ana.seal(b"no I did not"), rx_other=1)) == "R11"


def test_peer_seen_beyond_its_own_stamp_is_refused(
    pair: tuple[Conversation, Conversation],
) -> None:
    ana, bo = pair
    bo.seal(b"from Bo")
    ana.told = 1

    assert code_of(bo, delivered(ana.seal(b"I saw it early"), rx_other=0)) == "R11"


def test_a_commitment_of_another_conversation_is_refused(
    pair: tuple[Conversation, Conversation],
) -> None:
    ana, bo = pair
    stolen = talk("A").ours.commitment

    assert code_of(bo, replace(delivered(ana.seal(b"x")), c=stolen)) == "R3"


def test_a_message_sent_back_to_its_sender_is_refused(
    pair: tuple[Conversation, Conversation],
) -> None:
    ana, _ = pair

    assert code_of(ana, delivered(ana.seal(b"mine"))) == "R3"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (REACTION, b"\x01" + bytes(8) + "👍".encode()),
        (EDIT, bytes(8) + b"better"),
        (FILE_OFFER, bytes(40) + b"\x09image/png" + b"cat.png"),
        (0x7E, b"\xff\xff from a later version"),
    ],
    ids=["reaction", "edit", "file offer", "unknown"],
)
def test_every_body_opens(
    pair: tuple[Conversation, Conversation], kind: int, body: bytes
) -> None:
    ana, bo = pair
    payload = bo.open(delivered(ana.seal(body, kind=kind)))

    assert payload is not None
    assert (payload.kind, payload.body) == (kind, body)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (REACTION, bytes(8)),
        (EDIT, bytes(8) + b"\xff"),
        (FILE_OFFER, bytes(41) + b"\xff"),
    ],
)
def test_text_parts_of_other_bodies_must_be_text(
    pair: tuple[Conversation, Conversation], kind: int, body: bytes
) -> None:
    ana, bo = pair

    assert code_of(bo, delivered(ana.seal(body, kind=kind))) == "R8"


def test_a_body_over_4000_bytes_is_never_sealed(
    pair: tuple[Conversation, Conversation],
) -> None:
    ana, _ = pair

    with pytest.raises(ValueError, match="4000"):
        seal(
            ana.direction("A"),
            Payload(kind=franking.TEXT, seq=0, body=bytes(4001)),
            key=os.urandom(32),
        )
