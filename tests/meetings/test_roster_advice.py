"""Size of a branch and its committee (work of branches, articles 4, 5, 20, 21): advice, never a bar."""

from datetime import date

import pytest

from meetings.enums import OrganizationKind, PostTitle
from meetings.models import Member, Organization, Post
from meetings.services.roster.advice import branch_advice
from meetings.services.roster.asof import Numbers

S, D, G, P, M = (
    PostTitle.SECRETARY, PostTitle.DEPUTY, PostTitle.ORGANIZATION, PostTitle.PUBLICITY, PostTitle.MEMBER,
)  # fmt: skip


def advice(full: int, *titles: str, probationary: int = 0, kind: str = OrganizationKind.BRANCH) -> list[str]:
    branch = Organization(name="支部", kind=kind, founded_on=date(2015, 1, 1))
    posts = [
        Post(member=Member(pk=number, name="某"), organization=branch, title=title)
        for number, title in enumerate(titles, 1)
    ]
    found = branch_advice(branch, Numbers(full + probationary, full, full), posts)
    return [f"{each.sentence}{each.basis}" for each in found]


@pytest.mark.parametrize(
    ("full", "titles"),
    [
        (3, [S]), (6, [S]), (6, [S, D]), (7, [S, G, P]), (12, [S, D, G, P, M]), (30, [S, D, G, P, M, M, M]),
        (50, [S, G, P]),
    ],
)  # fmt: skip
def test_nothing_to_say(full: int, titles: list[str]) -> None:
    assert advice(full, *titles) == []


@pytest.mark.parametrize(
    ("full", "titles", "words", "article"),
    [
        (7, [S], "3 至 5 人", "第二十条"),
        (7, [S, D], "目前 2 人", "第二十条"),
        (30, [S, D, G, P, M, M, M, M], "目前 8 人", "第二十条"),
        (6, [S, G], "不设支部委员会", "第二十条"),
        (6, [S, D, D], "1 名副书记", "第二十条"),
        (2, [S], "联合党支部", "第五条"),
        (51, [S, G, P], "不超过 50 名", "第四条"),
        (5, [D], "没有书记", "第二十一条"),
    ],
)
def test_advice_with_its_basis(full: int, titles: list[str], words: str, article: str) -> None:
    (only,) = advice(full, *titles)
    assert words in only and article in only


def test_probationary_members_count_in_the_branch_and_not_for_the_committee() -> None:
    assert advice(6, S, probationary=3) == []
    assert "51 名" in advice(49, S, G, P, probationary=2)[0]
    assert "不足 3 名" in advice(2, S, probationary=5)[0]


def test_a_joint_branch_is_what_is_advised() -> None:
    assert advice(2, S, kind=OrganizationKind.JOINT_BRANCH) == []


def test_one_person_with_two_posts_is_one() -> None:
    branch = Organization(name="支部", kind=OrganizationKind.BRANCH, founded_on=date(2015, 1, 1))
    person = Member(pk=1, name="某")
    posts = [Post(member=person, organization=branch, title=title) for title in (S, G, P)]
    assert "目前 1 人" in branch_advice(branch, Numbers(9, 9, 9), posts)[0].sentence
