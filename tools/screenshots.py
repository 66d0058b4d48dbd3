"""Take the README's pictures from the running site.

    .venv/bin/python tools/screenshots.py http://localhost:8000

Two browsers with painted cameras go the way that people go: landing page, age,
interests, waiting, conversation. What is seen is what the site showed.
"""

import argparse
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DESK = {"width": 1120, "height": 700}
PHONE = {"width": 390, "height": 844}
CAMERA = (480, 360)
FRAMES = 4
# Both name something that nobody else on the site will: they meet each other.
INTERESTS = "night trains, sourdough"
TALK = [
    (0, "Hello. Where do night trains still go from where you are?"),
    (1, "North, mostly. You fall asleep in rain and wake up in snow."),
    (0, "That is the best sentence I have read today."),
    (1, "It sounds better at two in the morning, with tea."),
]
Shade = tuple[int, int, int]


class Sitter(NamedTuple):
    """Who sits before which wall: colours as Y, U, V, each 0 to 255."""

    wall: Shade
    light: Shade
    coat: Shade
    face: Shade
    hair: Shade


ANA = Sitter(
    (70, 138, 120), (190, 100, 150), (90, 120, 160), (178, 108, 150), (52, 122, 136)
)
BO = Sitter(
    (60, 148, 118), (150, 150, 110), (110, 140, 110), (112, 116, 150), (30, 128, 130)
)


class Oval(NamedTuple):
    """Centre and half-axes, as shares of the picture."""

    x: float
    y: float
    across: float
    down: float

    def holds(self, x: float, y: float) -> bool:
        """Say whether a point lies inside."""
        return ((x - self.x) / self.across) ** 2 + ((y - self.y) / self.down) ** 2 < 1


# --- two painted cameras -----------------------------------------------------


def paint(path: Path, sitter: Sitter) -> None:
    """Write a YUV4MPEG2 film of someone who sits before a lit wall."""
    width, height = CAMERA
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
        for frame in range(FRAMES):
            sway = math.sin(2 * math.pi * frame / FRAMES) * 0.008
            shade = _portrait(sitter, sway)
            film.write(b"FRAME\n")
            film.write(_plane(0, 1, shade) + _plane(1, 2, shade) + _plane(2, 2, shade))


def _plane(channel: int, step: int, shade: Callable[[float, float], Shade]) -> bytes:
    width, height = CAMERA
    return bytes(
        shade(x / width, y / height)[channel]
        for y in range(0, height, step)
        for x in range(0, width, step)
    )


def _portrait(sitter: Sitter, sway: float) -> Callable[[float, float], Shade]:
    """Put a person together from ovals; the first that holds a point colours it."""
    ovals = [
        (Oval(0.5, 0.40, 0.125, 0.205), sitter.face),
        (Oval(0.5, 0.345, 0.16, 0.225), sitter.hair),
        (Oval(0.5, 1.02, 0.34, 0.36), sitter.coat),
        (Oval(0.5, 0.62, 0.06, 0.1), sitter.face),
    ]

    def shade(x: float, y: float) -> Shade:
        for oval, colour in ovals:
            if oval.holds(x - sway, y):
                return colour
        near = max(0.0, 1 - math.hypot((x - sway - 0.82) / 0.5, (y - 0.25) / 0.6))
        return _mix(sitter.wall, sitter.light, near)

    return shade


def _mix(one: Shade, other: Shade, share: float) -> Shade:
    first, second, third = (
        round(a + (b - a) * share) for a, b in zip(one, other, strict=True)
    )
    return first, second, third


# --- the way people go -------------------------------------------------------


@contextmanager
def camera_browsers(playwright: Playwright) -> Iterator[list[Browser]]:
    """Open two browsers, each with a camera of its own."""
    with tempfile.TemporaryDirectory() as folder:
        films = [Path(folder, name) for name in ("ana.y4m", "bo.y4m")]
        for film, sitter in zip(films, (ANA, BO), strict=True):
            paint(film, sitter)
        browsers = [_browser(playwright, film) for film in films]
        yield browsers
        for browser in browsers:
            browser.close()


def _browser(playwright: Playwright, film: Path) -> Browser:
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )


def window(browser: Browser, *, theme: str, phone: bool = False) -> Page:
    """Open a private window that keeps still."""
    context = browser.new_context(
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]  # a plain dict is one
        device_scale_factor=1.5 if phone else 1,
        color_scheme="light" if theme == "light" else "dark",
        reduced_motion="reduce",
        has_touch=phone,
    )
    return context.new_page()


def sit_down(page: Page, site: str, mode: str) -> None:
    """Go from the landing page into the queue."""
    page.goto(site)
    page.click(f'[data-mode="{mode}"]')
    page.fill('[name="birth_date"]', "1990-05-04")
    page.click('main form [type="submit"]')
    page.fill('[name="interests"]', INTERESTS)
    page.click("details summary")
    page.check('[name="strictness"][value="strict"]')
    page.click('main form [type="submit"]')
    if mode != "text":
        page.click('[data-action="prepare"]')
    page.click('[data-action="join"]')


def arrive(pages: list[Page], stage: str) -> None:
    """Wait until both are at a stage."""
    for page in pages:
        page.wait_for_selector(f'[data-page="talk"][data-stage="{stage}"]')


def talk(pages: list[Page]) -> None:
    """Write to each other, in turn."""
    for number, (who, text) in enumerate(TALK):
        pages[who].fill('[data-part="composer"]', text)
        pages[who].click('[data-action="send"]')
        for page in pages:
            page.locator('[data-part="message"]').nth(number).wait_for()


def snap(page: Page, name: str) -> None:
    """Keep the picture of a page, with nothing in it that blinks."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=FOLDER / f"{name}.png", caret="hide")
    print(FOLDER / f"{name}.png")


# --- the pictures --------------------------------------------------------------


def landing(browser: Browser, site: str) -> None:
    """Take the landing page."""
    page = window(browser, theme="dark")
    page.goto(site)
    snap(page, "landing")
    page.context.close()


def conversation(browsers: list[Browser], site: str) -> None:
    """Take waiting on a phone, and a text conversation in the light."""
    ana = window(browsers[0], theme="light")
    bo = window(browsers[1], theme="dark", phone=True)
    sit_down(bo, site, "text")
    arrive([bo], "waiting")
    snap(bo, "waiting")
    sit_down(ana, site, "text")
    arrive([ana, bo], "talking")
    talk([ana, bo])
    snap(ana, "text")
    ana.context.close()
    bo.context.close()


def call(browsers: list[Browser], site: str) -> None:
    """Take a call, blurred on a phone while the other asks, then clear on a desk."""
    ana = window(browsers[0], theme="dark")
    bo = window(browsers[1], theme="dark", phone=True)
    for page in (bo, ana):
        sit_down(page, site, "video")
    arrive([ana, bo], "talking")
    talk([ana, bo])
    bo.wait_for_selector('[data-part="remote-video"]')
    ana.click('[data-action="step-up"]')
    bo.wait_for_selector('[data-action="accept"]')
    snap(bo, "blurred")
    bo.click('[data-action="accept"]')
    ana.wait_for_selector('[data-page="talk"][data-step="clear"]')
    snap(ana, "call")


def main() -> None:
    """Read the address of the site, and take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", help="such as http://localhost:8000")
    site = parser.parse_args().site
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, camera_browsers(playwright) as browsers:
        landing(browsers[0], site)
        conversation(browsers, site)
        call(browsers, site)


if __name__ == "__main__":
    main()
