"""Every input in every phase, and what holds whatever two sides send."""

from collections import deque
from typing import Any, get_args

import pytest
from hypothesis import given

from chat.domain import inputs as on
from chat.domain.codes import Code
from chat.domain.conversation import TRANSITIONS
from chat.domain.effects import (
    Acked,
    CancelTimer,
    Deliver,
    Finish,
    OfferServers,
    Pass,
    Refuse,
    SetTimer,
    ShowLadder,
    ShowResumed,
    Stamped,
    TellAway,
    TellBack,
    TellEnded,
    Timer,
)
from chat.domain.inputs import Input
from chat.domain.ladder import Step
from chat.domain.state import Phase
from common.ratelimit import Bucket
from common.vocabulary import Mode
from tests.unit.chat.histories import FOR_ALL, histories, run, taken_up
from tests.unit.chat.talks import (
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
    later,
    leave,
    message,
    parted,
    reached,
    recovering,
    resumed,
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
    on.Resumed: resumed(),
    on.WindowDue: on.WindowDue(),
    on.HandshakeDue: on.HandshakeDue(),
    on.ProposalDue: on.ProposalDue(),
    on.LifeDue: on.LifeDue(),
}

TAKEN, IGNORED = "taken", "ignored"
NOT_ALLOWED, OVER = Code.NOT_ALLOWED, Code.NOT_IN_CONVERSATION
PHASES = list(Phase)

# In the order of the phases:
# committing, revealing, confirming, open, recovering, ended.
EXPECTED: dict[type, tuple[Any, ...]] = {
    on.Commit: (TAKEN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OVER),
    on.Reveal: (NOT_ALLOWED, TAKEN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OVER),
    on.Confirm: (NOT_ALLOWED, NOT_ALLOWED, TAKEN, NOT_ALLOWED, NOT_ALLOWED, OVER),
    on.Describe: (TAKEN, TAKEN, TAKEN, TAKEN, NOT_ALLOWED, OVER),
    on.Candidate: (TAKEN, TAKEN, TAKEN, TAKEN, NOT_ALLOWED, OVER),
    on.IceRefresh: (TAKEN, TAKEN, TAKEN, TAKEN, NOT_ALLOWED, OVER),
    on.ChangeRoute: (
        NOT_ALLOWED,
        NOT_ALLOWED,
        NOT_ALLOWED,
        NOT_ALLOWED,
        NOT_ALLOWED,
        OVER,
    ),
    on.Typing: (TAKEN, TAKEN, TAKEN, TAKEN, NOT_ALLOWED, OVER),
    on.Propose: (TAKEN, TAKEN, TAKEN, TAKEN, NOT_ALLOWED, OVER),
    on.Accept: (TAKEN, TAKEN, TAKEN, TAKEN, NOT_ALLOWED, OVER),
    on.Decline: (TAKEN, TAKEN, TAKEN, TAKEN, NOT_ALLOWED, OVER),
    on.StepDown: (TAKEN, TAKEN, TAKEN, TAKEN, NOT_ALLOWED, OVER),
    on.Message: (NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, TAKEN, IGNORED, IGNORED),
    on.Acknowledge: (IGNORED, IGNORED, IGNORED, IGNORED, IGNORED, IGNORED),
    on.Leave: (TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, IGNORED),
    on.Lost: (TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, IGNORED),
    on.Resumed: (TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, IGNORED),
    on.WindowDue: (IGNORED, IGNORED, IGNORED, TAKEN, TAKEN, IGNORED),
    on.HandshakeDue: (TAKEN, TAKEN, TAKEN, IGNORED, IGNORED, IGNORED),
    on.ProposalDue: (TAKEN, TAKEN, TAKEN, TAKEN, IGNORED, IGNORED),
    on.LifeDue: (TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, IGNORED),
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
    """Stand in a phase, with B asking for clear video where that is possible."""
    talk = reached(phase, Mode.VOICE)
    talk.receive(on.Propose(step=Step.CLEAR), by=B, now=START)
    return talk


def ready_for(kind: type, phase: Phase):
    """Stand where the sample means something: a window runs for who is away."""
    talk = asked(phase)
    if kind is on.WindowDue and phase in {Phase.OPEN, Phase.RECOVERING}:
        talk.receive(on.Lost(), by=A, now=START)
    return talk


def test_the_table_knows_every_input_in_every_phase():
    assert list(TRANSITIONS) == PHASES
    for row in TRANSITIONS.values():
        assert set(row) == set(get_args(Input)) == set(EXPECTED) == set(SAMPLES)


@pytest.mark.parametrize(("phase", "kind", "outcome"), PAIRS)
def test_each_input_in_each_phase(phase, kind, outcome):
    talk = ready_for(kind, phase)
    before = seen(talk.state)
    by = None if kind in FOR_ALL else A
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


def test_what_goes_on_elsewhere_sets_its_life_anew():
    assert reached(Phase.OPEN).go_on(later(3600)) == (
        SetTimer(timer=Timer.LIFE, seconds=39_600.0),
    )


def test_what_goes_on_elsewhere_sets_the_windows_of_those_away_anew():
    assert parted(B).go_on(later(20)) == (
        SetTimer(timer=Timer.LIFE, seconds=43_180.0),
        SetTimer(timer=Timer.WINDOW_B, seconds=40.0),
    )
    assert recovering().go_on(START) == (
        SetTimer(timer=Timer.LIFE, seconds=43_200.0),
        SetTimer(timer=Timer.WINDOW_A, seconds=60.0),
        SetTimer(timer=Timer.WINDOW_B, seconds=60.0),
    )


def test_a_deadline_that_passed_in_between_is_due_at_once():
    assert parted(A).go_on(later(50_000)) == (
        SetTimer(timer=Timer.LIFE, seconds=0.0),
        SetTimer(timer=Timer.WINDOW_A, seconds=0.0),
    )


def test_who_is_away_is_told_nothing():
    talk = parted(B)

    assert talk.receive(on.Typing(active=True), by=A, now=START) == ()
    assert [each.to for each in talk.receive(message(), by=A, now=START)] == [A]


# --- whatever two sides send, lose and find again ----------------------------

ABOUT_ONESELF = (Refuse, Stamped, OfferServers)
ABOUT_THE_PARTNER = (Pass, Deliver, TellAway, TellBack)
NUMBERED = (Acked, Stamped, Deliver, ShowResumed)
WINDOW = {A: Timer.WINDOW_A, B: Timer.WINDOW_B}


@given(histories)
def test_nothing_ever_reaches_the_wrong_side(history):
    for _, turn in run(history):
        for effect in turn.effects:
            if isinstance(effect, ABOUT_ONESELF):
                assert effect.to is turn.by
            if isinstance(effect, ABOUT_THE_PARTNER):
                assert effect.to is turn.by.other
            if isinstance(effect, Acked):
                news = isinstance(turn.said, on.Acknowledge | on.Resumed)
                assert effect.to is (turn.by.other if news else turn.by)


@given(histories)
def test_nothing_ever_reaches_a_side_that_is_away(history):
    for talk, turn in run(history):
        reached_now = {each.to for each in turn.effects if hasattr(each, "to")}

        assert not reached_now & set(talk.state.away)


@given(histories)
def test_what_is_numbered_is_for_the_present_socket(history):
    numbers = dict(SLOTS)
    if history[0] is Phase.RECOVERING:
        numbers[B] = 0
    for talk, turn in run(history):
        if taken_up(talk, turn):
            numbers[turn.by] = turn.said.slot
        for effect in turn.of(NUMBERED):
            assert effect.slot == numbers[effect.to]
        slots_now = {role: side.slot for role, side in talk.state.sides.items()}
        assert talk.state.phase is Phase.ENDED or slots_now == numbers


@given(histories)
def test_who_comes_back_is_answered_and_the_partner_is_told(history):
    """While recovering nobody is answered before both are there; then both are."""
    for talk, turn in run(history):
        answered = [each.to for each in turn.of(ShowResumed)]
        if not taken_up(talk, turn) or talk.state.phase is Phase.RECOVERING:
            assert answered == []
        elif turn.phase is Phase.RECOVERING:
            assert (answered, talk.state.away) == ([A, B], {})
        else:
            here = turn.by.other not in talk.state.away
            assert answered == [turn.by]
            assert [each.to for each in turn.of(TellBack)] == [turn.by.other] * here
            assert turn.of(ShowResumed)[0].partner_here == here


@given(histories)
def test_a_window_runs_for_exactly_those_who_are_away(history):
    running = {Timer.WINDOW_B} if history[0] is Phase.RECOVERING else set()
    for talk, turn in run(history):
        for each in turn.effects:
            if isinstance(each, SetTimer):
                running |= {each.timer} & set(WINDOW.values())
            elif isinstance(each, CancelTimer):
                running.discard(each.timer)
        over = talk.state.phase is Phase.ENDED
        assert running == (set() if over else {WINDOW[r] for r in talk.state.away})


@given(histories)
def test_each_side_is_told_of_the_end_once_and_then_of_nothing(history):
    finished = []
    for talk, turn in run(history):
        if finished:
            assert all(each == Refuse(to=turn.by, code=OVER) for each in turn.effects)
        ended = turn.of(TellEnded)
        finished += turn.of(Finish)
        here = {role for role in Role if role not in talk.state.away}
        assert {each.to for each in ended} == (here if turn.of(Finish) else set())
        assert all(each.reason is finished[0].reasons[each.to] for each in ended)
        assert bool(finished) == (talk.state.phase is Phase.ENDED)

    assert len(finished) <= 1
    assert all(set(how.reasons) == set(Role) for how in finished)


def stamps_hold(reader, taken):
    """Check what a receiver has, in the order of its numbers."""
    stamps = [Stamp.decode(each.stamp) for each in taken]

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
def test_each_socket_gets_messages_without_a_gap_and_their_stamps_hold(history):
    """Over resumes too: what a receiver has never falls in time or in count."""
    due = {A: 0, B: 0}
    has: dict[Role, dict[int, Deliver]] = {A: {}, B: {}}
    for talk, turn in run(history):
        if taken_up(talk, turn):
            due[turn.by] = turn.said.received
            kept = (seq for seq in has[turn.by] if seq < turn.said.received)
            has[turn.by] = {seq: has[turn.by][seq] for seq in kept}
        for each in turn.of(Deliver):
            assert each.seq == due[each.to]
            due[each.to] += 1
            has[each.to][each.seq] = each
    for reader, taken in has.items():
        stamps_hold(reader, [taken[seq] for seq in sorted(taken)])


@given(histories)
def test_one_message_has_one_stamp(history):
    stamps: dict[tuple[Role, int], bytes] = {}
    for _, turn in run(history):
        for each in turn.of(Stamped):
            assert stamps.setdefault((each.to, each.seq), each.stamp) == each.stamp
        for each in turn.of(Deliver):
            key = each.to.other, each.seq
            assert stamps.setdefault(key, each.stamp) == each.stamp


@given(histories)
def test_the_counters_keep_their_order_and_little_is_held(history):
    before = {A: (0, 0), B: (0, 0)}
    for talk, _ in run(history):
        for role, side in talk.state.sides.items():
            sent = side.sent

            assert sent.acked <= sent.handed <= sent.accepted
            assert len(sent._held) == sent.accepted - sent.acked <= 32
            assert before[role] <= (sent.accepted, sent.acked)
            assert before[role][1] <= sent.acked
            before[role] = sent.accepted, sent.acked


@given(histories)
def test_both_see_the_same_ladder_and_it_stays_in_its_bounds(history):
    version = None
    for talk, turn in run(history):
        state = talk.state.ladder
        shown = turn.of(ShowLadder)
        # A recovered ladder begins far above any version that was seen.
        changed = bool(shown) if version is None else state.version - version
        here = [role for role in Role if role not in talk.state.away]
        version = state.version

        assert changed in {0, 1}
        assert [each.to for each in shown] == here * changed
        assert all(each.state == state for each in shown)
        assert all(each.ladder == state for each in turn.of(ShowResumed))
        assert state.step <= state.max
        assert state.proposal is None or state.step < state.proposal.step <= state.max
        assert state.proposal is None or not talk.state.away


@given(histories)
def test_no_ciphertext_is_kept(history):
    for talk, _ in run(history):
        assert "f" * 16 not in repr(seen(talk.state))


@given(histories)
def test_nothing_but_an_end_ends(history):
    """Whatever is said, only leaving, loss for good, a lie or time ends it."""
    enders = (on.Leave, on.Lost, on.Resumed, on.HandshakeDue, on.LifeDue, on.WindowDue)
    for talk, turn in run(history):
        if talk.state.phase is not Phase.ENDED or turn.phase is Phase.ENDED:
            continue
        assert isinstance(turn.said, enders)
        if isinstance(turn.said, on.Lost):
            assert turn.phase not in {Phase.OPEN, Phase.RECOVERING}
        if isinstance(turn.said, on.WindowDue):
            assert turn.by in turn.away
