"""The lease that makes one process the matcher, fenced by its token.

A token is never given twice. What its holder still does after the lease has run
out fails in the store, where every claim names the token.
"""

from contextlib import suppress

from common.ids import WorkerId
from matching import redis_scripts as scripts
from matching.domain.policy import LEASES, LeasePolicy
from matching.redis_calls import run
from matching.store import StoreUnreachableError


class MatcherLease:
    """One process' way to the lease; each may raise `StoreUnreachableError`."""

    def __init__(self, own: WorkerId, *, policy: LeasePolicy = LEASES) -> None:
        """Prepare for the process `own`."""
        self._own = own
        self._policy = policy

    async def acquire(self) -> str | None:
        """Take the lease if nobody has it; gives a token of a new epoch."""
        token = await self._run(scripts.ACQUIRE, self._own, self._lasts_ms)
        return None if token is None else str(token, "ascii")

    async def hold(self, token: str) -> bool:
        """Let it last on from now; `False` when it is not ours any more."""
        return bool(await self._run(scripts.HOLD, token, self._lasts_ms))

    async def release(self, token: str) -> None:
        """Give it up at once, if it is ours; if nobody answers, it runs out."""
        with suppress(StoreUnreachableError):
            await self._run(scripts.RELEASE, token)

    async def _run(self, script: str, *arguments: str | float) -> bytes | None:
        answer: bytes | None = await run(
            script, *arguments, seconds=self._policy.store_seconds
        )
        return answer

    @property
    def _lasts_ms(self) -> int:
        return round(self._policy.matcher_seconds * 1000)
