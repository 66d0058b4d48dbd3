"""A site of several processes without processes: the pure parts, wired together.

Real are the conversation, its snapshot, record and recovery, the passages and
the links. What stands in for the edges here does what `chat.live`,
`chat.switchboard`, `chat.resuming` and `chat.membership` do, and nothing more.
"""

from dataclasses import replace

from chat.domain.conversation import Conversation
from chat.domain.policy import ConversationPolicy
from chat.domain.record import ConversationRecord
from common.ids import WorkerId
from tests.unit.chat.site_parts import Live, Store
from tests.unit.chat.site_worker import Worker
from tests.unit.chat.wanderers import Line
from trust.domain.franking import Role

START_SECONDS = 1000.0


class Site:
    """Two processes, and whoever took the place of those that died."""

    def __init__(
        self,
        core: Conversation,
        first: ConversationRecord,
        *,
        key: bytes,
        policy: ConversationPolicy,
        skews: tuple[float, float],
    ) -> None:
        """Start two processes; the first one is the home."""
        self.skews, self.recoveries = skews, 0
        self.now = START_SECONDS
        self.id, self.key, self.policy = first.id, key, policy
        self.store = Store()
        self.bus: list[tuple[WorkerId, bytes]] = []
        self.workers: dict[WorkerId, Worker] = {}
        self.roles: dict[int, Role] = {}
        self._newest: dict[Role, int] = {}
        self._named = self._sockets = self._slots = 0
        for _ in range(2):
            self.start()
        self.home.live = Live(core, replace(first, home=self.home.name))
        self.home.save(self.home.live.record)

    @property
    def home(self) -> Worker:
        """The first process."""
        return next(iter(self.workers.values()))

    @property
    def slot(self) -> int:
        """A number that no socket has had for this conversation."""
        self._slots += 1
        return self._slots

    def newest(self, role: Role, number: int) -> bool:
        """Say whether no newer socket of this side has asked to go on.

        A resume may be on its way for long, in a process that is paused or on
        a link that waits for its bus; by then its client has given it up.
        """
        self._newest[role] = max(number, self._newest.get(role, 0))
        return number == self._newest[role]

    def role_of(self, line: Line) -> Role:
        """Say whose socket this is: the ticket said so."""
        return self.roles[line.number]

    def alive(self, name: WorkerId) -> bool:
        """Say whether a lease is there."""
        return self.store.leases.get(name, 0.0) > self.now

    def start(self) -> Worker:
        """Start a process."""
        self._named += 1
        name = WorkerId(f"{self._named:016x}")
        skew = self.skews[self._named % len(self.skews)]
        self.workers[name] = Worker(name, self, skew=skew)
        self.workers[name].renew()
        return self.workers[name]

    def crash(self, worker: Worker) -> None:
        """Kill a process, and start another."""
        del self.workers[worker.name]
        for line in worker.lines.values():
            line.closed = True
        self.start()

    def stop_drained(self) -> None:
        """Let processes that have given everything away end."""
        for worker in tuple(self.workers.values()):
            if worker.draining and worker.live is None:
                self.store.leases.pop(worker.name, None)
                self.crash(worker)

    def connect(self, role: Role, at: int) -> Line:
        """Open a socket; a paused process takes connections, and no more."""
        self._sockets += 1
        worker = list(self.workers.values())[at % len(self.workers)]
        line = Line(self._sockets)
        worker.lines[line.number] = line
        self.roles[line.number] = role
        return line

    def pass_time(self, seconds: float) -> None:
        """Let time pass: leases are renewed or run out, deadlines come."""
        self.now += seconds
        self.stop_drained()
        for worker in [one for one in self.workers.values() if not one.paused]:
            worker.renew()
        for worker in [one for one in self.workers.values() if not one.paused]:
            worker.look_around()
            if not worker.sure:
                worker.settle()
            worker.due()
            for number in tuple(worker.coming):
                worker.look(number)
            worker.flush()

    def lose_store(self) -> None:
        """Let the store come back empty."""
        self.store.record = None
        self.store.leases.clear()
        self.store.born = self.now
        for worker in self.workers.values():
            if not worker.paused:
                worker.renew()

    def carry(self, at: int) -> None:
        """Bring one batch of the bus to its process, if that still lives."""
        to, batch = self.bus.pop(at)
        worker = self.workers.get(to)
        if worker is None:
            return
        if worker.paused:
            return  # its connection to the bus was closed meanwhile
        worker.take(batch)
        worker.flush()
