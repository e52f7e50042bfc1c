"""A small committee for tests: two branches that differ, a stranger elsewhere, and one user per role.

Everything is real rows made through the models; tests change what they need.
"""

from dataclasses import dataclass
from datetime import date

from branchlife.models import User
from meetings.enums import OFFICES, OrganizationKind, PostTitle, Role
from meetings.models import Appointment, Member, Membership, Organization, PartyGroup, Post

FOUNDED = date(2015, 7, 1)
SINCE = date(2020, 1, 1)
PEOPLE = {
    "secretary": "沈玉芳",
    "small_secretary": "解涵杰",
    "other_secretary": "外书记",
    "group_leader": "牛秀远",
    "reviewer": "周审核",
    "administrator": "吴管理",
    "member": "黄峰浩",
    "other_reviewer": "外审核",
    "outsider": "路人",
    "system_officer": "陆系统",
    "security_officer": "严安全",
    "audit_officer": "秦审计",
}


@dataclass
class World:
    committee: Organization
    branch: Organization  # 8 full members and 1 probationary, two groups: has a committee
    small_branch: Organization  # 4 full members, no groups
    other_committee: Organization
    other_branch: Organization
    groups: list[PartyGroup]
    members: list[Member]  # of ``branch``; the first is its secretary
    small_members: list[Member]
    other_members: list[Member]
    secretary: User
    small_secretary: User
    other_secretary: User
    group_leader: User  # of the first group
    reviewer: User
    administrator: User
    member: User  # an ordinary member of ``branch``, second group
    other_reviewer: User
    outsider: User  # signed in, without any appointment or membership
    system_officer: User  # the three officers of ``committee``
    security_officer: User
    audit_officer: User


def make_user(username: str, name: str = "", **extra: object) -> User:
    return User.objects.create_user(
        username=username, password="correct-horse-9", name=name or username, **extra
    )


def appoint(
    user: User, organization: Organization, role: Role, group: PartyGroup | None = None
) -> Appointment:
    return Appointment.objects.create(
        user=user, organization=organization, role=role, group=group, start_on=SINCE
    )


def make_member(
    name: str,
    branch: Organization,
    group: PartyGroup | None = None,
    *,
    full: bool = True,
    user: User | None = None,
) -> Member:
    member = Member.objects.create(
        name=name, joined_on=date(2010, 1, 1), full_member_on=date(2011, 1, 1) if full else None, user=user
    )
    Membership.objects.create(member=member, organization=branch, group=group, start_on=date(2016, 1, 1))
    return member


def _organization(parent: Organization | None, name: str, code: str, kind: OrganizationKind) -> Organization:
    facts = {"name": name, "code": code, "kind": kind, "founded_on": FOUNDED}
    if parent is None:
        return Organization.objects.add_root(facts)
    # The tree keeps counters in the parent's row: read it afresh.
    return Organization.objects.add_child(Organization.objects.get(pk=parent.pk), facts)


def _fill_posts(
    branch: Organization,
    small: Organization,
    other: Organization,
    members: list[Member],
    small_members: list[Member],
    other_members: list[Member],
) -> None:
    for member, organization, title in (
        (members[0], branch, PostTitle.SECRETARY),
        (small_members[0], small, PostTitle.SECRETARY),
        (other_members[0], other, PostTitle.SECRETARY),
        (members[1], branch, PostTitle.ORGANIZATION),
        (members[2], branch, PostTitle.PUBLICITY),
    ):
        Post.objects.create(member=member, organization=organization, title=title, start_on=SINCE)


def _give_roles(
    users: dict[str, User],
    branch: Organization,
    small: Organization,
    other: Organization,
    committee: Organization,
    other_committee: Organization,
    group: PartyGroup,
) -> None:
    for username, organization, role in (
        ("secretary", branch, Role.SECRETARY),
        ("small_secretary", small, Role.SECRETARY),
        ("other_secretary", other, Role.SECRETARY),
        ("reviewer", committee, Role.REVIEWER),
        ("administrator", committee, Role.ADMINISTRATOR),
        ("other_reviewer", other_committee, Role.REVIEWER),
        *((office.value, committee, office) for office in OFFICES),
    ):
        appoint(users[username], organization, role)
    appoint(users["group_leader"], branch, Role.GROUP_LEADER, group)


def build_world() -> World:
    committee = _organization(None, "市直机关党委", "3201", OrganizationKind.COMMITTEE)
    branch = _organization(committee, "办公室党支部", "320101", OrganizationKind.BRANCH)
    small = _organization(committee, "督查室党支部", "320102", OrganizationKind.BRANCH)
    other_committee = _organization(None, "外单位党委", "9901", OrganizationKind.COMMITTEE)
    other = _organization(other_committee, "外单位第一党支部", "990101", OrganizationKind.BRANCH)
    groups = [
        PartyGroup.objects.create(organization=branch, name=name, founded_on=FOUNDED)
        for name in ("第一党小组", "第二党小组")
    ]
    users = {username: make_user(username, name) for username, name in PEOPLE.items()}
    names = ["沈玉芳", "牛秀远", "陈军", "邹建娟", "方堃", "黄峰浩", "单晓华", "曾浩"]
    accounts = {"沈玉芳": "secretary", "牛秀远": "group_leader", "黄峰浩": "member"}
    members = [
        make_member(name, branch, groups[index // 5], user=users.get(accounts.get(name, "")))
        for index, name in enumerate(names)
    ]
    members.append(make_member("郝健", branch, groups[1], full=False))
    small_members = [
        make_member(name, small, user=users["small_secretary"] if name == "解涵杰" else None)
        for name in ("解涵杰", "周丽健", "田军瀚", "康伟")
    ]
    other_members = [
        make_member("外书记", other, user=users["other_secretary"]),
        make_member("外党员", other),
    ]
    _fill_posts(branch, small, other, members, small_members, other_members)
    _give_roles(users, branch, small, other, committee, other_committee, groups[0])
    return World(
        committee=committee,
        branch=branch,
        small_branch=small,
        other_committee=other_committee,
        other_branch=other,
        groups=groups,
        members=members,
        small_members=small_members,
        other_members=other_members,
        **users,
    )
