"""What a device gets that installs the site, or loses its network."""

import json
import re
import struct
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db
IMAGES = Path(settings.BASE_DIR) / "static/img"
ICON_BYTES = 60_000
RGB = 2  # the PNG colour type without an alpha channel


def text_of(response):
    return response.content.decode()


def kit_of(response):
    first = text_of(response).partition("\n")[0]
    return json.loads(re.fullmatch(r"self\.offlineKit = (\{.*\});", first)[1])


def plain(url):
    """Take the hash out of a static file's name."""
    return re.sub(r"\.\w{12}(\.\w+)$", r"\1", url.removeprefix("/static/"))


def png_header(path):
    raw = path.read_bytes()
    assert raw.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, _depth, colour = struct.unpack(">IIBB", raw[16:26])
    return width, height, colour


@pytest.fixture
def manifest(client):
    return client.get("/manifest.webmanifest")


@pytest.fixture
def worker(client):
    return client.get("/sw.js")


# --- manifest ---------------------------------------------------------------------


def test_every_page_names_the_manifest(client):
    assert '<link rel="manifest" href="/manifest.webmanifest">' in text_of(
        client.get("/")
    )


def test_the_manifest_says_what_is_installed(manifest):
    told = manifest.json()

    assert manifest["Content-Type"] == "application/manifest+json"
    assert told["name"] == "StrangerSpace"
    assert (told["id"], told["start_url"], told["scope"]) == ("/", "/", "/")
    assert told["display"] == "standalone"
    assert (told["lang"], told["dir"]) == ("en", "ltr")


def test_the_manifest_follows_the_readers_language(client, monkeypatch):
    monkeypatch.setattr("strangerspace.pwa._", lambda message: f"[{message}]")
    told = client.get("/manifest.webmanifest", headers={"accept-language": "ar"})

    assert told.json()["name"] == "[StrangerSpace]"
    assert told.json()["shortcuts"][0]["name"] == "[Text]"
    assert (told.json()["lang"], told.json()["dir"]) == ("ar", "rtl")
    assert "Accept-Language" in told["Vary"]


def test_shortcuts_lead_to_the_three_doors(manifest, client):
    doors = [shortcut["url"] for shortcut in manifest.json()["shortcuts"]]

    assert doors == ["/age/?mode=text", "/age/?mode=voice", "/age/?mode=video"]
    assert [client.get(door).status_code for door in doors] == [200, 200, 200]


def test_icons_are_as_large_as_the_manifest_says(manifest):
    drawn = [icon for icon in manifest.json()["icons"] if icon["type"] == "image/png"]

    for icon in drawn:
        width, height, _ = png_header(IMAGES / Path(plain(icon["src"])).name)
        assert icon["sizes"] == f"{width}x{height}"
    assert {(icon["sizes"], icon["purpose"]) for icon in drawn} == {
        (size, purpose)
        for size in ("192x192", "512x512")
        for purpose in ("any", "maskable")
    }


def test_what_a_device_cuts_to_its_own_shape_has_no_holes():
    cut = [*IMAGES.glob("icon-maskable-*.png"), *IMAGES.glob("icon-apple-*.png")]

    assert [png_header(path)[2] for path in cut] == [RGB] * 3


def test_all_icons_together_are_small():
    assert sum(path.stat().st_size for path in IMAGES.glob("*.png")) < ICON_BYTES


# --- offline page -----------------------------------------------------------------


def test_the_offline_page_says_what_is_wrong_and_names_nobody(client):
    page = text_of(client.get("/offline/"))

    assert "No connection right now." in page
    assert page.count("<h1") == 1
    assert "csrfmiddlewaretoken" not in page
    assert "/account/" not in page


# --- service worker ---------------------------------------------------------------


def test_the_worker_is_a_script_at_the_root_that_is_never_stale(worker):
    assert worker.status_code == 200
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-store" in worker["Cache-Control"]
    assert "importScripts" not in text_of(worker)


def test_the_policy_lets_the_worker_and_the_manifest_in(client):
    policy = client.get("/")["Content-Security-Policy"]

    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy


def test_the_worker_keeps_the_offline_page_and_all_that_it_names(worker, client):
    kit = kit_of(worker)
    page = text_of(client.get("/offline/"))
    named = set(re.findall(r'"(/static/[^"#]+)', page))

    assert kit["page"] == "/offline/"
    assert set(kit["files"]) == named
    assert {plain(url) for url in named} >= {"css/tokens.css", "css/base.css"}


def test_all_that_the_worker_keeps_is_there_and_is_no_page(worker, client):
    files = kit_of(worker)["files"]

    assert [url for url in files if not url.startswith("/static/")] == []
    for url in files:
        assert Path(settings.STATIC_ROOT, url.removeprefix("/static/")).is_file()


def test_the_worker_is_the_same_for_everybody(worker, client):
    client.post("/age/", {"birth_date": "1990-05-04"})
    other = client.get("/sw.js", headers={"accept-language": "fr"})

    assert text_of(other) == text_of(worker)


def test_a_change_of_the_page_makes_another_worker(worker, client, monkeypatch):
    monkeypatch.setattr("strangerspace.pwa.render_to_string", lambda _name: "changed")
    changed = kit_of(client.get("/sw.js"))

    assert changed["cache"] != kit_of(worker)["cache"]
    assert changed["cache"].startswith("offline-")
    assert changed["files"] == []


def test_a_missing_worker_is_told_at_once(client, monkeypatch):
    monkeypatch.setattr("strangerspace.pwa.finders.find", lambda _name: None)

    with pytest.raises(FileNotFoundError):
        client.get("/sw.js")


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/offline/", "/sw.js"])
def test_nothing_can_be_sent_there(client, path):
    assert client.post(path).status_code == 405


def test_pages_ask_for_the_worker_after_every_other_script(client):
    client.post("/age/", {"birth_date": "1990-05-04"})
    scripts = re.findall(r"<script ([^>]*)>", text_of(client.get("/talk/?mode=text")))
    running = [script for script in scripts if "json" not in script]

    assert 'type="importmap"' in running[0]
    assert "js/pages/install." in running[-1]
