"""Posts and standings: no two of a kind at once, in the past either, and suspensions rest on a decision."""

from datetime import date, timedelta

import pytest

from branchlife.models import AuditEvent
from meetings.enums import PostTitle, StandingKind
from meetings.models import Member, Membership, Post, Standing
from meetings.services.roster.posts import end_post
from meetings.services.roster.standings import end_standing, set_standing
from tests.meetings.roster_changes import NOW, TODAY, give, refused
from tests.world import World, make_member

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


def end(world: World, post: Post, last_day: date) -> Post:
    return end_post(post=post, last_day=last_day, actor=world.administrator, now=NOW)


def test_one_secretary_after_the_other(world: World) -> None:
    old, new = world.members[0], world.members[3]
    with refused("沈玉芳自2020年1月1日起任书记"):
        give(world, new, PostTitle.SECRETARY, DAY)
    end(world, old.posts.get(), DAY - timedelta(days=1))
    give(world, new, PostTitle.SECRETARY, DAY)
    assert AuditEvent.objects.get(action="post.give").difference == {
        "member": new.name, "post": "secretary", "from": "2026-11-02", "to": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "last_day"),
    [
        (date(2017, 1, 1), date(2018, 1, 1)),  # touches its first day
        (date(2018, 12, 31), date(2019, 6, 1)),  # touches its last day
        (date(2018, 3, 1), date(2018, 4, 1)),  # inside
        (date(2016, 6, 1), date(2019, 6, 1)),  # around
        (date(2018, 3, 1), None),
    ],
)
def test_two_secretaries_in_the_past_are_refused(world: World, day: date, last_day: date | None) -> None:
    first, second = world.members[0], world.members[3]
    give(world, first, PostTitle.SECRETARY, date(2018, 1, 1), date(2018, 12, 31))
    with refused("时间重叠"):
        give(world, second, PostTitle.SECRETARY, day, last_day)
    assert not second.posts.exists()


def test_secretaries_in_the_past_without_a_day_between(world: World) -> None:
    first, second = world.members[0], world.members[3]
    give(world, first, PostTitle.SECRETARY, date(2018, 1, 1), date(2018, 12, 31))
    give(world, second, PostTitle.SECRETARY, date(2019, 1, 1), date(2019, 12, 31))
    give(world, second, PostTitle.SECRETARY, date(2017, 1, 1), date(2017, 12, 31))
    assert second.posts.count() == 2


def test_the_same_post_twice(world: World) -> None:
    second, third = world.members[1], world.members[4]
    with refused("时间重叠"):
        give(world, second, PostTitle.ORGANIZATION, DAY)
    with refused("时间重叠"):
        give(world, second, PostTitle.ORGANIZATION, date(2019, 1, 1), date(2020, 1, 1))
    give(world, second, PostTitle.DISCIPLINE, DAY)
    give(world, third, PostTitle.DEPUTY, DAY)
    give(world, world.members[5], PostTitle.DEPUTY, DAY)


def test_a_post_needs_membership_all_the_time(world: World) -> None:
    member = make_member("新来的", world.branch)
    Membership.objects.filter(member=member).update(start_on=date(2022, 1, 1), end_on=date(2023, 12, 31))
    Membership.objects.create(
        member=member, organization=world.branch, group=world.groups[0], start_on=date(2024, 1, 1)
    )
    give(world, member, PostTitle.MEMBER, date(2022, 1, 1), date(2022, 6, 1))
    give(world, member, PostTitle.DEPUTY, date(2023, 6, 1))  # across the change of the group
    with refused("并非一直在"):
        give(world, member, PostTitle.YOUTH, date(2021, 12, 31))
    with refused("并非一直在"):
        give(world, member, PostTitle.YOUTH, DAY, branch=world.small_branch)
    Membership.objects.filter(member=member, end_on=None).update(start_on=date(2024, 1, 2))
    with refused("并非一直在"):
        give(world, member, PostTitle.YOUTH, date(2023, 6, 1))


def test_posts_out_of_order_or_ahead(world: World) -> None:
    member = world.members[4]
    with refused("还没有到"):
        give(world, member, PostTitle.MEMBER, TODAY + timedelta(days=1))
    with refused("结束日期早于开始日期"):
        give(world, member, PostTitle.MEMBER, DAY, DAY - timedelta(days=1))
    with refused("成立于"):
        give(world, member, PostTitle.MEMBER, date(2015, 1, 1), date(2015, 2, 1))
    post = give(world, member, PostTitle.MEMBER, DAY)
    with refused("开始于"):
        end(world, post, DAY - timedelta(days=1))
    with refused("还没有到"):
        end(world, post, TODAY + timedelta(days=1))
    assert end(world, post, DAY).end_on == DAY
    with refused("已于"):
        end(world, post, TODAY)


# --- standings -------------------------------------------------------------------------------


def stand(
    world: World, member: Member, kind: StandingKind, day: date = DAY, last_day: date | None = None,
    reason: str = "",
) -> Standing:  # fmt: skip
    return set_standing(
        member=member, kind=kind, day=day, last_day=last_day, reason=reason, actor=world.secretary, now=NOW
    )


def test_a_standing_begins_and_ends(world: World) -> None:
    member = world.members[4]
    standing = stand(world, member, StandingKind.FRAIL, reason="住院")
    ended = end_standing(standing=standing, last_day=TODAY, reason="康复", actor=world.secretary, now=NOW)
    assert (ended.end_on, ended.ended_because) == (TODAY, "康复")
    events = AuditEvent.objects.filter(action__startswith="standing").order_by("id")
    assert [event.difference["kind"] for event in events] == ["frail", "frail"]
    with refused("已于"):
        end_standing(standing=standing, last_day=TODAY, actor=world.secretary, now=NOW)


@pytest.mark.parametrize(
    "kind", [StandingKind.DETAINED, StandingKind.PROBATION_WITHIN_PARTY, StandingKind.LOST_CONTACT]
)
def test_what_takes_the_vote_away_rests_on_a_decision(world: World, kind: StandingKind) -> None:
    member = world.members[4]
    with refused("依据决定"):
        stand(world, member, kind)
    standing = stand(world, member, kind, reason="纪委2026年第3号决定")
    with refused("依据决定"):
        end_standing(standing=standing, last_day=TODAY, actor=world.secretary, now=NOW)
    end_standing(standing=standing, last_day=TODAY, reason="2026年第9号决定", actor=world.secretary, now=NOW)


def test_a_sanction_for_a_year_may_end_ahead(world: World) -> None:
    member, ahead = world.members[4], TODAY + timedelta(days=300)
    kind = StandingKind.PROBATION_WITHIN_PARTY
    standing = stand(world, member, kind, last_day=ahead, reason="第3号决定")
    with refused("时间重叠"):
        stand(world, member, kind, TODAY, reason="第4号决定")
    ended = end_standing(
        standing=standing, last_day=TODAY, reason="提前恢复决定", actor=world.secretary, now=NOW
    )
    assert ended.end_on == TODAY


def test_standings_that_are_refused(world: World) -> None:
    member = world.members[4]
    stand(world, member, StandingKind.MOBILE, date(2025, 1, 1), date(2025, 6, 30))
    with refused("时间重叠"):
        stand(world, member, StandingKind.MOBILE, date(2025, 6, 30))
    with refused("时间重叠"):
        stand(world, member, StandingKind.MOBILE, date(2024, 1, 1))
    stand(world, member, StandingKind.MOBILE, date(2025, 7, 1))
    with refused("入党"):
        stand(world, member, StandingKind.ABROAD, date(2009, 1, 1))
    with refused("还没有到"):
        stand(world, member, StandingKind.ABROAD, TODAY + timedelta(days=1))
    with refused("结束日期早于开始日期"):
        stand(world, member, StandingKind.ABROAD, DAY, DAY - timedelta(days=1))
    with refused("转接"):
        stand(world, member, StandingKind.TRANSFERRING)
