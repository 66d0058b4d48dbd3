"""One person at one browser window, and everything the window did that it should not.

Built on the `data-` hooks that pages carry for behaviour; nothing here depends
on words or styles.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    expect,
)

OBSERVER = Path(__file__).with_name("observer.js")
ADULT_BIRTH_DATE = "1990-05-04"
STAGE_MS = 10_000
NARROW: ViewportSize = {"width": 320, "height": 568}
LOCAL_SCHEMES = {"blob", "data", "about"}

TOO_WIDE = """() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => `${one.tagName} ${one.className} ${root.scrollWidth}`);
}"""


@dataclass  # no slots: Playwright keeps its wrappers of our handlers on the object
class Window:
    """A browser context with one page, and what it was seen doing.

    Args:
        origin: where the site answers, such as `http://127.0.0.1:8000`.

    """

    origin: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Browser, origin: str, **options: Any) -> "Window":
        """Open a private window; `options` are those of a browser context."""
        context = browser.new_context(**options)
        context.set_default_timeout(STAGE_MS)
        context.add_init_script(path=OBSERVER)
        context.tracing.start(snapshots=False)
        window = cls(origin, context, context.new_page())
        context.on("request", window._requested)
        context.on("console", window._said)
        context.on("weberror", lambda error: window.complaints.append(str(error.error)))
        return window

    def another_tab(self) -> "Window":
        """Open a second tab of the same private window."""
        return Window(self.origin, self.context, self.context.new_page())

    # --- pages ------------------------------------------------------------------

    def goto(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(self.origin + path)

    def choose(self, mode: str) -> None:
        """Choose a mode on the landing page."""
        self.goto("/")
        self.page.locator(f'[data-mode="{mode}"]').first.click()

    def state_age(self, birth_date: str = ADULT_BIRTH_DATE) -> None:
        """Fill in and send the age form."""
        self.page.locator('[name="birth_date"]').fill(birth_date)
        self.submit()

    def tell_interests(self, interests: str = "", strictness: str = "") -> None:
        """Fill in and send the interests form."""
        if interests:
            self.page.locator('[name="interests"]').fill(interests)
        if strictness:
            self.page.locator("details summary").click()
            self.page.locator(f'[name="strictness"][value="{strictness}"]').check()
        self.submit()

    def submit(self) -> None:
        """Send the form of this page."""
        self.page.locator('main form [type="submit"]').first.click()

    def enter(self, mode: str, interests: str = "", strictness: str = "") -> None:
        """Go from the landing page to the talk page, not yet asking for anyone."""
        self.choose(mode)
        self.state_age()
        self.tell_interests(interests, strictness)
        self.at("idle")
        self.page.wait_for_load_state()

    def begin(self) -> None:
        """Go past the explanation and ask for a partner."""
        self.press("prepare", "join")
        self.eventually(lambda: self.stage != "idle")
        if self.stage == "preparing":
            self.press("join")

    # --- the talk page ------------------------------------------------------------

    def forgive(self, words: str) -> None:
        """Take back complaints that a test provokes on purpose."""
        self.complaints = [said for said in self.complaints if words not in said]

    @property
    def stage(self) -> str:
        """Where the session is, as the page says."""
        return self.page.locator('[data-page="talk"]').get_attribute("data-stage") or ""

    def preferences(self) -> dict[str, Any]:
        """Read what the page will ask for in the queue."""
        return dict(json.loads(self.page.locator("#preferences").text_content() or ""))

    def at(self, *stages: str, within_ms: float = STAGE_MS) -> None:
        """Wait for one of these stages."""
        selector = ", ".join(f'[data-page="talk"][data-stage="{s}"]' for s in stages)
        self.page.locator(selector).wait_for(timeout=within_ms)

    def part(self, name: str) -> Locator:
        """Find a part of the page."""
        return self.page.locator(f'[data-part="{name}"]')

    def action(self, name: str) -> Locator:
        """Find a control of the page."""
        return self.page.locator(f'[data-action="{name}"]')

    def press(self, *names: str) -> None:
        """Press the first of these controls that can be seen."""
        selector = ", ".join(f'[data-action="{name}"]' for name in names)
        self.page.locator(selector).locator("visible=true").first.click()

    def say(self, text: str) -> None:
        """Write a message and send it."""
        self.part("composer").fill(text)
        self.press("send")

    def lines(self, who: str) -> Locator:
        """Find the messages of `you` or the `stranger`."""
        return self.page.locator(f'[data-part="message"][data-who="{who}"]')

    def hears(self, text: str) -> None:
        """Wait until the stranger's message is shown."""
        expect(self.lines("stranger").filter(has_text=text)).to_be_visible()

    def stands_at(self, step: str) -> None:
        """Wait until the page shows this step of the ladder."""
        self.page.locator(f'[data-page="talk"][data-step="{step}"]').wait_for()

    def consent_if_asked(self) -> None:
        """Go past the question before a microphone opens for the first time."""
        if self.part("call-consent").is_visible():
            self.press("go-on")

    def received(self) -> dict[str, float]:
        """Read decoded video frames and audio energy of all calls."""
        return dict(self.page.evaluate("observer.received()"))

    def receives_more(self, *, video: bool) -> None:
        """Wait until audio energy, and decoded frames with `video`, have risen."""
        before = self.received()

        def rose() -> bool:
            now = self.received()
            seen = not video or now["frames"] > before["frames"]
            return seen and now["energy"] > before["energy"]

        self.eventually(rose)

    def eventually(self, true: Callable[[], bool]) -> None:
        """Wait until something is true, in pages whose policy forbids `eval`."""
        deadline = time.monotonic() + STAGE_MS / 1000
        while not true():
            assert time.monotonic() < deadline, "it never became true"
            self.page.wait_for_timeout(50)

    def too_wide(self) -> list[str]:
        """Name what makes the page scroll sideways."""
        return list(self.page.evaluate(TOO_WIDE))

    # --- the end --------------------------------------------------------------------

    def close(self, keep: Path | None) -> None:
        """Close the window; keep picture and trace in the folder `keep`."""
        if keep is None:
            self.context.close()
            return
        keep.mkdir(parents=True, exist_ok=True)
        name = f"window-{len(list(keep.glob('*.zip'))) + 1}"
        (keep / f"{name}.txt").write_text("\n".join(self.complaints + self.foreign))
        if not self.page.is_closed():
            self.page.screenshot(path=keep / f"{name}.png", full_page=True)
        self.context.tracing.stop(path=keep / f"{name}.zip")
        self.context.close()

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if (
            parts.scheme in LOCAL_SCHEMES
            or parts.netloc == urlsplit(self.origin).netloc
        ):
            return
        self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)
