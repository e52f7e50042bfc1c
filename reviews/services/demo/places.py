"""The made-up committee: its branches, who belongs to them, who keeps what."""

from dataclasses import dataclass
from datetime import date

from meetings.enums import OrganizationKind, PostTitle

COMMITTEE = "青榆市公共服务局机关党委"
CODE = "9901"


@dataclass(frozen=True)
class BranchSpec:
    """``misses`` are the kinds not held in the last whole period; those are overdue today."""

    key: str
    name: str
    parent: str  # name of the general branch; empty: directly below the committee
    full: int
    probationary: int = 0
    groups: int = 0
    kind: OrganizationKind = OrganizationKind.BRANCH
    retired: bool = False
    misses: tuple[str, ...] = ()


BUSINESS, SERVICE = "综合业务党总支", "基层服务党总支"
GENERAL_BRANCHES = (BUSINESS, SERVICE)
BRANCHES = (
    BranchSpec("office", "办公室党支部", BUSINESS, full=12, probationary=1, groups=2),
    BranchSpec("personnel", "人事教育处党支部", BUSINESS, full=7),
    # Six full members: no branch committee, so no committee meetings are owed.
    BranchSpec("finance", "规划财务处党支部", BUSINESS, full=6, probationary=1),
    BranchSpec("data", "数据中心党支部", SERVICE, full=22, probationary=1, groups=3, misses=("committee",)),
    BranchSpec("hall", "服务大厅党支部", SERVICE, full=28, probationary=2, groups=3, misses=("group",)),
    BranchSpec("quality", "质量监督处党支部", SERVICE, full=10),
    BranchSpec("retired", "离退休干部党支部", "", full=24, groups=2, retired=True, misses=("group",)),
    BranchSpec(
        "joint", "新兴领域联合党支部", SERVICE, full=5, probationary=1, kind=OrganizationKind.JOINT_BRANCH,
        misses=("theme_day", "lecture"),
    ),
)  # fmt: skip
GROUP_NAMES = ("第一党小组", "第二党小组", "第三党小组")

# In the order of their election; a small committee takes the first three.
COMMITTEE_POSTS = (
    PostTitle.SECRETARY, PostTitle.ORGANIZATION, PostTitle.DISCIPLINE, PostTitle.PUBLICITY, PostTitle.DEPUTY,
)  # fmt: skip


def posts_of(branch: BranchSpec) -> tuple[PostTitle, ...]:
    """Seven or more full members elect a committee of three to five; fewer have a secretary and a deputy."""
    if branch.full < 7:
        return (PostTitle.SECRETARY, PostTitle.DEPUTY)
    return COMMITTEE_POSTS if branch.full > 15 else COMMITTEE_POSTS[:3]


def founded_on(branch: BranchSpec, today: date) -> date:
    """The joint branch is young: founded in the middle of a quarter, it owes from its first whole period."""
    return date(today.year - 1, 8, 20) if branch.kind == OrganizationKind.JOINT_BRANCH else date(2016, 3, 1)
