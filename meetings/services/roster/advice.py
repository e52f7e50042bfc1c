"""What the regulations say about the size of a branch and its committee. Advice: nothing is ever blocked."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.enums import OrganizationKind, PostTitle
from meetings.models import Organization, Post
from meetings.services.owed import COMMITTEE_FROM
from meetings.services.roster.asof import Numbers

COMMITTEE_LEAST, COMMITTEE_MOST = 3, 7
BRANCH_LEAST, BRANCH_MOST = 3, 50
LEADERS = (PostTitle.SECRETARY, PostTitle.DEPUTY)

ARTICLES = {
    4: gettext_lazy("Regulations on the Work of Party Branches, article 4"),
    5: gettext_lazy("Regulations on the Work of Party Branches, article 5"),
    20: gettext_lazy("Regulations on the Work of Party Branches, article 20"),
    21: gettext_lazy("Regulations on the Work of Party Branches, article 21"),
}


@dataclass(frozen=True)
class Advice:
    sentence: str
    basis: str


def branch_advice(organization: Organization, numbers: Numbers, posts: Collection[Post]) -> list[Advice]:
    """What to think about in a branch with these members and these posts on one day."""
    found = [
        *_of_size(organization, numbers),
        _of_secretary(posts),
        _of_committee(numbers, posts),
    ]
    return [advice for advice in found if advice]


def _of_size(organization: Organization, numbers: Numbers) -> list[Advice]:
    if numbers.full < BRANCH_LEAST and organization.kind == OrganizationKind.BRANCH:
        sentence = _(
            "Full members: %(count)s. Fewer than 3 do not form a branch of their own; "
            "consider a joint branch with a neighbouring unit."
        )
        return [Advice(sentence % {"count": numbers.full}, str(ARTICLES[5]))]
    if numbers.members > BRANCH_MOST:
        sentence = _("Members: %(count)s. A branch generally has at most 50; consider dividing it.")
        return [Advice(sentence % {"count": numbers.members}, str(ARTICLES[4]))]
    return []


def _of_secretary(posts: Collection[Post]) -> Advice | None:
    if any(post.title == PostTitle.SECRETARY for post in posts):
        return None
    return Advice(_("There is no secretary. Vacancies are filled in time."), str(ARTICLES[21]))


def _of_committee(numbers: Numbers, posts: Collection[Post]) -> Advice | None:
    size = len({post.member_id for post in posts})
    if numbers.full < COMMITTEE_FROM:
        return _of_few(numbers, posts)
    if COMMITTEE_LEAST <= size <= COMMITTEE_MOST:
        return None
    sentence = _(
        "Full members: %(count)s. From 7 on a branch elects a committee of 3 to 5, at most 7; "
        "there are %(size)s in it now."
    )
    return Advice(sentence % {"count": numbers.full, "size": size}, str(ARTICLES[20]))


def _of_few(numbers: Numbers, posts: Collection[Post]) -> Advice | None:
    deputies = sum(post.title == PostTitle.DEPUTY for post in posts)
    if deputies <= 1 and all(post.title in LEADERS for post in posts):
        return None
    sentence = _(
        "Full members: %(count)s. With fewer than 7 there is a secretary, if needed one deputy, "
        "and no branch committee."
    )
    return Advice(sentence % {"count": numbers.full}, str(ARTICLES[20]))
