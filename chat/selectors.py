"""What the chat can tell about itself, in measured numbers."""

from dataclasses import dataclass
from typing import Any

from chat.connections import registry
from chat.live import conversations
from chat.worker_directory import workers
from chat.workers import WorkerFacts
from common.vocabulary import Mode
from common.worker import worker_id
from matching.selectors import WaitingNumbers, waiting_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How busy this server is now."""

    online: int
    """Visitors with a socket open."""
    conversations: int
    waiting: dict[Mode, WaitingNumbers]

    def as_json(self) -> dict[str, Any]:
        """Write it as the REST API does."""
        return {
            "online": self.online,
            "waiting": {mode: each.waiting for mode, each in self.waiting.items()},
            "conversations": self.conversations,
            "expected_seconds": {
                mode: _expected(each) for mode, each in self.waiting.items()
            },
        }


async def status() -> Status:
    """Count everyone: here as of now, elsewhere as of a moment ago."""
    others = await _others()
    return Status(
        online=registry().online + sum(each.online for each in others),
        conversations=len(conversations()) + sum(each.conversations for each in others),
        waiting={mode: await waiting_numbers(mode) for mode in Mode},
    )


async def _others() -> list[WorkerFacts]:
    """Read what the other processes last said of themselves."""
    everyone = await workers().everyone()
    return [said for worker, said in everyone.items() if worker != worker_id()]


def _expected(numbers: WaitingNumbers) -> dict[str, float] | None:
    """Write what recent waits promise, in tenths of a second."""
    expected = numbers.expected
    if expected is None:
        return None
    return {"p50": round(expected.p50, 1), "p90": round(expected.p90, 1)}
