"""Every dependency is pinned, and somebody wrote down why it is there."""

import re

import pytest

from tests.architecture.source import ROOT

LINE = re.compile(r"^[A-Za-z0-9._-]+==[A-Za-z0-9.]+(; python_(full_)?version [<>=]+ \"[0-9.]+\")?  # \S.+$")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_line_is_pinned_and_has_a_reason(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf8").splitlines()
    required = [line for line in lines if line and not line.startswith(("#", "-r "))]
    assert required
    assert [line for line in required if not LINE.match(line)] == []


@pytest.mark.parametrize(
    "line", ["Django", "Django>=5.2  # new", "Django==5.2.1", "Django==5.2.1 # one space"]
)
def test_a_loose_line_would_be_seen(line: str) -> None:
    assert not LINE.match(line)
