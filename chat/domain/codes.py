"""Why a frame had no effect: the stable words that a client acts on.

What lives here: the error codes of docs/reference/protocol.md, section 2, and
the one exception that readers of frames raise. What may not: sentences (the
edge words them) and, ever, a piece of the frame: an exception can outlive it.
"""

from enum import StrEnum


class Code(StrEnum):
    """Error codes of the socket."""

    BAD_FRAME = "bad_frame"
    UNKNOWN_TYPE = "unknown_type"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    NOT_IN_CONVERSATION = "not_in_conversation"
    ALREADY_IN_CONVERSATION = "already_in_conversation"
    BAD_SEQUENCE = "bad_sequence"
    WINDOW_FULL = "window_full"
    NOT_ALLOWED = "not_allowed"
    MODE_NOT_ALLOWED = "mode_not_allowed"
    SUSPENDED = "suspended"
    OVERLOADED = "overloaded"
    INTERNAL = "internal"


class FrameRefusedError(Exception):
    """A frame cannot be taken as it is."""

    def __init__(self, code: Code = Code.BAD_FRAME) -> None:
        """Keep the code, and nothing of what was refused."""
        super().__init__(code.value)
        self.code = code
