"""Every trap of structure and time: what is owed, and what discharges it. Each row names its source."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.utils import timezone

from meetings.enums import BRANCH_KINDS, Audience, MeetingKind, MeetingState, audience_of
from meetings.models import Membership, Obligation, Organization, PartyGroup, Requirement, VoteRule
from meetings.models.obligation import ObligationStatus
from meetings.services.obligations import generate_obligations
from meetings.services.record import MeetingFacts, schedule_meeting
from meetings.services.roster import dissolution, groups, memberships, people
from meetings.services.rulebook.versions import save_rule
from reviews.enums import Action, FindingReason
from reviews.services.records import log_meeting
from reviews.services.workflow import FindingDraft, perform
from tests.held import hold
from tests.meetings.roster_changes import NOW, TODAY
from tests.meetings.rulebook import national, next_version
from tests.meetings.traps import BRANCH, DEMOCRATIC_LIFE, LOCAL, MEMBERS, ORGAN, Table, row
from tests.world import World, build_world, make_member

pytestmark = pytest.mark.django_db
TABLE = Table()
trap = TABLE.trap


@pytest.fixture
def world() -> World:
    world = build_world()
    generate_obligations(as_of=TODAY)
    return world


@pytest.mark.parametrize("holds", TABLE.rows)
def test_trap(world: World, holds) -> None:
    holds(world)


def owed(branch: Organization, kind: str, group: PartyGroup | None = None) -> list[str]:
    lines = Obligation.objects.filter(organization=branch, kind=kind, group=group, period_start__year=2026)
    return [line.span.code for line in lines.order_by("period_start")]


def line(branch: Organization, kind: str, start: date) -> Obligation:
    return Obligation.objects.get(organization=branch, kind=kind, period_start=start, group=None)


def counted(branch: Organization, kind: str, start: date) -> int:
    return line(branch, kind, start).counted


def join(world: World, day: date, number: int = 1) -> None:
    people.add_member(
        facts=people.MemberFacts(
            name=f"新党员{number}", joined_on=date(2012, 1, 1), full_member_on=date(2013, 1, 1)
        ),
        organization=world.small_branch, day=day, actor=world.administrator, now=NOW,
    )  # fmt: skip


def six(world: World) -> None:
    """The small branch has six full members."""
    for number in range(2):
        make_member(f"老党员{number}", world.small_branch)
    generate_obligations(as_of=TODAY)
    assert owed(world.small_branch, "committee") == []


# --- structure -------------------------------------------------------------------------------


BY_HALF, BY_TWO_THIRDS = (1, 2), (2, 3)
ALL, COMMITTEE, GROUP = Audience.BRANCH, Audience.COMMITTEE, Audience.GROUP
# Kind: period, who owes it, on which condition, article, who attends, quorum of its votes, source.
DEFAULTS = {
    "general": ("quarter", "branch", "none", "第十一条", ALL, BY_HALF, f"{BRANCH} art. 11"),
    "committee": ("month", "branch", "has_committee", "第十二条", COMMITTEE, BY_HALF, f"{BRANCH} art. 12"),
    "group": ("month", "group", "none", "第十三条", GROUP, None, f"{BRANCH} art. 13"),
    "lecture": ("quarter", "branch", "none", "", ALL, None, f"{LOCAL}, the national text has no number"),
    "theme_day": ("month", "branch", "none", "第十六条", ALL, None, f"{MEMBERS} art. 16"),
    "organizational_life": ("year", "branch", "none", "第十七条", ALL, None, f"{MEMBERS} art. 17"),
    "appraisal": ("year", "branch", "none", "第十八条", ALL, None, f"{MEMBERS} art. 18"),
    "democratic_life": (
        "year", "committee", "has_leading_body", "第二条", Audience.LEADING_BODY, BY_TWO_THIRDS,
        f"{DEMOCRATIC_LIFE} art. 2",
    ),
    "secretary_report": ("year", "committee", "none", "第三十九条", ALL, None, f"{ORGAN} art. 39"),
    "staff": ("year", "committee", "none", "第二十六条", ALL, None, f"{ORGAN} art. 26"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "period", "bearer", "condition", "article", "audience", "vote"),
    [row(kind, *asked, what=kind, source=source) for kind, (*asked, source) in DEFAULTS.items()],
)
def test_default_frequencies(
    db: None, kind: str, period: str, bearer: str, condition: str, article: str, audience: Audience,
    vote: tuple[int, int] | None,
) -> None:  # fmt: skip
    """Who owes what how often, who attends, and the quorum of its votes, as a new site starts."""
    rule = Requirement.objects.get(owner=None, code=kind)
    assert (rule.period, rule.minimum, rule.bearer, rule.condition) == (period, 1, bearer, condition)
    assert (rule.basis_article, rule.confidence) == (article, "article" if article else "local")
    assert audience_of([kind]) == audience
    if vote:
        quorum = VoteRule.objects.get(owner=None, code=kind)
        assert (quorum.quorum_part, quorum.quorum_whole, quorum.quorum_strict) == (*vote, False)


@trap(f"{BRANCH} art. 20")
def from_six_to_seven_in_mid_month_committee_meetings_are_owed_from_the_next(world: World) -> None:
    six(world)
    join(world, date(2026, 9, 15))
    assert owed(world.small_branch, "committee") == ["2026-10", "2026-11", "2026-12"]


@trap(f"{BRANCH} art. 20")
def from_six_to_seven_on_the_first_they_are_owed_for_that_month(world: World) -> None:
    six(world)
    join(world, date(2026, 9, 1))
    assert owed(world.small_branch, "committee")[0] == "2026-09"


@trap(f"{BRANCH} art. 20")
def from_seven_to_six_the_month_begun_with_seven_is_still_owed(world: World) -> None:
    six(world)
    join(world, date(2026, 1, 1))
    leaving = world.small_members[1]
    memberships.end_membership(
        member=leaving, last_day=date(2026, 10, 14), reason="去世", actor=world.administrator, now=NOW
    )
    assert owed(world.small_branch, "committee")[-1] == "2026-10"


@trap(f"{BRANCH} art. 20")
def a_probationary_member_makes_no_seventh(world: World) -> None:
    six(world)
    make_member("预备", world.small_branch, full=False)
    generate_obligations(as_of=TODAY)
    assert owed(world.small_branch, "committee") == []


@trap(f"{BRANCH} art. 13")
def without_groups_no_group_meetings_are_owed(world: World) -> None:
    assert not Obligation.objects.filter(organization=world.small_branch, kind="group").exists()


@trap(f"{BRANCH} art. 13")
def each_group_owes_its_own_and_meets_nobody_elses(world: World) -> None:
    hold(world.branch, "group", date(2026, 5, 8), group=world.groups[1])
    found = Obligation.objects.filter(kind="group", period_start=date(2026, 5, 1)).order_by("group")
    assert [each.counted for each in found] == [0, 1]


@trap(f"{BRANCH} art. 13")
def a_group_founded_in_mid_month_owes_from_the_next_and_one_dissolved_not_for_its_last(world: World) -> None:
    branch = world.small_branch
    group = groups.found_group(
        organization=branch, name="新组", day=date(2026, 7, 2), actor=world.administrator, now=NOW
    )
    assert owed(branch, "group", group)[0] == "2026-08"
    groups.dissolve_group(group=group, day=date(2026, 10, 30), actor=world.administrator, now=NOW)
    assert owed(branch, "group", group) == ["2026-08", "2026-09"]


@trap(LOCAL)
def founded_in_mid_quarter_it_owes_from_its_first_whole_period(world: World) -> None:
    Organization.objects.filter(pk=world.small_branch.pk).update(founded_on=date(2026, 5, 20))
    generate_obligations(as_of=TODAY)
    assert owed(world.small_branch, "general") == ["2026Q3", "2026Q4"]
    assert owed(world.small_branch, "theme_day")[0] == "2026-06"
    assert owed(world.small_branch, "appraisal") == []


@trap(LOCAL)
def dissolved_it_owes_nothing_for_the_unfinished_period(world: World) -> None:
    Membership.objects.filter(organization=world.small_branch).update(end_on=date(2026, 8, 10))
    dissolution.dissolve_organization(
        organization=world.small_branch, day=date(2026, 8, 11), actor=world.administrator, now=NOW
    )
    assert owed(world.small_branch, "general") == ["2026Q1", "2026Q2"]
    assert owed(world.small_branch, "theme_day")[-1] == "2026-07"


@trap(f"{BRANCH} art. 20")
def merged_the_one_owes_no_more_and_the_other_perhaps_more(world: World) -> None:
    dissolution.merge_organizations(
        organization=world.branch, into=world.small_branch, day=date(2026, 10, 20),
        actor=world.administrator, now=NOW,
    )  # fmt: skip
    assert owed(world.branch, "theme_day")[-1] == "2026-09"
    assert owed(world.small_branch, "committee") == ["2026-11", "2026-12"]


@trap(f"{BRANCH} art. 5")
def joint_and_temporary_branches_owe_branch_life_like_others(world: World) -> None:
    before = owed(world.small_branch, "theme_day")
    for kind in BRANCH_KINDS:
        Organization.objects.filter(pk=world.small_branch.pk).update(kind=kind)
        generate_obligations(as_of=TODAY)
        assert owed(world.small_branch, "theme_day") == before


@trap(f"{DEMOCRATIC_LIFE} art. 2")
def a_democratic_life_meeting_is_owed_only_where_the_organization_is_flagged(world: World) -> None:
    Requirement.objects.filter(code="democratic_life").update(is_active=True)
    Organization.objects.filter(pk=world.committee.pk).update(has_leading_body=True)
    generate_obligations(as_of=TODAY)
    owing = Organization.objects.filter(obligations__kind="democratic_life").distinct()
    assert list(owing) == [world.committee]


# --- time ------------------------------------------------------------------------------------


@trap("civil time at the branch, decision 2")
def at_half_past_eleven_on_the_last_evening_of_a_quarter_it_still_counts_for_it(world: World) -> None:
    """23:30 in Shanghai on 30 September; for the server it is 15:30, and 30 minutes later another quarter."""
    with time_machine.travel(datetime(2026, 9, 30, 15, 30, tzinfo=UTC), tick=False):
        assert timezone.localdate() == date(2026, 9, 30)
        facts = MeetingFacts(
            kinds=("general",), theme="夜里的会", day=timezone.localdate(), starts=time(23, 30)
        )
        meeting = schedule_meeting(organization=world.branch, facts=facts, actor=world.secretary)
        log_meeting(
            meeting=meeting, version=meeting.version, facts=facts, deviations={}, actor=world.secretary
        )
    assert [counted(world.branch, "general", date(2026, month, 1)) for month in (7, 10)] == [1, 0]
    with time_machine.travel(datetime(2026, 9, 30, 16, 0, tzinfo=UTC), tick=False):
        assert timezone.localdate() == date(2026, 10, 1)


@trap(LOCAL)
def the_last_day_is_in_time_and_the_next_is_not(world: World) -> None:
    found = line(world.branch, "general", date(2026, 7, 1))
    assert found.status_on(date(2026, 9, 30)) == ObligationStatus.OPEN
    assert found.status_on(date(2026, 10, 1)) == ObligationStatus.OVERDUE


@trap(LOCAL)
def a_rule_changed_in_mid_year_leaves_earlier_periods_to_the_old_one(world: World) -> None:
    draft = next_version(national("theme_day"), date(2026, 7, 1), minimum=2)
    save_rule(rule=draft, actor=world.administrator, now=NOW)
    found = Obligation.objects.filter(organization=world.branch, kind="theme_day", period_start__year=2026)
    assert [each.needed for each in found.order_by("period_start")] == [1] * 6 + [2] * 6


@trap(f"{MEMBERS} art. 18")
def last_years_appraisal_held_in_january_counts_for_last_year(world: World) -> None:
    hold(world.branch, "appraisal", date(2027, 1, 20), counts_for=date(2026, 12, 31))
    assert counted(world.branch, "appraisal", date(2026, 1, 1)) == 1
    assert counted(world.branch, "appraisal", date(2027, 1, 1)) == 0


# --- what discharges -------------------------------------------------------------------------


@trap(LOCAL)
def one_event_discharges_two_kinds_where_the_rule_allows_it(world: World) -> None:
    hold(world.branch, ["theme_day", "lecture"], date(2026, 5, 8))
    assert counted(world.branch, "theme_day", date(2026, 5, 1)) == 1
    assert counted(world.branch, "lecture", date(2026, 4, 1)) == 1


@trap(LOCAL)
def one_event_discharges_one_kind_where_the_other_wants_its_own(world: World) -> None:
    draft = next_version(national("lecture"), date(2026, 4, 1), shares_event=False)
    save_rule(rule=draft, actor=world.administrator, now=NOW)
    hold(world.branch, ["theme_day", "lecture"], date(2026, 5, 8))
    assert counted(world.branch, "theme_day", date(2026, 5, 1)) == 1
    assert counted(world.branch, "lecture", date(2026, 4, 1)) == 0


@trap(LOCAL)
def a_cancelled_meeting_discharges_nothing(world: World) -> None:
    facts = MeetingFacts(kinds=("theme_day",), theme="取消的会", day=date(2026, 11, 25), starts=time(15))
    meeting = schedule_meeting(organization=world.branch, facts=facts, actor=world.secretary, now=NOW)
    perform(meeting, Action.CANCEL, actor=world.secretary, comment="停电", now=NOW)
    assert counted(world.branch, "theme_day", date(2026, 11, 1)) == 0


@trap("returned to be held again")
def a_meeting_to_be_held_again_discharges_nothing_until_it_is(world: World) -> None:
    meeting = hold(world.branch, "theme_day", date(2026, 11, 5), state=MeetingState.SUBMITTED)
    assert counted(world.branch, "theme_day", date(2026, 11, 1)) == 1
    finding = FindingDraft(reason=FindingReason.UNTRUE, field="content", sentence="与事实不符")
    perform(meeting, Action.HOLD_AGAIN, actor=world.reviewer, findings=[finding], now=NOW)
    assert counted(world.branch, "theme_day", date(2026, 11, 1)) == 0


@trap("held is what is asked, acceptance stands beside it, decision 1")
def a_record_under_review_or_returned_for_its_paper_still_counts(world: World) -> None:
    for day, state in ((3, MeetingState.SUBMITTED), (5, MeetingState.RETURNED), (9, MeetingState.ACCEPTED)):
        hold(world.branch, "theme_day", date(2026, 11, day), state=state)
    found = line(world.branch, "theme_day", date(2026, 11, 1))
    assert (found.counted, found.accepted) == (3, 1)


@trap(LOCAL)
def a_group_cannot_hold_the_meeting_of_the_branch(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 5, 8), group=world.groups[0])
    assert counted(world.branch, "theme_day", date(2026, 5, 1)) == 0


def test_every_kind_of_meeting_has_a_default(db: None) -> None:
    assert set(Requirement.objects.filter(owner=None).values_list("kind", flat=True)) == set(
        MeetingKind.values
    )
