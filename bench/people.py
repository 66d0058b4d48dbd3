"""Ten thousand people through queue, match, talk and "next", and what went wrong."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import report, services
from bench.generator import Event, Generator
from bench.services import Place

TALK_SECONDS = 30.0
"""A conversation lasts so long on average."""
PAUSE_SECONDS = 3.0
"""Each side writes every so many seconds on average."""
FAULTS = ("doubled", "gaps", "misdirected", "corrupt", "refused", "closes")
EXPECTED_ENDS = {"left", "partner_left"}


def people(*, count: int, seconds: float, processes: int, into: Path) -> int:
    """Let them live for so long, and print a table.

    Returns:
        0 when everything held, else 1.

    """
    with tempfile.TemporaryDirectory(prefix="people-") as folder:
        # Nothing is pinned: server and people share the two cores as they like.
        place = Place(
            folder=Path(folder), sockets=count, server_core=None, load_core=None
        )
        start = services.site_alone if processes == 1 else services.site_in_two
        with start("uvicorn")(place) as running:
            target = services.any_partners(running.target)
            with Generator(target, core=None, log=place.log("load")) as load:
                load.connect(count)
                events = _live(load, seconds)
    lines = _lines(events, count=count, seconds=seconds, processes=processes)
    page = report.table(["what", "measured", "must be"], lines)
    print("\n" + page)
    _keep(into, page, events, processes)
    return 0 if all(_held(line) for line in lines) else 1


def _live(load: Generator, seconds: float) -> dict[str, Event]:
    load.program.say(f"people {seconds} {TALK_SECONDS} {PAUSE_SECONDS}")
    looks: list[Event] = []
    events: dict[str, Any] = {}
    while "result" not in events:
        event = load.next_event()
        if event["event"] == "look":
            looks.append(event)
            print(
                f"  talking {event['talking']:6,} waiting {event['waiting']:6,}"
                f" conversations {event['conversations']:8,}"
                f" messages {event['delivered']:9,}"
                f" longest wait {event['longest_wait']:.2f} s",
                flush=True,
            )
        else:
            events[event["event"]] = event
    return events | {"looks": looks}


def _lines(
    events: dict[str, Any], *, count: int, seconds: float, processes: int
) -> list[list[str]]:
    told, result = events["people"], events["result"]
    waits, latency = events["waits"], events["latency"]
    ends = events["endings"]["reasons"]
    odd_ends = sum(ends[name] for name in ends.keys() - EXPECTED_ENDS)
    faults = sum(result[name] for name in FAULTS)
    return [
        [
            "people, seconds, server processes",
            f"{count:,}, {seconds:.0f}, {processes}",
            "",
        ],
        ["conversations", f"{told['conversations']:,}", ""],
        ["messages delivered", f"{result['delivered']:,}", ""],
        [
            "wait for a partner: median, p99, longest (ms)",
            f"{waits['p50']:.0f}, {waits['p99']:.0f}, {waits['max']:.0f}",
            "",
        ],
        [
            "delay of a message: p50, p99, p99.9 (ms)",
            f"{latency['p50']:.2f}, {latency['p99']:.2f}, {latency['p999']:.2f}",
            "",
        ],
        ["joins put off by the pace of joins", f"{told['put_off']:,}", ""],
        [
            "written, and cut off by an end before the server took it",
            f"{told['cut_off']:,}",
            "",
        ],
        ["people left waiting while a partner waited", str(told["stranded"]), "0"],
        ["people in two conversations", str(told["twice"]), "0"],
        ["messages taken by the server and lost", str(told["lost"]), "0"],
        ["delivered and without a receipt", str(told["unreceipted"]), "0"],
        [
            "doubled, out of order, elsewhere, changed, refused, closed",
            str(faults),
            "0",
        ],
        ["conversations that ended otherwise than by “next”", str(odd_ends), "0"],
    ]


def _held(line: list[str]) -> bool:
    return line[2] in {"", line[1]}


def _keep(into: Path, page: str, events: dict[str, Any], processes: int) -> None:
    into.mkdir(parents=True, exist_ok=True)
    name = f"people-{processes}-{datetime.now(UTC):%Y-%m-%d}"
    facts = report.machine()
    about = ", ".join(f"{key} {value}" for key, value in facts.items())
    title = "# People through queue, match, talk and next\n"
    (into / f"{name}.md").write_text(f"{title}\n{page}\n{about}.\n")
    report.dump(into / f"{name}.json", machine=facts, events=events)
    print(f"written: {into / name}.md, .json")
