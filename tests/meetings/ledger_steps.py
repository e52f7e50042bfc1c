"""Random changes of everything the ledger follows from, each through its service, as people would make them.

A step that cannot be taken now is refused by the service and changes nothing; that is as good a step as any.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

from meetings.enums import Role
from meetings.models import (
    Member,
    Membership,
    Organization,
    PartyGroup,
    Transfer,
)
from meetings.services.roster import dissolution, groups, memberships, organizations, people, transfers
from tests.meetings.ledger_life import Life, step
from tests.world import appoint

# --- roster ----------------------------------------------------------------------------------


@step
def join(life: Life) -> None:
    joined = life.day() - timedelta(days=800)
    full = life.rng.choice([None, joined + timedelta(days=400), life.day()])
    people.add_member(
        facts=people.MemberFacts(name=f"新{life.number}", joined_on=joined, full_member_on=full),
        organization=life.branch(), day=life.day(), actor=life.admin, now=life.now,
    )  # fmt: skip


@step
def leave(life: Life) -> None:
    memberships.end_membership(
        member=life.member(), last_day=life.day(), reason="转往外地", actor=life.admin, now=life.now
    )


@step
def turn_full(life: Life) -> None:
    waiting = life.one_of(Member.objects.filter(full_member_on=None))
    people.turn_full(member=waiting, day=life.day(), actor=life.admin, now=life.now)


@step
def correct_full(life: Life) -> None:
    member = life.member()
    people.correct_facts(
        member=member, changes={"full_member_on": life.rng.choice([None, life.day()])},
        seen=people.facts_seen(member), actor=life.admin, now=life.now,
    )  # fmt: skip


@step
def transfer(life: Life) -> None:
    day = life.day()
    proposed = transfers.propose_transfer(
        member=life.member(), to_organization=life.branch(), day=day, actor=life.admin, now=life.now
    )
    if life.rng.random() < 0.6:
        received = day + timedelta(days=life.rng.randrange(0, 40))
        transfers.accept_transfer(transfer=proposed, day=received, actor=life.admin, now=life.now)


@step
def settle_transfer(life: Life) -> None:
    waiting = life.one_of(Transfer.objects.open())
    if life.rng.random() < 0.5:
        transfers.accept_transfer(transfer=waiting, day=life.day(), actor=life.admin, now=life.now)
    else:
        transfers.return_transfer(transfer=waiting, opinion="材料不全", actor=life.admin, now=life.now)


# --- organizations and groups ----------------------------------------------------------------


@step
def found(life: Life) -> None:
    facts = organizations.OrganizationFacts(
        name=f"新支部{life.number}", kind=life.rng.choice(["branch", "joint_branch", "temporary_branch"]),
        founded_on=life.day(),
    )  # fmt: skip
    parent = life.rng.choice([life.world.committee, life.world.other_committee])
    new = organizations.found_organization(parent=parent, facts=facts, actor=life.admin, now=life.now)
    appoint(life.world.secretary, new, Role.SECRETARY)
    life.model.begin(new.pk)


@step
def dissolve(life: Life) -> None:
    """Whoever is left there leaves first."""
    branch, day = life.branch(), life.day()
    for row in Membership.objects.filter(organization=branch, end_on=None).select_related("member"):
        last_day = max(day - timedelta(days=1), row.start_on)
        memberships.end_membership(
            member=row.member, last_day=last_day, reason="随迁", actor=life.admin, now=life.now
        )
    dissolution.dissolve_organization(organization=branch, day=day, actor=life.admin, now=life.now)


@step
def merge(life: Life) -> None:
    dissolution.merge_organizations(
        organization=life.branch(), into=life.branch(), day=life.day(), actor=life.admin, now=life.now
    )


@step
def found_group(life: Life) -> None:
    groups.found_group(
        organization=life.branch(), name=f"小组{life.number}", day=life.day(), actor=life.admin, now=life.now
    )


@step
def dissolve_group(life: Life) -> None:
    group, day = life.one_of(PartyGroup.objects.filter(dissolved_on=None)), life.day()
    inside = Member.objects.filter(memberships__group=group, memberships__end_on=None)
    memberships.change_groups(
        organization=group.organization, groups=dict.fromkeys(inside), day=day, actor=life.admin, now=life.now
    )
    groups.dissolve_group(group=group, day=day, actor=life.admin, now=life.now)


def _structure_changes(life: Life, below: list[int], change: Callable[[], object]) -> None:
    """Years gone by stay as they are when the place in the tree or its flag changes."""
    closed = deepcopy(life.model)
    for pk in below:
        closed.close(pk)
    change()
    life.model = closed


@step
def move(life: Life) -> None:
    branch = life.branch()
    parent = life.rng.choice([life.world.committee, life.world.other_committee])
    below = list(Organization.objects.below(branch).values_list("pk", flat=True))

    def change() -> None:
        organizations.move_organization(organization=branch, parent=parent, actor=life.admin, now=life.now)

    _structure_changes(life, below, change)


@step
def flag_leading_body(life: Life) -> None:
    place = life.one_of(Organization.objects.filter(depth=1))
    flag = {"has_leading_body": not place.has_leading_body}

    def change() -> None:
        organizations.correct_organization(organization=place, changes=flag, actor=life.admin, now=life.now)

    _structure_changes(life, [place.pk], change)
