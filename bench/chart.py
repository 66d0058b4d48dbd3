"""Horizontal bars as SVG, written out: no library, readable light and dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import log10

WHOLE = 100  # from here on without decimals
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
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<style>{STYLE}</style>",
    ]
    top = 0
    for panel in shown:
        parts += _panel(panel, top)
        top += panel.height
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, top: int) -> list[str]:
    parts = [_text(panel.title, 8, top + 28, 'class="title"')]
    for number, bar in enumerate(panel.bars):
        y = top + HEAD + LINE * number
        width = _width(bar.value, panel)
        kind = "own" if bar.own else "bar"
        box = f'x="{LABEL + 10}" y="{y}" width="{width:.1f}" height="16"'
        parts += [
            _text(bar.label, LABEL, y + 12, 'text-anchor="end"'),
            f'<rect class="{kind}" {box} rx="2"/>',
            _text(_short(bar.value), LABEL + 16 + width, y + 13),
        ]
    return parts


def _text(words: str, x: float, y: float, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(words)}</text>'


def _width(value: float, panel: Panel) -> float:
    room = WIDTH - LABEL - VALUE
    most = max(bar.value for bar in panel.bars)
    if not panel.logarithmic:
        return max(1.0, room * value / most) if most else 1.0
    least = min(bar.value for bar in panel.bars if bar.value > 0) / 2
    return max(1.0, room * log10(value / least) / log10(most / least))


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= WHOLE else f"{value:,.3g}"
