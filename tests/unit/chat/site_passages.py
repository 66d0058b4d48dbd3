"""What a process of the site in `site.py` does about each kind of passage."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from chat.domain import inputs as on
from chat.domain import passage, records, snapshot
from chat.domain.conversation import Conversation
from chat.domain.passage import Kind, Passage
from common.ids import WorkerId
from tests.unit.chat.site_parts import Endpoint
from trust.domain.franking import Role

if TYPE_CHECKING:
    from tests.unit.chat.site_worker import Worker


def _hear_record(worker: "Worker", sender: WorkerId, said: Passage) -> None:
    role = worker.role_at(Endpoint(sender, said.socket))
    if role is not None:
        for kind, body in records.split(said.payload):
            worker.receive(records.read(kind, body), by=role)


def _lost(worker: "Worker", sender: WorkerId, said: Passage) -> None:
    worker.lose_endpoint(Endpoint(sender, said.socket))


def _resume(worker: "Worker", sender: WorkerId, said: Passage) -> None:
    place = passage.read_place(said.payload)
    if worker.live is None:
        worker.send(sender, Kind.UNKNOWN, said.socket)
    elif worker.draining:
        raw = snapshot.write(worker.live.core.state, worker.moment)
        worker.drop()
        worker.send(sender, Kind.HAND_OVER, said.socket, raw)
    else:
        resumed = on.Resumed(slot=place.slot, received=place.received)
        worker.resume(resumed, Role(place.role), Endpoint(sender, said.socket))


def _give_text(worker: "Worker", sender: WorkerId, said: Passage) -> None:
    if line := worker.seated(sender, said):
        line.down.append(json.loads(said.payload))


def _give_record(worker: "Worker", sender: WorkerId, said: Passage) -> None:
    if line := worker.seated(sender, said):
        line.down.append(said.payload)


def _let_go(worker: "Worker", sender: WorkerId, said: Passage) -> None:
    if worker.seated(sender, said):
        worker.seats.pop(said.socket, None)


def _close(worker: "Worker", sender: WorkerId, said: Passage) -> None:
    worker.close(said.socket)


def _hand_over(worker: "Worker", sender: WorkerId, said: Passage) -> None:
    coming, standing = worker.asked.pop(said.socket)
    state = snapshot.read(
        said.payload,
        stamp_key=worker.site.key,
        now=worker.moment,
        policy=worker.site.policy,
    )
    for role in Role:
        until = worker.site.now + worker.site.policy.resume_window_seconds
        state.away.setdefault(role, until)
    worker.become_home(standing, Conversation(state), coming, given=True)


def _unknown(worker: "Worker", sender: WorkerId, said: Passage) -> None:
    if said.socket in worker.coming:
        worker.seats.pop(said.socket, None)


HEED: dict[Kind, Callable[["Worker", WorkerId, Passage], None]] = {
    Kind.HEAR_RECORD: _hear_record,
    Kind.LOST: _lost,
    Kind.RESUME: _resume,
    Kind.GIVE_TEXT: _give_text,
    Kind.GIVE_RECORD: _give_record,
    Kind.LET_GO: _let_go,
    Kind.CLOSE: _close,
    Kind.HAND_OVER: _hand_over,
    Kind.UNKNOWN: _unknown,
}
