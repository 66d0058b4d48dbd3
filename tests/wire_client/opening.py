"""What a receiver checks before it shows anything: drop codes R1 to R11.

The relay keeps the wire honest; these checks hold even if it does not, or if
the sender's client was changed. Any failure ends the conversation.
"""

import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.wire_client.franking import (
    BUCKETS,
    EDIT,
    FILE_OFFER,
    MAX_BODY_BYTES,
    NOTE,
    NOTHING_SEEN,
    REACTION,
    TAG_BYTES,
    TEXT,
    VERSION,
    Direction,
    Payload,
    frank,
)
from tests.wire_client.stamps import Stamp, follows

HEADER_BYTES = 22
KEY_AND_LENGTH_BYTES = 36
# Where the text part of a body starts, by type.
TEXT_STARTS_AT = {TEXT: 0, NOTE: 0, REACTION: 9, EDIT: 8}


class DroppedError(Exception):
    """A message was refused; `code` is R1 to R11."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Inbox:
    """What the receiver knows of one sender; changed only by what passes."""

    direction: Direction
    kid: int
    expected: int = 0
    last_stamp: Stamp | None = None
    last_seen: int = -1

    def open(
        self, *, seq: int, c: bytes, stamp: Stamp | None, ct: bytes, sent: int
    ) -> Payload:
        """Open the next message of this sender.

        Args:
            seq: its number.
            c: the commitment that the relay stamped.
            stamp: the relay's stamp.
            ct: ciphertext with tag.
            sent: how many messages we have sent to this sender.

        Raises:
            DroppedError: a check failed; nothing has changed.

        """
        if seq != self.expected:
            raise DroppedError("R2")
        if stamp is None or not follows(stamp, self.last_stamp, kid=self.kid):
            raise DroppedError("R10")
        raw = self._decrypted(seq, c, ct)
        payload = self._parsed(raw, seq)
        self._check_seen(payload.peer_seen, stamp, sent)
        self.expected, self.last_stamp = seq + 1, stamp
        self.last_seen = seen_number(payload.peer_seen)
        return payload

    def _decrypted(self, seq: int, c: bytes, ct: bytes) -> bytes:
        nonce, bound = self.direction.nonce(seq), self.direction.associated(seq, c)
        try:
            plain = AESGCM(self.direction.key).decrypt(nonce, ct, bound)
        except InvalidTag:
            raise DroppedError("R3") from None
        if len(plain) not in BUCKETS or len(ct) != len(plain) + TAG_BYTES:
            raise DroppedError("R4")
        length = int.from_bytes(plain[32:KEY_AND_LENGTH_BYTES], "big")
        end = KEY_AND_LENGTH_BYTES + length
        if length < HEADER_BYTES or end > len(plain):
            raise DroppedError("R5")
        if any(plain[end:]):
            raise DroppedError("R4")
        raw = plain[KEY_AND_LENGTH_BYTES:end]
        role, sid = self.direction.role, self.direction.sid
        if not hmac.compare_digest(
            frank(plain[:32], sid=sid, role=role, payload=raw), c
        ):
            raise DroppedError("R9")
        return raw

    def _parsed(self, raw: bytes, seq: int) -> Payload:
        if raw[0] != VERSION:
            raise DroppedError("R6")
        if int.from_bytes(raw[2:10], "big") != seq:
            raise DroppedError("R7")
        body = raw[HEADER_BYTES:]
        if int.from_bytes(raw[18:22], "big") != len(body) or len(body) > MAX_BODY_BYTES:
            raise DroppedError("R8")
        check_text(raw[1], body)
        seen = int.from_bytes(raw[10:18], "big")
        return Payload(kind=raw[1], seq=seq, peer_seen=seen, body=body)

    def _check_seen(self, peer_seen: int, stamp: Stamp, sent: int) -> None:
        seen = seen_number(peer_seen)
        if seen < self.last_seen or seen >= min(stamp.rx_other, sent):
            raise DroppedError("R11")


def seen_number(peer_seen: int) -> int:
    """Read "none" as -1, so that later values only grow."""
    return -1 if peer_seen == NOTHING_SEEN else peer_seen


def check_text(kind: int, body: bytes) -> None:
    """Refuse (R8) a body whose text parts are not UTF-8 or that is cut short."""
    start = TEXT_STARTS_AT.get(kind)
    if kind == FILE_OFFER:
        start = 41 + (body[40] if len(body) > 40 else 0)
    if start is None:
        return
    try:
        body[start:].decode()
    except UnicodeDecodeError:
        raise DroppedError("R8") from None
    if len(body) < start:
        raise DroppedError("R8")
