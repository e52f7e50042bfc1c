"""Leading cadres' two strands: who is expected at the leading body's meeting, what is counted, who sees it."""

from datetime import UTC, date, datetime, time

import pytest
from django.urls import reverse

from meetings.enums import MeetingKind, OrganizationKind, Presence, Role
from meetings.models import Attendance, Meeting, Member, Organization
from meetings.services.attendance import Deviation, expected_at, freeze_attendance
from meetings.services.dual_life import DualLife, Strand, dual_lives
from meetings.services.record import MeetingFacts, schedule_meeting
from reviews.services.records import log_meeting
from tests.held import attended, hold
from tests.reviews.pages import MOST_QUERIES, html_of, open_page, queries, words
from tests.reviews.recording import at
from tests.world import World, appoint, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
LIST = "/dual-life/"


def cadre(member: Member) -> Member:
    member.is_leading_cadre = True
    member.save()
    return member


def detail(member: Member) -> str:
    return reverse("dual_life_detail", args=[member.pk])


def democratic_life(world: World, *away: Member, day: date = date(2026, 1, 20)) -> Meeting:
    meeting = hold(world.committee, MeetingKind.DEMOCRATIC_LIFE, day)
    freeze_attendance(
        meeting=meeting, deviations={each.pk: Deviation(Presence.EXCUSED, "出差") for each in away}
    )
    return meeting


def names_due(organization: Organization) -> set[str]:
    kinds = [MeetingKind.DEMOCRATIC_LIFE]
    due = expected_at(organization=organization, group=None, kinds=kinds, day=date(2026, 1, 20))
    return {person.member.name for person in due}


def test_a_democratic_life_meeting_is_for_the_leading_cadres_below(world: World) -> None:
    for member in (world.members[5], world.small_members[0], world.other_members[0]):
        cadre(member)
    assert names_due(world.committee) == {"黄峰浩", "解涵杰"}


def test_the_nearest_leading_body_is_ones_own(world: World) -> None:
    facts = {"name": "分党委", "kind": OrganizationKind.COMMITTEE, "founded_on": date(2015, 7, 1)}
    part = Organization.objects.add_child(
        Organization.objects.get(pk=world.committee.pk), facts | {"has_leading_body": True}
    )
    small = Organization.objects.get(pk=world.small_branch.pk)
    Organization.objects.move(small, part, "last-child")
    cadre(world.members[5])
    cadre(world.small_members[0])
    assert names_due(Organization.objects.get(pk=world.committee.pk)) == {"黄峰浩"}
    assert names_due(Organization.objects.get(pk=part.pk)) == {"解涵杰"}


def test_it_is_written_down_like_any_other(world: World) -> None:
    for member in (world.members[5], world.small_members[0]):
        cadre(member)
    clerk = make_user("clerk")
    appoint(clerk, world.committee, Role.SECRETARY)
    facts = MeetingFacts(
        kinds=(MeetingKind.DEMOCRATIC_LIFE,), theme="年度民主生活会", day=date(2026, 1, 20), starts=time(9),
        ends=time(11), place="会议室", chair=world.members[5], recorder=world.members[5], content="批评和自我批评",
    )  # fmt: skip
    now = datetime(2026, 1, 21, 2, tzinfo=UTC)
    meeting = schedule_meeting(organization=world.committee, facts=facts, actor=clerk, now=now)
    form = html_of(clerk, reverse("meeting_record", args=[meeting.pk]))
    assert "黄峰浩" in form
    away = {world.small_members[0].pk: Deviation(Presence.EXCUSED, "出差")}
    log_meeting(meeting=meeting, version=meeting.version, facts=facts, deviations=away, actor=clerk, now=now)
    rows = Attendance.objects.filter(meeting=meeting).order_by("member__name_key")
    assert [(row.member.name, row.presence) for row in rows] == [("黄峰浩", "present"), ("解涵杰", "excused")]


def test_both_strands_are_counted_from_the_attendance(world: World) -> None:
    huang = cadre(world.members[5])
    attended(hold(world.branch, [MeetingKind.THEME_DAY, MeetingKind.LECTURE], date(2026, 3, 10)))
    attended(hold(world.branch, MeetingKind.GENERAL, date(2026, 4, 10)), huang)
    attended(hold(world.branch, MeetingKind.GENERAL, date(2025, 4, 10)))  # another year
    attended(hold(world.branch, MeetingKind.GENERAL, date(2026, 5, 10), state="hold_again"))  # did not count
    democratic_life(world)
    life = dual_lives([huang.pk], 2026, Attendance.objects.all())[huang.pk]
    assert life == DualLife(
        branch=Strand(expected=2, here=1, excused=1),
        body=Strand(expected=1, here=1),
        attended={"theme_day": 1, "lecture": 1},
    )
    nobody = dual_lives([world.members[6].pk], 2020, Attendance.objects.all())
    assert nobody == {world.members[6].pk: DualLife()}


def test_the_committees_ledger(world: World) -> None:
    huang = cadre(world.members[5])
    cadre(world.small_members[1])
    attended(hold(world.branch, MeetingKind.THEME_DAY, date(2026, 3, 10)))
    democratic_life(world, world.small_members[1])
    with at():
        page = words(html_of(world.reviewer, LIST))
        assert "2026年党员领导干部双重组织生活统计表" in page
        assert "1 黄峰浩 办公室党支部 0 0 0 0 1 0 0 1 / 1 黄峰浩 1 / 1 黄峰浩" in page
        assert "2 周丽健 督查室党支部 0 0 0 0 0 0 0 0 / 0 周丽健 0 / 1 周丽健" in page
        assert "1 人尚未参加领导班子组织生活" in page
        assert "0 / 0" in words(html_of(world.administrator, LIST + "?year=2025"))
        assert open_page(world.reviewer, LIST + "?year=20x5").status_code == 400
        for user in (world.secretary, world.member, world.group_leader, world.outsider):
            html_of(user, LIST, 403)
        assert "黄峰浩" not in words(html_of(world.other_reviewer, LIST))
        opened = words(html_of(world.reviewer, detail(huang)))
        assert "所在党支部组织生活：应到 1 次，实到 1 次" in opened
        assert "领导班子组织生活：应到 1 次，实到 1 次" in opened
        assert "民主生活会 1月20日" in opened


def test_ones_own_line_and_nobody_elses(world: World) -> None:
    huang = cadre(world.members[5])
    democratic_life(world)
    with at():
        own = words(html_of(world.member, "/me/"))
        assert "尚未参加 所在党支部组织生活：应到 0 次，实到 0 次" in own
        assert "已参加 领导班子组织生活：应到 1 次，实到 1 次" in own
        assert "民主生活会" in words(html_of(world.member, detail(huang)))
        assert "双重组织生活" not in words(html_of(world.group_leader, "/me/"))
        html_of(world.secretary, detail(huang), 403)
        html_of(world.small_secretary, detail(huang), 404)
        html_of(world.reviewer, detail(world.members[4]), 404)  # no leading cadre


def test_the_number_of_queries_does_not_depend_on_the_cadres(world: World) -> None:
    huang = cadre(world.members[5])
    attended(hold(world.branch, MeetingKind.THEME_DAY, date(2026, 3, 10)))
    with at():
        pages = [(world.reviewer, LIST), (world.reviewer, detail(huang)), (world.member, "/me/")]
        few = [queries(user, page) for user, page in pages]
        for member in (world.members[2], world.members[3]):
            cadre(member)
        democratic_life(world)
        attended(hold(world.branch, MeetingKind.GENERAL, date(2026, 4, 10)))
        more = [queries(user, page) for user, page in pages]
    assert more[0] == few[0]
    assert max(few + more) <= MOST_QUERIES
