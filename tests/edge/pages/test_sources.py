"""Promises that hold for every template, script and style, read as text."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
VIEWS = sorted((ROOT / "static/js/chat/view").rglob("*.js"))
SPRITE = (ROOT / "static/img/icons.svg").read_text()
SCENE_BYTES = 6 * 1024


def name(path):
    return str(path.relative_to(ROOT))


def markup():
    return "".join(path.read_text() for path in TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_no_template_carries_a_style_or_a_script_of_its_own(template):
    text = re.sub(r"{%.*?%}", "", template.read_text(), flags=re.DOTALL)

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
    assert re.findall(r"<script", text) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_every_icon_of_a_template_is_in_the_sprite(template):
    drawn = re.findall(r'{% icon "([^"]+)" %}', template.read_text())

    assert [icon for icon in drawn if f'id="{icon}"' not in SPRITE] == []


def test_every_icon_of_the_sprite_is_drawn_somewhere():
    icons = re.findall(r'<symbol id="([^"]+)"', SPRITE)

    assert [icon for icon in icons if f'{{% icon "{icon}" %}}' not in markup()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_no_script_writes_markup_or_styles_as_text(script):
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.cssText"
        r"|setAttribute\(\s*['\"]style|\beval\(|new Function"
    )

    assert re.findall(forbidden, script.read_text()) == []


@pytest.mark.parametrize("view", VIEWS, ids=name)
def test_every_part_that_a_view_asks_for_is_on_the_page(view):
    asked = re.findall(
        r"""\b(part|action|piece)\(\s*\w+,\s*['"]([\w-]+)['"]""", view.read_text()
    )
    hooks = {"part": "part", "piece": "part", "action": "action"}
    missing = [
        (kind, hook)
        for kind, hook in asked
        if f'data-{hooks[kind]}="{hook}"' not in markup()
    ]

    assert missing == []


def test_every_button_of_the_talk_page_does_something():
    pages = "".join(
        path.read_text() for path in (ROOT / "templates/chat").glob("*.html")
    )
    code = "".join(path.read_text() for path in [*VIEWS, *SCRIPTS])
    actions = set(re.findall(r'data-action="([^"]+)"', pages))

    assert [action for action in actions if not re.search(rf"\b{action}\b", code)] == []


def test_the_scene_stays_small():
    parts = ("templates/partials/_scene.html", "static/css/components/scene.css")

    assert sum((ROOT / part).stat().st_size for part in parts) <= SCENE_BYTES


def test_the_scene_moves_only_for_those_who_did_not_ask_for_stillness():
    style = (ROOT / "static/css/components/scene.css").read_text()
    moving = [found.start() for found in re.finditer(r"animation:", style)]

    assert moving
    assert min(moving) > style.index("prefers-reduced-motion: no-preference")


def test_colours_are_named_in_one_file_only():
    styles = [
        path for path in (ROOT / "static/css").rglob("*.css") if path.stem != "tokens"
    ]
    pattern = r"oklch\(\s*\d|#[0-9a-f]{3,8}\b|rgba?\("

    assert [name(path) for path in styles if re.search(pattern, path.read_text())] == []
