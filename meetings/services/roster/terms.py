"""The clock of the term (换届): when a new leading body is due, and how it is written down.

Generally three years for a branch, five in villages (Regulations on the Work of Party Branches, article
21); in organs 5, 3 and 3 years for committee, general branch and branch. The upper organization reminds
six months before; three months and one month are ours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import OrganizationKind, PostTitle
from meetings.models import Member, Organization, Post
from meetings.periods import months_later
from meetings.services.roster.changes import (
    ONE_DAY,
    check_exists,
    check_not_future,
    follow_ledger,
    lock_people,
    lock_places,
    record_change,
    refuse,
)
from meetings.services.roster.posts import give_post

# A temporary branch is there for a task and has no term of its own.
TERM_YEARS: dict[str, int] = {
    OrganizationKind.COMMITTEE: 5,
    OrganizationKind.GENERAL_BRANCH: 3,
    OrganizationKind.BRANCH: 3,
    OrganizationKind.JOINT_BRANCH: 3,
}
STAGES = (1, 3, 6)  # months before the end at which it is told
LONGEST_TERM = 10  # years
SLACK = 4  # days


@dataclass(frozen=True)
class TermEnding:
    """A term that ends soon or is over. ``months`` is the nearest stage passed; 0 when it is over."""

    organization: Organization
    ends_on: date
    days_left: int
    months: int

    @property
    def is_overdue(self) -> bool:
        return self.days_left < 0


def years_of_term(organization: Organization) -> int | None:
    return organization.term_years or TERM_YEARS.get(organization.kind)


def term_ends_on(organization: Organization) -> date | None:
    """The day by which the next election is due; None where no term is known."""
    years = years_of_term(organization)
    if organization.term_start_on is None or years is None:
        return None
    return months_later(organization.term_start_on, 12 * years)


def term_ending(organization: Organization, as_of: date) -> TermEnding | None:
    """None while the end is more than six months away, unknown, or the organization is gone."""
    ends_on = term_ends_on(organization)
    if ends_on is None or (organization.dissolved_on and organization.dissolved_on <= as_of):
        return None
    days_left = (ends_on - as_of).days
    if days_left < 0:
        return TermEnding(organization, ends_on, days_left, 0)
    reached = [months for months in STAGES if as_of >= months_later(ends_on, -months)]
    return TermEnding(organization, ends_on, days_left, min(reached)) if reached else None


def terms_ending(organizations: Iterable[Organization], as_of: date) -> list[TermEnding]:
    """Of these organizations, those whose term ends within six months or is over; the most urgent first.

    Of a queryset only the rows in question are read. One query.
    """
    if isinstance(organizations, QuerySet):
        organizations = organizations.filter(_may_end(as_of))
    found = (term_ending(organization, as_of) for organization in organizations)
    return sorted((each for each in found if each), key=lambda each: (each.ends_on, each.organization.path))


def _may_end(as_of: date) -> Q:
    """Terms old enough to be near their end; a few days too many, because months differ in length."""
    condition = Q(pk__in=[])
    for years in range(1, LONGEST_TERM + 1):
        kinds = [kind for kind, usual in TERM_YEARS.items() if usual == years]
        as_long = Q(term_years=years) | Q(term_years=None, kind__in=kinds)
        begun_by = months_later(as_of, max(STAGES) - 12 * years) + timedelta(days=SLACK)
        condition |= as_long & Q(term_start_on__lte=begun_by)
    return condition


@transaction.atomic
def begin_term(
    *,
    organization: Organization,
    day: date,
    posts: Sequence[tuple[Member, PostTitle]] = (),
    actor: User,
    now: datetime | None = None,
) -> list[Post]:
    """A new term from a day on: every post of the last one ends the day before, these begin.

    Somebody elected again has a row for each term. Raises ValidationError for a day to come or not after
    the last term began, a branch without exactly one secretary, somebody who is not in the branch.
    """
    check_not_future(day, now)
    check_exists(organization, day)
    lock_people(*(member for member, _title in posts))
    lock_places(organization)
    organization = Organization.objects.get(pk=organization.pk)
    _check_later(organization, day)
    _check_secretary(organization, [title for _member, title in posts])
    _close_posts(organization, day)
    before, organization.term_start_on = organization.term_start_on, day
    organization.save(update_fields=["term_start_on"])
    given = [
        give_post(member=member, organization=organization, title=title, day=day, actor=actor, now=now)
        for member, title in posts
    ]
    record_change(
        action="term.begin", subject=organization, places=[organization], actor=actor, now=now,
        difference={"term_start_on": [before, day], "posts": len(given)},
    )  # fmt: skip
    follow_ledger(places=[organization], since=day, now=now)
    return given


def _check_later(organization: Organization, day: date) -> None:
    last = organization.term_start_on
    if last and day <= last:
        sentence = _("The present term began on %(day)s; the new one begins later.")
        raise refuse("day", sentence % {"day": date_format(last)})


def _check_secretary(organization: Organization, titles: list[PostTitle]) -> None:
    if organization.is_branch and titles.count(PostTitle.SECRETARY) != 1:
        raise refuse("", _("A branch has exactly one secretary."))


def _close_posts(organization: Organization, day: date) -> None:
    rows = Post.objects.filter(organization=organization, end_on=None)
    if later := rows.filter(start_on__gte=day).select_related("member").first():
        sentence = _("%(name)s became %(post)s on %(day)s; choose a later day.")
        values = {"name": later.member.name, "post": later.get_title_display()}
        raise refuse("day", sentence % (values | {"day": date_format(later.start_on)}))
    rows.update(end_on=day - ONE_DAY)
