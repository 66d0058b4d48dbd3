import asyncio

import pytest

from chat.standing import Standing, standing, sure


class Lease:
    def __init__(self):
        self.held = True
        self.lapses = 0

    def valid(self, now):
        return self.held

    def lapsed(self):
        self.lapses += 1


@pytest.fixture
def lease():
    return Lease()


@pytest.fixture
def among(lease):
    among = Standing()
    among.answer_to(lease.valid, lapsed=lease.lapsed)
    return among


async def test_alone_a_process_is_always_sure():
    alone = Standing()
    await alone.settled()

    assert alone.sure()
    assert sure()


def test_a_lapse_is_noticed_by_whoever_asks_and_told_once(among, lease):
    assert among.sure()
    lease.held = False

    assert [among.sure(), among.sure()] == [False, False]
    assert lease.lapses == 1


def test_a_renewed_lease_is_not_enough(among, lease):
    lease.held = False
    among.sure()
    lease.held = True
    before = among.sure()
    among.settle()

    assert (before, among.sure()) == (False, True)


async def test_whoever_waits_goes_on_once_it_is_settled(among, lease):
    lease.held = False
    waiting = [asyncio.create_task(among.settled()) for _ in range(3)]
    await asyncio.sleep(0.01)
    assert not any(each.done() for each in waiting)
    among.settle()  # but the lease ran out again
    await asyncio.sleep(0.01)
    assert not any(each.done() for each in waiting)
    lease.held = True
    among.settle()
    await asyncio.wait_for(asyncio.gather(*waiting), 1)

    assert lease.lapses == 2


def test_a_process_that_drains_still_does_after_a_lapse(among, lease):
    among.draining = True
    lease.held = False
    among.sure()
    lease.held = True
    among.settle()

    assert among.draining


def test_there_is_one_of_a_process():
    assert standing() is standing()
