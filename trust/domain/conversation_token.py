"""The sealed evidence context: who met whom, kept by the two of them alone.

What lives here: the bytes of a `conversation_token`. What may not: any list of
conversations; the server keeps none, because this token is the only record.

How it works. When two people are matched, each client gets the context of the
conversation, encrypted under the day's seal key. A report hands it back; the
server then knows who the partner was. Once the key is destroyed nobody does.

    token   = 0x01 || kid u16 || nonce[12] || AES-256-GCM(key, nonce, context)
    context = sid[16] || person_A[16] || person_B[16] || device_A[8] ||
              device_B[8] || room[16] || started u32 || mode u8

Source: docs/reference/protocol.md; AES-GCM as NIST SP 800-38D.
"""

import struct
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from typing_extensions import override

from common.errors import ClientFaultError
from common.ids import ConversationId, PersonId, VisitorId
from common.vocabulary import Mode

NONCE_BYTES = 12
NO_ROOM = bytes(16)
TOKEN_BYTES = 116

_VERSION = 1
_ASSOCIATED_DATA = b"SS1/session"
_HEAD = struct.Struct(">BH12s")
_CONTEXT = struct.Struct(">16s16s16s8s8s16sIB")
_MODES = {Mode.TEXT: 1, Mode.VOICE: 2, Mode.VIDEO: 3}
_MODE_OF = {number: mode for mode, number in _MODES.items()}


class ConversationTokenError(ClientFaultError):
    """The token is malformed or does not open under the key it names."""

    code: ClassVar[str] = "E01"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationContext:
    """What a report needs to know about its conversation.

    Attributes:
        sid: the conversation.
        person_a: who was role A; `person_b` likewise.
        device_a: 8 bytes that tell A's visitors apart, see `device_tag`.
        started: when they were matched, whole seconds since 1970.
        mode: what both had chosen.
        room: 16 bytes naming where they met; `NO_ROOM` for the open queue.

    """

    sid: ConversationId
    person_a: PersonId
    person_b: PersonId
    device_a: bytes
    device_b: bytes
    started: int
    mode: Mode
    room: bytes = NO_ROOM

    def __post_init__(self) -> None:
        """Refuse parts of a wrong length, which `struct` would cut or pad."""
        lengths = tuple(map(len, (self.sid, self.device_a, self.device_b, self.room)))
        if lengths != (16, 8, 8, 16):
            raise ValueError(f"sid, devices and room have {lengths} bytes")

    @override
    def __repr__(self) -> str:
        """Hide who met whom from logs and tracebacks."""
        return "ConversationContext(…)"


def device_tag(visitor: VisitorId) -> bytes:
    """Cut 8 bytes from a visitor id: enough to tell one person's visitors apart."""
    return visitor.bytes[:8]


def seal(context: ConversationContext, *, kid: int, key: bytes, nonce: bytes) -> bytes:
    """Encrypt the context into a token of `TOKEN_BYTES`.

    Args:
        context: what to seal.
        kid: number of the key, u16, readable in the token.
        key: 32 bytes.
        nonce: 12 random bytes, never used twice with one key.

    """
    plain = _CONTEXT.pack(
        context.sid,
        context.person_a.bytes,
        context.person_b.bytes,
        context.device_a,
        context.device_b,
        context.room,
        context.started,
        _MODES[context.mode],
    )
    sealed = AESGCM(key).encrypt(nonce, plain, _ASSOCIATED_DATA)
    return _HEAD.pack(_VERSION, kid, nonce) + sealed


def kid_of(token: bytes) -> int:
    """Read the number of the key a token was sealed with.

    Raises:
        ConversationTokenError: wrong length or version.

    """
    if len(token) != TOKEN_BYTES or token[0] != _VERSION:
        raise ConversationTokenError
    return int.from_bytes(token[1:3], "big")


def unseal(token: bytes, *, key: bytes) -> ConversationContext:
    """Open a token.

    Raises:
        ConversationTokenError: malformed, altered, or sealed with another key.

    """
    kid_of(token)
    _, _, nonce = _HEAD.unpack_from(token)
    try:
        plain = AESGCM(key).decrypt(nonce, token[_HEAD.size :], _ASSOCIATED_DATA)
    except InvalidTag as error:
        raise ConversationTokenError from error
    sid, person_a, person_b, device_a, device_b, room, started, mode = _CONTEXT.unpack(
        plain
    )
    return ConversationContext(
        sid=ConversationId(sid),
        person_a=PersonId(UUID(bytes=person_a)),
        person_b=PersonId(UUID(bytes=person_b)),
        device_a=device_a,
        device_b=device_b,
        room=room,
        started=started,
        mode=_MODE_OF[mode],
    )
