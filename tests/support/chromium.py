"""Debian's Chromium, driven by Playwright, with devices that need no hardware."""

import os
from pathlib import Path

from playwright.sync_api import Browser, Playwright

EVERYWHERE = (
    "--no-sandbox",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FAKE_DEVICES = "--use-fake-device-for-media-stream"
FAKE_YES = "--use-fake-ui-for-media-stream"


class NoChromiumError(RuntimeError):
    """There is no browser to test with."""


def executable() -> str:
    """Find Chromium: $CHROMIUM, else where Debian puts it."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(path).is_file():
        raise NoChromiumError(
            f"No Chromium at {path}: apt-get install chromium, or set CHROMIUM."
        )
    return path


def launch(playwright: Playwright, *devices: str) -> Browser:
    """Start Chromium; `devices` are FAKE_DEVICES and FAKE_YES, or neither."""
    return playwright.chromium.launch(
        executable_path=executable(), args=[*EVERYWHERE, *devices]
    )
