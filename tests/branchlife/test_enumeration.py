"""Several words in one line, in either language; and that nobody joins them by hand."""

from pathlib import Path

import pytest
from django.utils import translation

from branchlife.enumeration import enumerated
from branchlife.joined import hand_over
from meetings.enums import MeetingKind
from meetings.models import Meeting, MeetingPart
from tests.architecture.source import ROOT

BY_HAND = ('"、".join(', 'join:"、"', "endif %}、")


@pytest.mark.parametrize(
    ("language", "line"), [("zh-hans", "主题党日、党课"), ("en", "Theme day, Party lecture")]
)
def test_kinds_of_a_meeting_in_one_line(language: str, line: str) -> None:
    meeting = Meeting(pk=1)
    kinds = (MeetingKind.THEME_DAY, MeetingKind.LECTURE)
    hand_over(meeting, "parts", [MeetingPart(kind=kind) for kind in kinds])
    with translation.override(language):
        assert meeting.kinds_label == line
    assert enumerated([2026, 2027]) == "2026、2027"


def sources() -> list[Path]:
    folders = [ROOT / name for name in ("branchlife", "meetings", "reviews", "templates")]
    return [path for folder in folders for path in folder.rglob("*.*") if path.suffix in {".py", ".html"}]


def test_no_line_is_joined_by_hand() -> None:
    assert len(sources()) > 100
    assert [str(path) for path in sources() if any(each in path.read_text("utf8") for each in BY_HAND)] == []
