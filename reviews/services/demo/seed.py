"""Filling an empty database with the made-up committee, once."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone, translation

from branchlife.audit import record_event, telling_history
from branchlife.estimates import look_again_after
from branchlife.models import User
from meetings.models import Attendance, Meeting, Member, Obligation, Organization
from meetings.services.demo_people import demo_users
from meetings.services.obligations import generate_obligations, recount
from meetings.services.reminders.plan import plan_reminders
from meetings.services.waivers import waive_obligation
from reviews.services.demo.checking import check_meetings
from reviews.services.demo.closed import put_away_old
from reviews.services.demo.contacts import write_contacts
from reviews.services.demo.history import local, write_history
from reviews.services.demo.inspecting import write_inspections
from reviews.services.demo.matters import raise_matters, settle_matters
from reviews.services.demo.past_plans import write_past_plans
from reviews.services.demo.rectifying import write_rectifications
from reviews.services.demo.roster import build_roster, open_accounts
from reviews.services.demo.stories import tell_stories

SEED = "青榆"


class NotEmpty(Exception):
    """There are organizations here that are not made up."""


@dataclass(frozen=True)
class Seeded:
    organizations: int
    members: int
    meetings: int
    attendances: int


def is_seeded() -> bool:
    return demo_users().exists()


@transaction.atomic
def seed_demo(*, force: bool = False, now: datetime | None = None) -> Seeded | None:
    """The whole demonstration, or None when it is there already.

    The same day gives the same rows. Raises NotEmpty where somebody's own organizations are, unless forced.
    """
    if is_seeded():
        return None
    if Organization.objects.exists() and not force:
        raise NotEmpty
    with translation.override("zh-hans"), telling_history():
        return _seed(now or timezone.now())


def _seed(now: datetime) -> Seeded:
    today = timezone.localdate(now)
    since = local(date(today.year - 1, 1, 1), time(9))
    cast = build_roster(rng=random.Random(SEED), today=today)  # noqa: S311
    open_accounts(cast, since=since)
    _write_ledger(cast.committee, since.date(), today)
    write_history(cast=cast, seed=SEED, now=now)
    write_past_plans(cast=cast, now=now)
    recount(Obligation.objects.filter(organization__path__startswith=cast.committee.path))
    settle_matters(cast=cast, now=now)
    tell_stories(cast=cast, seed=SEED, now=now)
    put_away_old(cast=cast, now=now)
    write_rectifications(cast=cast, now=now)
    check_meetings(cast=cast, now=now)
    raise_matters(cast=cast, now=now)
    write_inspections(cast=cast, now=now)
    write_contacts(cast=cast, now=now)
    _waive_oldest(cast.administrator, today, now)
    plan_reminders(now=now)
    record_event(actor=None, action="demo.seed", subject=cast.committee, chain=cast.committee.chain, now=now)
    size = _size(cast.committee)
    look_again_after(size.attendances)
    return size


def _write_ledger(committee: Organization, first: date, today: date) -> None:
    """From the beginning of last year, so that there is something to look back at in January, too."""
    own = Organization.objects.below(committee)
    generate_obligations(as_of=today, organizations=own, since=first)


def _waive_oldest(administrator: User, today: date, now: datetime) -> None:
    """One thing not held was excused by the committee, with its reason."""
    line = Obligation.objects.overdue(today).order_by("due_on", "pk").first()
    if line:
        reason = "当月抽调抗洪，经党委研究同意免开"
        waive_obligation(obligation=line, reason=reason, actor=administrator, now=now)


def _size(committee: Organization) -> Seeded:
    own = Organization.objects.below(committee)
    return Seeded(
        organizations=own.count(),
        members=Member.objects.filter(memberships__organization__in=own).distinct().count(),
        meetings=Meeting.objects.filter(organization__in=own).count(),
        attendances=Attendance.objects.filter(organization__in=own).count(),
    )
