"""Changes of the roster at the same moment: what one may do is not done by two."""

from datetime import date

import pytest

from meetings.enums import PostTitle, StandingKind
from meetings.models import Member, Membership, Organization, Post, Standing
from meetings.services.roster.memberships import end_membership, receive_member
from meetings.services.roster.organizations import OrganizationFacts, found_organization
from meetings.services.roster.people import MemberFacts, add_member
from meetings.services.roster.standings import set_standing
from tests.meetings.roster_changes import NOW, TODAY, at_once, give
from tests.world import build_world

pytestmark = pytest.mark.django_db(transaction=True)
ONE = ["ValidationError", "ValidationError", "ValidationError", "done"]


def test_one_secretary_in_the_past() -> None:
    """No constraint of the database can see two times overlap; only one after the other can."""
    world = build_world()
    times = [(date(2018, 1, 1), date(2018, 12, 31)), (date(2018, 6, 1), date(2019, 6, 1))] * 2
    ends = at_once(
        *[
            lambda member=member, time=time: give(world, member, PostTitle.SECRETARY, *time)
            for member, time in zip(world.members[3:7], times, strict=True)
        ]
    )
    assert ends == ONE
    assert Post.objects.filter(title=PostTitle.SECRETARY, organization=world.branch).count() == 2


def test_one_secretary_from_now_on() -> None:
    world = build_world()
    Post.objects.filter(organization=world.branch).delete()
    ends = at_once(
        *[
            lambda member=member: give(world, member, PostTitle.SECRETARY, TODAY)
            for member in world.members[3:7]
        ]
    )
    assert ends == ONE, "a sentence for the others, not an error of the database"


def test_the_same_form_sent_four_times_adds_one_person() -> None:
    world = build_world()
    facts = MemberFacts(name="司马相", joined_on=date(2012, 5, 1), born_on=date(1988, 3, 4))
    ends = at_once(
        *[
            lambda: add_member(
                facts=facts, organization=world.branch, day=TODAY, is_another=True, actor=world.administrator,
                now=NOW,
            )
        ]
        * 4
    )  # fmt: skip
    assert ends == ONE
    assert Member.objects.filter(name="司马相").count() == 1


def test_one_standing_of_a_kind() -> None:
    world = build_world()
    ends = at_once(
        *[
            lambda: set_standing(
                member=world.members[4], kind=StandingKind.MOBILE, day=date(2026, 1, 1),
                last_day=date(2026, 6, 30), actor=world.secretary, now=NOW,
            )
        ]
        * 4
    )  # fmt: skip
    assert ends == ONE
    assert Standing.objects.count() == 1


def test_received_once() -> None:
    world = build_world()
    end_membership(
        member=world.members[4], last_day=date(2026, 11, 1), reason="转出", actor=world.administrator, now=NOW
    )
    ends = at_once(
        *[
            lambda branch=branch: receive_member(
                member=world.members[4], organization=branch, day=date(2026, 11, 2), actor=world.administrator,
                now=NOW,
            )
            for branch in (world.branch, world.small_branch) * 2
        ]
    )  # fmt: skip
    assert ends == ONE
    assert Membership.objects.filter(member=world.members[4], end_on=None).count() == 1


def test_one_organization_of_a_name() -> None:
    world = build_world()
    facts = OrganizationFacts(name="新支部", kind="branch", founded_on=date(2026, 10, 1))
    ends = at_once(
        *[
            lambda: found_organization(
                parent=world.committee, facts=facts, actor=world.administrator, now=NOW
            )
        ]
        * 4
    )  # fmt: skip
    assert ends == ONE
    assert not any(Organization.objects.find_problems())
