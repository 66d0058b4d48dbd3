"""The documents and the code say the same."""

import ast
import re

import pytest

from chat.close_codes import CloseCode
from chat.domain.codes import Code
from chat.domain.effects import EndReason
from chat.protocol.client import READERS
from chat.protocol.server import SERVER_TYPES
from tests.contract.source import ROOT, name_of

PROTOCOL = (ROOT / "docs/reference/protocol.md").read_text()
SETTINGS_PAGE = (ROOT / "docs/reference/settings.md").read_text()
IGNORED = {"node_modules", ".venv", "var", ".pytest_cache", "test-results"}
WORD = re.compile(r"`([a-z0-9_.]+)`")


# --- settings --------------------------------------------------------------------


def _settings_of_the_code():
    """Read the first argument of every `env.<type>("NAME", …)`."""
    tree = ast.parse((ROOT / "strangerspace/settings.py").read_text())
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env")),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name


def _settings_of_the_example():
    text = (ROOT / ".env.example").read_text()
    return re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", text, re.MULTILINE)


def test_every_setting_is_in_the_example_and_nothing_else():
    assert sorted(_settings_of_the_example()) == sorted(_settings_of_the_code())


def test_every_setting_is_explained():
    explained = re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS_PAGE, re.MULTILINE)

    assert sorted(explained) == sorted(_settings_of_the_code())


def test_only_the_settings_read_the_environment():
    """A variable read elsewhere would escape the two tests above."""
    readers = {
        name_of(path)
        for package in ("common", "identity", "trust", "matching", "creators", "chat")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text())
    }

    assert readers == set()


# --- the wire --------------------------------------------------------------------


def _section(number):
    return re.split(r"^## \d+\. ", PROTOCOL, flags=re.MULTILINE)[number + 1]


def _frame_types(*directions):
    """Read the first column of the frame table, row by row."""
    for row in re.findall(r"^\| (`.*?) \| (\S+) \|", _section(2), re.MULTILINE):
        if row[1] in directions:
            yield from WORD.findall(row[0])


def _listed(heading):
    paragraph = re.search(rf"\*\*{heading}\*\*:(.*?)\n\n", PROTOCOL, re.DOTALL)
    assert paragraph, heading
    return set(WORD.findall(paragraph[1]))


def test_the_server_reads_every_frame_of_a_client():
    assert set(_frame_types("c→s", "both")) == set(READERS)


def test_the_server_sends_every_frame_but_those_named_as_not_yet():
    sent = set(_frame_types("s→c", "both"))
    not_yet = _listed("Never sent yet")

    assert not_yet <= sent
    assert sent - not_yet == SERVER_TYPES


def _frames_of_the_browser():
    """Read `type: 'one' | 'other'` in the typedefs of the two unions."""
    text = (ROOT / "static/js/chat/frames.js").read_text()
    for union in re.findall(r"\btype:((?:[\s|]*'[a-z0-9_.]+')+)", text):
        yield from re.findall(r"'([a-z0-9_.]+)'", union)


def test_the_browser_knows_every_frame_that_is_sent_and_invents_none():
    known = set(_frames_of_the_browser()) - {"offer", "answer"}

    assert known >= SERVER_TYPES
    assert known <= set(_frame_types("c→s", "s→c", "both"))


def test_every_error_code_is_documented():
    assert _listed("Error codes") == {code.value for code in Code}


def test_every_reason_of_an_end_is_documented():
    assert _listed("Ended reasons") == {reason.value for reason in EndReason}


def test_every_close_code_is_documented():
    listed = {int(code) for code in re.findall(r"\b(1\d{3}|4\d{3})\b", _section(1))}

    assert {code.value for code in CloseCode} <= listed


# --- links -------------------------------------------------------------------------


def _pages():
    return sorted(p for p in ROOT.rglob("*.md") if not IGNORED & set(p.parts))


def _anchors(text):
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading).strip().lower() for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", _pages(), ids=name_of)
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text)
    broken = [link for link in map("".join, links) if not _resolves(page, link)]

    assert broken == []


def _resolves(page, link):
    if link.startswith(("https://", "mailto:")):
        return True
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or anchor in _anchors(target.read_text())


# --- decisions ---------------------------------------------------------------------


def _decisions():
    return sorted(path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md"))


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs/adr/README.md").read_text()

    assert sorted(re.findall(r"\((\d{4}-[a-z0-9-]+\.md)\)", index)) == _decisions()


def test_decisions_are_numbered_without_gaps():
    numbers = [int(name[:4]) for name in _decisions()]

    assert numbers == list(range(1, len(numbers) + 1))
