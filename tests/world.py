"""A small committee for tests: two branches that differ, a stranger elsewhere, and one user per role.

Everything is real rows made through the models; tests change what they need.
"""

from dataclasses import dataclass
from datetime import date

from branchlife.models import User
from meetings.enums import OFFICES, OrganizationKind, PostTitle, Role
from meetings.models import Appointment, Member, Membership, Organization, PartyGroup, Post
from meetings.pinyin import name_key

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
# Of the branch: eight full members and, last, one on probation; of the small one and of the one elsewhere.
NAMES = ("沈玉芳", "牛秀远", "陈军", "邹建娟", "方堃", "黄峰浩", "单晓华", "曾浩", "郝健")
SMALL_NAMES = ("解涵杰", "周丽健", "田军瀚", "康伟")
OTHER_NAMES = ("外书记", "外党员")
ACCOUNTS = {
    "沈玉芳": "secretary", "牛秀远": "group_leader", "黄峰浩": "member", "解涵杰": "small_secretary",
    "外书记": "other_secretary",
}  # fmt: skip
PASSWORD = "correct-horse-9"


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
    return User.objects.create_user(username=username, password=PASSWORD, name=name or username, **extra)


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


def build_world(another: str = "") -> World:
    """One statement for each table: nearly every test begins here. ``another``: a second world beside the first,
    whose committees' and people's user names begin with this."""
    committee, other_committee, branch, small, other = _organizations(another)
    groups = PartyGroup.objects.bulk_create(
        PartyGroup(organization=branch, name=name, founded_on=FOUNDED)
        for name in ("第一党小组", "第二党小组")
    )
    users = _users(another)
    members = _members(users)
    own, small_members, other_members = members[:9], members[9:13], members[13:]
    Membership.objects.bulk_create(
        Membership(member=member, organization=place, group=group, start_on=date(2016, 1, 1))
        for people, place in ((own, branch), (small_members, small), (other_members, other))
        for index, member in enumerate(people)
        for group in [groups[index // 5] if place == branch else None]
    )
    world = World(
        committee=committee,
        branch=branch,
        small_branch=small,
        other_committee=other_committee,
        other_branch=other,
        groups=groups,
        members=own,
        small_members=small_members,
        other_members=other_members,
        **users,
    )
    _fill_posts(world)
    _give_roles(world)
    return world


def _organizations(another: str) -> list[Organization]:
    """Two committees, then the branches below them."""
    roots = Organization.objects.filter(depth=1).count()
    first, second = (Organization._get_path("", 1, roots + number) for number in (1, 2))
    places = (
        (first, f"{another}市直机关党委", "3201", OrganizationKind.COMMITTEE, 2),
        (second, f"{another}外单位党委", "9901", OrganizationKind.COMMITTEE, 1),
        (Organization._get_path(first, 2, 1), "办公室党支部", "320101", OrganizationKind.BRANCH, 0),
        (Organization._get_path(first, 2, 2), "督查室党支部", "320102", OrganizationKind.BRANCH, 0),
        (Organization._get_path(second, 2, 1), "外单位第一党支部", "990101", OrganizationKind.BRANCH, 0),
    )
    made: list[Organization] = Organization.objects.bulk_create(
        Organization(
            path=path, depth=len(path) // Organization.steplen, numchild=children, name=name, code=code,
            kind=kind, founded_on=FOUNDED,
        )
        for path, name, code, kind, children in places
    )  # fmt: skip
    return made


def _users(another: str) -> dict[str, User]:
    users = [User(username=f"{another}{username}", name=name) for username, name in PEOPLE.items()]
    for user in users:
        user.set_password(PASSWORD)
    return dict(zip(PEOPLE, User.objects.bulk_create(users), strict=True))


def _members(users: dict[str, User]) -> list[Member]:
    return Member.objects.bulk_create(
        Member(
            name=name, name_key=name_key(name), joined_on=date(2010, 1, 1),
            full_member_on=None if name == "郝健" else date(2011, 1, 1), user=users.get(ACCOUNTS.get(name, "")),
        )
        for name in (*NAMES, *SMALL_NAMES, *OTHER_NAMES)
    )  # fmt: skip


def _fill_posts(world: World) -> None:
    Post.objects.bulk_create(
        Post(member=member, organization=organization, title=title, start_on=SINCE)
        for member, organization, title in (
            (world.members[0], world.branch, PostTitle.SECRETARY),
            (world.small_members[0], world.small_branch, PostTitle.SECRETARY),
            (world.other_members[0], world.other_branch, PostTitle.SECRETARY),
            (world.members[1], world.branch, PostTitle.ORGANIZATION),
            (world.members[2], world.branch, PostTitle.PUBLICITY),
        )
    )


def _give_roles(world: World) -> None:
    Appointment.objects.bulk_create(
        Appointment(user=user, organization=organization, role=role, group=group, start_on=SINCE)
        for user, organization, role, group in (
            (world.secretary, world.branch, Role.SECRETARY, None),
            (world.small_secretary, world.small_branch, Role.SECRETARY, None),
            (world.other_secretary, world.other_branch, Role.SECRETARY, None),
            (world.reviewer, world.committee, Role.REVIEWER, None),
            (world.administrator, world.committee, Role.ADMINISTRATOR, None),
            (world.other_reviewer, world.other_committee, Role.REVIEWER, None),
            *((getattr(world, office.value), world.committee, office, None) for office in OFFICES),
            (world.group_leader, world.branch, Role.GROUP_LEADER, world.groups[0]),
        )
    )
