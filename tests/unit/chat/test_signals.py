"""What passes straight to the partner."""

import pytest

from chat.domain import inputs as on
from chat.domain.codes import Code
from chat.domain.effects import OfferServers, Pass, Refuse
from chat.domain.state import Phase
from tests.unit.chat.talks import START, A, B, later, opened, reached

OFFER = on.Describe(kind="offer", sdp="v=0")
CANDIDATE = on.Candidate(init={"candidate": "x", "usernameFragment": "u"})


@pytest.mark.parametrize("phase", list(Phase)[:4])
@pytest.mark.parametrize("said", [OFFER, CANDIDATE, on.Candidate(init=None)])
def test_signals_pass_from_the_match_on(phase, said):
    assert reached(phase).receive(said, by=A, now=START) == (Pass(to=B, said=said),)


def test_candidates_of_one_generation_are_counted():
    talk = opened()
    for _ in range(64):
        talk.receive(CANDIDATE, by=A, now=START)

    assert talk.receive(CANDIDATE, by=A, now=START) == (
        Refuse(to=A, code=Code.RATE_LIMITED),
    )
    assert talk.receive(CANDIDATE, by=B, now=START) == (Pass(to=A, said=CANDIDATE),)


def test_signals_have_a_pace():
    talk = opened()
    for _ in range(120):
        talk.receive(OFFER, by=A, now=START)

    assert talk.receive(OFFER, by=A, now=START) == (
        Refuse(to=A, code=Code.RATE_LIMITED, retry_after_seconds=0.1),
    )


def test_typing_passes_twice_a_second():
    talk = opened()
    effects = [
        talk.receive(on.Typing(active=bool(turn % 2)), by=B, now=START)
        for turn in range(3)
    ]

    assert effects == [
        (Pass(to=A, said=on.Typing(active=False)),),
        (Pass(to=A, said=on.Typing(active=True)),),
        (Refuse(to=B, code=Code.RATE_LIMITED, retry_after_seconds=0.5),),
    ]


def test_ice_servers_last_as_long_as_the_conversation_can():
    assert opened().receive(on.IceRefresh(), by=A, now=later(3600)) == (
        OfferServers(to=A, expires_in_seconds=11 * 3600.0),
    )


def test_without_a_relay_the_route_cannot_change():
    assert opened().receive(on.ChangeRoute(), by=A, now=START) == (
        Refuse(to=A, code=Code.NOT_ALLOWED),
    )
