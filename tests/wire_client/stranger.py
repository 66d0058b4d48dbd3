"""A person at a program: meets a stranger over the socket and writes to them.

Typical use::

    ana = await Stranger.arrive("http://127.0.0.1:8000")
    await ana.meet(mode="text")
    await ana.say("hello")
    print((await ana.hear()).text)
    await ana.leave("stop")

For a long time, over sockets that come and go::

    keeper = ana.keep()
    ana.talk("hello again")
    await ana.cut(20)
    print(await keeper.done(within=600), keeper.events)
"""

from dataclasses import dataclass
from typing import Any

from tests.wire_client.conversation import Conversation
from tests.wire_client.franking import TEXT, Payload, Sealed
from tests.wire_client.handshake import IntegrityError
from tests.wire_client.keeper import Keeper, Manners
from tests.wire_client.listener import Listener
from tests.wire_client.outbox import Outbox
from tests.wire_client.rest import Visitor
from tests.wire_client.socket import Frame


@dataclass(slots=True)
class Stranger(Listener):
    """One visitor on one socket, in at most one conversation at a time."""

    @classmethod
    async def arrive(cls, server: str, **options: Any) -> "Stranger":
        """Become a new adult visitor and connect."""
        visitor = await Visitor.begin(server)
        await visitor.state_age()
        stranger = cls(visitor, **options)
        await stranger.connect()
        return stranger

    # --- the queue ------------------------------------------------------------

    async def join(self, mode: str = "text", **ticket: object) -> None:
        """Ask for a partner."""
        frame = {"type": "queue.join", "mode": mode, "interests": [], "languages": []}
        await self.socket.send(frame | {"suites": list(self.suites)} | ticket)

    async def leave_queue(self) -> None:
        """Stop asking."""
        await self.socket.send({"type": "queue.leave"})
        await self.socket.expect("queue.left")

    async def matched(self, *, within: float = 5.0) -> Conversation:
        """Wait for a partner."""
        frame = await self.socket.expect("conversation.matched", within=within)
        assert self.conversation is not None
        assert self.conversation.matched == frame
        return self.conversation

    async def secure(self) -> Conversation:
        """Do the handshake; a failed check leaves with `integrity` and raises."""
        talk = self._talk()
        try:
            await self.send("e2e.commit", **talk.commit_fields())
            commit = await self._about("e2e.commit")
            await self.send("e2e.reveal", **talk.reveal_fields())
            talk.take_reveal(commit["commitment"], await self._about("e2e.reveal"))
            await self.send("e2e.confirm", **talk.confirm_fields())
            talk.take_confirm(await self._about("e2e.confirm"))
        except IntegrityError:
            await self.leave("integrity")
            raise
        return talk

    async def meet(
        self, mode: str = "text", *, within: float = 5.0, **ticket: object
    ) -> Conversation:
        """Join, be matched, do the handshake."""
        await self.join(mode, **ticket)
        await self.matched(within=within)
        return await self.secure()

    # --- talking --------------------------------------------------------------

    async def say(self, text: str, *, kind: int = TEXT) -> Sealed:
        """Send a message as soon as window and rate allow."""
        talk = self._talk()
        await self.socket.until(
            lambda: len(talk.sealed) - talk.acked < self.pace.window
        )
        await self.pace.turn()
        sealed = talk.seal(text.encode(), kind=kind)
        await self.transmit(sealed)
        return sealed

    async def hear(self, *, within: float = 5.0) -> Payload:
        """Take the next verified message of the partner."""
        await self.socket.until(lambda: bool(self._unheard), within=within)
        return self._unheard.pop(0)

    async def acknowledged(self, sealed: Sealed, *, within: float = 5.0) -> None:
        """Wait until the partner has verified this message."""
        talk = self._talk()
        await self.socket.until(lambda: talk.acked > sealed.seq, within=within)

    async def typing(self, *, active: bool) -> None:
        """Say that one is writing, or no more."""
        await self.send("typing", active=active)

    async def climb(self, verb: str, step: str) -> None:
        """Send `ladder.propose`, `.accept`, `.decline` or `.down`."""
        await self.send(f"ladder.{verb}", step=step)

    async def reach(self, step: str, *, within: float = 5.0) -> Frame:
        """Wait until the ladder stands at a step without an open proposal."""
        await self.socket.until(
            lambda: self.ladder["step"] == step and not self.ladder.get("proposal"),
            within=within,
        )
        return self.ladder

    async def leave(self, reason: str = "next", **fields: str) -> Frame:
        """Leave the conversation; returns `conversation.ended`."""
        await self.send("conversation.leave", reason=reason, **fields)
        return await self.ended()

    async def ended(self, *, within: float = 5.0) -> Frame:
        """Wait for the end of the conversation."""
        return await self._about("conversation.ended", within=within)

    async def settled(self) -> None:
        """Wait until the server has dealt with everything sent before."""
        mark = len(self.socket.frames)
        await self.socket.send({"type": "ping", "t": mark})
        await self.socket.expect("pong", t=mark)

    async def go(self) -> None:
        """Close the socket properly."""
        if self.keeper is not None:
            await self.keeper.rest()
        await self.socket.close()

    # --- for as long as it lasts ----------------------------------------------

    def keep(self, **manners: float) -> Keeper:
        """Keep the conversation going in the background, whatever the line does.

        Args:
            manners: seconds, by the names of `keeper.Manners`.

        """
        outbox = Outbox(self._talk(), self.pace, here=self.partner_here)
        self.keeper = Keeper(self, outbox, Manners(**manners))
        self.keeper.start()
        return self.keeper

    def talk(self, text: str) -> None:
        """Say something as soon as it can be said; only while kept."""
        if self.keeper is None:
            raise LookupError("nobody keeps this conversation: call keep() first")
        self.keeper.write(text)

    async def cut(self, seconds: float) -> None:
        """Lose the socket, and find no way back for so long."""
        if self.keeper is not None:
            self.keeper.away_until = self.keeper.now() + seconds
        await self.drop()
