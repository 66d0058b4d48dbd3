"""From rows to figures: medians over rounds, and the ratios that are promised."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.visit import COUNTERS, Row

WRONG = ("doubled", "gaps", "misdirected", "corrupt", "refused", "errors", "closes")
"""Counters that must be zero."""

SAME_JOB, ACROSS, STOCK = 1.25, 0.75, 15.0
"""CPU per message: ours at most so many times Socket.IO's in one process, at most
so many times its Redis adapter's across two, and stock at least so many times ours."""
P99_MS, SOCKET_KB, OPENED = 20.0, 40.0, 1000.0
"""With ten thousand sockets on one core: delay, memory, sockets a second."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians by case, number of sockets, kind and rate."""

    rows: Sequence[Row]

    def rate(self, case: str, sockets: int, rate: float) -> Row | None:
        """Give the medians at a rate; none where it was not tried."""
        return self._one("rate", case, sockets, rate)

    def setup(self, case: str, sockets: int) -> Row | None:
        """Give the medians of opening and holding so many sockets."""
        return self._one("setup", case, sockets, None)

    def ceiling(self, case: str, sockets: int) -> Row | None:
        """Give the highest rate that was carried."""
        return self._one("ceiling", case, sockets, None)

    def best(self, case: str) -> Row | None:
        """Give the highest fixed rate that every round carried."""
        rates = [row for row in self.rows if row["kind"] == "rate"]
        carried = [row for row in rates if row["case"] == case and row["carried"]]
        return max(carried, key=lambda row: row["rate"], default=None)

    def _one(
        self, kind: str, case: str, sockets: int, rate: float | None
    ) -> Row | None:
        for row in self.rows:
            if (row["kind"], row["case"], row["sockets"]) == (kind, case, sockets) and (
                rate is None or row["rate"] == rate
            ):
                return row
        return None


def medians(rows: Iterable[Row]) -> Figures:
    """Fold the rounds together: medians, sums of counters, carried by all or not."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        rate = row["rate"] if row["kind"] == "rate" else None
        groups[row["kind"], row["case"], row["sockets"], rate].append(row)
    return Figures([_fold(group) for group in groups.values()])


def wrong(row: Row) -> int:
    """Count what must not happen: lost, doubled, out of order, elsewhere, refused."""
    return int(row["lost"]) + sum(int(row[name]) for name in WRONG)


def cpu(row: Row) -> float:
    """Give the CPU per message of servers, in microseconds, Redis left out."""
    return float(row["server_us"])


def _fold(group: Sequence[Row]) -> Row:
    return {name: _fold_one(name, [row[name] for row in group]) for name in group[0]}


def _fold_one(name: str, values: list[Any]) -> Any:
    if name == "codes":
        return {code: count for each in values for code, count in each.items()}
    return _FOLDS.get(name, median)(values)


def _first(values: list[Any]) -> Any:
    return values[0]


_FOLDS: dict[str, Callable[[list[Any]], Any]] = {
    **dict.fromkeys(("case", "kind", "sockets"), _first),
    **dict.fromkeys((*COUNTERS, "lost"), sum),
    "carried": all,
    "limited": any,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One target beside what was measured."""

    words: str
    target: str
    measured: str
    kept: bool | None
    """None where it could not be told."""


def promises(figures: Figures, *, large: int) -> list[Promise]:
    """Compare with the targets for relay and scale."""
    return [
        _ratio(figures, "ours", "socketio", large, most=SAME_JOB),
        _ratio(figures, "ours", "socketio-folded", large, most=SAME_JOB),
        _ratio(figures, "ours-2", "socketio-2", large, most=ACROSS),
        _against_stock(figures),
        *_scale(figures, large),
    ]


def _ratio(
    figures: Figures, one: str, other: str, sockets: int, *, most: float
) -> Promise:
    """Compare CPU per message at the highest rate that both carried, else tried."""
    words = f"CPU per message, {one} : {other}"
    pairs = [
        (mine, theirs)
        for mine in figures.rows
        if mine["kind"] == "rate" and mine["case"] == one and mine["sockets"] == sockets
        if (theirs := figures.rate(other, sockets, mine["rate"])) is not None
    ]
    both = [pair for pair in pairs if pair[0]["carried"] and pair[1]["carried"]]
    if not pairs:
        return Promise(
            words=words, target=f"≤ {most}", measured="not measured", kept=None
        )
    mine, theirs = max(both or pairs, key=lambda pair: pair[0]["rate"])
    ratio = cpu(mine) / cpu(theirs)
    where = (
        f"{ratio:.2f} ({cpu(mine):.0f} : {cpu(theirs):.0f} µs at {mine['rate']:.0f}/s)"
    )
    if not both:  # overload says little about the work of a message
        where += ", a rate not carried by both"
    kept = ratio <= most if both else None
    return Promise(words=words, target=f"≤ {most}", measured=where, kept=kept)


def _against_stock(figures: Figures) -> Promise:
    """Compare each at the highest rate that it carries; and at one rate in words."""
    words = "CPU per message, stock : ours"
    stock, ours = figures.best("stock"), figures.best("ours")
    if stock is None or ours is None:
        return Promise(
            words=words, target=f"≥ {STOCK:.0f}", measured="not measured", kept=None
        )
    ratio = cpu(stock) / cpu(ours)
    measured = (
        f"{ratio:.0f} ({cpu(stock):.0f} µs at {stock['rate']:.0f}/s :"
        f" {cpu(ours):.0f} µs at {ours['rate']:.0f}/s)"
    )
    same = figures.rate("ours", stock["sockets"], stock["rate"])
    if same is not None:
        measured += f"; {cpu(stock) / cpu(same):.0f} at {stock['rate']:.0f}/s for both"
    return Promise(
        words=words, target=f"≥ {STOCK:.0f}", measured=measured, kept=ratio >= STOCK
    )


def _scale(figures: Figures, sockets: int) -> list[Promise]:
    setup = figures.setup("ours", sockets)
    tried = [
        row
        for row in figures.rows
        if row["kind"] == "rate" and row["case"] == "ours" and row["sockets"] == sockets
    ]
    found = [
        Promise(
            words=f"ours, {sockets} sockets, {row['rate']:.0f} messages/s",
            target=f"p99 < {P99_MS:.0f} ms, nothing lost",
            measured=f"p99 {row['p99']:.1f} ms, wrong {wrong(row)}",
            kept=row["p99"] < P99_MS and wrong(row) == 0,
        )
        for row in tried
    ]
    if setup is not None:
        kb, pace = setup["kb_per_socket"], setup["sockets_per_second"]
        found += [
            Promise(
                words="ours, memory a socket",
                target=f"≤ {SOCKET_KB:.0f} KB",
                measured=f"{kb:.1f} KB",
                kept=kb <= SOCKET_KB,
            ),
            Promise(
                words="ours, sockets a second, tickets issued before",
                target=f"≥ {OPENED:,.0f}",
                measured=f"{pace:.0f}",
                kept=pace >= OPENED,
            ),
        ]
    return found
