"""Horizontal bars as SVG, written out: no library, readable light and dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import log10

WIDTH, LABEL, LINE, HEAD, VALUE = 860, 330, 24, 44, 90

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1d2433; }
  .title { font-weight: 600; font-size: 15px; }
  .bar { fill: #8a93a6; } .own { fill: #c77700; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8ebf2; } .bar { fill: #78829a; } .own { fill: #f0a830; }
  }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One value; `own` ones are drawn in our colour."""

    label: str
    value: float
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Bars of one unit; `logarithmic` where they differ by powers of ten."""

    title: str
    bars: Sequence[Bar]
    logarithmic: bool = False

    @property
    def height(self) -> int:
        """Pixels that it takes."""
        return HEAD + LINE * len(self.bars)


def draw(panels: Sequence[Panel]) -> str:
    """Draw panels below each other."""
    shown = [panel for panel in panels if panel.bars]
    height = sum(panel.height for panel in shown) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' width="{WIDTH}" height="{height}" role="img">',
        f"<style>{STYLE}</style>",
    ]
    top = 0
    for panel in shown:
        parts += _panel(panel, top)
        top += panel.height
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, top: int) -> list[str]:
    parts = [f'<text class="title" x="8" y="{top + 28}">{escape(panel.title)}</text>']
    for number, bar in enumerate(panel.bars):
        y = top + HEAD + LINE * number
        width = _width(bar.value, panel)
        kind = "own" if bar.own else "bar"
        parts += [
            f'<text x="{LABEL}" y="{y + 12}" text-anchor="end">{escape(bar.label)}</text>',
            f'<rect class="{kind}" x="{LABEL + 10}" y="{y}" width="{width:.1f}"'
            ' height="16" rx="2"/>',
            f'<text x="{LABEL + 16 + width:.1f}" y="{y + 13}">{_short(bar.value)}</text>',
        ]
    return parts


def _width(value: float, panel: Panel) -> float:
    room = WIDTH - LABEL - VALUE
    most = max(bar.value for bar in panel.bars)
    if not panel.logarithmic:
        return max(1.0, room * value / most) if most else 1.0
    least = min(bar.value for bar in panel.bars if bar.value > 0) / 2
    return max(1.0, room * log10(value / least) / log10(most / least))


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"
