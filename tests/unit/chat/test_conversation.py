"""Every input in every phase, and what holds whatever two sides send."""

from collections import deque
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain import inputs as on
from chat.domain.codes import Code
from chat.domain.conversation import TRANSITIONS
from chat.domain.effects import (
    Acked,
    Deliver,
    Finish,
    OfferServers,
    Pass,
    Refuse,
    SetTimer,
    ShowLadder,
    Stamped,
    TellEnded,
    Timer,
)
from chat.domain.inputs import Due, Input, Moment
from chat.domain.ladder import Step
from chat.domain.state import Phase
from common.ratelimit import Bucket
from common.vocabulary import Mode
from tests.unit.chat.talks import (
    FINGERPRINT,
    KEY,
    NAME,
    SLOTS,
    START,
    A,
    B,
    ack,
    commit,
    confirm,
    conversation,
    leave,
    message,
    reached,
    reveal,
)
from trust.domain.franking import Role, Stamp, stamp_valid

# One of each, such that where it may come it has an effect.
SAMPLES: dict[type, Input] = {
    on.Commit: commit(),
    on.Reveal: reveal(),
    on.Confirm: confirm(),
    on.Describe: on.Describe(kind="offer", sdp="v=0"),
    on.Candidate: on.Candidate(init=None),
    on.IceRefresh: on.IceRefresh(),
    on.ChangeRoute: on.ChangeRoute(),
    on.Typing: on.Typing(active=True),
    on.Propose: on.Propose(step=Step.CLEAR),
    on.Accept: on.Accept(step=Step.CLEAR),
    on.Decline: on.Decline(step=Step.CLEAR),
    on.StepDown: on.StepDown(step=Step.TEXT),
    on.Message: message(),
    on.Acknowledge: ack(0, by=A),
    on.Leave: leave(),
    on.Lost: on.Lost(),
    on.HandshakeDue: on.HandshakeDue(),
    on.ProposalDue: on.ProposalDue(),
    on.LifeDue: on.LifeDue(),
}

TAKEN, IGNORED = "taken", "ignored"
NOT_ALLOWED, OVER = Code.NOT_ALLOWED, Code.NOT_IN_CONVERSATION
PHASES = list(Phase)

# In the order of the phases: committing, revealing, confirming, open, ended.
EXPECTED: dict[type, tuple[Any, ...]] = {
    on.Commit: (TAKEN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OVER),
    on.Reveal: (NOT_ALLOWED, TAKEN, NOT_ALLOWED, NOT_ALLOWED, OVER),
    on.Confirm: (NOT_ALLOWED, NOT_ALLOWED, TAKEN, NOT_ALLOWED, OVER),
    on.Describe: (TAKEN, TAKEN, TAKEN, TAKEN, OVER),
    on.Candidate: (TAKEN, TAKEN, TAKEN, TAKEN, OVER),
    on.IceRefresh: (TAKEN, TAKEN, TAKEN, TAKEN, OVER),
    on.ChangeRoute: (NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OVER),
    on.Typing: (TAKEN, TAKEN, TAKEN, TAKEN, OVER),
    on.Propose: (TAKEN, TAKEN, TAKEN, TAKEN, OVER),
    on.Accept: (TAKEN, TAKEN, TAKEN, TAKEN, OVER),
    on.Decline: (TAKEN, TAKEN, TAKEN, TAKEN, OVER),
    on.StepDown: (TAKEN, TAKEN, TAKEN, TAKEN, OVER),
    on.Message: (NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, TAKEN, IGNORED),
    on.Acknowledge: (IGNORED, IGNORED, IGNORED, IGNORED, IGNORED),
    on.Leave: (TAKEN, TAKEN, TAKEN, TAKEN, IGNORED),
    on.Lost: (TAKEN, TAKEN, TAKEN, TAKEN, IGNORED),
    on.HandshakeDue: (TAKEN, TAKEN, TAKEN, IGNORED, IGNORED),
    on.ProposalDue: (TAKEN, TAKEN, TAKEN, TAKEN, IGNORED),
    on.LifeDue: (TAKEN, TAKEN, TAKEN, TAKEN, IGNORED),
}
PAIRS = [
    pytest.param(phase, kind, outcome, id=f"{phase.value}-{kind.__name__}")
    for kind, outcomes in EXPECTED.items()
    for phase, outcome in zip(PHASES, outcomes, strict=True)
]


def seen(value: Any) -> Any:
    """Copy everything that is kept, but for pace and silence."""
    if isinstance(value, Bucket):
        return None
    if isinstance(value, dict):
        return {key: seen(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset | deque):
        return [seen(each) for each in value]
    slots = [
        name for name in getattr(type(value), "__slots__", ()) if name != "_silent"
    ]
    return {name: seen(getattr(value, name)) for name in slots} or value


def asked(phase: Phase):
    """Stand in a phase, with B asking for clear video."""
    talk = reached(phase, Mode.VOICE)
    talk.receive(on.Propose(step=Step.CLEAR), by=B, now=START)
    return talk


def test_the_table_knows_every_input_in_every_phase():
    assert list(TRANSITIONS) == PHASES
    for row in TRANSITIONS.values():
        assert set(row) == set(get_args(Input)) == set(EXPECTED) == set(SAMPLES)


@pytest.mark.parametrize(("phase", "kind", "outcome"), PAIRS)
def test_each_input_in_each_phase(phase, kind, outcome):
    talk = asked(phase)
    before = seen(talk.state)
    by = None if kind in get_args(Due) else A
    effects = talk.receive(SAMPLES[kind], by=by, now=START)

    if outcome is TAKEN:
        assert effects
        assert not [each for each in effects if isinstance(each, Refuse)]
    elif outcome is IGNORED:
        assert (effects, seen(talk.state)) == ((), before)
    else:
        assert [(each.to, each.code) for each in effects] == [(A, outcome)]
        assert seen(talk.state) == before


def test_a_conversation_begins_with_its_deadlines():
    assert conversation().begin() == (
        SetTimer(timer=Timer.LIFE, seconds=43_200.0),
        SetTimer(timer=Timer.HANDSHAKE, seconds=5.0),
    )


# --- whatever two sides send ------------------------------------------------

steps = st.sampled_from(Step)
bits = st.binary(min_size=32, max_size=32)
messages = st.builds(
    on.Message,
    slot=st.sampled_from([*SLOTS.values(), 0]),
    seq=st.integers(0, 12) | st.just(2**64 - 1),
    commitment=st.sampled_from([b"\x55" * 32, b"\x56" * 32]),
    ciphertext=st.sampled_from([144, 272, 0, 145]).map(lambda size: b"\x66" * size),
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
    messages,
    messages,
    messages,
    st.builds(
        on.Acknowledge,
        slot=st.sampled_from([*SLOTS.values(), 0]),
        next=st.integers(0, 12) | st.just(2**64 - 1),
    ),
)
ends = st.one_of(
    st.builds(
        on.Leave,
        reason=st.sampled_from(on.LeaveReason),
        farewell=st.none() | st.sampled_from(on.Farewell),
    ),
    st.just(on.Lost()),
)
dues = st.sampled_from([kind() for kind in get_args(Due)])
seconds = st.sampled_from([0.0, 0.1, 1.0, 30.0, -3.0])
turns = st.tuples(st.sampled_from(Role), said, seconds)
last_turns = st.tuples(st.sampled_from(Role), said | ends | dues, seconds)
histories = st.tuples(
    st.sampled_from(PHASES[:-1]),
    st.lists(turns, max_size=40),
    st.lists(last_turns, max_size=15),
)
ABOUT_ONESELF = (Refuse, Stamped, OfferServers)
ABOUT_THE_PARTNER = (Pass, Deliver)


def run(history):
    """Drive a conversation; yields who said what, and what followed."""
    phase, first, last = history
    talk, now = reached(phase, Mode.VIDEO), START
    for by, what, pause in [*first, *last]:
        now = Moment(now.steady + max(0.0, pause), now.unix + pause)
        speaker = None if isinstance(what, get_args(Due)) else by
        yield talk, speaker, what, talk.receive(what, by=speaker, now=now)


@given(histories)
def test_nothing_ever_reaches_the_wrong_side(history):
    for _, by, what, effects in run(history):
        for effect in effects:
            if isinstance(effect, ABOUT_ONESELF):
                assert effect.to is by
            if isinstance(effect, ABOUT_THE_PARTNER):
                assert effect.to is by.other
            if isinstance(effect, Acked):
                acknowledges = isinstance(what, on.Acknowledge)
                assert effect.to is (by.other if acknowledges else by)
            if isinstance(effect, Acked | Stamped | Deliver):
                assert effect.slot == SLOTS[effect.to]


@given(histories)
def test_each_side_is_told_of_the_end_once_and_then_of_nothing(history):
    told, finished = [], 0
    for _, by, what, effects in run(history):
        if finished:
            assert all(each == Refuse(to=by, code=OVER) for each in effects)
        ended = [each.to for each in effects if isinstance(each, TellEnded)]
        finished += sum(isinstance(each, Finish) for each in effects)
        told += ended
        lost = isinstance(what, on.Lost)
        assert set(ended) in (set(), {by.other} if lost else set(Role))

    assert len(told) == len(set(told))
    assert finished == bool(told)


@given(histories)
def test_messages_arrive_without_a_gap_and_their_stamps_hold(history):
    delivered: dict[Role, list[Deliver]] = {A: [], B: []}
    for _, _, _, effects in run(history):
        for each in effects:
            if isinstance(each, Deliver):
                delivered[each.to].append(each)
    for reader, taken in delivered.items():
        stamps = [Stamp.decode(each.stamp) for each in taken]

        assert [each.seq for each in taken] == list(range(len(taken)))
        assert [each.tb for each in stamps] == sorted(each.tb for each in stamps)
        assert [each.rx_other for each in stamps] == sorted(
            each.rx_other for each in stamps
        )
        assert all(
            stamp_valid(
                stamp,
                key=KEY,
                conversation=NAME,
                role=reader.other,
                seq=each.seq,
                commitment=each.commitment,
            )
            for stamp, each in zip(stamps, taken, strict=True)
        )


@given(histories)
def test_one_message_has_one_stamp(history):
    stamps: dict[tuple[Role, int], bytes] = {}
    for _, _, _, effects in run(history):
        for each in effects:
            if isinstance(each, Stamped):
                assert stamps.setdefault((each.to, each.seq), each.stamp) == each.stamp


@given(histories)
def test_the_counters_keep_their_order_and_little_is_held(history):
    for talk, *_ in run(history):
        for side in talk.state.sides.values():
            sent = side.sent

            assert sent.acked <= sent.handed == sent.accepted
            assert len(sent._held) == sent.accepted - sent.acked <= 32


@given(histories)
def test_both_see_the_same_ladder_and_it_stays_in_its_bounds(history):
    version = None
    for talk, _, _, effects in run(history):
        shown = [each for each in effects if isinstance(each, ShowLadder)]
        if shown:
            assert [each.to for each in shown] == [A, B]
            assert shown[0].state == shown[1].state
            assert version is None or shown[0].state.version == version + 1
            version = shown[0].state.version
        state = talk.state.ladder
        assert state.step <= state.max
        assert state.proposal is None or state.step < state.proposal.step <= state.max


@given(histories)
def test_no_ciphertext_is_kept(history):
    for talk, *_ in run(history):
        assert "f" * 16 not in repr(seen(talk.state))


@given(histories)
def test_nothing_but_an_end_ends(history):
    """Whatever is said, only leaving, loss or time ends a conversation."""
    enders = (on.Leave, on.Lost, on.HandshakeDue, on.LifeDue)
    phase = None
    for talk, _, what, _ in run(history):
        if talk.state.phase is Phase.ENDED and phase is not Phase.ENDED:
            assert isinstance(what, enders)
        phase = talk.state.phase
