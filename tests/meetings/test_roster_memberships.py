"""Groups, leaving, coming back: dated, one after the other, and never into the unknown."""

from datetime import date, timedelta

import pytest

from branchlife.models import AuditEvent
from meetings.enums import PostTitle, Role, StandingKind
from meetings.models import Appointment, Member, Membership, PartyGroup, Post, Standing
from meetings.scope import scope_of
from meetings.services.roster.memberships import change_groups, end_membership, receive_member
from tests.meetings.roster_changes import NOW, TODAY, refused
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


def move(world: World, member: Member, group: PartyGroup | None, day: date = DAY) -> int:
    return change_groups(
        organization=world.branch, groups={member: group}, day=day, actor=world.secretary, now=NOW
    )


def leave(world: World, member: Member, last_day: date = DAY, reason: str = "去世") -> Membership:
    return end_membership(member=member, last_day=last_day, reason=reason, actor=world.administrator, now=NOW)


def rows(member: Member) -> list[tuple]:
    found = Membership.objects.filter(member=member).order_by("start_on")
    return list(found.values_list("organization__name", "group__name", "start_on", "end_on"))


def test_another_group_from_a_day_on(world: World) -> None:
    chen = world.members[2]
    assert move(world, chen, world.groups[1]) == 1
    assert rows(chen) == [
        ("办公室党支部", "第一党小组", date(2016, 1, 1), date(2026, 11, 1)),
        ("办公室党支部", "第二党小组", DAY, None),
    ]
    event = AuditEvent.objects.get(action="membership.group")
    assert event.difference == {"from": "2026-11-02", "group": ["第一党小组", "第二党小组"]}
    assert (event.actor, event.chain) == (world.secretary, world.branch.chain)
    assert move(world, chen, world.groups[1]) == 0, "the same again changes nothing"
    assert AuditEvent.objects.filter(action="membership.group").count() == 1


def test_on_the_day_it_began_the_group_is_corrected(world: World) -> None:
    chen = world.members[2]
    move(world, chen, world.groups[1])
    move(world, chen, None)
    assert rows(chen)[1] == ("办公室党支部", None, DAY, None)
    assert len(rows(chen)) == 2


def test_group_changes_that_are_refused(world: World) -> None:
    chen, stranger = world.members[2], world.small_members[1]
    with refused("还没有到"):
        move(world, chen, world.groups[1], TODAY + timedelta(days=1))
    with refused("不在办公室党支部"):
        move(world, stranger, world.groups[0])
    with refused("更晚的日期"):
        move(world, chen, world.groups[1], date(2015, 12, 31))
    other = PartyGroup.objects.create(
        organization=world.small_branch, name="别的组", founded_on=date(2016, 1, 1)
    )
    with refused("属于其他党支部"):
        move(world, chen, other)
    young = PartyGroup.objects.create(
        organization=world.branch, name="新组", founded_on=DAY + timedelta(days=1)
    )
    with refused("成立于"):
        move(world, chen, young)
    gone = PartyGroup.objects.create(
        organization=world.branch, name="旧组", founded_on=date(2016, 1, 1), dissolved_on=TODAY
    )
    with refused("撤销"):
        move(world, chen, gone)
    assert rows(chen) == [("办公室党支部", "第一党小组", date(2016, 1, 1), None)]


def test_who_leaves_a_group_no_longer_leads_it(world: World) -> None:
    leader = world.members[1]
    move(world, leader, world.groups[1])
    seat = Appointment.objects.get(user=world.group_leader)
    assert seat.end_on == TODAY - timedelta(days=1)
    assert not scope_of(world.group_leader, TODAY).group_ids


def test_somebody_leaves_for_good(world: World) -> None:
    secretary = world.members[0]
    Standing.objects.create(member=secretary, kind=StandingKind.FRAIL, start_on=date(2026, 1, 1))
    leave(world, secretary)
    assert rows(secretary) == [("办公室党支部", "第一党小组", date(2016, 1, 1), DAY)]
    assert Membership.objects.get(member=secretary).ended_because == "去世"
    assert Post.objects.get(member=secretary).end_on == DAY
    assert Standing.objects.get(member=secretary).end_on == DAY
    assert Appointment.objects.get(user=world.secretary, role=Role.SECRETARY).end_on < TODAY
    assert AuditEvent.objects.get(action="membership.end").difference == {
        "last_day": "2026-11-02", "reason": "去世",
    }  # fmt: skip


def test_leaving_is_refused(world: World) -> None:
    chen = world.members[2]
    with refused("原因"):
        leave(world, chen, reason="")
    with refused("还没有到"):
        leave(world, chen, TODAY + timedelta(days=1))
    with refused("更晚的日期"):
        leave(world, chen, date(2015, 1, 1))
    Post.objects.create(
        member=chen, organization=world.branch, title=PostTitle.DISCIPLINE, start_on=DAY + timedelta(days=3)
    )
    with refused("更晚的日期"):
        leave(world, chen)
    assert Post.objects.filter(member=chen, end_on=None).count() == 2, "nothing is half done"
    leave(world, chen, TODAY)
    with refused("不在任何支部"):
        leave(world, chen, TODAY)


def test_somebody_comes_back(world: World) -> None:
    chen = world.members[2]

    def receive(day: date) -> Membership:
        return receive_member(
            member=chen, organization=world.small_branch, day=day, actor=world.administrator, now=NOW
        )

    with refused("由该支部提出转接"):
        receive(TODAY)
    leave(world, chen, DAY)
    with refused("曾在支部至"):
        receive(DAY)
    with refused("还没有到"):
        receive(TODAY + timedelta(days=1))
    receive(DAY + timedelta(days=5))
    assert rows(chen)[1] == ("督查室党支部", None, DAY + timedelta(days=5), None)
