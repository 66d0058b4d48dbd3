"""Records in the memory of the one process of an embedded site.

For its event loop alone: no call waits for anything, so each one is atomic.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from typing_extensions import override

from chat.conversation_store import ConversationStore
from chat.domain.policy import RECORD, RecordPolicy
from chat.domain.record import ConversationRecord, may_write
from common import clock
from common.ids import ConversationId


@dataclass(frozen=True, slots=True)
class _Kept:
    record: ConversationRecord
    until: float


class MemoryConversationStore(ConversationStore):
    """Two dicts in the order in which they are to be forgotten."""

    def __init__(
        self,
        policy: RecordPolicy = RECORD,
        *,
        now: Callable[[], float] = clock.monotonic,
    ) -> None:
        """Start empty; `now` reads a steady clock."""
        self._policy = policy
        self._now = now
        self._born = now()
        self._running: OrderedDict[ConversationId, _Kept] = OrderedDict()
        self._ended: OrderedDict[ConversationId, _Kept] = OrderedDict()

    @override
    async def put(self, record: ConversationRecord) -> bool:
        self._forget_old()
        if not may_write(record, over=self._standing(record.id)):
            return False
        self._keep(record)
        return True

    @override
    async def get(self, conversation: ConversationId) -> ConversationRecord | None:
        self._forget_old()
        return self._standing(conversation)

    @override
    async def take_over(self, record: ConversationRecord, *, was_epoch: int) -> bool:
        self._forget_old()
        standing = self._running.get(record.id)
        if standing is None or standing.record.epoch != was_epoch:
            return False
        self._keep(record)
        return True

    @override
    async def end(self, record: ConversationRecord) -> bool:
        return await self.put(record)

    @override
    async def age_seconds(self) -> float:
        return self._now() - self._born

    def _standing(self, conversation: ConversationId) -> ConversationRecord | None:
        kept = self._running.get(conversation) or self._ended.get(conversation)
        return None if kept is None else kept.record

    def _keep(self, record: ConversationRecord) -> None:
        self._running.pop(record.id, None)
        if record.ended is None:
            until = self._now() + self._policy.running_seconds
            self._running[record.id] = _Kept(record, until)
        else:
            until = self._now() + self._policy.ended_seconds
            self._ended[record.id] = _Kept(record, until)
        self._make_room()

    def _forget_old(self) -> None:
        now = self._now()
        for kept in (self._ended, self._running):
            while kept and next(iter(kept.values())).until <= now:
                kept.popitem(last=False)

    def _make_room(self) -> None:
        while len(self._running) + len(self._ended) > self._policy.most:
            (self._ended or self._running).popitem(last=False)
