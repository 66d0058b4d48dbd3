"""A handshake that is not done as agreed ends, for both."""

from tests.support.meeting import wish
from tests.support.wire_loop import on_wire
from tests.wire_client.stranger import Stranger


@on_wire
async def test_a_second_commitment_never_reaches_the_partner(
    ana: Stranger, bo: Stranger, topic: str
) -> None:
    await ana.join(**wish(topic))
    await bo.join(**wish(topic))
    talk = await ana.matched()
    for _ in range(2):
        await ana.send("e2e.commit", **talk.commit_fields())
    error = await ana.socket.expect("error")
    await bo.settled()
    commits = [f for f in bo.socket.frames if f["type"] == "e2e.commit"]

    assert error["code"] in {"not_allowed", "bad_frame"}
    assert len(commits) == 1


@on_wire
async def test_a_silent_handshake_ends_with_integrity_for_both(
    ana: Stranger, bo: Stranger, topic: str
) -> None:
    await ana.join(**wish(topic))
    await bo.join(**wish(topic))
    await ana.matched()
    await bo.matched()
    await ana.send("e2e.commit", **ana.conversation.commit_fields())  # type: ignore[union-attr]  # matched

    for one in (ana, bo):
        assert (await one.ended(within=8))["reason"] == "integrity"
