"""Telling those who wait how many others do, and how long it has lately taken."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from chat.background import spawn
from chat.domain.policy import SOCKET
from chat.protocol.server import ExpectedSeconds, QueueWaiting
from chat.protocol.writing import instant
from chat.waiting import Waiting
from common.ids import TicketId
from matching.domain.ticket import Ticket
from matching.selectors import WaitingNumbers, waiting_numbers


class QueueNews:
    """What each of those who wait was last told; only changes are told."""

    def __init__(self, waiting: Mapping[TicketId, Waiting]) -> None:
        """Tell whoever is in `waiting`, as it changes."""
        self._waiting = waiting
        self._told: dict[TicketId, QueueWaiting] = {}
        self._telling = False

    def tell(self, waiting: Waiting, numbers: WaitingNumbers) -> None:
        """Tell someone how many wait, if that is news."""
        frame = _waiting_frame(waiting.ticket, numbers)
        if self._told.get(waiting.ticket.id) != frame:
            self._told[waiting.ticket.id] = frame
            waiting.connection.tell(frame)

    def forget(self, ticket: TicketId) -> None:
        """Forget what someone was told who waits no longer."""
        self._told.pop(ticket, None)

    def keep_telling(self) -> None:
        """Tell everyone every few seconds, for as long as anyone waits."""
        if not self._telling:
            self._telling = True
            spawn(self._tell_while_anyone_waits(), name="telling who waits")

    async def _tell_while_anyone_waits(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(SOCKET.waiting_seconds)
                await self._tell_everyone()
        finally:
            self._telling = False

    async def _tell_everyone(self) -> None:
        """Count once a mode; everyone is one of those counted."""
        modes = {waiting.ticket.mode for waiting in self._waiting.values()}
        numbers = {mode: await waiting_numbers(mode) for mode in modes}
        for waiting in tuple(self._waiting.values()):
            counted = numbers.get(waiting.ticket.mode)
            if counted is not None:
                others = max(0, counted.waiting - 1)
                self.tell(waiting, replace(counted, waiting=others))


def _waiting_frame(ticket: Ticket, numbers: WaitingNumbers) -> QueueWaiting:
    return QueueWaiting(
        waiting=numbers.waiting,
        expected_seconds=expected_seconds(numbers),
        since=instant(ticket.since),
    )


def expected_seconds(numbers: WaitingNumbers) -> ExpectedSeconds | None:
    """Write what recent waits promise, in tenths of a second."""
    if numbers.expected is None:
        return None
    return ExpectedSeconds(
        p50=round(numbers.expected.p50, 1), p90=round(numbers.expected.p90, 1)
    )
