"""Who owes what by when: the ledger that follows from rule book, structure and time."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.enums import Bearer, Confidence, OrganizationKind, Period
from meetings.models import Member, Membership, Obligation, Organization, PartyGroup, Requirement
from meetings.services.obligations import SyncResult, generate_obligations, ledger_window, sync_obligations
from tests.held import hold
from tests.world import World, make_member

pytestmark = pytest.mark.django_db

YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


def sync() -> SyncResult:
    return sync_obligations(**YEAR)


def codes(organization: Organization, kind: str, group: PartyGroup | None = None) -> list[str]:
    lines = Obligation.objects.filter(organization=organization, kind=kind, group=group)
    return [line.span.code for line in lines.order_by("period_start")]


def months(*numbers: int) -> list[str]:
    return [f"2026-{number:02}" for number in numbers]


ALL_MONTHS = months(*range(1, 13))


def test_a_branch_with_committee_and_groups_owes_the_whole_rule_book(world: World) -> None:
    sync()
    assert codes(world.branch, "general") == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert codes(world.branch, "lecture") == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert codes(world.branch, "committee") == codes(world.branch, "theme_day") == ALL_MONTHS
    assert codes(world.branch, "organizational_life") == codes(world.branch, "appraisal") == ["2026"]
    assert [codes(world.branch, "group", group) for group in world.groups] == [ALL_MONTHS, ALL_MONTHS]
    assert codes(world.branch, "group") == []


def test_a_small_branch_owes_neither_committee_nor_group_meetings(world: World) -> None:
    sync()
    assert set(Obligation.objects.filter(organization=world.small_branch).values_list("kind", flat=True)) == {
        "general", "lecture", "theme_day", "organizational_life", "appraisal",
    }  # fmt: skip


def test_a_committee_owes_no_branch_life(world: World) -> None:
    sync()
    assert not Obligation.objects.filter(organization=world.committee).exists()


def test_the_seventh_full_member_in_mid_month_counts_from_the_next_month(world: World) -> None:
    for number in range(2):
        make_member(f"新党员{number}", world.small_branch)
    turning_full = make_member("转正者", world.small_branch, full=False)
    sync()
    assert codes(world.small_branch, "committee") == []
    Member.objects.filter(pk=turning_full.pk).update(full_member_on=date(2026, 5, 12))
    sync()
    assert codes(world.small_branch, "committee") == months(6, 7, 8, 9, 10, 11, 12)


def test_a_member_who_turned_full_on_the_first_day_counts_that_month(world: World) -> None:
    for number in range(2):
        make_member(f"新党员{number}", world.small_branch)
    turning_full = make_member("转正者", world.small_branch, full=False)
    Member.objects.filter(pk=turning_full.pk).update(full_member_on=date(2026, 5, 1))
    sync()
    assert codes(world.small_branch, "committee")[0] == "2026-05"


def test_the_seventh_full_member_who_left_counts_on_the_last_day_only_until_then(world: World) -> None:
    leaving = Membership.objects.filter(organization=world.branch, member__in=world.members[:2])
    leaving.update(end_on=date(2026, 3, 1))  # eight full members become six
    sync()
    assert codes(world.branch, "committee") == months(1, 2, 3)


def test_a_branch_founded_in_mid_quarter_owes_from_its_first_whole_period(world: World) -> None:
    Organization.objects.filter(pk=world.small_branch.pk).update(founded_on=date(2026, 5, 20))
    sync()
    assert codes(world.small_branch, "general") == ["2026Q3", "2026Q4"]
    assert codes(world.small_branch, "theme_day") == months(6, 7, 8, 9, 10, 11, 12)
    assert codes(world.small_branch, "appraisal") == []


def test_a_branch_founded_on_a_first_day_owes_that_period(world: World) -> None:
    Organization.objects.filter(pk=world.small_branch.pk).update(founded_on=date(2026, 4, 1))
    sync()
    assert codes(world.small_branch, "general")[0] == "2026Q2"
    assert codes(world.small_branch, "theme_day")[0] == "2026-04"


@pytest.mark.parametrize(
    ("dissolved", "quarters", "last_month"),
    [
        (date(2026, 8, 31), ["2026Q1", "2026Q2"], "2026-07"),
        (date(2026, 9, 1), ["2026Q1", "2026Q2"], "2026-08"),
        (date(2026, 10, 1), ["2026Q1", "2026Q2", "2026Q3"], "2026-09"),
    ],
)
def test_a_dissolved_branch_owes_nothing_for_the_period_of_its_end(
    world: World, dissolved: date, quarters: list[str], last_month: str
) -> None:
    Organization.objects.filter(pk=world.small_branch.pk).update(dissolved_on=dissolved)
    sync()
    assert codes(world.small_branch, "general") == quarters
    assert codes(world.small_branch, "theme_day")[-1] == last_month
    assert codes(world.small_branch, "appraisal") == []


def test_a_group_founded_in_mid_month_owes_from_the_next(world: World) -> None:
    late = PartyGroup.objects.create(
        organization=world.branch, name="第三党小组", founded_on=date(2026, 9, 2)
    )
    sync()
    assert codes(world.branch, "group", late) == months(10, 11, 12)


def test_the_groups_of_a_dissolved_branch_owe_nothing_either(world: World) -> None:
    Organization.objects.filter(pk=world.branch.pk).update(dissolved_on=date(2026, 4, 15))
    sync()
    assert codes(world.branch, "group", world.groups[0]) == months(1, 2, 3)


def test_lines_that_are_no_longer_owed_go_unless_somebody_waived_them(world: World) -> None:
    sync()
    line = Obligation.objects.get(organization=world.branch, kind="committee", period_start=date(2026, 12, 1))
    line.waived_at, line.waived_by, line.waiver_reason = timezone.now(), world.administrator, "机构调整"
    line.save()
    Membership.objects.filter(member__in=world.members[:2]).update(end_on=date(2026, 6, 30))
    assert sync().removed == 5
    assert codes(world.branch, "committee") == months(1, 2, 3, 4, 5, 6, 12)


def change_rule(code: str, day: date, **changes: object) -> Requirement:
    """A new version of a national rule from that day on."""
    old = Requirement.objects.get(code=code)
    new = Requirement.objects.get(pk=old.pk)
    new.pk, new.version, new.valid_from = None, 2, day
    old.valid_to = day - timedelta(days=1)
    for name, value in changes.items():
        setattr(new, name, value)
    old.save()
    new.save()
    return new


def test_a_rule_changed_in_mid_year_leaves_earlier_periods_to_the_old_one(world: World) -> None:
    sync()
    new = change_rule("theme_day", date(2026, 7, 1), minimum=2, grace_days=5)
    result = sync()
    assert (result.created, result.changed, result.removed) == (0, 3 * 6, 0)
    lines = Obligation.objects.filter(organization=world.branch, kind="theme_day").order_by("period_start")
    assert [line.needed for line in lines] == [1] * 6 + [2] * 6
    assert [line.requirement_id == new.pk for line in lines] == [False] * 6 + [True] * 6
    assert lines[5].due_on == date(2026, 6, 30)
    assert lines[6].due_on == date(2026, 8, 5)


def test_a_rule_changed_inside_a_period_takes_effect_with_the_next(world: World) -> None:
    change_rule("general", date(2026, 5, 10), period=Period.MONTH)
    sync()
    assert codes(world.branch, "general") == ["2026Q1", "2026Q2", *months(6, 7, 8, 9, 10, 11, 12)]


def test_a_rule_that_ends_leaves_the_past_alone(world: World) -> None:
    Requirement.objects.filter(code="lecture").update(valid_to=date(2026, 6, 30))
    sync()
    assert codes(world.branch, "lecture") == ["2026Q1", "2026Q2"]


def test_two_versions_claiming_the_same_period_make_one_line_by_the_later(world: World) -> None:
    Requirement.objects.filter(code="lecture").update(valid_to=date(2026, 12, 31))
    rule = Requirement.objects.get(code="lecture")
    rule.pk, rule.version, rule.minimum, rule.valid_to = None, 2, 3, None
    rule.valid_from = date(2025, 1, 1)
    rule.save()
    sync()
    line = Obligation.objects.get(organization=world.branch, kind="lecture", period_start=date(2026, 1, 1))
    assert line.needed == 3


def test_a_rule_for_committees_is_owed_by_committees_flagged_for_it(world: World) -> None:
    Requirement.objects.filter(code="democratic_life").update(is_active=True)
    Organization.objects.filter(pk=world.committee.pk).update(has_leading_body=True)
    sync()
    lines = Obligation.objects.filter(kind="democratic_life")
    assert [line.organization for line in lines] == [world.committee]


def test_a_committee_rule_without_condition_is_owed_by_every_committee(world: World) -> None:
    Requirement.objects.create(
        code="staff_local", kind="staff", period=Period.YEAR, bearer=Bearer.COMMITTEE,
        confidence=Confidence.LOCAL, valid_from=date(2020, 1, 1),
    )  # fmt: skip
    sync()
    owing = Organization.objects.filter(obligations__kind="staff")
    assert list(owing) == [world.committee, world.other_committee]
    assert {each.kind for each in owing} == {OrganizationKind.COMMITTEE}


def test_generating_twice_changes_nothing(world: World) -> None:
    first = generate_obligations(as_of=date(2026, 11, 23))
    before = list(Obligation.objects.order_by("pk").values())
    assert first.created == len(before) > 0
    assert generate_obligations(as_of=date(2026, 11, 23)) == SyncResult()
    assert list(Obligation.objects.order_by("pk").values()) == before


def test_lines_written_after_the_meeting_count_it(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 3, 6))
    assert sync().recounted == 1
    assert Obligation.objects.get(kind="theme_day", counted=1).span.code == "2026-03"


def test_only_the_organizations_asked_for_are_touched(world: World) -> None:
    only = Organization.objects.filter(pk=world.small_branch.pk)
    sync_obligations(organizations=only, **YEAR)
    assert set(Obligation.objects.values_list("organization", flat=True)) == {world.small_branch.pk}


def test_the_number_of_queries_does_not_grow_with_the_branches(world: World) -> None:
    sync()
    with CaptureQueriesContext(connection) as one:
        sync_obligations(organizations=Organization.objects.filter(pk=world.branch.pk), **YEAR)
    with CaptureQueriesContext(connection) as all_of_them:
        sync()
    assert len(one) == len(all_of_them) <= 11


@pytest.mark.parametrize(
    ("as_of", "first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 6, 30)),
        (date(2026, 9, 30), date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 10, 1), date(2026, 1, 1), date(2027, 3, 31)),
    ],
)
def test_the_ledger_reaches_to_the_end_of_the_next_quarter(as_of: date, first: date, last: date) -> None:
    assert ledger_window(as_of) == (first, last)


def test_a_day_is_the_day_in_shanghai() -> None:
    late = datetime.fromisoformat("2026-09-30T16:00:00+00:00")
    assert timezone.localdate(late) == date(2026, 10, 1)
