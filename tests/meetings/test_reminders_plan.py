"""Who is told what on which day; what stops it."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branchlife.models import User
from meetings.enums import OrganizationKind, Role
from meetings.models import Letter, Notice, Obligation, Organization, Reminder
from tests.meetings.reminder_ledger import at, owe, plan_lines
from tests.world import SINCE, World, appoint, make_user

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
DUE = date(2026, 11, 30)


def notices(user: User) -> list[str]:
    return [notice.code.removeprefix("reminder.obligation.") for notice in user.notices.current()]


def plan(days_after_due: int, hour: int = 9) -> int:
    return plan_lines(at(DUE + timedelta(days=days_after_due), hour)).announced


def test_the_secretary_is_told_ten_working_days_before(world: World) -> None:
    owe(world.branch, NOVEMBER)
    assert plan(-15) == 0
    assert plan(-14, hour=0) == 1
    notice = world.secretary.notices.get()
    assert notice.sentence == "办公室党支部：2026年11月的主题党日应于2026年11月30日前完成。"
    assert notice.is_unread
    assert not Notice.objects.exclude(recipient=world.secretary).exists()


def test_the_day_begins_at_midnight_in_shanghai(world: World) -> None:
    owe(world.branch, NOVEMBER)
    late = at(DUE - timedelta(days=15), 23, 59)
    assert plan_lines(late).announced == 0
    assert plan_lines(late + timedelta(minutes=1)).announced == 1


def test_a_round_without_news_writes_nothing(world: World) -> None:
    owe(world.branch, NOVEMBER)
    plan(-10)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert plan(-10, hour=10) == 0
        assert plan(-9) == 0
    assert Notice.objects.count() == Reminder.objects.count() == 1
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "DELETE"))]


def test_a_later_stage_replaces_the_earlier_one(world: World) -> None:
    owe(world.branch, NOVEMBER)
    for day in range(-12, 30):
        plan(day)
        assert len(notices(world.secretary)) <= 1
    told = Counter(world.secretary.reminders.values_list("stage", flat=True))
    assert told == {"due_soon": 2, "overdue": 5}
    states = Counter(world.secretary.reminders.in_app().values_list("state", flat=True))
    assert states == {"superseded": 6, "sent": 1}
    assert world.secretary.notices.current().get().reminder.falls_on == date(2026, 12, 29)


def test_after_downtime_the_latest_stage_alone_is_made_up_for(world: World) -> None:
    owe(world.branch, NOVEMBER)
    plan(-10)
    assert plan(9) == 2  # the secretary's second week, the reviewer's first
    assert notices(world.secretary) == ["overdue"]
    assert [
        str(day) for day in world.secretary.reminders.values_list("falls_on", flat=True).order_by("pk")
    ] == [
        "2026-11-16",
        "2026-12-08",
    ]


def test_reviewers_are_told_after_a_week_and_once(world: World) -> None:
    owe(world.branch, NOVEMBER)
    for day in range(40):
        plan(day)
        assert notices(world.reviewer) == (["escalated"] if day >= 7 else [])
    assert world.reviewer.reminders.count() == 1
    assert not world.other_reviewer.notices.exists()
    assert not world.administrator.notices.exists()


def test_nobody_reviews_the_own_branch(world: World) -> None:
    appoint(world.secretary, world.committee, Role.REVIEWER)
    owe(world.branch, NOVEMBER)
    owe(world.small_branch, NOVEMBER)
    plan(7)
    told = world.secretary.notices.current().values_list("code", "values__bearer")
    assert set(told) == {
        ("reminder.obligation.overdue", "办公室党支部"),
        ("reminder.obligation.escalated", "督查室党支部"),
    }


def test_a_group_s_line_concerns_its_leader_and_the_secretary(world: World) -> None:
    other_leader = make_user("other_leader")
    appoint(other_leader, world.branch, Role.GROUP_LEADER, world.groups[1])
    owe(world.branch, NOVEMBER, kind="group", group=world.groups[0])
    assert plan(1) == 2
    assert notices(world.group_leader) == notices(world.secretary) == ["overdue"]
    assert world.group_leader.notices.get().values["bearer"] == "办公室党支部 第一党小组"
    assert not other_leader.notices.exists()


def test_what_a_committee_owes_itself_concerns_its_administrators(world: World) -> None:
    owe(world.committee, NOVEMBER, kind="staff", period="year")
    assert plan_lines(at(date(2026, 12, 25))).announced == 1
    assert notices(world.administrator) == ["due_soon"]
    assert not world.reviewer.notices.exists()


def test_the_general_branch_hears_of_it_before_the_committee(world: World) -> None:
    between = Organization.objects.add_child(
        Organization.objects.get(pk=world.committee.pk),
        {"name": "一总支", "kind": OrganizationKind.GENERAL_BRANCH, "founded_on": SINCE},
    )
    below = Organization.objects.add_child(
        between, {"name": "下支部", "kind": OrganizationKind.BRANCH, "founded_on": SINCE}
    )
    near = make_user("near")
    appoint(near, between, Role.REVIEWER)
    owe(below, NOVEMBER)
    owe(world.branch, NOVEMBER)
    plan(7)
    assert near.notices.get().values["bearer"] == "下支部"
    assert world.reviewer.notices.get().values["bearer"] == "办公室党支部"
    plan(14)
    assert near.notices.count() == 1
    assert world.reviewer.notices.count() == 2


@pytest.mark.parametrize("columns", [{"counted": 1}, {"period_start": date(2026, 12, 1)}])
def test_what_is_met_or_has_not_begun_is_not_announced(world: World, columns: dict) -> None:
    december = (
        {"period_end": date(2026, 12, 31), "due_on": date(2026, 12, 31)} if "period_start" in columns else {}
    )
    owe(world.branch, NOVEMBER, **(columns | december))
    assert plan(-3) == 0


def test_what_is_waived_is_not_announced_and_leaves_the_bell(world: World) -> None:
    line = owe(world.branch, NOVEMBER)
    plan(-10)
    waived = {"waived_at": at(DUE), "waived_by": world.administrator, "waiver_reason": "防汛"}
    Obligation.objects.filter(pk=line.pk).update(**waived)
    assert plan_lines(at(DUE)).settled == 1
    assert notices(world.secretary) == []
    assert plan(8) == 0


def test_a_meeting_that_must_be_held_again_is_told_again(world: World) -> None:
    """No second row: the same announcement comes back to the bell, unread."""
    line = owe(world.branch, NOVEMBER)
    plan(1)
    world.secretary.notices.update(read_at=at(DUE))
    Obligation.objects.filter(pk=line.pk).update(counted=1)
    plan(2)
    assert notices(world.secretary) == []
    Obligation.objects.filter(pk=line.pk).update(counted=0)
    assert plan_lines(at(DUE + timedelta(days=3))).reopened == 1
    assert world.secretary.notices.unread().count() == 1
    assert world.secretary.reminders.count() == 1


def test_who_lost_the_role_no_longer_sees_it_and_the_successor_does(world: World) -> None:
    owe(world.branch, NOVEMBER)
    plan(1)
    world.secretary.appointments.update(end_on=DUE)
    successor = make_user("successor")
    appoint(successor, world.branch, Role.SECRETARY)
    plan(2)
    assert notices(world.secretary) == []
    assert notices(successor) == ["overdue"]


def test_a_disabled_account_is_not_told(world: World) -> None:
    owe(world.branch, NOVEMBER)
    User.objects.filter(pk=world.secretary.pk).update(is_active=False)
    assert plan(1) == 0
    assert Reminder.objects.count() == 0


def test_a_moved_deadline_is_announced_afresh(world: World) -> None:
    line = owe(world.branch, NOVEMBER)
    plan(-3)
    Obligation.objects.filter(pk=line.pk).update(due_on=DUE + timedelta(days=20))
    plan(-2)
    assert notices(world.secretary) == []
    plan(11)
    assert world.secretary.notices.current().get().values["due_on"] == "2026-12-20"


def test_a_clock_that_went_ahead_and_back_announces_nothing_twice(world: World) -> None:
    owe(world.branch, NOVEMBER)
    assert plan(8) == 2
    assert plan(-3) == 0
    assert plan(1) == 0
    assert plan(9) == 0
    assert notices(world.secretary) == ["overdue"]
    assert Reminder.objects.in_app().count() == 2


def test_one_letter_for_all_that_is_told_at_one_time(world: World) -> None:
    User.objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    owe(world.branch, NOVEMBER)
    owe(world.branch, NOVEMBER, kind="committee")
    owe(world.branch, NOVEMBER, kind="group", group=world.groups[0])
    plan(1)
    letter = Letter.objects.get()
    assert (letter.recipient, letter.reminders.count()) == (world.secretary, 3)
    assert letter.message_id.endswith("@localhost>")


def test_without_an_address_there_is_no_letter(world: World) -> None:
    owe(world.branch, NOVEMBER)
    plan(1)
    assert not Letter.objects.exists()
    assert not Reminder.objects.filter(channel="email").exists()


def test_a_line_that_is_gone_settles_its_notices(world: World) -> None:
    line = owe(world.branch, NOVEMBER)
    plan(1)
    line.delete()
    assert plan_lines(at(DUE + timedelta(days=2))).settled == 1
    assert not Notice.objects.current().exists()


def test_the_number_of_queries_does_not_grow_with_the_lines(world: World) -> None:
    def queries() -> int:
        Letter.objects.all().delete()
        Reminder.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            plan(7)
        return len(captured)

    User.objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    owe(world.branch, NOVEMBER)
    one = queries()
    for kind in ("committee", "general", "lecture"):
        owe(world.branch, NOVEMBER, kind=kind)
    assert queries() == one
