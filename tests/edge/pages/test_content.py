"""The explaining pages as documents; whether they are true is test_content_truth."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from strangerspace import hotlines
from strangerspace.pages import PAGES

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)
SOURCES = sorted((ROOT / "templates/pages").rglob("*.html"))
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)


class Document(HTMLParser):
    """A page, taken apart: its headings, links, ids and tags."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links = [], [], []
        self.headings, self.inside = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [found["id"]] if "id" in found else []
        if tag == "a":
            self.links.append([found["href"], ""])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append([int(tag[1]), found.get("id"), ""])
        self.inside.append(tag)

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "a" in self.inside:
            self.links[-1][1] += data
        if any(re.fullmatch(r"h[1-6]", tag) for tag in self.inside):
            self.headings[-1][2] += data.strip()


@pytest.fixture
def document(client, page):
    response = client.get(reverse(page.name))
    assert response.status_code == 200
    return Document(response.content.decode())


@each_page
def test_headings_begin_with_one_and_skip_no_level(page, document):
    levels = [level for level, _id, _text in document.headings]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert max(b - a for a, b in pairwise(levels)) <= 1


@each_page
def test_the_contents_name_every_part_in_order(page, document):
    own_titles = {"contents-title", "further-title"}
    parts = [
        (f"#{anchor}", text)
        for level, anchor, text in document.headings
        if level == 2 and anchor not in own_titles
    ]
    listed = [
        (href, text.strip()) for href, text in document.links if href in dict(parts)
    ]

    assert parts
    assert listed[: len(parts)] == parts


@each_page
def test_every_link_within_the_site_leads_somewhere(page, client, document):
    own = [href for href, _text in document.links if href.startswith("#")]
    others = {href for href, _text in document.links if href.startswith("/")}

    assert {anchor.removeprefix("#") for anchor in own} <= set(document.ids)
    assert [
        url for url in others if client.get(url, follow=True).status_code != 200
    ] == []


@each_page
def test_no_id_is_given_twice(page, document):
    assert len(document.ids) == len(set(document.ids))


@each_page
def test_a_page_has_nothing_from_elsewhere_and_no_script_of_its_own(page, document):
    loaded = [
        found.get("src") or found.get("href")
        for tag, found in document.tags
        if tag != "a" and ("src" in found or "href" in found)
    ]
    scripts = [found for tag, found in document.tags if tag == "script"]
    own = [found for found in scripts if "js/pages/install" not in found.get("src", "")]

    assert [url for url in loaded if not re.match(r"(/(?!/)|#)", url)] == []
    assert own == []


@each_page
def test_a_page_links_to_other_sites_only_for_help(page, document):
    listed = hotlines.directory()
    services = [
        *listed.everywhere,
        *(service for country in listed.countries for service in country.services),
    ]
    foreign = {href for href, _text in document.links if not re.match(r"[/#]", href)}
    allowed = {service.url for service in services}

    assert {href for href in foreign if not href.startswith("tel:")} <= allowed


@each_page
def test_every_drawing_says_in_words_what_it_shows(page, document):
    drawings = [
        found
        for tag, found in document.tags
        if "drawing" in found.get("class", "").split()
    ]
    labels = [label for found in drawings for label in found["aria-labelledby"].split()]

    assert all(found["role"] == "img" for found in drawings)
    assert set(labels) <= set(document.ids)
    assert len(labels) == 2 * len(drawings)


def test_titles_and_descriptions_are_each_pages_own():
    titles = [str(page.title) for page in PAGES]
    descriptions = [str(page.description) for page in PAGES]

    assert len({*titles}) == len({*descriptions}) == len(PAGES)
    assert all(50 <= len(text) <= 170 for text in descriptions)


@each_page
def test_a_page_bears_its_title_and_description(page, client):
    text = client.get(reverse(page.name)).content.decode()

    assert re.search(rf"<title>\s*{page.title} · StrangerSpace\s*</title>", text)
    assert f'content="{page.description}"' in text


def test_a_page_is_only_read(client):
    assert client.post(reverse("about")).status_code == 405


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_word_can_be_translated(source):
    names = r"STUN|TURN|StrangerSpace|ss_visitor|csrftoken|sessionid|messages"
    text = re.sub(
        r"{% blocktranslate.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>",
        "",
        source.read_text(),
        flags=re.DOTALL,
    )

    assert re.findall(r"[A-Za-z]+", re.sub(names, "", text)) == []
