"""Bytes in JSON: base64url without padding (RFC 4648 §5)."""

import base64
import binascii


def b64u_encode(raw: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def b64u_decode(text: str) -> bytes:
    """Read base64url without padding.

    Raises:
        ValueError: the text is not the one canonical form of some bytes.

    """
    try:
        raw = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4),
            altchars=b"-_",
            validate=True,
        )
    except (binascii.Error, UnicodeEncodeError) as error:
        msg = "not base64url"
        raise ValueError(msg) from error
    if b64u_encode(raw) != text:
        msg = "not canonical base64url"
        raise ValueError(msg)
    return raw
