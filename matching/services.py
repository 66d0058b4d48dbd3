"""What others may ask of matching: to wait, and to stop waiting."""

from common.ids import PersonId, TicketId
from matching.domain.ticket import Ticket
from matching.runner import ensure_running
from matching.stores import ticket_store


async def ticket_offer(ticket: Ticket) -> None:
    """Let a ticket wait; `PairFound` follows at most once, maybe at once."""
    await ticket_store().put(ticket)
    ensure_running().offer(ticket)


async def ticket_withdraw(ticket_id: TicketId) -> bool:
    """Stop waiting.

    Returns:
        `True` if the ticket was still waiting: no `PairFound` will name it.
        `False` if it was not: its `PairFound` has been published, or it never
        waited.

    """
    withdrawn = await ticket_store().withdraw(ticket_id)
    ensure_running().withdraw(ticket_id)
    return withdrawn


async def pair_remember(one: PersonId, other: PersonId) -> None:
    """Count two persons as having met now, so they are not paired for a while.

    A pair found by matching is remembered without this; it is for two who part
    after a long talk, or who met again by their own wish.
    """
    await ensure_running().remember_pair(one, other)
