"""The site as many processes: strangers meet across workers, and workers may die."""

import asyncio

from tests.support.meeting import introduce
from tests.support.strangers import Crowd
from tests.support.topology import Topology
from tests.support.wire_loop import on_wire
from tests.wire_client.stranger import Stranger


@on_wire
async def test_strangers_on_two_workers_meet_and_talk(
    many: Topology, topic: str
) -> None:
    ana = await Stranger.arrive(many.line(near="web1").url)
    bo = await Stranger.arrive(many.line(near="web2").url)
    await introduce(ana, bo, topic)
    await ana.say("from one worker")
    answer = await bo.hear()
    await bo.say("from the other")

    assert answer.text == "from one worker"
    assert (await ana.hear()).text == "from the other"
    assert (await ana.leave("next"))["reason"] == "left"
    assert (await bo.ended())["reason"] == "partner_left"
    await asyncio.gather(ana.go(), bo.go())


@on_wire
async def test_couples_on_every_worker_lose_nothing_when_one_is_killed(
    many: Topology,
) -> None:
    crowd = await Crowd.gather(many, couples=4, pace_seconds=0.5, jitter=0.2)
    await asyncio.sleep(1)
    since = crowd.now()
    await asyncio.to_thread(many.programs["web1"].kill)
    await asyncio.sleep(1)
    records = await crowd.settle(since=since, within=30)
    await asyncio.to_thread(many.programs["web1"].start)
    await asyncio.to_thread(many.settled)
    await crowd.leave()

    assert [record.flaws for record in records if not record.whole] == []
    assert all(side.sockets for side in records[0].sides)
    assert all(record.recovery is not None for record in records)


def answers_a_ping(many: Topology) -> bool:
    """Ask all workers once: one that has only just started may not listen yet."""
    ping = ("-m", "celery", "-A", "strangerspace", "inspect", "--timeout=5", "ping")
    try:
        return "pong" in many.run(*ping)
    except AssertionError:
        return False


def test_the_celery_worker_takes_work(many: Topology) -> None:
    assert any(answers_a_ping(many) for _ in range(5)), many.programs[
        "worker"
    ].log_text()


def test_whoever_is_told_to_stop_stops_in_peace(many: Topology) -> None:
    programs = [many.programs[name] for name in ("matcher1", "worker", "beat")]
    statuses = [program.terminate() for program in programs]
    for program in programs:
        program.begin()
    for program in programs:
        program.ready()

    assert statuses == [0, 0, 0], [program.log_text() for program in programs]
