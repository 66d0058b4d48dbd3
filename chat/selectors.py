"""What the chat can tell about itself, in measured numbers."""

from dataclasses import dataclass
from typing import Any

from chat.connections import registry
from chat.live import conversations
from common.vocabulary import Mode
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
    """Count everyone, as of now."""
    return Status(
        online=registry().online,
        conversations=len(conversations()),
        waiting={mode: await waiting_numbers(mode) for mode in Mode},
    )


def _expected(numbers: WaitingNumbers) -> dict[str, float] | None:
    """Write what recent waits promise, in tenths of a second."""
    expected = numbers.expected
    if expected is None:
        return None
    return {"p50": round(expected.p50, 1), "p90": round(expected.p90, 1)}
