"""Whatever dies while people talk, nothing of what they say is lost.

The long set breaks each part in turn under a crowd and writes a table of how long
people waited; the default set breaks three of them under a few couples.
"""

import asyncio
import os
import statistics
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.server import ROOT
from tests.support.strangers import Crowd, Record, introduce
from tests.support.topology import MATCHERS, WEB, Topology
from tests.support.wire_loop import wire_loop
from tests.wire_client.rest import ProblemError

Fault = Callable[[Topology, Crowd], Awaitable[None]]

SETTLE_SECONDS = 90.0
PAUSE_SECONDS = 10
CUT_SECONDS = 20
BACK_AFTER_SECONDS = 8
FEW, MANY = 4, 16
NEWCOMERS_SECONDS = 30
SERVICE_UNAVAILABLE = 503
TABLE = ROOT / "docs" / "measurements"


async def kill_a_worker(site: Topology, _crowd: Crowd) -> None:
    await asyncio.to_thread(site.programs["web1"].kill)
    await asyncio.sleep(BACK_AFTER_SECONDS)
    await restart(site, "web1")


async def kill_both_workers(site: Topology, _crowd: Crowd) -> None:
    for name in WEB:
        await asyncio.to_thread(site.programs[name].kill)
    for name in WEB:
        await asyncio.to_thread(site.programs[name].start)
    await asyncio.to_thread(site.settled)


async def kill_the_matcher(site: Topology, _crowd: Crowd) -> None:
    for name in MATCHERS:
        await asyncio.to_thread(site.programs[name].kill)
        await asyncio.to_thread(site.programs[name].start)


async def empty_redis(site: Topology, _crowd: Crowd) -> None:
    await asyncio.to_thread(site.redis.restart)


async def lose_redis_for_a_while(site: Topology, _crowd: Crowd) -> None:
    await asyncio.to_thread(site.redis.kill)
    await asyncio.sleep(PAUSE_SECONDS)
    await asyncio.to_thread(site.redis.start)


async def restart_postgres(site: Topology, _crowd: Crowd) -> None:
    await asyncio.to_thread(site.postgres.restart)


async def pause_a_worker(site: Topology, _crowd: Crowd) -> None:
    site.programs["web2"].pause()
    await asyncio.sleep(PAUSE_SECONDS)
    site.programs["web2"].resume()


async def cut_one_of_each_couple(_site: Topology, crowd: Crowd) -> None:
    first = [couple.people[0] for couple in crowd.couples]
    await asyncio.gather(*(person.cut(CUT_SECONDS) for person in first))


async def deploy(site: Topology, _crowd: Crowd) -> None:
    for name in WEB:
        status = await asyncio.to_thread(site.programs[name].terminate)
        assert status == 0, site.programs[name].log_text()[-2000:]
        await restart(site, name)


async def restart(site: Topology, name: str) -> None:
    await asyncio.to_thread(site.programs[name].start)
    await asyncio.to_thread(site.settled)


ALL: dict[str, Fault] = {
    "kill -9 of a web worker": kill_a_worker,
    "kill -9 of both web workers": kill_both_workers,
    "kill -9 of the matcher, then of its standby": kill_the_matcher,
    "Redis restarts empty": empty_redis,
    f"Redis is away for {PAUSE_SECONDS} s and comes back empty": lose_redis_for_a_while,
    "PostgreSQL restarts": restart_postgres,
    f"a web worker is paused for {PAUSE_SECONDS} s": pause_a_worker,
    f"one of each couple is offline for {CUT_SECONDS} s": cut_one_of_each_couple,
    "a rolling restart with drain": deploy,
}
SHORT = ("Redis restarts empty", "PostgreSQL restarts", "a rolling restart with drain")


async def suffer(site: Topology, fault: Fault, *, couples: int) -> list[Record]:
    """Break something under couples that talk; newcomers must be able to meet after."""
    crowd = await Crowd.gather(site, couples=couples)
    await asyncio.sleep(2)
    since = crowd.now()
    await fault(site, crowd)
    await asyncio.sleep(2)
    records = await crowd.settle(since=since, within=SETTLE_SECONDS)
    await crowd.leave()
    await newcomers_meet(site)
    return list(records)


async def newcomers_meet(site: Topology) -> None:
    """See that the site takes people; what says 503 says to try again."""
    near, far = WEB
    async with asyncio.timeout(NEWCOMERS_SECONDS):
        while True:
            try:
                newcomers = await introduce(site, (near, far))
            except ProblemError as problem:
                if problem.status != SERVICE_UNAVAILABLE:
                    raise
                await asyncio.sleep(1)
            else:
                break
    for person in newcomers.people:
        await person.stranger.go()


def row(fault: str, records: list[Record]) -> str:
    def total(flaw: str) -> int:
        return sum(record.flaws.get(flaw, 0) for record in records)

    waits = [record.recovery for record in records if record.recovery is not None]
    ended = sum(any(side.endings for side in record.sides) for record in records)
    flaws = " | ".join(
        str(total(flaw)) for flaw in ("lost", "doubled", "reordered", "misdirected")
    )
    median = f"{statistics.median(waits):.1f}" if waits else "–"
    longest = f"{max(waits):.1f}" if waits else "–"
    said = sum(side.owed for record in records for side in record.sides)
    return (
        f"| {fault} | {len(records)} | {said} | {flaws} | {ended} "
        f"| {median} | {longest} |"
    )


HEAD = """# What people notice when something dies

Couples of independent clients talk through two web workers (one on daphne, one on
uvicorn), a matcher and its standby, Redis and PostgreSQL, each person a message a second.
Then something breaks. `waited` is the longest pause between two arrivals of a
conversation, from the last one before the fault; it holds the clients' own jitter of up to
3 s and, without any fault, about 1 s.

Made by `./test.sh long` (`tests/e2e/test_chaos.py`), on 2 cores.

| what broke | conversations | messages | lost | doubled | reordered | misdirected | ended | waited, median s | longest s |
|---|---|---|---|---|---|---|---|---|---|
"""  # noqa: E501  a table has long rows


@pytest.mark.timeout(240)
@pytest.mark.parametrize("fault", SHORT)
def test_nothing_is_lost(many: Topology, fault: str) -> None:
    suffering = suffer(many, ALL[fault], couples=FEW)
    records = wire_loop().run(suffering, within=200)

    assert [record for record in records if not record.whole] == []


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_nothing_is_lost_whatever_dies(many: Topology) -> None:
    rows: list[str] = []
    broken: list[tuple[str, Record]] = []

    try:
        for name, fault in ALL.items():
            suffering = suffer(many, fault, couples=MANY)
            records = wire_loop().run(suffering, within=300)
            rows.append(row(name, records))
            broken.extend((name, each) for each in records if not each.whole)
    finally:
        write(rows)

    assert broken == []


def write(rows: list[str]) -> None:
    """Keep what was seen; a place of one's own may be named."""
    folder = Path(os.environ.get("MEASUREMENTS", TABLE))
    folder.mkdir(parents=True, exist_ok=True)
    day = datetime.now(UTC).date().isoformat()
    text = HEAD + "\n".join(rows) + "\n"
    (folder / f"chaos-{day}.md").write_text(text)
