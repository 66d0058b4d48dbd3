"""Draw the icons of the installed site from `static/img/favicon.svg`.

    .venv/bin/python tools/draw_icons.py

A maskable icon may be cut to a circle of four fifths of its width (W3C Web
Application Manifest, "Icon masks"): there the ground fills the square, and the
mark is drawn small enough to lie within.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "static" / "img"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# The lights reach 15.6 of 16 units from the middle; the mask leaves 12.8.
WITHIN_MASK = 0.8
WITHIN_CORNERS = 0.92


class Icon(NamedTuple):
    """A file, how wide it is in pixels, and how the mark lies in it."""

    name: str
    pixels: int
    scale: float | None  # None: the drawing as it is, with its round corners


ICONS = [
    Icon("icon-192", 192, None),
    Icon("icon-512", 512, None),
    Icon("icon-maskable-192", 192, WITHIN_MASK),
    Icon("icon-maskable-512", 512, WITHIN_MASK),
    Icon("icon-apple-180", 180, WITHIN_CORNERS),  # its device rounds the corners
]


def drawing(source: str, scale: float | None) -> str:
    """Write the mark as SVG: as it is, or smaller on a ground without corners."""
    if scale is None:
        return source
    shift = 16 * (1 - scale)
    square = re.sub(r' rx="[^"]+"', "", source, count=1)
    opened = f'<g transform="translate({shift:g} {shift:g}) scale({scale:g})"><g '
    return square.replace("<g ", opened, 1).replace("</g>", "</g></g>", 1)


def draw(page: Page, icon: Icon, source: str) -> None:
    """Let the browser draw it, and keep the picture."""
    page.set_viewport_size({"width": icon.pixels, "height": icon.pixels})
    page.set_content(
        "<style>html, body { margin: 0 } svg { display: block; width: 100vw }</style>"
        + drawing(source, icon.scale)
    )
    path = FOLDER / f"{icon.name}.png"
    page.screenshot(path=path, omit_background=icon.scale is None)
    print(f"{path} {path.stat().st_size} bytes")


def main() -> None:
    """Draw every icon."""
    source = (FOLDER / "favicon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        page = browser.new_page()
        for icon in ICONS:
            draw(page, icon, source)
        browser.close()


if __name__ == "__main__":
    main()
