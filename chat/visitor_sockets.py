"""The sockets of one visitor on all processes: at most so many.

`connections.Registry` knows those of this process. Where there are several, Redis
knows them all, oldest first; of those elsewhere it knows when they were opened,
not when they were last heard from.
"""

from collections.abc import Iterable
from typing import Any

from redis.exceptions import RedisError

from chat.background import spawn
from chat.close_codes import CloseCode
from chat.connections import Connection, registry
from chat.domain import passage
from chat.domain.passage import Kind
from chat.domain.policy import SOCKET
from chat.relay import relay
from chat.worker_directory import workers
from common import clock
from common.ids import ConversationId, VisitorId, WorkerId
from common.redis import KEY_PREFIX, async_redis, configured
from common.worker import worker_id

LIFE_SECONDS = 24 * 3600
"""No socket lives longer; a process that died leaves its sockets here until then."""
_NO_CONVERSATION = ConversationId(bytes(16))


def entered(connection: Connection) -> None:
    """Count a new socket; whichever is one too many is closed with 4409."""
    if configured():
        spawn(_enter(connection), name="counting a visitor's sockets")


def left(connection: Connection) -> None:
    """Count a socket no more."""
    if configured():
        spawn(_leave(connection), name="counting a visitor's sockets")


async def _enter(connection: Connection) -> None:
    key, own = _key(connection.claims.visitor_id), _member(connection)
    try:
        together: Any = async_redis().pipeline(transaction=True)
        together.zadd(key, {own: clock.unix()}).expire(key, LIFE_SECONDS)
        *_, known = await together.zrange(key, 0, -1).execute()
        here = await _still_here(key, [bytes(each).decode() for each in known])
    except (RedisError, OSError):
        return  # Redis is away: this process's own bound holds
    for extra in [each for each in here if each != own][: len(here) - SOCKET.sockets]:
        _close(extra)


async def _leave(connection: Connection) -> None:
    try:
        await async_redis().zrem(
            _key(connection.claims.visitor_id), _member(connection)
        )
    except (RedisError, OSError):
        return  # it is forgotten with its process, or after a day


async def _still_here(key: str, members: list[str]) -> list[str]:
    """Drop sockets of processes that died."""
    named = {WorkerId(each.partition(":")[0]) for each in members}
    alive = set(await workers().seconds_left(named)) | {worker_id()}
    gone = [each for each in members if each.partition(":")[0] not in alive]
    if gone:
        await async_redis().zrem(key, *_as_bytes(gone))
    return [each for each in members if each not in gone]


def _close(member: str) -> None:
    worker, _, number = member.partition(":")
    if worker == worker_id():
        connection = registry().numbered(int(number))
        if connection is not None:
            connection.close(CloseCode.TAKEN_OVER)
        return
    code = passage.write_number(CloseCode.TAKEN_OVER)
    closing = passage.write(Kind.CLOSE, int(number), _NO_CONVERSATION, code)
    relay().send(WorkerId(worker), closing)


def _key(visitor: VisitorId) -> str:
    return f"{KEY_PREFIX}sockets:{visitor.hex}"


def _member(connection: Connection) -> str:
    return f"{worker_id()}:{connection.number}"


def _as_bytes(members: Iterable[str]) -> list[bytes]:
    return [each.encode() for each in members]
