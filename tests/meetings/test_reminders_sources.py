"""Records to write and terms of office: who is told when, and what ends it."""

from datetime import date, timedelta

import pytest

from branchlife.models import User
from meetings.enums import MeetingState, OrganizationKind
from meetings.models import Deadline, Meeting, Organization, ReminderRule
from meetings.reminding import Facts, Horizon, Matter, Source, register, sources, wordings
from meetings.reminding import _sources as registered
from meetings.services.reminders.plan import PlanResult, plan_reminders
from tests.held import hold
from tests.meetings.reminder_ledger import at, owe
from tests.world import World

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def plan(kind: str, day: date) -> PlanResult:
    result = plan_reminders(now=at(day), kinds=[kind])
    assert result.failed == ()
    return result


def told(user: User) -> list[str]:
    return [notice.sentence for notice in user.notices.current()]


def test_every_kind_has_a_rule_with_its_ladder() -> None:
    rules = {rule.code: rule.ladder for rule in ReminderRule.objects.filter(owner=None)}
    assert rules == {source.code: source.ladder for source in sources()}
    assert set(rules) >= {"obligation", "record", "term"}


def scheduled(world: World, day: date, **columns: object) -> Meeting:
    group = columns.get("group")
    return hold(world.branch, "group" if group else "theme_day", day, state=MeetingState.SCHEDULED, **columns)


def test_a_record_is_asked_for_before_its_limit_and_after(world: World) -> None:
    """Three working days after Monday is Thursday; it is told on Wednesday and from Friday on."""
    meeting = scheduled(world, MONDAY)
    assert plan("record", MONDAY + timedelta(days=1)).announced == 0
    plan("record", MONDAY + timedelta(days=2))
    assert told(world.secretary) == ["办公室党支部：2026年11月23日主题党日的记录应于2026年11月26日前提交。"]
    assert world.secretary.notices.get().url == f"/meetings/{meeting.pk}/record/"
    plan("record", MONDAY + timedelta(days=4))
    assert told(world.secretary) == [
        "办公室党支部：2026年11月23日主题党日的记录已逾期（应于2026年11月26日前提交）。"
    ]
    assert not world.reviewer.notices.exists()
    plan("record", MONDAY + timedelta(days=10))
    assert told(world.reviewer) == [
        "办公室党支部逾期未提交2026年11月23日主题党日的记录（应于2026年11月26日前提交）。"
    ]


@pytest.mark.parametrize("state", [MeetingState.SUBMITTED, MeetingState.ACCEPTED, MeetingState.CANCELLED])
def test_a_record_that_is_handed_in_is_not_asked_for(world: World, state: str) -> None:
    meeting = scheduled(world, MONDAY)
    plan("record", MONDAY + timedelta(days=4))
    Meeting.objects.filter(pk=meeting.pk).update(state=state, recorded_at=at(MONDAY))
    assert plan("record", MONDAY + timedelta(days=4)).settled == 1
    assert told(world.secretary) == []


def test_the_group_s_leader_is_asked_for_the_group_s_record(world: World) -> None:
    scheduled(world, MONDAY, group=world.groups[0])
    plan("record", MONDAY + timedelta(days=4))
    assert len(told(world.group_leader)) == len(told(world.secretary)) == 1


def test_a_branch_s_own_limit_counts(world: World) -> None:
    limit = Deadline.objects.get(owner=None, code="record")
    limit.pk, limit.owner, limit.amount = None, world.committee, 10
    limit.save()
    scheduled(world, MONDAY)
    assert plan("record", date(2026, 12, 3)).announced == 0
    assert plan("record", date(2026, 12, 4)).announced == 1  # one working day before Monday the 7th


def term(organization: Organization, start: date) -> None:
    Organization.objects.filter(pk=organization.pk).update(term_start_on=start)


def test_the_end_of_a_term_is_told_six_three_and_one_month_before(world: World) -> None:
    term(world.branch, date(2024, 5, 24))  # three years
    assert plan("term", MONDAY).announced == 0
    plan("term", MONDAY + timedelta(days=1))
    sentence = "办公室党支部：本届任期将于2027年5月24日届满，请做好换届准备。"
    assert told(world.secretary) == told(world.administrator) == [sentence]
    days = []
    for number in range(2, 240):
        if plan("term", MONDAY + timedelta(days=number)).announced:
            days.append(MONDAY + timedelta(days=number))
    assert days[:3] == [date(2027, 2, 24), date(2027, 4, 24), date(2027, 5, 25)]
    assert told(world.reviewer) == ["办公室党支部：本届任期已于2027年5月24日届满，尚未换届。"]
    assert days[3] == date(2027, 6, 24)  # every thirty days


def test_a_new_term_ends_it(world: World) -> None:
    term(world.branch, date(2024, 1, 1))
    plan("term", MONDAY)
    assert len(told(world.secretary)) == 1
    term(world.branch, MONDAY)
    plan("term", MONDAY)
    assert told(world.secretary) == []


def test_a_committee_s_own_term_is_its_administrator_s(world: World) -> None:
    term(world.committee, date(2022, 1, 1))  # five years
    plan("term", MONDAY)
    assert len(told(world.administrator)) == 1


def test_a_kind_that_fails_holds_up_no_other(world: World) -> None:
    def broken(horizon: Horizon, only: object = None) -> list[Matter]:
        raise ValueError("boom")

    owe(world.branch, MONDAY)
    nothing: dict[Matter, Facts] = {}
    register(
        Source(
            "aaa",
            "aaa",
            due=broken,
            responsible=lambda seats, matter: (),
            facts=lambda matters: nothing,
            wordings=wordings(due="", overdue=""),
        )
    )
    try:
        result = plan_reminders(now=at(date(2026, 12, 1)), kinds=["aaa", "obligation"])
    finally:
        del registered["aaa"]
    assert (result.announced, result.failed) == (1, ("aaa",))


def test_a_ladder_that_is_not_in_use_announces_nothing(world: World) -> None:
    owe(world.branch, MONDAY)
    owe(world.small_branch, MONDAY)
    rule = ReminderRule.objects.get(owner=None, code="obligation")
    rule.pk, rule.owner, rule.is_active = None, world.small_branch, False
    rule.save()
    plan("obligation", date(2026, 12, 1))
    assert len(told(world.secretary)) == 1
    assert told(world.small_secretary) == []


def test_a_committee_s_own_ladder(world: World) -> None:
    owe(world.branch, MONDAY)
    rule = ReminderRule.objects.get(owner=None, code="obligation")
    rule.pk, rule.owner, rule.before = None, world.committee, "1"
    rule.save()
    assert plan("obligation", date(2026, 11, 26)).announced == 0
    assert plan("obligation", date(2026, 11, 27)).announced == 1


def test_an_organization_without_anybody_above_is_no_fault(world: World) -> None:
    lone = Organization.objects.add_root(
        {"name": "孤支部", "kind": OrganizationKind.BRANCH, "founded_on": date(2020, 1, 1)}
    )
    owe(Organization.objects.get(pk=lone.pk), MONDAY)
    assert plan("obligation", date(2027, 1, 1)).announced == 0
