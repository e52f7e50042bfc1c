"""A branch two desks away from a decision: a general branch with its own reviewer between it and the committee."""

from dataclasses import dataclass
from datetime import date, datetime

from branchlife.models import User
from meetings.enums import Confidence, OrganizationKind, Role
from meetings.models import Delegation, Organization
from reviews.enums import Paper, Route
from reviews.models import Plan, ReviewChain
from reviews.services.plans import create_plan
from tests.reviews.planning import NOW, Q4, draft
from tests.world import FOUNDED, SINCE, World, appoint, build_world, make_user


@dataclass
class Chained:
    world: World
    general_branch: Organization
    branch: Organization
    secretary: User
    first: User  # reviewer of the general branch
    last: User  # reviewer of the committee


def build_chained(route: Route = Route.STEPWISE) -> Chained:
    world = build_world()
    general = _child(world.committee, "业务党总支", OrganizationKind.GENERAL_BRANCH)
    branch = _child(general, "业务处党支部", OrganizationKind.BRANCH)
    secretary, first = make_user("deep_secretary", "钱书记"), make_user("first", "孙初审")
    appoint(secretary, branch, Role.SECRETARY)
    appoint(first, general, Role.REVIEWER)
    for paper in Paper:
        set_route(world.committee, route, paper)
    return Chained(world, general, branch, secretary, first, world.reviewer)


def set_route(owner: Organization, route: Route, paper: str = Paper.PLAN) -> ReviewChain:
    return ReviewChain.objects.create(
        owner=owner, code=paper, route=route, valid_from=SINCE, confidence=Confidence.LOCAL
    )


def _child(parent: Organization, name: str, kind: OrganizationKind) -> Organization:
    facts = {"name": name, "code": name, "kind": kind, "founded_on": FOUNDED}
    return Organization.objects.add_child(Organization.objects.get(pk=parent.pk), facts)


def handed_in(chained: Chained, now: datetime = NOW) -> Plan:
    return create_plan(
        organization=chained.branch, span=Q4, items=[draft()], actor=chained.secretary, submit=True, now=now
    )


def lend(grantor: User, deputy: User, *, first: date = SINCE, last: date = date(2199, 1, 1)) -> Delegation:
    """From before to long after every test; the service would not allow so long an absence."""
    seat = grantor.appointments.get(role=Role.REVIEWER)
    return Delegation.objects.create(
        appointment=seat, grantor=grantor, deputy=deputy, start_on=first, end_on=last, given_at=NOW
    )


def fresh(user: User) -> User:
    """The same person with nothing remembered from before."""
    return User.objects.get(pk=user.pk)
