"""Whatever two sides may say, lose and find again, and what followed from it."""

from dataclasses import dataclass, replace
from typing import Any, get_args

from hypothesis import strategies as st

from chat.domain import inputs as on
from chat.domain.inputs import Due, Input, Moment
from chat.domain.ladder import Step
from chat.domain.state import Phase
from common.vocabulary import Mode
from tests.unit.chat.talks import FINGERPRINT, SLOTS, SMALLEST, START, reached, reveal
from trust.domain.franking import Role

FOR_ALL = {on.HandshakeDue, on.ProposalDue, on.LifeDue}
"""Deadlines of the whole conversation; a window belongs to a side."""
NEXT, DONE, BETWEEN = -1, -2, -3
"""Stand for a number that makes sense when its turn comes."""
PRESENT = -1
"""Stands for the number of the conversation on the side's present socket."""

steps = st.sampled_from(Step)
bits = st.binary(min_size=32, max_size=32)
slots = st.sampled_from([*[PRESENT] * 8, *SLOTS.values(), 0])
counts = st.sampled_from([NEXT, DONE, BETWEEN, 0, 1, 2, 5, 12, 2**64 - 1])
next_messages = st.builds(
    on.Message,
    slot=st.just(PRESENT),
    seq=st.just(NEXT),
    commitment=st.just(b"\x55" * 32),
    ciphertext=st.just(b"\x66" * SMALLEST),
)
next_acknowledgements = st.builds(
    on.Acknowledge, slot=st.just(PRESENT), next=st.sampled_from([NEXT, BETWEEN])
)
messages = st.builds(
    on.Message,
    slot=slots,
    seq=counts,
    commitment=st.sampled_from([b"\x55" * 32, b"\x56" * 32]),
    ciphertext=st.sampled_from([144, 144, 272, 0, 145]).map(lambda n: b"\x66" * n),
)
said = st.one_of(
    st.builds(on.Commit, commitment=bits),
    st.sampled_from([reveal(), reveal(bytes(32)), reveal(FINGERPRINT)]),
    st.builds(on.Confirm, mac=bits),
    st.builds(on.Describe, kind=st.just("offer"), sdp=st.text(max_size=5)),
    st.just(on.Candidate(init={"usernameFragment": "u"})),
    st.just(on.IceRefresh()),
    st.just(on.ChangeRoute()),
    st.builds(on.Typing, active=st.booleans()),
    *(st.builds(kind, step=steps) for kind in (on.Propose, on.Accept, on.Decline)),
    st.builds(on.StepDown, step=steps),
)
talked = st.one_of(
    *[next_messages] * 9,
    *[next_acknowledgements] * 3,
    *[messages] * 3,
    st.builds(on.Acknowledge, slot=slots, next=counts),
)
sensible = st.sampled_from([NEXT, DONE, BETWEEN])
moved = st.one_of(
    st.just(on.Lost()),
    st.builds(on.Resumed, slot=st.integers(10, 13), received=sensible),
)
ends = st.one_of(
    st.builds(
        on.Leave,
        reason=st.sampled_from(on.LeaveReason),
        farewell=st.none() | st.sampled_from(on.Farewell),
    ),
    st.builds(on.Resumed, slot=st.integers(10, 13), received=counts),
)
dues = st.sampled_from([kind() for kind in get_args(Due)])
# A deadline that passes while nobody is away ends nothing.
crossed = st.sampled_from([on.HandshakeDue(), on.ProposalDue()])
seconds = st.sampled_from([0.0, 0.125, 1.0, 30.0, -3.0])
roles = st.sampled_from(Role)
turns = st.tuples(roles, talked | moved | moved | said | crossed, seconds)
last_turns = st.tuples(roles, talked | moved | said | ends | dues, seconds)
phases = st.sampled_from([Phase.OPEN] * 6 + [Phase.RECOVERING] * 2 + list(Phase)[:3])
histories = st.tuples(
    phases,
    st.lists(turns, min_size=10, max_size=50),
    st.lists(last_turns, max_size=15),
)


WITHOUT_A_SOCKET = (on.Lost, on.Resumed, on.Leave, *get_args(Due))
"""What may come of a side that is away; it leaves by another socket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One input, and what followed from it."""

    phase: Phase
    """Before it."""
    by: Role | None
    said: Input
    now: Moment
    away: frozenset[Role]
    """Before it."""
    effects: tuple[Any, ...]

    def of(self, kind):
        """Pick the effects of one kind."""
        return [each for each in self.effects if isinstance(each, kind)]


def count_of(number, sent):
    """Say which number is meant in this direction, as it stands now."""
    meant = {
        NEXT: sent.accepted,
        DONE: sent.acked,
        BETWEEN: (sent.acked + sent.accepted + 1) // 2,
    }
    return meant.get(number, number)


def meant(state, by, what):
    """Write the numbers in that were left open."""
    own, theirs = state.sides[by].sent, state.sides[by.other].sent
    match what:
        case on.Message():
            what = replace(what, seq=count_of(what.seq, own))
        case on.Acknowledge():
            what = replace(what, next=count_of(what.next, theirs))
        case on.Resumed():
            return replace(what, received=count_of(what.received, theirs))
        case _:
            return what
    slot = state.sides[by].slot if what.slot == PRESENT else what.slot
    return replace(what, slot=slot)


def drive(talk, turns, *, now=START):
    """Let a conversation take these turns; yields each, and what followed."""
    for by, what, pause in turns:
        now = Moment(now.steady + max(0.0, pause), now.unix + pause)
        if by in talk.state.away and not isinstance(what, WITHOUT_A_SOCKET):
            continue
        phase, away = talk.state.phase, frozenset(talk.state.away)
        speaker = None if type(what) in FOR_ALL else by
        said = meant(talk.state, by, what)
        effects = talk.receive(said, by=speaker, now=now)
        yield Turn(
            phase=phase, by=speaker, said=said, now=now, away=away, effects=effects
        )


def run(history):
    """Drive a conversation from its beginning; yields it with each turn."""
    phase, first, last = history
    talk = reached(phase, Mode.VIDEO)
    for turn in drive(talk, [*first, *last]):
        yield talk, turn


def taken_up(talk, turn):
    """Say whether a newer socket was taken."""
    return isinstance(turn.said, on.Resumed) and talk.state.phase in {
        Phase.OPEN,
        Phase.RECOVERING,
    }
