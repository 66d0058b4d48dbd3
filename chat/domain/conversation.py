"""A conversation of two strangers: what may happen, and when.

What lives here: the one table of transitions. What may not: what follows from
an input (one file for each kind of it), sockets, clocks, JSON, or anybody's
encryption keys; the server never has one.

How it works. One object holds both sides. Every input is looked up in
`TRANSITIONS[phase][type(input)]`; what it finds may change the conversation and
says, as data, what should be done. Nothing here raises for what a client sent:
an input that may not come now is answered with a `Refuse` and changes nothing.
Deadlines are effects (`SetTimer`) and come back as inputs.

    COMMITTING  both commit to their keys
    REVEALING   both commitments were passed on: both show their keys
    CONFIRMING  both keys were passed on: both prove that they agree
    OPEN        messages pass; a side may be away for a while
    RECOVERING  the process that held it died: both sides say what they have
    ENDED       each side was told, once; nothing has an effect any more

Nobody can choose a key after seeing the partner's, because a reveal is refused
until both have committed (the hash commitment of ZRTP, RFC 6189 section
4.4.1.1, made by both sides).
"""

from collections.abc import Callable, Mapping

from chat.domain import consent, ending, handshake, messages, presence, signals
from chat.domain import inputs as on
from chat.domain.effects import Effects, SetTimer, Timer
from chat.domain.inputs import Input, Moment
from chat.domain.policy import ConversationPolicy
from chat.domain.presence import WINDOW
from chat.domain.state import ConversationState, Phase, Terms
from trust.domain.franking import Role

Handler = Callable[..., Effects]

_ANY_TIME: Mapping[type[Input], Handler] = {
    on.Describe: signals.signal,
    on.Candidate: signals.signal,
    on.IceRefresh: signals.ice_refresh,
    on.ChangeRoute: signals.change_route,
    on.Typing: signals.typing,
    on.Propose: consent.propose,
    on.Accept: consent.accept,
    on.Decline: consent.decline,
    on.StepDown: consent.step_down,
    on.ProposalDue: consent.proposal_due,
    on.Acknowledge: messages.acknowledge,
    on.Leave: ending.leave,
    on.LifeDue: ending.life_due,
}

_HANDSHAKE: Mapping[type[Input], Handler] = {
    **_ANY_TIME,
    on.Message: messages.early,
    on.Lost: ending.lost,
    on.Resumed: ending.lost_before_open,
    on.WindowDue: ending.nothing,
    on.HandshakeDue: ending.handshake_due,
}

_NOT_YET: Mapping[type[Input], Handler] = dict.fromkeys(
    (
        on.Describe,
        on.Candidate,
        on.IceRefresh,
        on.ChangeRoute,
        on.Typing,
        on.Propose,
        on.Accept,
        on.Decline,
        on.StepDown,
        on.Commit,
        on.Reveal,
        on.Confirm,
    ),
    presence.not_yet,
)

TRANSITIONS: Mapping[Phase, Mapping[type[Input], Handler]] = {
    Phase.COMMITTING: {
        **_HANDSHAKE,
        on.Commit: handshake.part,
        on.Reveal: handshake.out_of_turn,
        on.Confirm: handshake.out_of_turn,
    },
    Phase.REVEALING: {
        **_HANDSHAKE,
        on.Commit: handshake.out_of_turn,
        on.Reveal: handshake.reveal,
        on.Confirm: handshake.out_of_turn,
    },
    Phase.CONFIRMING: {
        **_HANDSHAKE,
        on.Commit: handshake.out_of_turn,
        on.Reveal: handshake.out_of_turn,
        on.Confirm: handshake.part,
    },
    Phase.OPEN: {
        **_ANY_TIME,
        on.Commit: handshake.out_of_turn,
        on.Reveal: handshake.out_of_turn,
        on.Confirm: handshake.out_of_turn,
        on.Message: messages.message,
        on.Lost: presence.lost,
        on.Resumed: presence.resumed,
        on.WindowDue: presence.window_due,
        on.HandshakeDue: ending.nothing,
    },
    Phase.RECOVERING: {
        **_NOT_YET,
        on.Message: ending.nothing,
        on.Acknowledge: ending.nothing,
        on.Leave: ending.leave,
        on.Lost: presence.lost_again,
        on.Resumed: presence.claimed,
        on.WindowDue: presence.window_due,
        on.LifeDue: ending.life_due,
        on.HandshakeDue: ending.nothing,
        on.ProposalDue: ending.nothing,
    },
    Phase.ENDED: {
        on.Commit: ending.over,
        on.Reveal: ending.over,
        on.Confirm: ending.over,
        on.Describe: ending.over,
        on.Candidate: ending.over,
        on.IceRefresh: ending.over,
        on.ChangeRoute: ending.over,
        on.Typing: ending.over,
        on.Propose: ending.over,
        on.Accept: ending.over,
        on.Decline: ending.over,
        on.StepDown: ending.over,
        on.Message: ending.nothing,
        on.Acknowledge: ending.nothing,
        on.Leave: ending.nothing,
        on.Lost: ending.nothing,
        on.Resumed: ending.nothing,
        on.WindowDue: ending.nothing,
        on.HandshakeDue: ending.nothing,
        on.ProposalDue: ending.nothing,
        on.LifeDue: ending.nothing,
    },
}


class Conversation:
    """Both sides of one conversation, driven by inputs alone."""

    __slots__ = ("state",)

    def __init__(self, state: ConversationState) -> None:
        """Go on from where two people stand; `match` starts anew."""
        self.state = state

    @classmethod
    def match(
        cls, terms: Terms, *, now: Moment, policy: ConversationPolicy
    ) -> "Conversation":
        """Match two people on these terms, at `now`."""
        return cls(ConversationState(terms, now=now, policy=policy))

    def begin(self) -> Effects:
        """Set the first deadlines; call it once both were told of the match."""
        policy = self.state.policy
        return (
            SetTimer(timer=Timer.LIFE, seconds=policy.life_seconds),
            SetTimer(timer=Timer.HANDSHAKE, seconds=policy.handshake_seconds),
        )

    def go_on(self, now: Moment) -> Effects:
        """Set the deadlines again, in the process that takes the conversation over."""
        state = self.state
        life = state.started.steady + state.policy.life_seconds
        windows = (
            SetTimer(timer=WINDOW[role], seconds=max(0.0, until - now.steady))
            for role, until in state.away.items()
        )
        left = max(0.0, life - now.steady)
        return (SetTimer(timer=Timer.LIFE, seconds=left), *windows)

    def receive(self, said: Input, *, by: Role | None = None, now: Moment) -> Effects:
        """Take one input and say what follows from it.

        Args:
            said: what happened.
            by: whose socket it came from, or whose window is over; none for
                other deadlines. Only the edge knows it: no input can name a side.
            now: when.

        Returns:
            What to do, in this order; nothing for a side that is away.

        """
        state = self.state
        effects = TRANSITIONS[state.phase][type(said)](state, said, by, now)
        return _for_those_here(effects, state.away) if state.away else effects


def _for_those_here(effects: Effects, away: Mapping[Role, float]) -> Effects:
    return tuple(each for each in effects if getattr(each, "to", None) not in away)
