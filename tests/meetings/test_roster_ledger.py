"""What is owed follows the roster from the day of the change on; what was held stays as it was."""

from datetime import date

import pytest

from meetings.enums import MeetingKind
from meetings.models import Attendance, Member, Membership, Obligation, Organization
from meetings.services.obligations import generate_obligations, sync_obligations
from meetings.services.roster.dissolution import dissolve_organization, merge_organizations
from meetings.services.roster.groups import found_group
from meetings.services.roster.memberships import change_groups, end_membership
from meetings.services.roster.people import MemberFacts, add_member, correct_facts, facts_seen, turn_full
from meetings.services.roster.standings import set_standing
from tests.held import attended, hold
from tests.meetings.roster_changes import NOW, TODAY
from tests.world import World, build_world, make_member

pytestmark = pytest.mark.django_db
COMMITTEE, GROUP = MeetingKind.COMMITTEE, MeetingKind.GROUP


@pytest.fixture
def world() -> World:
    world = build_world()
    generate_obligations(as_of=TODAY)
    return world


def months(branch: Organization, kind: str = COMMITTEE, **more: object) -> list[str]:
    lines = Obligation.objects.filter(organization=branch, kind=kind, **more).order_by("period_start")
    return [line.span.code for line in lines]


def grown(world: World) -> list[Member]:
    """Six full members in the small branch."""
    return [make_member(name, world.small_branch) for name in ("甲一", "乙二")]


def settled(world: World) -> bool:
    """Generating again changes nothing: the change has written what the clock would have."""
    result = generate_obligations(as_of=TODAY)
    return (result.created, result.changed, result.removed, result.recounted) == (0, 0, 0, 0)


def test_from_six_to_seven_in_mid_month(world: World) -> None:
    """Owed from the next month on (work of branches, article 20): the day it begins decides."""
    grown(world)
    assert months(world.small_branch) == []
    add_member(
        facts=MemberFacts(name="丙三", joined_on=date(2012, 1, 1), full_member_on=date(2013, 1, 1)),
        organization=world.small_branch, day=date(2026, 9, 15), actor=world.administrator, now=NOW,
    )  # fmt: skip
    assert months(world.small_branch)[0] == "2026-10"
    assert settled(world)


def test_a_seventh_who_turns_full_in_mid_month(world: World) -> None:
    grown(world)
    seventh = make_member("丙三", world.small_branch, full=False)
    generate_obligations(as_of=TODAY)
    assert months(world.small_branch) == []
    turn_full(member=seventh, day=date(2026, 8, 31), actor=world.administrator, now=NOW)
    assert months(world.small_branch)[0] == "2026-09"
    seen = facts_seen(Member.objects.get(pk=seventh.pk))
    correct_facts(
        member=seventh, changes={"full_member_on": date(2026, 9, 2)}, seen=seen, actor=world.administrator,
        now=NOW,
    )  # fmt: skip
    assert months(world.small_branch)[0] == "2026-10", "a later day takes back what was owed"
    assert settled(world)


def test_from_seven_to_six(world: World) -> None:
    members = [*grown(world), make_member("丙三", world.small_branch)]
    generate_obligations(as_of=TODAY)
    assert months(world.small_branch)[-1] == "2027-03"
    end_membership(
        member=members[0], last_day=date(2026, 10, 14), reason="去世", actor=world.administrator, now=NOW
    )
    assert months(world.small_branch)[-1] == "2026-10", "the month that had begun with seven is still owed"
    assert settled(world)


def test_a_group_owes_from_its_first_whole_month(world: World) -> None:
    found_group(
        organization=world.small_branch, name="第一党小组", day=date(2026, 9, 2), actor=world.small_secretary,
        now=NOW,
    )  # fmt: skip
    assert months(world.small_branch, GROUP)[0] == "2026-10"
    assert settled(world)


def test_attendance_of_meetings_already_held_is_untouched(world: World) -> None:
    """Rights are frozen on the day of the meeting, whatever is entered later, even with an earlier date."""
    meeting = hold(world.branch, MeetingKind.THEME_DAY, date(2026, 10, 14))
    attended(meeting, world.members[3])

    def frozen() -> list[tuple]:
        return list(
            Attendance.objects.order_by("pk").values_list(
                "member", "presence", "reason", "hard_bound", "has_vote"
            )
        )

    before, earlier = frozen(), date(2026, 10, 1)
    actor = world.administrator
    set_standing(
        member=world.members[4], kind="detained", day=earlier, reason="第1号决定", actor=actor, now=NOW
    )
    set_standing(member=world.members[5], kind="frail", day=earlier, actor=actor, now=NOW)
    turn_full(member=world.members[8], day=earlier, actor=actor, now=NOW)
    end_membership(member=world.members[6], last_day=earlier, reason="去世", actor=actor, now=NOW)
    change_groups(
        organization=world.branch, groups={world.members[7]: None}, day=earlier, actor=actor, now=NOW
    )
    assert frozen() == before
    assert Obligation.objects.get(
        organization=world.branch, kind=MeetingKind.THEME_DAY, period_start=date(2026, 10, 1)
    ).counted == 1  # fmt: skip


def test_a_dissolved_branch_no_longer_owes_the_unfinished_period(world: World) -> None:
    Membership.objects.filter(organization=world.small_branch).update(end_on=date(2026, 8, 10))
    dissolve_organization(
        organization=world.small_branch, day=date(2026, 8, 11), actor=world.administrator, now=NOW
    )
    assert months(world.small_branch, MeetingKind.THEME_DAY)[-1] == "2026-07"
    assert months(world.small_branch, MeetingKind.GENERAL) == ["2026Q1", "2026Q2"]
    assert months(world.small_branch, MeetingKind.APPRAISAL) == []
    assert settled(world)


def test_a_merged_branch_may_owe_more(world: World) -> None:
    grown(world)
    merge_organizations(
        organization=world.branch, into=world.small_branch, day=date(2026, 10, 20),
        actor=world.administrator, now=NOW,
    )  # fmt: skip
    assert months(world.small_branch)[0] == "2026-11"
    assert months(world.branch)[-1] == "2026-09"
    assert settled(world)


def test_a_change_dated_back_calls_up_no_past_nobody_kept(world: World) -> None:
    grown(world)
    seventh = make_member("丙三", world.small_branch, full=False)
    turn_full(member=seventh, day=date(2024, 5, 5), actor=world.administrator, now=NOW)
    assert months(world.small_branch)[0] == "2026-01"
    assert not Obligation.objects.filter(period_start__year__lt=2026).exists()


def test_a_year_that_was_kept_follows(world: World) -> None:
    sync_obligations(first=date(2024, 1, 1), last=date(2024, 12, 31))
    grown(world)
    seventh = make_member("丙三", world.small_branch, full=False)
    turn_full(member=seventh, day=date(2024, 5, 5), actor=world.administrator, now=NOW)
    assert months(world.small_branch, period_start__year=2024) == [
        f"2024-{month:02}" for month in range(6, 13)
    ]
    assert not Obligation.objects.filter(period_start__year=2025).exists()


def test_a_waived_line_stays(world: World) -> None:
    line = Obligation.objects.get(organization=world.branch, kind=COMMITTEE, period_start=date(2026, 12, 1))
    line.waived_at, line.waived_by, line.waiver_reason = NOW, world.administrator, "防汛"
    line.save()
    for member in world.members[4:8]:
        end_membership(
            member=member, last_day=date(2026, 10, 14), reason="转往外地", actor=world.administrator, now=NOW
        )
    assert months(world.branch)[-2:] == ["2026-10", "2026-12"]
