"""Bytes in JSON frames: base64url without padding (RFC 4648 section 5)."""

import base64


def to_text(raw: bytes) -> str:
    """Write bytes."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def to_bytes(text: str) -> bytes:
    """Read bytes."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
