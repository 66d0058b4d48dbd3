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

    resume_window_seconds: float = 60.0
    """A side that was lost may come back within it: a tunnel, a change of
    network, a server that restarts. Longer would keep the partner waiting."""

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

    resume_pace: Rule = Rule(capacity=60, per_second=1)
    """Tickets a visitor who resumes: more than one reconnecting client asks
    for while its place is kept, and no way to fill the store."""

    most: int = 50_000
    """Unused tickets of a site, about 20 MB; then it is busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPolicy:
    """How long what a conversation leaves in the store is kept."""

    running_seconds: float = 12 * 3600.0 + 60.0
    """A conversation's whole life, and the window of its last resume."""

    ended_seconds: float = 60.0
    """A side whose window is still open learns the real reason."""

    young_seconds: float = 5.0
    """Since a store was born. As long as a lease: whoever lives has renewed it
    and written its conversations back by then, so nothing is taken earlier."""

    most: int = 100_000
    """Records in the memory of one process, about 110 MB: far above what its
    sockets can have. The oldest makes room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasePolicy:
    """How a process shows that it lives."""

    lease_seconds: float = 5.0
    """Without a renewal: partners of a process that died learn it so soon."""

    renew_seconds: float = 2.0
    """Two renewals may fail before the lease is in danger."""

    look_seconds: float = 1.0
    """Between two looks at the leases of others; also how long one attempt to
    renew may take, and the pause before the next when it failed."""

    slack_seconds: float = 1.0
    """Two clocks may drift so far apart between two renewals before the store
    is taken for a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPolicy:
    """How one process keeps its way to another over a bus that may lose."""

    batch_bytes: int = 64 * KIBIBYTE
    """One batch, unless a single frame is larger. Larger ones save nothing and
    hold up what follows."""

    window: int = 256
    """Batches published and not acknowledged; more wait and leave together.
    Four times `ack_batches`, so that acknowledgements come in time."""

    ack_batches: int = 64
    ack_seconds: float = 0.05
    """Acknowledged alone after so many, or so long, when no batch of the other
    direction takes the acknowledgement along."""

    resend_seconds: float = 0.3
    """Well above `ack_seconds`, a busy event loop and the bus together."""

    resend_at_most_seconds: float = 1.0
    """The pause doubles up to this: so soon after the bus is back all goes on."""

    unacknowledged_bytes: int = 8 * KIBIBYTE * KIBIBYTE
    """Waiting for one process; several seconds of a full one's traffic."""

    silence_seconds: float = 60.0
    """Nothing was acknowledged: no client waits longer to resume."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPolicy:
    """How the links of one process share the bus."""

    gather_seconds: float = 0.002
    """Under load frames are gathered so long: one write carries many, for a
    delay that nobody notices."""

    look_seconds: float = 0.01
    crowd: int = 20
    """So many frames in so long are load (2,000/s); below, each leaves at once."""

    links: int = 1000
    """Processes known at once; beyond, the oldest idle one is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPolicy:
    """When a process takes no more sockets."""

    look_seconds: float = 0.1
    """Between two measurements of how late the event loop is."""

    weight: float = 0.2
    """Of the newest measurement: a pause of the collector alone refuses nobody."""

    lag_seconds: float = 0.25
    """A loop this late delays every message by as much, and people notice."""

    sockets: int = 20_000
    """In one process: about 0.8 GB, and twice what one core serves with ease."""


LOAD = LoadPolicy()
CONVERSATION = ConversationPolicy()
SOCKET = SocketPolicy()
TICKET = TicketPolicy()
RECORD = RecordPolicy()
LEASE = LeasePolicy()
LINK = LinkPolicy()
RELAY = RelayPolicy()
