"""The windows that watch every other test do notice what they are there for."""

import pytest

from tests.e2e.conftest import OpenWindow
from tests.support.window import Window

FAR = "http://elsewhere.invalid/tracker.png"


@pytest.fixture
def window(open_window: OpenWindow) -> Window:
    one = open_window()
    one.goto("/")
    return one


def test_a_console_error_is_noticed(window: Window) -> None:
    window.page.evaluate("console.error('something broke')")
    window.eventually(lambda: window.complaints == ["something broke"])
    window.forgive("something broke")

    assert window.complaints == []


def test_an_uncaught_exception_is_noticed(window: Window) -> None:
    window.page.evaluate("setTimeout(() => { throw new Error('uncaught') })")
    window.eventually(lambda: any("uncaught" in said for said in window.complaints))
    window.forgive("uncaught")

    assert window.complaints == []


def test_a_foreign_request_is_blocked_by_the_policy_and_noticed(window: Window) -> None:
    window.page.evaluate(f"new Image().src = '{FAR}'")
    window.eventually(lambda: any("csp-violation" in s for s in window.complaints))

    assert any(FAR in said for said in window.complaints)
    window.forgive("")
    window.foreign.clear()


def test_a_request_that_leaves_the_origin_is_noticed(window: Window) -> None:
    window.page.goto("about:blank")
    window.page.evaluate(f"new Image().src = '{FAR}'")
    window.eventually(lambda: window.foreign == [FAR])
    window.foreign.clear()
    window.forgive("")

    assert window.complaints == []


def test_an_inline_script_does_not_run(window: Window) -> None:
    window.page.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'document.title = "taken over"';
          document.body.append(script);
        }"""
    )
    window.eventually(lambda: any("csp-violation" in s for s in window.complaints))
    window.forgive("")

    assert window.page.title() != "taken over"
