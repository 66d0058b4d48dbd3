"""How busy the whole site is, whichever process is asked."""

from chat.selectors import status
from chat.worker_directory import workers
from chat.workers import WorkerFacts
from common.vocabulary import Mode
from common.worker import worker_id
from tests.unit.chat.records_of import ELSEWHERE, THERE


def facts(online, conversations):
    return WorkerFacts(online=online, conversations=conversations, draining=False)


async def test_alone_only_those_who_are_here_count(talking):
    counted = (await status()).as_json()

    assert (counted["online"], counted["conversations"]) == (2, 1)
    assert counted["waiting"] == dict.fromkeys(Mode, 0)
    assert counted["expected_seconds"] == dict.fromkeys(Mode)


async def test_those_of_other_processes_are_added(talking):
    await workers().renew(worker_id(), facts(99, 99))  # older than what is seen here
    await workers().renew(THERE, facts(10, 4))
    await workers().renew(ELSEWHERE, facts(5, 0))
    counted = await status()

    assert (counted.online, counted.conversations) == (17, 5)
