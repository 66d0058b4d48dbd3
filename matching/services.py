"""What others may ask of matching: to wait, and to stop waiting.

Alone on a site, a process matches for itself; where `REDIS_URL` names a store
that several share, it holds its tickets there and the matcher's process pairs
them. The meaning is the same.
"""

import logging

from common.ids import PersonId, TicketId
from common.redis import configured
from matching.domain.ticket import Ticket
from matching.holder import holder
from matching.runner import ensure_running, remember_pair
from matching.store import StoreUnreachableError
from matching.stores import ticket_store

logger = logging.getLogger(__name__)


async def ticket_offer(ticket: Ticket) -> None:
    """Let a ticket wait; `PairFound` follows at most once, maybe at once."""
    if configured():
        await holder().offer(ticket)
        return
    await ticket_store().put(ticket)
    ensure_running().offer(ticket)


async def ticket_withdraw(ticket_id: TicketId) -> bool:
    """Stop waiting.

    To be called as well for `PairFound.second` in the process that owns it, once
    that process has been told of the pair: else it would be offered again, as
    one whose pair never arrived.

    Returns:
        `True` if the ticket was still waiting: no `PairFound` will name it.
        `False` if it was not: its `PairFound` has been published or is on its
        way, or it never waited, or the store did not answer.

    """
    if configured():
        return await holder().withdraw(ticket_id)
    withdrawn = await ticket_store().withdraw(ticket_id)
    ensure_running().withdraw(ticket_id)
    return withdrawn


async def pair_remember(one: PersonId, other: PersonId) -> None:
    """Count two persons as having met now, so they are not paired for a while.

    A pair found by matching is remembered without this; it is for two who part
    after a long talk, or who met again by their own wish.
    """
    try:
        await remember_pair(ticket_store(), one, other)
    except StoreUnreachableError:
        logger.warning("a pair was not remembered")
