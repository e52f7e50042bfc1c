"""The positive control of every guard: with it the question of its tests is answered well, without it badly.

And the list is complete: each row of "Guards" in docs/security.md has its control here or names the test that
has it.
"""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT
from tests.permissions.guards import CONTROLS
from tests.world import build_world

PATH = re.compile(r"`(tests/[\w/]+\.py)")


@pytest.mark.django_db
@pytest.mark.parametrize("name", CONTROLS)
def test_without_the_guard_its_question_is_answered_badly(
    name: str, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    control, world = CONTROLS[name], build_world()
    control.prepare(world, monkeypatch)
    assert control.holds(world), "with the guard"
    control.remove(world, monkeypatch)
    assert not control.holds(world), "nobody would notice that the guard is gone"


def rows() -> Iterator[tuple[str, str]]:
    """Name and text of each row of the table of guards."""
    text = (ROOT / "docs/security.md").read_text(encoding="utf8")
    part = text.partition("## Guards")[2].partition("\n## ")[0]
    for line in part.splitlines():
        if line.startswith("| ") and not line.startswith(("| guard", "|---")):
            name, _bar, rest = line.strip("| ").partition(" | ")
            yield name, rest


def test_every_guard_of_the_document_has_a_control() -> None:
    found = dict(rows())
    assert len(found) >= len(CONTROLS)
    assert set(CONTROLS) <= set(found)
    elsewhere = {name: PATH.findall(text) for name, text in found.items() if name not in CONTROLS}
    assert {name for name, paths in elsewhere.items() if not paths} == set(), "name the test with its control"


def test_every_test_the_document_names_is_there() -> None:
    text = (ROOT / "docs/security.md").read_text(encoding="utf8")
    named = set(PATH.findall(text))
    assert len(named) > 30
    assert {path for path in named if not (ROOT / path).exists()} == set()
