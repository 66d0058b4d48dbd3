"""Whoever says nothing is found again too, when the process they sit on was away."""

import asyncio

from tests.support.strangers import Person, introduce
from tests.support.topology import Topology
from tests.support.wire_loop import on_wire

PAUSE_SECONDS = 8
"""Longer than a lease: others take the process for dead, and it comes back."""
HEARD_SECONDS = 20
SETTLED_SECONDS = 1
"""A handshake that was just done may not have reached the record yet."""
COUPLES = 6
"""Chance decides which process is the home of a conversation: of some, each one."""


async def hears(person: Person) -> str:
    """Wait for the partner's first words, over whatever sockets."""
    await person.keeper.happened("heard", within=HEARD_SECONDS)
    return person.stranger.heard[0].text


@on_wire
async def test_words_reach_someone_silent_on_a_worker_that_was_paused(
    many: Topology,
) -> None:
    couples = await asyncio.gather(
        *(introduce(many, ("web1", "web2")) for _ in range(COUPLES))
    )
    people = [person for couple in couples for person in couple.people]
    silent, speakers = people[::2], people[1::2]
    for person in people:
        person.keeper = person.stranger.keep(jitter=0.5)
    await asyncio.sleep(SETTLED_SECONDS)
    many.programs["web1"].pause()
    await asyncio.sleep(PAUSE_SECONDS)
    many.programs["web1"].resume()
    await asyncio.to_thread(many.settled)
    for person in speakers:
        person.stranger.talk("are you there?")
    heard = await asyncio.gather(*(hears(person) for person in silent))
    endings = [ending for person in people for ending in person.stranger.endings]
    for person in people:
        await person.stranger.go()

    assert heard == ["are you there?"] * COUPLES
    assert endings == []
