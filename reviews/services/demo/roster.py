"""Writing the made-up committee's structure: tree, groups, people, standings, posts and accounts."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from branchlife.models import User
from meetings.enums import OFFICES, OrganizationKind, Role, StandingKind
from meetings.models import Member, Membership, Organization, PartyGroup, Post, Standing
from meetings.pinyin import name_key
from meetings.services.accounts import appoint, open_account, open_guest_account
from meetings.services.demo_people import mark_as_demo
from reviews.services.demo import names, places
from reviews.services.demo.places import BranchSpec
from reviews.services.demo.texts import Themes

OFFICERS = ("陆云起", "严慎之", "秦明远")  # system, security, audit


@dataclass
class Branch:
    """One branch as the other parts of the demonstration need it; members secretary first."""

    spec: BranchSpec
    organization: Organization
    groups: list[PartyGroup] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    secretary: User = None  # type: ignore[assignment]
    themes: Themes = field(default_factory=dict)


@dataclass
class Cast:
    committee: Organization
    general_branches: dict[str, Organization]
    branches: dict[str, Branch]
    reviewer: User = None  # type: ignore[assignment]
    administrator: User = None  # type: ignore[assignment]
    users: list[User] = field(default_factory=list)


def build_roster(*, rng: random.Random, today: date) -> Cast:
    """Everything that stands before the first meeting."""
    cast = _tree(today)
    crowd = names.people(rng, today)
    for branch in cast.branches.values():
        size = branch.spec.full + branch.spec.probationary
        branch.members = [_member(next(crowd), branch.spec, index, today) for index in range(size)]
    everybody = [member for branch in cast.branches.values() for member in branch.members]
    Member.objects.bulk_create(everybody)
    Membership.objects.bulk_create(
        membership for branch in cast.branches.values() for membership in _memberships(branch, today)
    )
    Standing.objects.bulk_create(_standings(cast, today))
    Post.objects.bulk_create(post for branch in cast.branches.values() for post in _posts(branch, today))
    return cast


def _tree(today: date) -> Cast:
    long_ago = date(2016, 1, 1)
    elected = date(today.year - 2, 3, 10)
    committee = Organization.objects.add_root(
        {
            "name": places.COMMITTEE, "code": places.CODE, "kind": OrganizationKind.COMMITTEE,
            "founded_on": long_ago, "term_start_on": date(today.year - 3, 5, 20), "term_years": 5,
        }
    )  # fmt: skip
    parents = {"": committee}
    for number, name in enumerate(places.GENERAL_BRANCHES, 1):
        parents[name] = _child(
            committee, name=name, code=f"{places.CODE}Z{number}", kind=OrganizationKind.GENERAL_BRANCH,
            founded_on=long_ago, term_start_on=elected, term_years=3,
        )  # fmt: skip
    cast = Cast(committee, parents, {})
    for number, spec in enumerate(places.BRANCHES, 1):
        founded = places.founded_on(spec, today)
        organization = _child(
            parents[spec.parent], name=spec.name, code=f"{places.CODE}{number:02d}", kind=spec.kind,
            founded_on=founded, term_start_on=max(founded, elected), term_years=3,
        )  # fmt: skip
        groups = [
            PartyGroup(organization=organization, name=name, founded_on=founded)
            for name in places.GROUP_NAMES[: spec.groups]
        ]
        cast.branches[spec.key] = Branch(spec, organization, PartyGroup.objects.bulk_create(groups))
    return cast


def _child(parent: Organization, **facts: object) -> Organization:
    # The tree keeps counters in the parent's row: read it afresh.
    child: Organization = Organization.objects.add_child(Organization.objects.get(pk=parent.pk), facts)
    return child


def _member(person: names.Person, spec: BranchSpec, index: int, today: date) -> Member:
    """The last of a branch are probationary; one in the office turned full a few months ago."""
    if spec.retired:
        person = names.aged(person, 32)
    probationary = index >= spec.full
    joined_on = person.joined_on
    if probationary:
        joined_on = today - timedelta(days=150 + 20 * (index - spec.full))
    elif (spec.key, index) == ("office", 8):
        joined_on = today - timedelta(days=365 + 140)
    return Member(
        name=person.name, name_key=name_key(person.name), gender=person.gender, ethnicity=person.ethnicity,
        born_on=person.born_on, id_number=person.id_number, phone=person.phone, joined_on=joined_on,
        full_member_on=None if probationary else joined_on + timedelta(days=365),
        is_leading_cadre=(spec.key, index) in (("office", 1), ("hall", 5)),
    )  # fmt: skip


def _memberships(branch: Branch, today: date) -> list[Membership]:
    since = max(branch.organization.founded_on, date(2019, 1, 1))
    rows = []
    for index, member in enumerate(branch.members):
        group = branch.groups[index % len(branch.groups)] if branch.groups else None
        start = max(since, member.joined_on)
        rows.append(Membership(member=member, organization=branch.organization, group=group, start_on=start))
    return rows


def _standings(cast: Cast, today: date) -> list[Standing]:
    """Who is not expected like everybody else, and why."""
    retired, data, hall = (cast.branches[key].members for key in ("retired", "data", "hall"))
    long_ago, months_ago = date(today.year - 3, 1, 1), today - timedelta(days=130)
    frail = [
        Standing(member=member, kind=StandingKind.FRAIL, start_on=long_ago, reason="年老体弱")
        for member in retired[8:19]
    ]
    return [
        *frail,
        Standing(member=data[9], kind=StandingKind.MOBILE, start_on=months_ago, reason="外派项目六个月以上"),
        Standing(member=data[15], kind=StandingKind.FRAIL, start_on=months_ago, reason="重病住院"),
        Standing(member=hall[12], kind=StandingKind.ABROAD, start_on=months_ago, reason="公派留学一年"),
        Standing(
            member=hall[20],
            kind=StandingKind.PROBATION_WITHIN_PARTY,
            start_on=months_ago,
            reason="处分决定第3号",
        ),
    ]


def _posts(branch: Branch, today: date) -> list[Post]:
    start = branch.organization.term_start_on or branch.organization.founded_on
    return [
        Post(member=member, organization=branch.organization, title=title, start_on=start)
        for member, title in zip(branch.members, places.posts_of(branch.spec), strict=False)
    ]


def open_accounts(cast: Cast, *, since: datetime) -> None:
    """Accounts without a password for those who show the program; only the button of the demo opens them."""
    for branch in cast.branches.values():
        branch.secretary = _account(cast, branch.members[0], branch.organization, Role.SECRETARY, since)
    personnel, office, data, hall, retired, finance = (
        cast.branches[key] for key in ("personnel", "office", "data", "hall", "retired", "finance")
    )
    cast.reviewer = _account(cast, personnel.members[3], cast.committee, Role.REVIEWER, since)
    _account(cast, office.members[5], cast.general_branches[hall.spec.parent], Role.REVIEWER, since)
    cast.administrator = _account(cast, office.members[4], cast.committee, Role.ADMINISTRATOR, since)
    _officers(cast, since)
    for branch in (data, office):
        leader = branch.members[6]  # of the first group, and without another post
        _account(cast, leader, branch.organization, Role.GROUP_LEADER, since, branch.groups[0])
    others = (data.members[9], retired.members[10], hall.members[12], finance.members[4])
    for member in (_with_dotted_name(cast), *others):
        account = open_account(member=member, email=_email(member), actor=None, now=since)
        cast.users += [account] if account not in cast.users else []
    mark_as_demo(cast.users)


def _officers(cast: Cast, since: datetime) -> None:
    """The three officers: accounts of their own, not those of members."""
    for name, office in zip(OFFICERS, OFFICES, strict=True):
        user = open_guest_account(name=name, actor=None, now=since)
        appoint(
            user=user, organization=cast.committee, role=office, start_on=since.date(), actor=None, now=since
        )
        cast.users.append(user)


def _with_dotted_name(cast: Cast) -> Member:
    everybody = (member for branch in cast.branches.values() for member in branch.members)
    return next(member for member in everybody if "·" in member.name)


def _account(
    cast: Cast,
    member: Member,
    place: Organization,
    role: Role,
    since: datetime,
    group: PartyGroup | None = None,
) -> User:
    user = open_account(member=member, email=_email(member), actor=None, now=since)
    # Not the day of the term: what the account may do counts for the whole history shown here.
    appoint(
        user=user, organization=place, role=role, group=group, start_on=since.date(), actor=None, now=since
    )
    cast.users.append(user)
    return user


def _email(member: Member) -> str:
    """`.invalid` is reserved: mail to it can reach nobody."""
    return f"member{member.pk}@demo.invalid"
