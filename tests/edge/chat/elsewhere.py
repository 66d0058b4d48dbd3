"""Another process of the site, played by a test: what it was sent, what it says."""

from chat import relay as relay_module
from chat.domain import passage
from chat.domain.passage import Kind
from chat.switchboard import heed
from common.ids import WorkerId, new_conversation_id

ELSEWHERE = WorkerId("e15e" * 4)


class Elsewhere:
    """Stands in for the relay; nothing leaves this process."""

    def __init__(self):
        self.sent = []
        self.forgotten = []

    # --- as the relay ---------------------------------------------------------

    async def start(self, *, heed, restarted):
        self.heed, self.restarted = heed, restarted

    async def stop(self):
        self.heed = None

    def send(self, to, frame):
        assert to == ELSEWHERE
        self.sent.append(passage.read(frame))

    def forget(self, worker):
        self.forgotten.append(worker)

    # --- as the other process -------------------------------------------------

    def of(self, kind):
        return [each for each in self.sent if each.kind is kind]

    def last(self, kind):
        return self.of(kind)[-1]

    def say(self, kind, *, socket=0, conversation=None, payload=b""):
        about = conversation or new_conversation_id()
        heed(ELSEWHERE, passage.write(kind, socket, about, payload))
        return about

    def texts(self):
        return [each.payload.decode() for each in self.of(Kind.GIVE_TEXT)]


def stand_in(monkeypatch):
    """Let everything of this process talk to one other process."""
    elsewhere = Elsewhere()
    monkeypatch.setattr(relay_module, "configured", lambda: True)
    monkeypatch.setattr(relay_module, "RedisBus", lambda *_, **__: None)
    monkeypatch.setattr(relay_module, "Relay", lambda *_, **__: elsewhere)
    relay_module.relay.cache_clear()
    return elsewhere
