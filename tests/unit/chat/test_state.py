"""What the server knows of a conversation while it lasts."""

from chat.domain.codes import Code
from chat.domain.effects import Refuse
from chat.domain.ladder import Step
from chat.domain.policy import CONVERSATION
from chat.domain.state import ConversationState, Phase, refuse
from common.vocabulary import Mode
from tests.unit.chat.talks import SLOTS, START, A, B, terms


def test_two_who_were_matched_stand_at_the_beginning():
    state = ConversationState(terms(Mode.VOICE), now=START, policy=CONVERSATION)

    assert state.phase is Phase.COMMITTING
    assert (state.ladder.step, state.ladder.version) == (Step.VOICE, 1)
    assert {role: side.slot for role, side in state.sides.items()} == SLOTS
    assert state.started == START
    assert not state.ready
    assert (state.away, state.claimed, state.time_bucket) == ({}, {}, 0)


def test_the_terms_bound_the_ladder():
    low = terms(Mode.VIDEO, Step.TEXT)
    state = ConversationState(low, now=START, policy=CONVERSATION)

    assert (state.ladder.step, state.ladder.max) == (Step.TEXT, Step.TEXT)


def test_a_conversation_has_no_place_for_people_or_words():
    words = {"visitor", "person", "message", "text", "socket"}

    assert not words & set(ConversationState.__slots__)


def test_a_refusal_answers_one_side():
    assert refuse(A, Code.NOT_ALLOWED) == (Refuse(to=A, code=Code.NOT_ALLOWED),)
    assert refuse(B, Code.RATE_LIMITED, 1.5) == (
        Refuse(to=B, code=Code.RATE_LIMITED, retry_after_seconds=1.5),
    )
