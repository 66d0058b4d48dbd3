"""Batches over a real Redis, also while it comes and goes."""

import asyncio
import logging
import ssl
from contextlib import asynccontextmanager
from itertools import count

import pytest
from redis import Redis

from chat import bus_line
from chat.bus_line import Address, Line, command
from chat.bus_redis import RedisBus
from common.ids import new_worker_id
from strangerspace import lan
from tests.support.server import free_port

SECONDS = 10.0


async def until(true, seconds=SECONDS):
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  a condition of any kind
            await asyncio.sleep(0.01)


class Station:
    """A bus and what it delivered."""

    def __init__(self, url):
        self.name = new_worker_id()
        self.bus = RedisBus(url, own=self.name)
        self.came = []

    def send(self, other, *batches):
        self.bus.publish([(other.name, batch) for batch in batches])


@asynccontextmanager
async def stations(*urls):
    """Stations that are connected, if Redis is there."""
    made = [Station(url) for url in urls]
    for each in made:
        await each.bus.start(each.came.append)
    try:
        yield made
    finally:
        for each in made:
            await each.bus.stop()


@asynccontextmanager
async def server(answer, **options):
    """Serve whoever dials with a function of the bytes that came."""
    dialled = []

    async def talk(reader, writer):
        dialled.append(writer)
        while data := await reader.read(1 << 16):
            writer.write(answer(data))
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0, **options) as listening:
        yield listening.sockets[0].getsockname()[1], dialled
        for writer in dialled:
            writer.close()


@asynccontextmanager
async def line(address, **options):
    replies = []
    made = Line(
        address,
        greeting=command("PING"),
        beat=command("PING"),
        heed=replies.append,
        **options,
    )
    made.start()
    try:
        yield made, replies
    finally:
        await made.stop()


# --- carrying -------------------------------------------------------------------


async def test_a_batch_comes_to_the_process_that_is_named(redis_url):
    async with stations(*[redis_url] * 3) as (ana, bo, cy):
        ana.send(bo, b"for bo")
        ana.send(cy, b"for cy")
        await until(lambda: bo.came and cy.came)

        assert (ana.came, bo.came, cy.came) == ([], [b"for bo"], [b"for cy"])


async def test_batches_come_whole_and_in_order(redis_url):
    batches = [b"", b"\0\r\n$1\r\n", b"x" * 3_000_000, *(b"%d" % n for n in range(500))]
    async with stations(redis_url, redis_url) as (ana, bo):
        ana.send(bo, *batches[:3])
        for batch in batches[3:]:
            ana.send(bo, batch)
        await until(lambda: len(bo.came) == len(batches))

        assert bo.came == batches


async def test_redis_is_told_not_to_answer_who_publishes(redis_url):
    async with stations(redis_url, redis_url) as (ana, bo):
        replies = []
        ana.bus._publisher._heed = replies.append
        ana.send(bo, *[b"x"] * 100)
        await until(lambda: len(bo.came) == 100)

        assert len(replies) <= 1  # of a beat


async def test_nothing_is_delivered_after_the_end(redis_url):
    async with stations(redis_url, redis_url) as (ana, bo):
        await bo.bus.stop()
        ana.send(bo, b"late")
        ana.send(ana, b"on time")
        await until(lambda: ana.came)

        assert bo.came == []
        with Redis.from_url(redis_url) as client:
            assert client.pubsub_channels() == [f"ss:relay:{ana.name}".encode()]


# --- coming and going --------------------------------------------------------------


async def test_after_a_restart_of_redis_batches_come_again(redis_server, redis_url):
    async with stations(redis_url, redis_url) as (ana, bo):
        for times in range(3):
            await asyncio.to_thread(redis_server.restart)
            for number in count():
                ana.send(bo, b"%d/%d" % (times, number))
                await asyncio.sleep(0.02)
                if bo.came and bo.came[-1].startswith(b"%d/" % times):
                    break
                assert number < SECONDS / 0.02


async def test_without_redis_batches_are_dropped_until_it_is_there(
    redis_server, redis_url, caplog
):
    caplog.set_level(logging.INFO)
    redis_server.kill()
    try:
        async with stations(redis_url) as (ana,):
            ana.send(ana, b"dropped")
            await asyncio.to_thread(redis_server.start)
            lines = (ana.bus._listener, ana.bus._publisher)
            await until(lambda: all(each.ready.is_set() for each in lines))
            ana.send(ana, b"carried")
            await until(lambda: ana.came)

            assert ana.came == [b"carried"]
    finally:
        if not redis_server._answers():
            redis_server.start()
    words = [record.getMessage() for record in caplog.records]
    assert words == [
        *["No connection to Redis: ConnectionRefusedError"] * 2,
        *["Redis is back"] * 2,
    ]


async def test_a_password_is_given(redis_url, caplog):
    secret = redis_url.replace("//", "//:open%20sesame@")
    with Redis.from_url(redis_url) as client:
        client.config_set("requirepass", "open sesame")
        try:
            async with stations(secret) as (ana,):
                ana.send(ana, b"x")
                await until(lambda: ana.came)
            async with stations(secret.replace("open", "shut")) as (bo,):
                bo.send(bo, b"x")
                assert not bo.bus._publisher.ready.is_set()
        finally:
            client.config_set("requirepass", "")

    assert "No connection to Redis: WRONGPASS" in caplog.text
    assert "sesame" not in caplog.text


# --- one connection -----------------------------------------------------------------


def address_of(port, scheme="redis", query=""):
    return Address.of(f"{scheme}://127.0.0.1:{port}/0{query}")


async def test_a_silent_connection_is_given_up(monkeypatch, caplog):
    monkeypatch.setattr(bus_line, "BEAT_SECONDS", 0.05)
    async with (
        server(lambda _: b"") as (port, dialled),
        line(address_of(port)) as (_, replies),
    ):
        await until(lambda: len(dialled) >= 3)

    assert replies == []
    assert "No connection to Redis: silent" in caplog.text


async def test_a_connection_that_answers_is_kept(monkeypatch):
    monkeypatch.setattr(bus_line, "BEAT_SECONDS", 0.05)
    async with (
        server(lambda data: b"+PONG\r\n" * data.count(b"PING")) as (port, dialled),
        line(address_of(port)) as (_, replies),
    ):
        await until(lambda: len(replies) >= 5)

    assert len(dialled) == 1
    assert set(replies) == {b"PONG"}


async def test_attempts_that_fail_grow_rare(monkeypatch):
    monkeypatch.setattr(bus_line, "RETRY_SECONDS", 0.01)
    async with (
        server(lambda _: b"-NOAUTH Authentication required.\r\n") as (port, dialled),
        line(address_of(port)) as (_, replies),
    ):
        await asyncio.sleep(0.5)

    assert 3 <= len(dialled) <= 6  # after 0, 20, 60, 140, 300, 620 ms
    assert replies == []


async def test_a_server_that_is_no_redis_is_given_up(caplog):
    async with (
        server(lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n") as (port, dialled),
        line(address_of(port)) as (_, replies),
    ):
        await until(lambda: len(dialled) >= 2)

    assert replies == []
    assert "No connection to Redis: no Redis protocol" in caplog.text


async def test_what_the_server_does_not_take_is_bounded(monkeypatch):
    monkeypatch.setattr(bus_line, "UNSENT_BYTES", 100_000)
    stuck = asyncio.Event()

    async def talk(reader, writer):
        writer.write(b"+PONG\r\n")
        await stuck.wait()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        async with line(address_of(port)) as (made, replies):
            await until(lambda: replies)
            for _ in range(2000):
                made.write(b"x" * 10_000)

            unsent = made._transport.get_write_buffer_size()
            assert 100_000 <= unsent <= 110_000
        stuck.set()


def certified(folder):
    key, certificate = lan.certificate(folder, address="127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def test_an_encrypted_connection_is_made(tmp_path):
    async with (
        server(lambda _: b"+PONG\r\n", ssl=certified(tmp_path)) as (port, _),
        line(address_of(port, "rediss", "?ssl_cert_reqs=none")) as (_, replies),
    ):
        await until(lambda: replies)

    assert replies[0] == b"PONG"


async def test_an_unknown_certificate_is_not_trusted(tmp_path, caplog):
    async with (
        server(lambda _: b"+PONG\r\n", ssl=certified(tmp_path)) as (port, _),
        line(address_of(port, "rediss")) as (_, replies),
    ):
        await until(lambda: "SSLCertVerificationError" in caplog.text)

    assert replies == []


async def test_a_socket_file_is_dialled(tmp_path):
    path = str(tmp_path / "redis.sock")

    async def talk(reader, writer):
        writer.write(b"+PONG\r\n")
        await reader.read()
        writer.close()

    async with (
        await asyncio.start_unix_server(talk, path),
        line(Address.of(f"unix://{path}")) as (_, replies),
    ):
        await until(lambda: replies)

    assert replies == [b"PONG"]


async def test_who_never_connected_can_be_stopped():
    made = Line(address_of(free_port()), greeting=b"", beat=b"", heed=print)
    await made.stop()
    made.write(b"dropped")

    assert not made.ready.is_set()


@pytest.mark.parametrize(
    ("url", "login"),
    [
        ("redis://localhost:6379/0", b""),
        ("redis://:pw@localhost", b"*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n"),
        ("redis://me:p%40@host", b"*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$2\r\np@\r\n"),
    ],
)
def test_an_address_is_read_as_everywhere_else(url, login):
    address = Address.of(url)

    assert address.login == login
    assert (address.port, address.path, address.tls) == (6379, None, None)
