"""What a person with a keyboard alone can reach, and sees of where they are."""

from pathlib import Path

from tests.support.window import Window

WALK = Path(__file__).with_name("keyboard.js")
LONGEST_WALK = 300


def walk(window: Window) -> tuple[list[str], list[str]]:
    """Tab through a page once.

    Returns:
        Names of the controls that were missed, and of those that did not show
        that they have the focus.

    """
    page = window.page
    count = page.evaluate("keyboard.begin()")
    assert 0 < count < LONGEST_WALK
    visited: list[int] = []
    unseen: list[str] = []
    for _ in range(2 * count + 8):
        page.keyboard.press("Tab")
        here = page.evaluate("keyboard.here()")
        if here["at"] in visited[-1:]:
            continue  # the parts of a date are one control
        if here["at"] in visited:
            break
        if here["at"] >= 0:
            visited.append(here["at"])
            unseen += [] if here["shown"] else [here["name"]]
    return page.evaluate("visited => keyboard.missing(visited)", visited), unseen


def tab_to(window: Window, selector: str) -> None:
    """Press Tab until this element has the focus."""
    for _ in range(LONGEST_WALK):
        window.page.keyboard.press("Tab")
        if window.page.locator(selector).evaluate_all(
            "found => found.includes(document.activeElement)"
        ):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")
