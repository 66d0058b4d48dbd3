"""How long, how much, how often: every bound of a conversation and its sockets.

What lives here: numbers, each with its unit and its reason. What may not: any
decision that uses them. Wire limits are those of docs/reference/protocol.md;
a test or a simulation passes its own policy instead of patching a constant.
"""

from dataclasses import dataclass

from common.ratelimit import Rule

KIBIBYTE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPolicy:
    """What two sides may do to each other."""

    handshake_seconds: float = 5.0
    """Both commitments, then both reveals, then both confirmations: each in
    this time. Two round trips and a key agreement take far less; a side that
    grinds for a matching safety code needs more."""

    proposal_seconds: float = 30.0
    """An unanswered proposal closes: consent does not outlive the question."""

    life_seconds: float = 12 * 3600.0
    """A key stamps running conversations 12 h after it last opened one."""

    unacknowledged: int = 32
    """Messages a direction: bounds the commitments the server holds."""

    fresh: Rule = Rule(capacity=8, per_second=2)
    """New messages: nobody types faster for long, and a flood reads as one."""

    repeats: Rule = Rule(capacity=64, per_second=32)
    """Retransmissions and acknowledgements: a full window twice at once."""

    typing: Rule = Rule(capacity=2, per_second=2)
    """Typing notices: on and off within a second."""

    signals: Rule = Rule(capacity=120, per_second=10)
    """Descriptions and candidates: one gathering at once, restarts after it."""

    candidates: int = 64
    """Candidates a side and ICE generation (`ufrag`); browsers send under 20."""

    generations: int = 16
    """ICE generations remembered a side; the oldest is forgotten first."""

    sealed_bytes: frozenset[int] = frozenset(
        bucket + 16 for bucket in (128, 256, 512, 1024, 2048, 4608)
    )
    """Lengths a ciphertext may have: a padding bucket and the GCM tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketPolicy:
    """What one connection, and one visitor, may do to the server."""

    frame_bytes: int = 64 * KIBIBYTE
    """One WebSocket message: an SDP of 32 KiB in JSON with room to spare."""

    unsent_bytes: int = 256 * KIBIBYTE
    """Waiting to be read by the client; a reader this slow is closed."""

    bad_frames: int = 20
    bad_frame_seconds: float = 60.0
    """So many malformed frames in so long: a broken or hostile client."""

    frames: Rule = Rule(capacity=400, per_second=60)
    """Frames and records of any kind. Above the sum of what the other rules
    let through, so that only a flood meets it."""

    joins: Rule = Rule(capacity=20, per_second=0.5)
    """Queue joins: a burst of quick "Next", then one every two seconds."""

    sockets: int = 2
    """Open sockets a visitor: a tab and its successor while it reloads."""

    waiting_seconds: float = 2.0
    """Least time between two `queue.waiting` of one socket."""

    again_seconds: float = 10.0
    """How long after an end by `next` both may ask for each other again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPolicy:
    """How sockets are asked for."""

    life_seconds: float = 30.0
    """From the answer to the WebSocket handshake: one round trip, generously."""

    pace: Rule = Rule(capacity=10, per_second=0.5)
    """Tickets a visitor: reconnecting with back-off stays far below."""

    most: int = 50_000
    """Unused tickets in one process, about 20 MB; then the server is busy."""


CONVERSATION = ConversationPolicy()
SOCKET = SocketPolicy()
TICKET = TicketPolicy()
