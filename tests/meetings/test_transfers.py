"""From one branch to another: seamless, decided once, and nobody lost in between."""

from datetime import UTC, date, datetime, timedelta

import pytest

from branchlife.models import AuditEvent
from meetings.enums import MeetingKind, PostTitle, Role, StandingKind, TransferState
from meetings.models import (
    Appointment,
    Attendance,
    Member,
    Membership,
    Notice,
    Obligation,
    Organization,
    Post,
    Standing,
    Transfer,
)
from meetings.services.attendance import expected_at
from meetings.services.obligations import generate_obligations
from meetings.services.roster.dissolution import dissolve_organization
from meetings.services.roster.memberships import change_groups, end_membership
from meetings.services.roster.transfers import (
    TransferMoved,
    accept_transfer,
    propose_transfer,
    receiving_branches,
    return_transfer,
    withdraw_transfer,
)
from tests.held import attended, hold
from tests.meetings.roster_changes import NOW, TODAY, at_once, give, refused
from tests.world import World, appoint, build_world, make_member, make_user

pytestmark = pytest.mark.django_db
LEFT, RECEIVED = date(2026, 10, 26), date(2026, 11, 9)
PROPOSED = datetime(2026, 10, 26, 2, tzinfo=UTC)  # on the day of leaving


@pytest.fixture
def world() -> World:
    return build_world()


def propose(world: World, member: Member | None = None, day: date = LEFT, **more) -> Transfer:
    known = {
        "to_organization": world.small_branch,
        "note": "岗位调整",
        "actor": world.secretary,
        "now": PROPOSED,
    }
    return propose_transfer(member=member or world.members[2], day=day, **(known | more))


def accept(world: World, transfer: Transfer, day: date = RECEIVED, **more) -> Membership:
    by = {"actor": world.small_secretary, "now": NOW}
    return accept_transfer(transfer=transfer, day=day, **(by | more))


def branch_on(member: Member, day: date) -> list[str]:
    rows = Membership.objects.on(day).filter(member=member)
    return list(rows.values_list("organization__name", flat=True))


def marks(member: Member) -> list[tuple]:
    rows = Standing.objects.filter(member=member, kind=StandingKind.TRANSFERRING)
    return list(rows.values_list("start_on", "end_on"))


def test_until_received_the_old_branch_is_responsible(world: World) -> None:
    """Education and management of members, article 25."""
    chen = world.members[2]
    transfer = propose(world)
    assert (transfer.state, transfer.from_organization) == (TransferState.PROPOSED, world.branch)
    assert branch_on(chen, TODAY) == ["办公室党支部"]
    assert marks(chen) == [(LEFT, None)]
    expected = expected_at(organization=world.branch, group=None, kinds=["general"], day=TODAY)
    (own,) = [person for person in expected if person.member == chen]
    assert own.has_vote and own.hard_bound


def test_received_without_a_day_between(world: World) -> None:
    chen = world.members[2]
    accept(world, propose(world))
    day = date(2026, 10, 1)
    while day <= TODAY:
        expected = "办公室党支部" if day < RECEIVED else "督查室党支部"
        assert branch_on(chen, day) == [expected], day
        day += timedelta(days=1)
    assert marks(chen) == [(LEFT, RECEIVED - timedelta(days=1))]
    assert Post.objects.get(member=chen).end_on == RECEIVED - timedelta(days=1)
    transfer = Transfer.objects.get()
    assert (transfer.state, transfer.received_on, transfer.decided_by) == (
        TransferState.ACCEPTED, RECEIVED, world.small_secretary,
    )  # fmt: skip
    events = AuditEvent.objects.filter(action="transfer.accept")
    assert {event.chain for event in events} == {world.branch.chain, world.small_branch.chain}


def test_received_on_the_day_of_leaving(world: World) -> None:
    chen = world.members[2]
    accept(world, propose(world), LEFT)
    assert branch_on(chen, LEFT) == ["督查室党支部"]
    assert marks(chen) == []


@pytest.mark.parametrize("step", ["return", "withdraw"])
def test_not_received_the_member_stays(world: World, step: str) -> None:
    chen = world.members[2]
    transfer = propose(world)
    if step == "return":
        return_transfer(transfer=transfer, opinion="介绍信抬头有误", actor=world.small_secretary, now=NOW)
    else:
        withdraw_transfer(transfer=transfer, actor=world.secretary, now=NOW)
    assert branch_on(chen, TODAY) == ["办公室党支部"]
    assert marks(chen) == [(LEFT, TODAY - timedelta(days=1))]
    assert Post.objects.get(member=chen).end_on is None
    accept(world, propose(world))
    assert branch_on(chen, TODAY) == ["督查室党支部"]


def test_proposals_that_are_refused(world: World) -> None:
    with refused("还没有到"):
        propose(world, day=TODAY + timedelta(days=1))
    with refused("更晚的日期"):
        propose(world, day=date(2016, 1, 1))
    with refused("已在这个支部"):
        propose(world, to_organization=world.branch)
    with refused("编入党支部"):
        propose(world, to_organization=world.committee)
    with refused("不在同一党组织体系"):
        propose(world, to_organization=world.other_branch)
    Organization.objects.filter(pk=world.small_branch.pk).update(dissolved_on=TODAY)
    with refused("撤销"):
        propose(world, to_organization=Organization.objects.get(pk=world.small_branch.pk))
    assert not Transfer.objects.exists()
    assert not Notice.objects.exists()


def test_one_transfer_at_a_time(world: World) -> None:
    transfer = propose(world)
    with refused("正在办理"):
        propose(world)
    with refused("正在办理"):
        end_membership(
            member=world.members[2], last_day=TODAY, reason="去世", actor=world.administrator, now=NOW
        )
    withdraw_transfer(transfer=transfer, actor=world.secretary, now=NOW)
    propose(world)


def test_decisions_that_are_refused(world: World) -> None:
    transfer = propose(world)
    with refused("不能更早"):
        accept(world, transfer, LEFT - timedelta(days=1))
    with refused("还没有到"):
        accept(world, transfer, TODAY + timedelta(days=1))
    with refused("属于其他党支部"):
        accept(world, transfer, group=world.groups[0])
    with refused("退回原因"):
        return_transfer(transfer=transfer, opinion="", actor=world.small_secretary, now=NOW)
    give(world, world.members[2], PostTitle.DISCIPLINE, RECEIVED)
    with refused("任纪检委员"):
        accept(world, transfer)
    assert Transfer.objects.get().state == TransferState.PROPOSED
    accept(world, transfer, RECEIVED + timedelta(days=1))


def seven(world: World) -> Member:
    """A branch of seven full members, whose committee held nothing this year; one of the seven."""
    Membership.objects.filter(member=world.members[7]).delete()
    generate_obligations(as_of=TODAY)
    return world.members[5]


def committee_lines(world: World) -> list[tuple]:
    lines = Obligation.objects.filter(organization=world.branch, kind=MeetingKind.COMMITTEE)
    return list(lines.order_by("period_start").values_list("period_start", "counted", "needed"))


def test_nobody_is_received_before_the_transfer_was_proposed(world: World) -> None:
    """Until then the old branch was responsible: what it did not hold is not rewritten."""
    leaving = seven(world)
    transfer, before = propose(world, leaving, date(2025, 12, 31), now=NOW), committee_lines(world)
    assert transfer.leaves_on == date(2025, 12, 31), "from when the letter counts may lie far back"
    for day in (date(2025, 12, 31), TODAY - timedelta(days=1)):
        with refused("转接于2026年11月20日提出，此前由原党支部负责，“接收日期”不能早于这一天"):
            accept(world, transfer, day)
    assert branch_on(leaving, TODAY) == ["办公室党支部"]
    assert Transfer.objects.get().is_open and not AuditEvent.objects.filter(action="transfer.accept").exists()
    assert committee_lines(world) == before
    accept(world, transfer, TODAY)
    assert [line for line in committee_lines(world) if line[0] <= TODAY] == before[:11]
    assert len(before) > 11 == len(committee_lines(world))


def test_the_day_of_proposing_is_that_of_the_calendar(world: World) -> None:
    """Half an hour past midnight in Shanghai is still the day before in Greenwich."""
    transfer = propose(world, now=datetime(2026, 11, 8, 16, 30, tzinfo=UTC))
    with refused("2026年11月9日提出"):
        accept(world, transfer, date(2026, 11, 8))
    accept(world, transfer, date(2026, 11, 9))


def test_an_administrator_of_both_branches_enters_it_late(world: World) -> None:
    leaving, day = seven(world), date(2026, 8, 3)
    transfer = propose(world, leaving, day, now=NOW)
    boss = make_user("boss")
    appoint(boss, world.small_branch, Role.ADMINISTRATOR)
    with refused("2026年11月20日提出"):
        accept(world, transfer, day, actor=boss)
    accept(world, transfer, day, actor=world.administrator)
    assert branch_on(leaving, day) == ["督查室党支部"]
    assert [line[0].month for line in committee_lines(world)] == list(range(1, 9))


def test_a_decision_is_made_once(world: World) -> None:
    transfer = propose(world)
    accept(world, transfer)
    for again in (
        lambda: accept(world, transfer),
        lambda: return_transfer(transfer=transfer, opinion="晚了", actor=world.small_secretary, now=NOW),
        lambda: withdraw_transfer(transfer=transfer, actor=world.secretary, now=NOW),
    ):
        with pytest.raises(TransferMoved):
            again()
    assert branch_on(world.members[2], TODAY) == ["督查室党支部"]


def test_somebody_who_left_meanwhile_is_not_received(world: World) -> None:
    """An import may move people, too."""
    transfer = propose(world)
    Membership.objects.filter(member=world.members[2]).update(end_on=LEFT)
    with refused("不在办公室党支部"):
        accept(world, transfer)
    withdraw_transfer(transfer=transfer, actor=world.secretary, now=NOW)


def test_another_group_on_the_way_does_not_matter(world: World) -> None:
    chen, transfer = world.members[2], propose(world)
    change_groups(
        organization=world.branch, groups={chen: world.groups[1]}, day=RECEIVED, actor=world.secretary,
        now=NOW,
    )  # fmt: skip
    with refused("更晚的日期"):
        accept(world, transfer)
    accept(world, transfer, RECEIVED + timedelta(days=1))


def test_the_ledgers_of_both_follow(world: World) -> None:
    for name in ("甲一", "乙二"):
        make_member(name, world.small_branch)
    generate_obligations(as_of=TODAY)
    accept(world, propose(world))
    owed = Obligation.objects.filter(kind=MeetingKind.COMMITTEE, organization=world.small_branch)
    assert owed.order_by("period_start").first().period_start == date(2026, 12, 1)
    result = generate_obligations(as_of=TODAY)
    assert (result.created, result.changed, result.removed, result.recounted) == (0, 0, 0, 0)


def test_attendance_before_stays_with_the_old_branch(world: World) -> None:
    meeting = hold(world.branch, MeetingKind.THEME_DAY, RECEIVED + timedelta(days=1))
    attended(meeting)
    before = list(Attendance.objects.order_by("pk").values())
    accept(world, propose(world))
    assert list(Attendance.objects.order_by("pk").values()) == before


def test_roles_in_the_old_branch_end(world: World) -> None:
    accept(world, propose(world, world.members[1]))
    assert not Appointment.objects.on(TODAY).filter(user=world.group_leader).exists()
    assert Appointment.objects.on(TODAY).filter(user=world.secretary, role=Role.SECRETARY).exists()


# --- who is told -----------------------------------------------------------------------------


def bell(user) -> list[str]:
    return [notice.sentence for notice in Notice.objects.filter(recipient=user, settled_at=None)]


def test_both_sides_are_told(world: World) -> None:
    transfer = propose(world, world.members[5])  # has an account
    assert bell(world.small_secretary) == ["办公室党支部拟将黄峰浩的组织关系转到督查室党支部。"]
    assert bell(world.secretary) == bell(world.other_secretary) == bell(world.administrator) == []
    accept(world, transfer)
    assert bell(world.small_secretary) == []
    for user in (world.secretary, world.member):
        assert bell(user) == ["督查室党支部已接收黄峰浩（转自办公室党支部）。"]
    assert Notice.objects.filter(recipient=world.secretary).get().url == f"/transfers/{transfer.pk}/"


def test_returned_and_withdrawn_are_told(world: World) -> None:
    transfer = propose(world)
    return_transfer(transfer=transfer, opinion="抬头有误", actor=world.small_secretary, now=NOW)
    assert bell(world.secretary) == ["督查室党支部退回了陈军的组织关系转接。"]
    withdraw_transfer(transfer=propose(world), actor=world.secretary, now=NOW)
    assert bell(world.small_secretary) == ["办公室党支部撤回了陈军的组织关系转接。"]


def test_without_a_secretary_the_administrators_are_told(world: World) -> None:
    Appointment.objects.filter(user=world.small_secretary).update(end_on=date(2026, 1, 1))
    propose(world)
    assert len(bell(world.administrator)) == 1
    assert bell(world.small_secretary) == bell(world.reviewer) == []


# --- where to --------------------------------------------------------------------------------


def test_branches_of_the_same_tree_only(world: World) -> None:
    names = [each.name for each in receiving_branches(leaving=world.branch, day=TODAY)]
    assert names == ["督查室党支部"]
    general = Organization.objects.add_child(
        Organization.objects.get(pk=world.committee.pk),
        {"name": "某总支", "kind": "general_branch", "founded_on": date(2015, 7, 1)},
    )
    Organization.objects.add_child(
        general, {"name": "某支部", "kind": "branch", "founded_on": date(2015, 7, 1)}
    )
    Organization.objects.add_child(
        general, {"name": "未来支部", "kind": "branch", "founded_on": TODAY + timedelta(days=1)}
    )
    found = receiving_branches(leaving=world.branch, day=TODAY)
    assert [each.name for each in found] == ["督查室党支部", "某支部"]
    assert [each.name for each in receiving_branches(leaving=world.branch, day=TODAY, text="督查")] == [
        "督查室党支部"
    ]


def test_across_committees_of_one_tree(world: World) -> None:
    general = Organization.objects.add_child(
        Organization.objects.get(pk=world.committee.pk),
        {"name": "某总支", "kind": "general_branch", "founded_on": date(2015, 7, 1)},
    )
    far = Organization.objects.add_child(
        general, {"name": "某支部", "kind": "branch", "founded_on": date(2015, 7, 1)}
    )
    accept(world, propose(world, to_organization=far))
    assert branch_on(world.members[2], TODAY) == ["某支部"]


def test_a_branch_waiting_for_somebody_is_not_dissolved(world: World) -> None:
    transfer = propose(world)
    Membership.objects.filter(organization=world.small_branch).update(end_on=date(2026, 1, 1))
    with refused("陈军"):
        dissolve_organization(organization=world.small_branch, day=TODAY, actor=world.administrator, now=NOW)
    withdraw_transfer(transfer=transfer, actor=world.secretary, now=NOW)
    dissolve_organization(organization=world.small_branch, day=TODAY, actor=world.administrator, now=NOW)


# --- at the same moment ----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_decisions_at_the_same_moment_one_counts() -> None:
    world = build_world()
    transfer = propose(world)
    ends = at_once(
        lambda: accept(world, transfer),
        lambda: accept(world, transfer, TODAY),
        lambda: return_transfer(transfer=transfer, opinion="抬头有误", actor=world.reviewer, now=NOW),
        lambda: withdraw_transfer(transfer=transfer, actor=world.secretary, now=NOW),
    )
    assert ends == ["TransferMoved", "TransferMoved", "TransferMoved", "done"]
    assert len(branch_on(world.members[2], TODAY)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_proposals_at_the_same_moment_one_is_opened() -> None:
    world = build_world()
    ends = at_once(*[lambda: propose(world)] * 4)
    assert ends == ["ValidationError"] * 3 + ["done"]
    assert Transfer.objects.count() == 1
