"""Signals of WebRTC: their shape, their size, how many candidates.

What lives here: reading RTCSessionDescriptionInit and RTCIceCandidateInit as a
browser's `toJSON` writes them, and counting candidates. What may not: what an
SDP says; the clients check fingerprints, the server only carries.

How it works. Known members are read strictly, others are dropped, so that a
partner's page gets nothing but what these two dictionaries may hold. A
candidate belongs to an ICE generation, named by its `usernameFragment`; each
generation has room for so many candidates.

Source: W3C WebRTC 1.0, sections 4.6.2 and 4.8.1.2; RFC 8839 section 5.4.
"""

from collections.abc import Mapping

from chat.domain.codes import Code, FrameRefusedError
from chat.domain.inputs import Candidate, Describe
from chat.domain.policy import ConversationPolicy

SDP_BYTES = 32 * 1024
CANDIDATE_BYTES = 2048
"""One candidate line: far above any real one, tunnelled IPv6 and all."""
NAME_CHARACTERS = 256
"""`sdpMid` and `usernameFragment`; RFC 8839 gives a ufrag 256."""
MEDIA_LINES = 256
_KINDS = frozenset({"offer", "pranswer", "answer", "rollback"})


def description_of(value: object) -> Describe:
    """Read an RTCSessionDescriptionInit.

    Raises:
        FrameRefusedError: not one (`bad_frame`), or an SDP over `SDP_BYTES`
            (`too_large`).

    """
    if not isinstance(value, Mapping):
        raise FrameRefusedError
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise FrameRefusedError
    sdp = _text(value.get("sdp", ""), most=SDP_BYTES, over=Code.TOO_LARGE)
    return Describe(kind=kind, sdp=sdp)


def candidate_of(value: object) -> Candidate:
    """Read an RTCIceCandidateInit, or null at the end of candidates.

    Raises:
        FrameRefusedError: neither of them.

    """
    if value is None:
        return Candidate(init=None)
    if not isinstance(value, Mapping):
        raise FrameRefusedError
    init: dict[str, str | int | None] = {
        "candidate": _text(value.get("candidate", ""), most=CANDIDATE_BYTES),
        "sdpMid": _name(value.get("sdpMid")),
        "sdpMLineIndex": _index(value.get("sdpMLineIndex")),
        "usernameFragment": _name(value.get("usernameFragment")),
    }
    return Candidate(init={key: init[key] for key in init if key in value})


class Generations:
    """How many candidates one side has sent in each ICE generation."""

    __slots__ = ("_counts", "_policy")

    def __init__(self, policy: ConversationPolicy) -> None:
        """Start with none."""
        self._policy = policy
        self._counts: dict[str, int] = {}

    def admit(self, candidate: Candidate) -> bool:
        """Count a candidate if its generation has room for it.

        The end of candidates is free; candidates that name no generation
        share one.
        """
        if candidate.init is None:
            return True
        ufrag = str(candidate.init.get("usernameFragment") or "")
        count = self._counts.get(ufrag, 0)
        if count >= self._policy.candidates:
            return False
        self._counts[ufrag] = count + 1
        if len(self._counts) > self._policy.generations:
            del self._counts[next(iter(self._counts))]
        return True


def _text(value: object, *, most: int, over: Code = Code.BAD_FRAME) -> str:
    if not isinstance(value, str):
        raise FrameRefusedError
    if len(value) > most or len(value.encode()) > most:
        raise FrameRefusedError(over)
    return value


def _name(value: object) -> str | None:
    if value is None:
        return None
    return _text(value, most=NAME_CHARACTERS)


def _index(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value < MEDIA_LINES:
        raise FrameRefusedError
    return value
