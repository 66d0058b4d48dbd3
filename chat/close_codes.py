"""Why the server closes a socket; the client acts on the number."""

from enum import IntEnum


class CloseCode(IntEnum):
    """Codes of docs/reference/protocol.md, section 1, that this server sends."""

    NORMAL = 1000
    TOO_LARGE = 1009
    MOVED = 1012
    """This process stops, or lost touch: another one goes on with the resume."""
    TOO_SLOW = 1013
    """Also for a new socket while the process is overloaded."""
    NOT_THIS_PROTOCOL = 4400
    NO_TICKET = 4401
    TAKEN_OVER = 4409
    TOO_MANY_FRAMES = 4429
