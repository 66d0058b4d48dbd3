"""The consent ladder: text, voice, blurred video, clear video.

What lives here: how two people go up (both must agree to the step) and down
(one is enough, at once). What may not: media, timers, the wire.

How it works. At most one proposal is open. The partner accepts or declines
exactly that step; proposing what the partner has open accepts it. Stepping
down closes a proposal. Nothing ever stands above `max`, and when `max` falls
the step falls with it. Every change raises `version` by one, so that a client
can ignore what it has already seen.

Source: docs/reference/protocol.md, section 2.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

from common.vocabulary import Mode
from trust.domain.franking import Role


class Step(IntEnum):
    """How much two people show of themselves, lowest first."""

    TEXT = 0
    VOICE = 1
    BLURRED = 2
    CLEAR = 3

    @property
    def word(self) -> str:
        """The step as it stands on the wire."""
        return self.name.lower()


STEP_OF_WORD = {step.word: step for step in Step}
ENTRY_STEP = {
    Mode.TEXT: Step.TEXT,
    Mode.VOICE: Step.VOICE,
    Mode.VIDEO: Step.BLURRED,
}
"""Choosing the mode is the consent to its first step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Someone asks to go up."""

    step: Step
    by: Role
    closes_at: float
    """Seconds of the steady clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderState:
    """Where the ladder stands."""

    step: Step
    max: Step
    version: int
    proposal: Proposal | None = None

    def open_for(self, role: Role, step: Step) -> bool:
        """Say whether the partner of `role` asks for exactly this step."""
        asked = self.proposal
        return asked is not None and asked.by is role.other and asked.step is step


def entry(mode: Mode, *, highest: Step) -> LadderState:
    """Say where a conversation of this mode begins, never above `highest`."""
    return LadderState(step=min(ENTRY_STEP[mode], highest), max=highest, version=1)


def propose(
    state: LadderState, *, by: Role, step: Step, closes_at: float
) -> LadderState | None:
    """Ask for a higher step, or accept it if the partner asks for the same.

    Returns:
        The new state; `None` when it cannot be asked for now.

    """
    if state.open_for(by, step):
        return accept(state, by=by, step=step)
    if state.proposal is not None or not state.step < step <= state.max:
        return None
    return _changed(state, proposal=Proposal(step=step, by=by, closes_at=closes_at))


def accept(state: LadderState, *, by: Role, step: Step) -> LadderState | None:
    """Go up as the partner asked; `None` when it did not ask for this."""
    if not state.open_for(by, step):
        return None
    return _changed(state, step=step)


def decline(state: LadderState, *, by: Role, step: Step) -> LadderState | None:
    """Stay here; `None` when the partner did not ask for this step."""
    return _changed(state) if state.open_for(by, step) else None


def down(state: LadderState, *, step: Step) -> LadderState | None:
    """Go down at once; `None` when that would not be down."""
    return _changed(state, step=step) if step < state.step else None


def expire(state: LadderState) -> LadderState | None:
    """Close an unanswered proposal; `None` when there is none."""
    return None if state.proposal is None else _changed(state)


def limit(state: LadderState, *, highest: Step) -> LadderState | None:
    """Lower `max`, and with it what stands above; `None` when nothing changes."""
    if highest >= state.max:
        return None
    asked = state.proposal
    kept = asked if asked is not None and asked.step <= highest else None
    return _changed(state, step=min(state.step, highest), max=highest, proposal=kept)


def _changed(
    state: LadderState,
    *,
    step: Step | None = None,
    max: Step | None = None,  # noqa: A002  the protocol's own word
    proposal: Proposal | None = None,
) -> LadderState:
    """Write the next version; a proposal stays only when it is named again."""
    return replace(
        state,
        step=state.step if step is None else step,
        max=state.max if max is None else max,
        proposal=proposal,
        version=state.version + 1,
    )
