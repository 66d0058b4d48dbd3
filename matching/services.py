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


def ticket_taken(ticket_id: TicketId, *, attempt: int) -> bool:
    """Accept a pair that was published in the process of the other's owner.

    To be called in the process that owns `PairFound.second`, with the id and the
    attempt named there, once it is told of the pair and before it acts on it.

    Returns:
        `True` if the ticket waits no more and is this pair's. `False` if the
        pair is void: the ticket was withdrawn, or has been offered again
        because the news took too long. The other side must be told.

    """
    return holder().taken(ticket_id, attempt=attempt)


async def pair_remember(one: PersonId, other: PersonId) -> None:
    """Count two persons as having met now, so they are not paired for a while.

    A pair found by matching is remembered without this; it is for two who part
    after a long talk, or who met again by their own wish.
    """
    try:
        await remember_pair(ticket_store(), one, other)
    except StoreUnreachableError:
        logger.warning("a pair was not remembered")
