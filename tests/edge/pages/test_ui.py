import json
import re

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from common.static_modules import module_closure

FORGED = "</script><script>alert(1)</script>"


def draw(source):
    request = RequestFactory().get("/")
    request.csp_nonce = "n0nce"
    return Template("{% load ui %}" + source).render(Context({"request": request}))


def test_an_icon_is_hidden_from_readers_and_drawn_from_the_sprite():
    drawn = draw('{% icon "mic" %}')

    assert 'aria-hidden="true"' in drawn
    assert re.search(r'<use href="/static/img/icons\.\w+\.svg#mic"></use>', drawn)


def test_the_import_map_carries_the_nonce_and_every_module():
    drawn = draw("{% import_map %}")
    found = re.fullmatch(
        r'<script type="importmap" nonce="n0nce">(.*)</script>', drawn, re.DOTALL
    )
    imports = json.loads(found[1])["imports"]

    assert set(imports) >= {
        f"/static/{name}" for name in module_closure("js/chat/main.js")
    }
    assert all(url.startswith("/static/js/") for url in imports.values())


def test_a_file_name_cannot_leave_the_script(monkeypatch):
    monkeypatch.setattr(
        "common.templatetags.ui.hashed_urls", lambda _storage: {FORGED: FORGED}
    )
    drawn = draw("{% import_map %}")

    assert drawn.count("<script") == 1
    assert json.loads(drawn[drawn.index("{") : drawn.rindex("}") + 1]) == {
        "imports": {FORGED: FORGED}
    }


def test_a_module_is_run_once_and_what_it_imports_is_fetched_ahead():
    drawn = draw('{% module_script "js/pages/interests.js" %}')
    ahead = re.findall(r'rel="modulepreload" href="([^"]+)"', drawn)

    assert len(ahead) == len(module_closure("js/pages/interests.js")) - 1
    assert drawn.count('<script type="module" src="/static/js/pages/interests.') == 1


def test_a_module_that_is_not_there_is_told_at_once():
    with pytest.raises(FileNotFoundError):
        draw('{% module_script "js/pages/no_such_page.js" %}')
