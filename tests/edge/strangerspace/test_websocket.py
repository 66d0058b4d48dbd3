"""Close codes and bounds of a socket, on both server programs around an echo."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from strangerspace.server import Program
from tests.edge.strangerspace import echo_server
from tests.support.server import ROOT, free_port

UPGRADE = (
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@contextlib.contextmanager
def echoing(program, **environment):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, echo_server.__file__, program, str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module", params=list(Program))
def program(request):
    return request.param


@pytest.fixture(scope="module")
def port(program):
    with echoing(program) as (_process, port):
        yield port


def opened(port):
    return connect(f"ws://127.0.0.1:{port}/", compression=None, proxy=None)


def close_code(ws):
    try:
        while True:
            ws.recv(timeout=5)
    except ConnectionClosed as closed:
        return closed.rcvd and closed.rcvd.code


def raw(port, *, receive_buffer=0):
    """Open a socket below any client library, which would read by itself."""
    peer = socket.create_connection(("127.0.0.1", port), timeout=20)
    if receive_buffer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    peer.sendall(UPGRADE.encode())
    assert b" 101 " in peer.recv(4096)
    return peer


def text(content):
    return Frame(Opcode.TEXT, content).serialize(mask=True)


def closed_with(peer, code):
    """Read until the close frame; some programs add words to the code."""
    answers = b""
    while code.to_bytes(2, "big") not in answers:
        chunk = peer.recv(65_536)
        assert chunk, "hung up without a close frame"
        answers += chunk
    return True


def keep_asking(peer, *, times):
    for _ in range(times):
        peer.sendall(text(b"big"))
        time.sleep(0.002)


def resident_kilobytes(pid):
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if "VmRSS" in line).split()[1])


def test_the_largest_message_of_the_protocol_passes(port):
    with opened(port) as ws:
        ws.send("x" * 65_536)

        assert ws.recv(timeout=5).endswith(" 65536")


@pytest.mark.parametrize("size", [65_601, 3_000_000])
def test_a_larger_one_closes_with_1009(port, size):
    with opened(port) as ws:
        ws.send("x" * size)

        assert close_code(ws) == 1009


def test_a_peer_that_does_not_read_is_let_go(program):
    with echoing(program) as (process, port), raw(port, receive_buffer=65_536) as peer:
        with pytest.raises(ConnectionError):
            keep_asking(peer, times=4_000)

        # 4,000 answers would be 240 MB.
        assert resident_kilobytes(process.pid) < 150_000


def test_a_flood_is_closed_with_4429_and_its_neighbour_is_served(port):
    with opened(port) as neighbour, raw(port) as peer:
        peer.sendall(text(b"x") * 400)
        assert closed_with(peer, 4429)

        neighbour.send("still here")
        assert neighbour.recv(timeout=5) == "still here 10"


def test_stopping_closes_every_socket_with_1012(program):
    with (
        echoing(program) as (process, port),
        opened(port) as first,
        opened(port) as second,
    ):
        process.send_signal(signal.SIGTERM)

        assert [close_code(first), close_code(second)] == [1012, 1012]
        assert process.wait(timeout=5) == 0


def test_people_are_let_go_before_the_server_stops(program):
    with (
        echoing(program, FAREWELL_SECONDS="0.5") as (process, port),
        opened(port) as ws,
    ):
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "asked to stop\n"
        ws.send("still served")

        assert ws.recv(timeout=5) == "still served 12"
        assert process.stdout.readline() == "all gone\n"
        assert close_code(ws) == 1012


def test_a_second_signal_stops_at_once(program):
    with (
        echoing(program, FAREWELL_SECONDS="60") as (process, port),
        opened(port) as ws,
    ):
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "asked to stop\n"
        process.send_signal(signal.SIGTERM)

        assert close_code(ws) == 1012
        assert process.wait(timeout=5) == 0
        assert process.stdout.read() == ""


def test_a_fragmented_message_has_the_same_limit(port):
    with raw(port) as peer:
        peer.sendall(Frame(Opcode.TEXT, b"x", fin=False).serialize(mask=True))
        for _ in range(3):
            part = Frame(Opcode.CONT, b"x" * 30_000, fin=False)
            peer.sendall(part.serialize(mask=True))

        assert closed_with(peer, 1009)


def test_text_that_is_not_utf_8_closes_with_1007(port):
    with raw(port) as peer:
        peer.sendall(text(b"\xff"))

        assert closed_with(peer, 1007)


def test_a_ping_is_answered(port):
    with opened(port) as ws:
        assert ws.ping().wait(timeout=5)


def test_pings_that_nobody_reads_the_answers_of_fill_no_memory(program):
    with echoing(program) as (process, port), raw(port, receive_buffer=65_536) as peer:
        before = resident_kilobytes(process.pid)
        pings = Frame(Opcode.PING, b"x" * 125).serialize(mask=True) * 1_000
        with contextlib.suppress(ConnectionError, TimeoutError):
            peer.settimeout(5)
            for _ in range(150):  # 20 MB
                peer.sendall(pings)

        assert resident_kilobytes(process.pid) - before < 8_000


def test_a_handshake_that_is_none_is_refused(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        peer.sendall(UPGRADE.replace("Version: 13", "Version: 12").encode())
        answer = peer.recv(4096)

        assert re.match(rb"HTTP/1\.1 4\d\d ", answer)


@pytest.mark.parametrize("head", ["X-Long: " + "x" * 200_000, "X-More: y\r\n" * 9_000])
def test_an_endless_head_is_refused(port, head):
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as peer,
        contextlib.suppress(ConnectionError),
    ):
        peer.sendall(f"GET / HTTP/1.1\r\nHost: localhost\r\n{head}".encode())
        while peer.recv(65_536):
            pass

    with opened(port) as ws:
        assert ws.ping().wait(timeout=5)


def test_localhost_answers_on_both_loopback_addresses(port):
    for host in ("127.0.0.1", "[::1]"):
        with connect(f"ws://{host}:{port}/", proxy=None) as ws:
            ws.send("hello")
            assert ws.recv(timeout=5) == "hello 5"
