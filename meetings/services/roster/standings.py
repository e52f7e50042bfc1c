"""Circumstances that change a member's duties or rights for a time."""

from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import WITHOUT_VOTE, StandingKind
from meetings.models import Member, Standing
from meetings.services.roster.changes import (
    check_joined,
    check_not_future,
    check_order,
    follow_ledger,
    lock_people,
    record_change,
    refuse,
)
from meetings.services.roster.memberships import check_no_open_transfer, open_membership
from meetings.services.roster.people import places_of
from meetings.services.roster.posts import check_order_of, overlapping

# Set and ended by a transfer alone.
BY_TRANSFER = (StandingKind.TRANSFERRING,)
SETTABLE = tuple(kind for kind in StandingKind if kind not in BY_TRANSFER)


@transaction.atomic
def set_standing(
    *,
    member: Member,
    kind: StandingKind,
    day: date,
    last_day: date | None = None,
    reason: str = "",
    actor: User,
    now: datetime | None = None,
) -> Standing:
    """A circumstance from a day on; ``last_day`` may lie ahead (a sanction for a year).

    What takes the vote away rests on a dated decision, never on a guess (Election Regulations, article 5),
    so its text must be given. Raises ValidationError, also for two times of one kind that overlap.
    """
    check_not_future(day, now)
    check_order(day, last_day)
    check_joined(member, day)
    lock_people(member)
    if kind in BY_TRANSFER:
        raise refuse("kind", _("This standing comes and goes with a transfer."))
    _check_decision(kind, reason)
    _check_here(member)
    _check_free(member, kind, day, last_day)
    standing = Standing.objects.create(member=member, kind=kind, start_on=day, end_on=last_day, reason=reason)
    record_change(
        action="standing.set", subject=standing, places=places_of(member), actor=actor, now=now,
        difference={"kind": kind, "from": day, "to": last_day, "reason": reason},
    )  # fmt: skip
    follow_ledger(places=places_of(member), since=day, now=now)
    return standing


@transaction.atomic
def end_standing(
    *, standing: Standing, last_day: date, reason: str = "", actor: User, now: datetime | None = None
) -> Standing:
    """Its last day. Giving the vote back rests on a decision just as taking it away did."""
    check_not_future(last_day, now, "last_day")
    lock_people(standing.member)
    standing = Standing.objects.select_related("member").get(pk=standing.pk)
    if standing.kind in BY_TRANSFER:  # a roster may have brought it without a transfer
        check_no_open_transfer(standing.member)
    _check_decision(StandingKind(standing.kind), reason)
    if standing.end_on and standing.end_on <= last_day:
        raise refuse("", _("It ends on %(day)s already.") % {"day": date_format(standing.end_on)})
    check_order_of(standing.start_on, last_day)
    before, standing.end_on, standing.ended_because = standing.end_on, last_day, reason
    standing.save(update_fields=["end_on", "ended_because"])
    record_change(
        action="standing.end", subject=standing, places=places_of(standing.member), actor=actor, now=now,
        difference={"kind": standing.kind, "to": [before, last_day], "reason": reason},
    )  # fmt: skip
    follow_ledger(places=places_of(standing.member), since=last_day, now=now)
    return standing


def _check_decision(kind: StandingKind, reason: str) -> None:
    if kind in WITHOUT_VOTE and not reason:
        sentence = _("“%(standing)s” rests on a decision: name it (who decided, which number, which day).")
        raise refuse("reason", sentence % {"standing": kind.label})


def _check_here(member: Member) -> None:
    if open_membership(member) is None:
        raise refuse("", _("%(name)s is in no branch now.") % {"name": member.name})


def _check_free(member: Member, kind: StandingKind, day: date, last_day: date | None) -> None:
    rows = Standing.objects.filter(overlapping(day, last_day), member=member, kind=kind)
    if (row := rows.order_by("start_on").first()) is not None:
        sentence = _("“%(standing)s” is entered from %(day)s already; the two times overlap.")
        raise refuse("kind", sentence % {"standing": kind.label, "day": date_format(row.start_on)})
