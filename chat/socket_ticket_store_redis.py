"""Socket tickets in Redis: issued by one process, redeemed by whichever comes first.

`ss:ticket:<digest>` holds the claims of one ticket, `ss:tickets:<visitor>` the
digests of one visitor, so that they can be voided, and `ss:tickets` all of them
by the time of their end, so that they can be counted. All expire with the ticket.
"""

import json
from typing import Any, cast
from uuid import UUID

from typing_extensions import override

from chat.domain.policy import TICKET, TicketPolicy
from chat.socket_ticket_store import (
    Claims,
    SocketTickets,
    TooBusyError,
    digest,
    draw_ticket,
)
from common.errors import RateLimitedError
from common.ids import AccountId, PersonId, VisitorId
from common.ratelimit_redis import take
from common.redis import KEY_PREFIX, async_redis, sync_redis
from common.vocabulary import Mode

_TICKET = f"{KEY_PREFIX}ticket:".encode()
_ALL = f"{KEY_PREFIX}tickets".encode()

# KEYS: the ticket, its visitor's, all. ARGV: digest, claims, life in
# milliseconds, how many may be unused. Says whether there was room.
_ISSUE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[4]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return 1
"""


class RedisSocketTickets(SocketTickets):
    """Unused tickets of all processes. Redis keeps the time, so `now` is not read."""

    def __init__(self, policy: TicketPolicy = TICKET) -> None:
        """Connect when first asked."""
        self._policy = policy

    @override
    def issue(self, claims: Claims, *, now: float, resuming: bool = False) -> str:
        self._keep_pace(claims.visitor_id, resuming=resuming)
        ticket = draw_ticket()
        name = digest(ticket)
        policy = self._policy
        issued = sync_redis().register_script(_ISSUE)(
            keys=(_TICKET + name, _of(claims.visitor_id), _ALL),
            args=(name, _write(claims), int(policy.life_seconds * 1000), policy.most),
        )
        if not issued:
            raise TooBusyError
        return ticket

    @override
    async def redeem(self, ticket: str, *, now: float) -> Claims | None:
        name = digest(ticket)
        together: Any = async_redis().pipeline(transaction=True)
        raw, _ = await together.getdel(_TICKET + name).zrem(_ALL, name).execute()
        return _read(raw) if raw is not None else None

    @override
    def revoke(self, visitor_id: VisitorId) -> None:
        redis = sync_redis()
        names = cast("set[bytes]", redis.smembers(_of(visitor_id)))
        if names:
            redis.delete(_of(visitor_id), *(_TICKET + name for name in names))
            redis.zrem(_ALL, *names)

    def _keep_pace(self, visitor_id: VisitorId, *, resuming: bool) -> None:
        policy = self._policy
        rule = policy.resume_pace if resuming else policy.pace
        kind = "resume" if resuming else "ticket"
        wait = take(f"{kind}:{visitor_id.hex}", rule)
        if wait:
            raise RateLimitedError(retry_after_seconds=wait)


def _of(visitor_id: VisitorId) -> bytes:
    return _ALL + b":" + visitor_id.hex.encode()


def _write(claims: Claims) -> str:
    account = claims.account_id
    return json.dumps(
        {
            "visitor": claims.visitor_id.hex,
            "person": claims.person_id.hex,
            "account": account.hex if account else None,
            "modes": claims.modes,
            "from_browser": claims.from_browser,
            "known": claims.known,
        }
    )


def _read(raw: bytes) -> Claims:
    found = json.loads(raw)
    account = found["account"]
    return Claims(
        visitor_id=VisitorId(UUID(found["visitor"])),
        person_id=PersonId(UUID(found["person"])),
        account_id=AccountId(UUID(account)) if account else None,
        modes=tuple(map(Mode, found["modes"])),
        from_browser=found["from_browser"],
        known=found["known"],
    )
