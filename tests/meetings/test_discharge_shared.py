"""One event of several kinds discharges several lines only where the rule of each allows it."""

from collections.abc import Iterator
from datetime import date

import pytest

from meetings.enums import MeetingState
from meetings.models import Meeting, Obligation, Organization
from meetings.services.discharge import count_meetings_for, parts_judged
from meetings.services.obligations import generate_obligations
from meetings.services.rulebook.files import read_rule_set, write_rule_set
from meetings.services.rulebook.preview import preview_ledger
from meetings.services.rulebook.strictness import loosened
from meetings.services.rulebook.versions import put_in_force, save_rule
from reviews.compliance.lines import meetings_behind
from tests.held import hold
from tests.meetings.rulebook import NOW as IN_MAY
from tests.meetings.rulebook import national, next_version, override
from tests.reviews.pages import html_of, task, words
from tests.reviews.recording import at
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
BOTH = ["theme_day", "lecture"]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


@pytest.fixture
def world() -> World:
    """Lectures of the committee's branches must be events of their own from July on."""
    world = build_world()
    override("lecture", world.committee, date(2026, 7, 1), shares_event=False)
    generate_obligations(as_of=date(2026, 11, 20))
    return world


def line(branch: Organization, kind: str, start: date) -> Obligation:
    return Obligation.objects.get(organization=branch, kind=kind, period_start=start)


def counted(branch: Organization, kind: str, start: date) -> int:
    return line(branch, kind, start).counted


def test_a_theme_day_with_a_lecture_counts_where_the_rule_allows_it(world: World) -> None:
    hold(world.branch, BOTH, date(2026, 6, 9))
    hold(world.branch, BOTH, date(2026, 7, 9))
    hold(world.other_branch, BOTH, date(2026, 7, 9))
    assert counted(world.branch, "theme_day", date(2026, 7, 1)) == 1, "the rule of theme days allows it"
    assert counted(world.branch, "lecture", date(2026, 4, 1)) == 1, "before the change it did"
    assert counted(world.branch, "lecture", date(2026, 7, 1)) == 0
    assert counted(world.other_branch, "lecture", date(2026, 7, 1)) == 1, "another tree has another rule"


def test_an_event_of_its_own_counts(world: World) -> None:
    hold(world.branch, "lecture", date(2026, 7, 9), state=MeetingState.ACCEPTED)
    found = line(world.branch, "lecture", date(2026, 7, 1))
    assert (found.counted, found.accepted) == (1, 1)


def test_the_rule_counts_from_its_day_on_for_meetings_that_were_held(world: World) -> None:
    hold(world.branch, BOTH, date(2026, 10, 9))
    draft = next_version(national("theme_day"), date(2026, 10, 1), shares_event=False)
    save_rule(rule=draft, actor=world.administrator)
    assert counted(world.branch, "theme_day", date(2026, 10, 1)) == 0
    back = next_version(national("theme_day"), date(2026, 11, 1), shares_event=True)
    save_rule(rule=back, actor=world.administrator)
    hold(world.branch, BOTH, date(2026, 11, 9))
    assert [counted(world.branch, "theme_day", date(2026, month, 1)) for month in (10, 11)] == [0, 1]


def test_the_lists_behind_a_line_agree_with_its_count(world: World) -> None:
    hold(world.branch, BOTH, date(2026, 7, 9))
    alone = hold(world.branch, "lecture", date(2026, 7, 16))
    lines = list(Obligation.objects.filter(organization=world.branch))
    behind = meetings_behind(lines, Meeting.objects.all())
    assert {pk: len(meetings) for pk, meetings in behind.items()} == {
        pk: number for pk, (number, _accepted) in count_meetings_for(lines).items()
    }
    assert behind[line(world.branch, "lecture", date(2026, 7, 1)).pk] == [alone]


def test_the_page_says_what_it_does_not_count_as(world: World) -> None:
    meeting = hold(world.branch, BOTH, date(2026, 7, 9))
    assert [part.kind for part in parts_judged().filter(left_out=True)] == ["lecture"]
    assert "按现行规则，本次活动不计为党课，须单独开展" in words(
        html_of(world.secretary, f"/meetings/{meeting.pk}/")
    )
    earlier = hold(world.branch, BOTH, date(2026, 6, 9))
    assert "不计为" not in html_of(world.secretary, f"/meetings/{earlier.pk}/")


def test_the_work_list_does_not_take_it_for_the_lecture(world: World) -> None:
    Obligation.objects.exclude(kind="lecture", period_start=date(2026, 10, 1)).delete()
    hold(world.branch, BOTH, date(2026, 11, 27), state=MeetingState.SCHEDULED, theme="合办")
    with at(IN_MAY.replace(month=12, day=20)):
        assert "11天内 第四季度党课" in task(world.secretary, "第四季度党课")


def test_a_looser_local_rule_needs_its_explanation() -> None:
    above = national("lecture")
    above.shares_event = False
    assert len(loosened(national("lecture"), above)) == 1
    assert loosened(above, national("lecture")) == []


def test_it_travels_in_files_and_shows_in_the_preview(world: World) -> None:
    rule = next_version(national("theme_day"), date(2026, 12, 1), shares_event=False)
    difference = preview_ledger(
        change=lambda: put_in_force(rule=rule, actor=None), owner=None, kinds={"theme_day"},
        as_of=date(2026, 11, 23),
    )  # fmt: skip
    assert (difference.appearing, difference.disappearing, difference.changing) == (0, 0, 12)
    [entry] = read_rule_set(write_rule_set("一", [rule])).entries
    assert entry.rule.shares_event is False
