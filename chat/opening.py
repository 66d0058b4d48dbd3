"""From two tickets to a conversation: roles, handles, tokens, and who is told.

All of it in one turn of the event loop, so that both sockets get their
`conversation.matched` before anything the other side may send.
"""

from collections.abc import Mapping

from django.conf import settings

from chat.domain import handle
from chat.domain.conversation import Conversation
from chat.domain.ladder import LadderState, Step
from chat.domain.policy import CONVERSATION
from chat.domain.record import ConversationRecord
from chat.domain.resume_token import Place
from chat.domain.state import Terms
from chat.endpoint import Endpoint
from chat.keys import key_ring, seal_place
from chat.live import LiveConversation, moment
from chat.protocol import server
from chat.seats import LocalSeat
from chat.waiting import Waiting
from common.ids import ConversationId, new_conversation_id, random_bytes
from common.worker import worker_id
from matching.domain.interests import shared
from matching.domain.pairing import common_suite
from matching.domain.ticket import SUITE_P256
from trust.domain import conversation_token
from trust.domain.conversation_token import ConversationContext, device_tag
from trust.domain.franking import Role
from trust.selectors import OpeningKey

_HANDLE_BYTES = 4


def highest_step() -> Step:
    """Say how far a ladder may go on this server.

    No relay is configured, so calls tell each side the other's address; an
    operator who wants none of that keeps everyone at text.
    """
    return Step.CLEAR if settings.CALLS_WITHOUT_RELAY else Step.TEXT


def open_conversation(
    one: Waiting, other: Waiting, *, conversation: ConversationId | None = None
) -> None:
    """Match two people who are both idle; this process is the home."""
    sides = _with_roles(one, other)
    key = key_ring().opening
    terms = Terms(
        id=conversation or new_conversation_id(),
        mode=one.ticket.mode,
        highest=highest_step(),
        slots={role: side.connection.next_slot() for role, side in sides.items()},
        kid=key.kid,
        stamp_key=key.stamp_key,
    )
    core = Conversation.match(terms, now=moment(), policy=CONVERSATION)
    endpoints = {role: side.connection.at(terms.id) for role, side in sides.items()}
    record = _record(core, sides)
    live = LiveConversation(core, record, endpoints=endpoints, guests=sides)
    for role, endpoint in endpoints.items():
        endpoint.sit(LocalSeat(live, role))
    _tell_both(core, sides, key, endpoints)
    live.begin()


def _record(core: Conversation, sides: Mapping[Role, Waiting]) -> ConversationRecord:
    terms = core.state.terms
    return ConversationRecord(
        id=terms.id,
        home=worker_id(),
        epoch=1,
        mode=terms.mode,
        highest=terms.highest,
        suite=_suite(sides),
        kid=terms.kid,
        started=core.state.started.unix,
        visitors={role: side.ticket.visitor for role, side in sides.items()},
        persons={role: side.ticket.person for role, side in sides.items()},
        open=False,
        ladder=core.state.ladder,
    )


def _suite(sides: Mapping[Role, Waiting]) -> int:
    one, other = (side.ticket for side in sides.values())
    return common_suite(one, other) or SUITE_P256


def _with_roles(one: Waiting, other: Waiting) -> Mapping[Role, Waiting]:
    """Draw who is A."""
    if random_bytes(1)[0] % 2:
        one, other = other, one
    return {Role.A: one, Role.B: other}


def _tell_both(
    core: Conversation,
    sides: Mapping[Role, Waiting],
    key: OpeningKey,
    endpoints: Mapping[Role, Endpoint],
) -> None:
    evidence = _evidence(core, sides, key)
    names = handle.two_handles(random_bytes(_HANDLE_BYTES))
    handles = dict(zip(Role, names, strict=True))
    for role, own in sides.items():
        partner = sides[role.other]
        endpoints[role].tell(
            server.Matched(
                conversation=core.state.terms.id,
                slot=core.state.terms.slots[role],
                role=role.name,
                polite=role is Role.B,
                mode=core.state.terms.mode,
                handle=handles[role],
                partner=_partner(partner, handles[role.other]),
                shared_interests=_shared(own, partner),
                suite=_suite(sides),
                kid=key.kid,
                conversation_token=evidence,
                resume_token=_resume_token(core.state.terms.id, role, own),
                ladder=_ladder(core.state.ladder),
                route=server.DIRECT,
                ice_servers=(),
            )
        )


def _partner(partner: Waiting, name: str) -> server.Partner:
    return server.Partner(
        handle=name,
        badges=partner.badges,
        languages=partner.ticket.languages,
        region=partner.ticket.region,
    )


def _shared(own: Waiting, partner: Waiting) -> tuple[str, ...]:
    both = shared(own.ticket.interests, partner.ticket.interests)
    return tuple(each.spelling for each in both)


def _ladder(state: LadderState) -> server.Ladder:
    return server.Ladder(
        step=state.step.word, max=state.max.word, version=state.version
    )


def _evidence(
    core: Conversation, sides: Mapping[Role, Waiting], key: OpeningKey
) -> bytes:
    """Seal who met whom into the token that both get and nobody else keeps."""
    tickets = {role: side.ticket for role, side in sides.items()}
    context = ConversationContext(
        sid=core.state.terms.id,
        person_a=tickets[Role.A].person,
        person_b=tickets[Role.B].person,
        device_a=device_tag(tickets[Role.A].visitor),
        device_b=device_tag(tickets[Role.B].visitor),
        started=int(core.state.started.unix),
        mode=core.state.terms.mode,
    )
    nonce = random_bytes(conversation_token.NONCE_BYTES)
    return conversation_token.seal(context, kid=key.kid, key=key.seal_key, nonce=nonce)


def _resume_token(conversation: ConversationId, role: Role, side: Waiting) -> bytes:
    visitor = side.ticket.visitor
    return seal_place(Place(conversation=conversation, role=role, visitor=visitor))
