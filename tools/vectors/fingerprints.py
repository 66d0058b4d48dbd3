"""Vectors of certificate fingerprints in session descriptions (RFC 8122)."""

from typing import Any

COMMITTED = bytes(range(0xE0, 0x100))
OTHER = bytes(32)


def _written(digest: bytes) -> str:
    return digest.hex(":").upper()


def _line(digest: bytes, name: str = "sha-256") -> str:
    return f"a=fingerprint:{name} {_written(digest)}"


SESSION = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
MEDIA = ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0"]


def _sdp(*, session: list[str] | None = None, media: list[str] | None = None) -> str:
    lines = [*SESSION, *(session or []), *MEDIA, *(media or [])]
    return "".join(f"{line}\r\n" for line in lines)


def described() -> list[dict[str, Any]]:
    """List descriptions; `kept` is what may be given to the browser, or null."""
    right, wrong, sha1 = _line(COMMITTED), _line(OTHER), _line(bytes(20), "sha-1")
    lower = right.replace(_written(COMMITTED), COMMITTED.hex(":"))
    plain, both = _sdp(media=[right]), _sdp(session=[right], media=[right])
    return [
        _case("the committed one", plain, plain),
        _case("for session and media", both, both),
        _case("hash name in capitals", *_twice(_line(COMMITTED, "SHA-256"))),
        _case("digits in small letters", *_twice(lower)),
        _case("a line of another hash goes", _sdp(media=[sha1, right]), plain),
        _case("none", _sdp(), None),
        _case("only another hash", _sdp(media=[sha1]), None),
        _case("another certificate", _sdp(media=[wrong]), None),
        _case("a second, other certificate", _sdp(media=[right, wrong]), None),
        _case(
            "another one for the session", _sdp(session=[wrong], media=[right]), None
        ),
        _case("cut short", _sdp(media=[right[:-3]]), None),
        _case("not hexadecimal", _sdp(media=[right[:-2] + "ZZ"]), None),
    ]


def _twice(line: str) -> tuple[str, str]:
    return _sdp(media=[line]), _sdp(media=[line])


def _case(name: str, sdp: str, kept: str | None) -> dict[str, Any]:
    return {"name": name, "committed": COMMITTED.hex(), "sdp": sdp, "kept": kept}
