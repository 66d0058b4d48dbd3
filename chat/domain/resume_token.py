"""The token that names one side of a conversation to its own visitor.

What lives here: the bytes of a `resume_token`. What may not: any right by
itself; it counts only when the visitor it names presents it.

How it works. Conversation, role and visitor, sealed so that the token tells
its holder nothing and cannot be made up:

    token = nonce[12] || AES-256-GCM(key, nonce, conversation[16] || role u8 ||
            visitor[16])

Source: AES-GCM as NIST SP 800-38D; random 96-bit nonces are safe for 2^32
tokens a key.
"""

from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from common.ids import ConversationId, VisitorId
from trust.domain.franking import Role

NONCE_BYTES = 12
TOKEN_BYTES = NONCE_BYTES + 33 + 16
_ASSOCIATED_DATA = b"SS1/resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One side of one conversation, and whose it is."""

    conversation: ConversationId
    role: Role
    visitor: VisitorId


def seal(place: Place, *, key: bytes, nonce: bytes) -> bytes:
    """Seal a place into a token of `TOKEN_BYTES`.

    Args:
        place: what the token names.
        key: 32 bytes.
        nonce: 12 random bytes.

    """
    plain = place.conversation + bytes((place.role,)) + place.visitor.bytes
    return nonce + AESGCM(key).encrypt(nonce, plain, _ASSOCIATED_DATA)


def unseal(token: bytes, *, key: bytes) -> Place | None:
    """Open a token; `None` when it is not one that this key sealed."""
    if len(token) != TOKEN_BYTES:
        return None
    nonce, sealed = token[:NONCE_BYTES], token[NONCE_BYTES:]
    try:
        plain = AESGCM(key).decrypt(nonce, sealed, _ASSOCIATED_DATA)
    except InvalidTag:
        return None
    return Place(
        conversation=ConversationId(plain[:16]),
        role=Role(plain[16]),
        visitor=VisitorId(UUID(bytes=plain[17:])),
    )
