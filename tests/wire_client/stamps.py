"""The relay's stamp: 47 bytes that say when and in what order a message passed.

A client cannot verify the tag (the key is the server's); it checks everything
else: the key id of its conversation, reserved flags, and that times and counts
never fall.
"""

import hmac
from dataclasses import dataclass

from tests.wire_client.handshake import ROLE_BYTES

STAMP_BYTES = 47
MEDIA = 0x02
BLURRED = 0x04
KNOWN_FLAGS = MEDIA | BLURRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The fields of a stamp; `tb` counts 10-second buckets since 1970."""

    kid: int
    tb: int
    rx_other: int
    flags: int
    tag: bytes

    @classmethod
    def decode(cls, raw: bytes) -> "Stamp":
        """Read the 47 bytes."""
        if len(raw) != STAMP_BYTES:
            raise ValueError("a stamp has 47 bytes")
        return cls(
            kid=int.from_bytes(raw[:2], "big"),
            tb=int.from_bytes(raw[2:6], "big"),
            rx_other=int.from_bytes(raw[6:14], "big"),
            flags=raw[14],
            tag=raw[15:],
        )

    def encode(self) -> bytes:
        """Write the 47 bytes."""
        return (
            self.kid.to_bytes(2, "big")
            + self.tb.to_bytes(4, "big")
            + self.rx_other.to_bytes(8, "big")
            + bytes([self.flags])
            + self.tag
        )


def stamp_input(stamp: Stamp, *, sid: bytes, role: str, seq: int, c: bytes) -> bytes:
    """Write the 80 bytes that the tag covers."""
    return (
        b"SSSTAMP1"
        + stamp.kid.to_bytes(2, "big")
        + sid
        + ROLE_BYTES[role]
        + seq.to_bytes(8, "big")
        + stamp.tb.to_bytes(4, "big")
        + stamp.rx_other.to_bytes(8, "big")
        + bytes([stamp.flags])
        + c
    )


def stamp_tag(key: bytes, covered: bytes) -> bytes:
    """Compute the tag, as a server with this key would."""
    return hmac.digest(key, covered, "sha256")


def follows(stamp: Stamp, previous: Stamp | None, *, kid: int) -> bool:
    """Say whether a stamp may come after the previous one of the same sender."""
    if stamp.kid != kid or stamp.flags & ~KNOWN_FLAGS:
        return False
    if previous is None:
        return True
    return stamp.rx_other >= previous.rx_other and stamp.tb >= previous.tb - 6
