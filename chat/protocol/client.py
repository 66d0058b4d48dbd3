"""Every JSON frame that a client may send.

`unwrap` reads the envelope (type and the client's own `id`), `read` the rest.
Both raise `FrameRefusedError` for what is not of this protocol. Nothing read
here says who sent it: that is the socket's, never a field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chat.domain import inputs as on
from chat.domain.codes import Code, FrameRefusedError
from chat.domain.inputs import Farewell, LeaveReason, Said
from chat.domain.ladder import STEP_OF_WORD, Step
from chat.domain.resume_token import TOKEN_BYTES
from chat.domain.signal import candidate_of, description_of
from chat.protocol import fields as field
from chat.protocol.fields import Fields
from common.ids import ConversationId
from common.vocabulary import Mode, Region, Strictness
from matching.domain.ticket import SUITES

REF_CHARACTERS = 36
"""A client's own name for a frame: room for a UUID."""
_WORD_CHARACTERS = 32
_LIST_ITEMS = 64
"""Before the real limits, which depend on policy, are asked."""
_ITEM_CHARACTERS = 128
_PUBLIC_KEY_BYTES = {1: 32, 2: 65}
_U64 = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A frame whose kind is known and whose fields are not."""

    type: str
    ref: str | None
    fields: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueJoin:
    """`queue.join`, with the words as they were sent."""

    mode: Mode
    interests: tuple[str, ...]
    languages: tuple[str, ...]
    region: Region | None
    regions: frozenset[Region]
    strictness: Strictness
    suites: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLeave:
    """`queue.leave`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Anything said within a conversation."""

    conversation: ConversationId | None
    """None only for `ice.refresh`, which may leave it out."""
    said: Said
    resume_token: bytes | None = None
    """With `conversation.leave`, from another socket of the visitor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """`conversation.again`."""

    conversation: ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """`resume`."""

    conversation: ConversationId
    resume_token: bytes
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """`ping`."""

    t: str | int | float


ClientFrame = QueueJoin | QueueLeave | Speak | Again | Resume | Ping


def unwrap(frame: str) -> Envelope:
    """Read what every frame has.

    Raises:
        FrameRefusedError: not an object with a `type` and, maybe, an `id`.

    """
    fields = field.parse(frame)
    return Envelope(
        ref=field.optional_text(fields, "id", most=REF_CHARACTERS),
        type=field.text(fields, "type", most=_WORD_CHARACTERS),
        fields=fields,
    )


def read(envelope: Envelope) -> ClientFrame:
    """Read the fields that this type of frame has.

    Raises:
        FrameRefusedError: a type or a field that the protocol does not know.

    """
    reader = READERS.get(envelope.type)
    if reader is None:
        raise FrameRefusedError(Code.UNKNOWN_TYPE)
    return reader(envelope.fields)


def _queue_join(fields: Fields) -> QueueJoin:
    regions = field.texts(fields, "regions", most=len(Region), each=2)
    strictness = field.optional_word(fields, "strictness", Strictness)
    return QueueJoin(
        mode=field.word(fields, "mode", Mode),
        interests=_words(fields, "interests"),
        languages=_words(fields, "languages"),
        region=field.optional_word(fields, "region", Region),
        regions=frozenset(field.word({"": code}, "", Region) for code in regions),
        strictness=strictness or Strictness.BALANCED,
        suites=_suites(fields),
    )


def _words(fields: Fields, name: str) -> tuple[str, ...]:
    return field.texts(fields, name, most=_LIST_ITEMS, each=_ITEM_CHARACTERS)


def _suites(fields: Fields) -> frozenset[int]:
    """Read suites; unknown numbers are ignored, and one known must remain."""
    named = field.numbers(fields, "suites", most=_LIST_ITEMS)
    known = SUITES if named is None else SUITES.intersection(named)
    if not known:
        raise FrameRefusedError
    return known


def _queue_leave(_fields: Fields) -> QueueLeave:
    return QueueLeave()


def _again(fields: Fields) -> Again:
    return Again(conversation=_conversation(fields))


def _resume(fields: Fields) -> Resume:
    return Resume(
        conversation=_conversation(fields),
        resume_token=_resume_token(fields),
        received=field.count(fields, "received", below=_U64),
    )


def _ping(fields: Fields) -> Ping:
    return Ping(t=field.scalar(fields, "t", most=REF_CHARACTERS))


def _conversation(fields: Fields) -> ConversationId:
    return ConversationId(field.exactly(fields, "conversation", 16))


def _resume_token(fields: Fields) -> bytes:
    return field.raw(fields, "resume_token", least=1, most=2 * TOKEN_BYTES)


def _leave(fields: Fields) -> Speak:
    given = fields.get("resume_token") is not None
    return Speak(
        conversation=_conversation(fields),
        resume_token=_resume_token(fields) if given else None,
        said=on.Leave(
            reason=field.word(fields, "reason", LeaveReason),
            farewell=field.optional_word(fields, "farewell", Farewell),
        ),
    )


def _ice_refresh(fields: Fields) -> Speak:
    named = fields.get("conversation") is not None
    return Speak(
        conversation=_conversation(fields) if named else None, said=on.IceRefresh()
    )


def _speaking(read_said: Callable[[Fields], Said]) -> Callable[[Fields], Speak]:
    def reader(fields: Fields) -> Speak:
        conversation = _conversation(fields)
        return Speak(conversation=conversation, said=read_said(fields))

    return reader


def _commit(fields: Fields) -> Said:
    return on.Commit(commitment=field.exactly(fields, "commitment", 32))


def _reveal(fields: Fields) -> Said:
    suite = field.count(fields, "suite", below=256)
    size = _PUBLIC_KEY_BYTES.get(suite)
    if size is None:
        raise FrameRefusedError
    return on.Reveal(
        suites=field.raw(fields, "suites", least=1, most=_LIST_ITEMS),
        suite=suite,
        public_key=field.exactly(fields, "public_key", size),
        fingerprint=field.exactly(fields, "fingerprint", 32),
        random=field.exactly(fields, "random", 32),
    )


def _confirm(fields: Fields) -> Said:
    return on.Confirm(mac=field.exactly(fields, "mac", 32))


def _signal(fields: Fields) -> Said:
    """Read a signal: a description or a candidate, never both or neither."""
    described = fields.get("description") is not None
    if described == ("candidate" in fields):
        raise FrameRefusedError
    if described:
        return description_of(fields["description"])
    return candidate_of(fields["candidate"])


def _typing(fields: Fields) -> Said:
    return on.Typing(active=field.flag(fields, "active"))


def _step(fields: Fields) -> Step:
    step = STEP_OF_WORD.get(field.text(fields, "step", most=_WORD_CHARACTERS))
    if step is None:
        raise FrameRefusedError
    return step


def _change_route(_fields: Fields) -> Said:
    return on.ChangeRoute()


READERS: Mapping[str, Callable[[Fields], ClientFrame]] = {
    "queue.join": _queue_join,
    "queue.leave": _queue_leave,
    "e2e.commit": _speaking(_commit),
    "e2e.reveal": _speaking(_reveal),
    "e2e.confirm": _speaking(_confirm),
    "signal": _speaking(_signal),
    "ice.refresh": _ice_refresh,
    "ladder.propose": _speaking(lambda fields: on.Propose(step=_step(fields))),
    "ladder.accept": _speaking(lambda fields: on.Accept(step=_step(fields))),
    "ladder.decline": _speaking(lambda fields: on.Decline(step=_step(fields))),
    "ladder.down": _speaking(lambda fields: on.StepDown(step=_step(fields))),
    "route.propose": _speaking(_change_route),
    "route.accept": _speaking(_change_route),
    "route.decline": _speaking(_change_route),
    "route.relay": _speaking(_change_route),
    "typing": _speaking(_typing),
    "conversation.leave": _leave,
    "conversation.again": _again,
    "resume": _resume,
    "ping": _ping,
}
"""Every type of the protocol, section 2, that a client may send."""
