"""The tree: organizations are founded, renamed, moved, merged and dissolved, and never half."""

from datetime import date, timedelta

import pytest

from branchlife.models import AuditEvent, User
from meetings.enums import MeetingKind, OrganizationKind, Role
from meetings.models import (
    Appointment,
    LedgerYear,
    Membership,
    Obligation,
    Organization,
    PartyGroup,
    Post,
    Requirement,
)
from meetings.services.obligations import generate_obligations
from meetings.services.roster.dissolution import dissolve_organization, merge_organizations
from meetings.services.roster.groups import dissolve_group, found_group, rename_group
from meetings.services.roster.memberships import change_groups
from meetings.services.roster.organizations import (
    OrganizationFacts,
    correct_organization,
    found_organization,
    move_organization,
)
from meetings.services.waivers import waive_obligation
from tests.held import hold
from tests.meetings.roster_changes import NOW, TODAY, refused
from tests.world import World, appoint, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 15)


def found(world: World, name: str = "新支部", parent: Organization | None = None, **facts) -> Organization:
    known = {"name": name, "kind": OrganizationKind.BRANCH, "founded_on": DAY} | facts
    return found_organization(
        parent=parent or world.committee, facts=OrganizationFacts(**known), actor=world.administrator, now=NOW
    )


def fresh(organization: Organization) -> Organization:
    return Organization.objects.get(pk=organization.pk)


def move(world: World, organization: Organization, parent: Organization) -> Organization:
    return move_organization(organization=organization, parent=parent, actor=world.administrator, now=NOW)


def dissolve(world: World, organization: Organization, day: date = DAY) -> Organization:
    return dissolve_organization(organization=organization, day=day, actor=world.administrator, now=NOW)


def is_sound() -> bool:
    return not any(Organization.objects.find_problems())


def test_a_new_branch_owes_from_its_first_whole_period(world: World) -> None:
    branch = found(world)
    assert (branch.parent_path, is_sound()) == (world.committee.path, True)
    theme_days = Obligation.objects.filter(organization=branch, kind=MeetingKind.THEME_DAY)
    assert theme_days.order_by("period_start").first().period_start == date(2026, 11, 1)
    generals = Obligation.objects.filter(organization=branch, kind=MeetingKind.GENERAL)
    assert generals.order_by("period_start").first().period_start == date(2027, 1, 1)
    assert AuditEvent.objects.get(action="organization.found").chain == branch.chain


def test_foundings_that_are_refused(world: World) -> None:
    with refused("是党支部"):
        found(world, parent=world.branch)
    with refused("已有名为"):
        found(world, "办公室党支部")
    with refused("还没有到"):
        found(world, founded_on=TODAY + timedelta(days=1))
    with refused("成立于"):
        found(world, founded_on=date(2010, 1, 1))
    with refused("不能早于党组织成立"):
        found(world, term_start_on=date(2020, 1, 1))
    with refused("还没有到"):
        found(world, term_start_on=TODAY + timedelta(days=1))
    with refused("选项"):
        found(world, kind="club")
    assert Organization.objects.count() == 5


def test_a_new_name(world: World) -> None:
    def rename(name: str) -> list[str]:
        return correct_organization(
            organization=world.branch, changes={"name": name}, actor=world.administrator, now=NOW
        )

    assert rename("综合处党支部") == ["name"]
    assert rename("综合处党支部") == []
    assert AuditEvent.objects.get(action="organization.correct").difference == {
        "name": ["办公室党支部", "综合处党支部"]
    }
    with refused("同名"):
        rename("督查室党支部")
    assert fresh(world.branch).name == "综合处党支部"


def test_moving_a_subtree(world: World) -> None:
    general = found(world, "第一党总支", kind=OrganizationKind.GENERAL_BRANCH)
    moved = move(world, world.branch, general)
    assert moved.path.startswith(general.path) and moved.depth == 3
    assert fresh(general).numchild == 1
    assert move(world, general, world.other_committee).path.startswith(world.other_committee.path)
    assert fresh(world.branch).path.startswith(world.other_committee.path)
    assert is_sound()
    assert fresh(world.branch).parent_path == fresh(general).path


def test_moves_that_are_refused(world: World) -> None:
    """A cycle above all: an organization cannot hang below itself."""
    general = found(world, "第一党总支", kind=OrganizationKind.GENERAL_BRANCH)
    before = list(Organization.objects.order_by("pk").values_list("path", "numchild"))
    for target, parent, words in (
        (world.committee, general, "循环"),
        (general, general, "循环"),
        (world.branch, world.committee, "已在"),
        (world.branch, world.small_branch, "是党支部"),
    ):
        with refused(words):
            move(world, target, parent)
    Organization.objects.filter(pk=general.pk).update(dissolved_on=TODAY)
    with refused("撤销"):
        move(world, world.branch, general)
    twin = found(world, "外单位第一党支部")
    with refused("已有名为"):
        move(world, twin, world.other_committee)
    assert list(Organization.objects.exclude(pk=twin.pk).order_by("pk").values_list("path", "numchild")) == [
        (path, numchild + (path == world.committee.path)) for path, numchild in before
    ]


def test_the_rules_of_the_new_place_hold(world: World) -> None:
    general = found(world, "第一党总支", kind=OrganizationKind.GENERAL_BRANCH)
    national = Requirement.objects.get(code="theme_day", owner=None)
    stricter = Requirement.objects.get(pk=national.pk)
    stricter.pk, stricter.owner, stricter.minimum = None, general, 2
    stricter.valid_from = date(2026, 1, 1)
    stricter.save(force_insert=True)
    generate_obligations(as_of=TODAY)
    lines = Obligation.objects.filter(organization=world.branch, kind=MeetingKind.THEME_DAY)
    assert set(lines.values_list("needed", flat=True)) == {1}
    move(world, world.branch, general)
    assert set(lines.values_list("needed", flat=True)) == {2}
    assert generate_obligations(as_of=TODAY).changed == 0


# --- dissolving ------------------------------------------------------------------------------


def empty(world: World) -> None:
    Membership.objects.filter(organization=world.small_branch).update(end_on=DAY - timedelta(days=1))


def test_a_branch_is_dissolved_when_everybody_has_moved(world: World) -> None:
    with refused("解涵杰"):
        dissolve(world, world.small_branch)
    empty(world)
    group = PartyGroup.objects.create(
        organization=world.small_branch, name="一组", founded_on=date(2016, 1, 1)
    )
    dissolve(world, world.small_branch)
    assert fresh(world.small_branch).dissolved_on == DAY
    assert PartyGroup.objects.get(pk=group.pk).dissolved_on == DAY
    assert not Post.objects.filter(organization=world.small_branch).on(DAY).exists()
    assert Post.objects.filter(organization=world.small_branch).on(DAY - timedelta(days=1)).exists()


def test_dissolutions_that_are_refused(world: World) -> None:
    with refused("2 个党组织"):
        dissolve(world, world.committee)
    empty(world)
    with refused("还没有到"):
        dissolve(world, world.small_branch, TODAY + timedelta(days=1))
    with refused("该日及以后仍有党员"):
        dissolve(world, world.small_branch, DAY - timedelta(days=1))
    with refused("成立于"):
        dissolve(world, world.small_branch, date(2015, 7, 1))
    hold(world.small_branch, MeetingKind.THEME_DAY, TODAY, theme="最后一次党日")
    with refused("最后一次党日"):
        dissolve(world, world.small_branch)
    assert fresh(world.small_branch).dissolved_on is None
    hold(world.small_branch, MeetingKind.THEME_DAY, DAY - timedelta(days=1))
    world.small_branch.meetings.filter(day=TODAY).update(state="cancelled", recorded_at=None)
    dissolve(world, world.small_branch)
    with refused("撤销"):
        dissolve(world, world.small_branch, TODAY)


def test_merging_leaves_nobody_without_a_branch(world: World) -> None:
    people = [member.pk for member in world.small_members]
    moved = merge_organizations(
        organization=world.small_branch, into=world.branch, day=DAY, actor=world.administrator, now=NOW
    )
    assert moved == 4
    assert fresh(world.small_branch).dissolved_on == DAY
    for day in (DAY - timedelta(days=1), DAY):
        here = Membership.objects.on(day).filter(member__in=people)
        assert here.count() == 4
        assert set(here.values_list("organization", flat=True)) == {
            (world.branch if day == DAY else world.small_branch).pk
        }
    assert not Post.objects.filter(organization=world.small_branch, end_on=None).exists()
    assert not Appointment.objects.filter(
        organization=world.small_branch, role=Role.SECRETARY, end_on=None
    ).exists()


def test_mergers_that_are_refused(world: World) -> None:
    def merge(into: Organization, day: date = DAY) -> None:
        merge_organizations(
            organization=world.small_branch, into=into, day=day, actor=world.administrator, now=NOW
        )

    with refused("自身合并"):
        merge(world.small_branch)
    with refused("只有党支部"):
        merge(world.committee)
    with refused("更晚的日期"):
        merge(world.branch, date(2016, 1, 1))
    hold(world.small_branch, MeetingKind.THEME_DAY, TODAY, theme="最后一次党日")
    with refused("最后一次党日"):
        merge(world.branch)
    rows = Membership.objects.filter(organization=world.small_branch, end_on=None)
    assert rows.count() == 4, "nothing is half done"


# --- groups ----------------------------------------------------------------------------------


def test_groups_come_are_renamed_and_go(world: World) -> None:
    group = found_group(organization=world.branch, name="第三党小组", day=DAY, actor=world.secretary, now=NOW)
    rename_group(group=group, name="青年党小组", actor=world.secretary, now=NOW)
    with refused("同名"):
        rename_group(group=group, name="第一党小组", actor=world.secretary, now=NOW)
    with refused("同名"):
        found_group(organization=world.branch, name="青年党小组", day=DAY, actor=world.secretary, now=NOW)
    with refused("名称"):
        rename_group(group=group, name="", actor=world.secretary, now=NOW)
    first = world.groups[0]
    with refused("请先调整"):
        dissolve_group(group=first, day=DAY, actor=world.secretary, now=NOW)
    moved = dict.fromkeys(world.members[:5], group)
    change_groups(organization=world.branch, groups=moved, day=DAY, actor=world.secretary, now=NOW)
    hold(world.branch, MeetingKind.GROUP, DAY, group=first, theme="小组学习")
    with refused("小组学习"):
        dissolve_group(group=first, day=DAY, actor=world.secretary, now=NOW)
    later = DAY + timedelta(days=1)
    dissolve_group(group=first, day=later, actor=world.secretary, now=NOW)
    assert PartyGroup.objects.get(pk=first.pk).dissolved_on == later
    with refused("撤销"):
        dissolve_group(group=first, day=later, actor=world.secretary, now=NOW)
    lines = Obligation.objects.filter(group=first)
    assert not lines.filter(period_end__gte=later).exists()


def emptied(world: World) -> PartyGroup:
    """The first group, met in January and never after; everybody left it on the 10th of that month."""
    group, day = world.groups[0], date(2026, 1, 10)
    hold(world.branch, MeetingKind.GROUP, date(2026, 1, 8), group=group)
    generate_obligations(as_of=TODAY)
    moved = dict.fromkeys(world.members[:5], world.groups[1])
    change_groups(organization=world.branch, groups=moved, day=day, actor=world.secretary, now=NOW)
    return group


def test_a_branch_does_not_date_away_what_its_group_did_not_hold(world: World) -> None:
    group = emptied(world)
    appoint(world.group_leader, world.branch, Role.GROUP_LEADER, group)
    before = list(Obligation.objects.order_by("pk").values())
    for day in (date(2026, 1, 10), date(2026, 2, 28)):
        with refused("“第一党小组”2026年2月的党小组会尚未完成，也未豁免"):
            dissolve_group(group=group, day=day, actor=world.secretary, now=NOW)
    with refused("2026年10月的"):
        dissolve_group(group=group, day=date(2026, 10, 31), actor=world.secretary, now=NOW)
    assert PartyGroup.objects.get(pk=group.pk).dissolved_on is None
    assert list(Obligation.objects.order_by("pk").values()) == before
    assert Appointment.objects.filter(group=group, end_on=None).exists()
    assert not AuditEvent.objects.filter(action="group.dissolve").exists()


def test_an_administrator_above_who_does_not_lead_the_branch_may(world: World) -> None:
    group, day = emptied(world), date(2026, 1, 10)
    boss = make_user("boss")
    for place, role in ((world.branch, Role.ADMINISTRATOR), (world.branch, Role.SECRETARY)):
        appoint(boss, place, role)
        with refused("2026年2月"):
            dissolve_group(group=group, day=day, actor=User.objects.get(pk=boss.pk), now=NOW)
    appoint(boss, world.committee, Role.ADMINISTRATOR)
    with refused("2026年2月"):
        dissolve_group(group=group, day=day, actor=User.objects.get(pk=boss.pk), now=NOW)
    dissolve_group(group=group, day=day, actor=world.administrator, now=NOW)
    assert not Obligation.objects.filter(group=group, period_end__gte=day).exists()


def test_what_is_waived_still_to_come_or_frozen_holds_no_group_back(world: World) -> None:
    group = emptied(world)
    for line in Obligation.objects.left_open(TODAY).filter(group=group, period_start__gte=date(2026, 6, 1)):
        waive_obligation(obligation=line, reason="集中巡察", actor=world.reviewer, now=NOW)
    with refused("2026年5月"):
        dissolve_group(group=group, day=date(2026, 5, 31), actor=world.secretary, now=NOW)
    dissolve_group(group=group, day=date(2026, 6, 1), actor=world.secretary, now=NOW)
    lines = Obligation.objects.filter(group=group)
    assert lines.left_open(TODAY).count() == 4, "February to May stay owed"
    assert lines.filter(waived_at=None).latest("period_end").period_end == date(2026, 5, 31)


def test_a_frozen_year_loses_nothing_and_holds_no_group_back(world: World) -> None:
    group = world.groups[0]
    generate_obligations(as_of=date(2025, 12, 1))
    LedgerYear.objects.filter(organization=world.branch, year=2025).update(is_frozen=True)
    moved = dict.fromkeys(world.members[:5], world.groups[1])
    day = date(2025, 12, 1)
    change_groups(organization=world.branch, groups=moved, day=day, actor=world.secretary, now=NOW)
    with refused("2026年1月"):
        dissolve_group(group=group, day=day, actor=world.secretary, now=NOW)
    for line in Obligation.objects.filter(group=group, period_start__year=2026):
        waive_obligation(obligation=line, reason="集中巡察", actor=world.reviewer, now=NOW)
    dissolve_group(group=group, day=day, actor=world.secretary, now=NOW)
    assert Obligation.objects.filter(group=group, period_start__year=2025).count() == 12


def test_groups_belong_to_branches(world: World) -> None:
    with refused("党小组设在党支部内"):
        found_group(organization=world.committee, name="组", day=DAY, actor=world.administrator, now=NOW)
    with refused("成立于"):
        found_group(
            organization=world.branch, name="组", day=date(2015, 1, 1), actor=world.secretary, now=NOW
        )
