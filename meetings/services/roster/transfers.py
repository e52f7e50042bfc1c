"""From one branch to another: proposed by the old one, received or returned by the new one."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import StandingKind, TransferState
from meetings.models import Member, Membership, Organization, PartyGroup, Standing, Transfer
from meetings.models.organization import STEP
from meetings.rules import receives_dated_back
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
from meetings.services.roster.memberships import (
    check_group,
    check_no_open_transfer,
    continue_in,
    leave_posts,
    membership_in,
    open_membership,
)
from meetings.services.roster.seats import end_seats
from meetings.services.roster.transfer_notices import tell_of_transfer


class TransferMoved(Exception):
    """Somebody was faster: the transfer is no longer waiting."""


def receiving_branches(*, leaving: Organization, day: date, text: str = "") -> QuerySet[Organization]:
    """Where members of a branch may go: every other branch of the same tree, its committees' too."""
    found: QuerySet[Organization] = Organization.objects.branches().existing_on(day).exclude(pk=leaving.pk)
    found = found.filter(path__startswith=leaving.path[:STEP], dissolved_on=None)
    return found.filter(name__icontains=text) if text else found


@transaction.atomic
def propose_transfer(
    *,
    member: Member,
    to_organization: Organization,
    day: date,
    note: str = "",
    actor: User,
    now: datetime | None = None,
) -> Transfer:
    """The old branch lets a member go from a day on. The member stays there, marked as transferring,
    until the other branch receives them.

    Raises ValidationError: a day to come or not after the present group began, another tree, a branch
    that does not exist (any more), a second transfer of the same person.
    """
    check_not_future(day, now)
    lock_people(member)
    row = open_membership(member)
    if row is None:
        raise refuse("", _("%(name)s is in no branch now.") % {"name": member.name})
    _check_way(row, to_organization, day)
    check_no_open_transfer(member)
    transfer = Transfer.objects.create(
        member=member, from_organization=row.organization, to_organization=to_organization, leaves_on=day,
        note=note, proposed_by=actor, proposed_at=now or timezone.now(),
    )  # fmt: skip
    _mark(transfer)
    _record(transfer, "transfer.propose", {"leaves_on": day}, actor, now)
    follow_ledger(places=[row.organization], since=day, now=now)
    return transfer


def _check_way(row: Membership, to_organization: Organization, day: date) -> None:
    if day <= row.start_on:
        sentence = _("%(name)s has been where they are since %(day)s; choose a later day.")
        raise refuse("day", sentence % {"name": row.member.name, "day": date_format(row.start_on)})
    if not to_organization.is_branch:
        raise refuse("to_organization", _("Members belong to branches."))
    if to_organization.pk == row.organization_id:
        raise refuse("to_organization", _("The member is in this branch already."))
    if to_organization.path[:STEP] != row.organization.path[:STEP]:
        sentence = _("%(name)s belongs to another tree; somebody who goes there leaves here for good.")
        raise refuse("to_organization", sentence % {"name": to_organization.name})
    check_exists(to_organization, day, field="to_organization")


def _mark(transfer: Transfer) -> None:
    """A roster may have marked the member already."""
    marked = _marks(transfer.member)
    if not marked.exists():
        Standing.objects.create(
            member=transfer.member, kind=StandingKind.TRANSFERRING, start_on=transfer.leaves_on,
            reason=transfer.to_organization.name,
        )  # fmt: skip


def _marks(member: Member) -> QuerySet[Standing]:
    return Standing.objects.filter(member=member, kind=StandingKind.TRANSFERRING, end_on=None)


def _unmark(member: Member, day: date) -> None:
    """From that day on the member is no longer on the way."""
    for mark in _marks(member):
        if mark.start_on >= day:
            mark.delete()
        else:
            mark.end_on = day - ONE_DAY
            mark.save(update_fields=["end_on"])


@transaction.atomic
def accept_transfer(
    *,
    transfer: Transfer,
    day: date,
    group: PartyGroup | None = None,
    actor: User,
    now: datetime | None = None,
) -> Membership:
    """The new branch receives the member on a day: its first there, the one before it the last here.

    Raises TransferMoved when it was decided already; ValidationError for a day to come, before the
    transfer or (unless the actor may date it back) before it was proposed, or when the roster has changed
    since in a way that forbids it.
    """
    check_not_future(day, now)
    transfer = _decide(transfer, TransferState.ACCEPTED, actor, now, received_on=day)
    _check_received(transfer, day, actor)
    member, old, new = transfer.member, transfer.from_organization, transfer.to_organization
    lock_places(old, new)
    row = membership_in(member, old)
    check_exists(new, day)
    check_group(group, new, day)
    leave_posts(member=member, organization=old, last_day=day - ONE_DAY)
    membership = continue_in(row, organization=new, group=group, day=day)
    _unmark(member, day)
    end_seats(member=member, organization=old, actor=actor, now=now)
    _record(transfer, "transfer.accept", {"received_on": day}, actor, now)
    follow_ledger(places=[old, new], since=day, now=now)
    return membership


def _check_received(transfer: Transfer, day: date, actor: User) -> None:
    """Until a member is received the old branch is responsible; a day before anything was proposed would
    rewrite what it owed meanwhile. The day of leaving may lie as far back as it likes: it moves nothing."""
    proposed_on = timezone.localdate(transfer.proposed_at)
    if day < proposed_on and not receives_dated_back(actor, transfer):
        sentence = _(
            "The transfer was proposed on %(day)s and the old branch was responsible until then; “%(field)s” "
            "cannot be earlier. Ask an administrator of both branches to enter a transfer of an earlier day."
        )
        raise refuse("day", sentence % {"day": date_format(proposed_on), "field": _("First day here")})


@transaction.atomic
def return_transfer(
    *, transfer: Transfer, opinion: str, actor: User, now: datetime | None = None
) -> Transfer:
    """The new branch does not receive the member and says why. Raises TransferMoved, ValidationError."""
    if not opinion:
        raise refuse("opinion", _("Say why the transfer is returned."))
    transfer = _decide(transfer, TransferState.RETURNED, actor, now, opinion=opinion)
    _stay(transfer, "transfer.return", {"opinion": opinion}, actor, now)
    return transfer


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, actor: User, now: datetime | None = None) -> Transfer:
    """The old branch takes its proposal back. Raises TransferMoved."""
    transfer = _decide(transfer, TransferState.WITHDRAWN, actor, now)
    _stay(transfer, "transfer.withdraw", {}, actor, now)
    return transfer


def _stay(
    transfer: Transfer, action: str, difference: dict[str, object], actor: User, now: datetime | None
) -> None:
    _unmark(transfer.member, timezone.localdate(now))
    _record(transfer, action, difference, actor, now)
    follow_ledger(places=[transfer.from_organization], since=transfer.leaves_on, now=now)


def _decide(
    transfer: Transfer, state: TransferState, actor: User, now: datetime | None, **decision: object
) -> Transfer:
    """Compare and set: of two decisions at the same moment one finds nothing waiting."""
    lock_people(transfer.member)
    if isinstance(day := decision.get("received_on"), date) and day < transfer.leaves_on:
        sentence = _("The transfer counts from %(day)s; the member cannot be received before.")
        raise refuse("day", sentence % {"day": date_format(transfer.leaves_on)})
    waiting = Transfer.objects.open().filter(pk=transfer.pk)
    if not waiting.update(state=state, decided_by=actor, decided_at=now or timezone.now(), **decision):
        raise TransferMoved
    related = Transfer.objects.select_related("member", "from_organization", "to_organization")
    return related.get(pk=transfer.pk)


def _record(
    transfer: Transfer, action: str, difference: dict[str, object], actor: User, now: datetime | None
) -> None:
    """In the trail of both branches, and as a notice to the other side."""
    record_change(
        action=action, subject=transfer, places=[transfer.from_organization, transfer.to_organization],
        difference={"member": transfer.member.name} | difference, actor=actor, now=now,
    )  # fmt: skip
    tell_of_transfer(transfer=transfer, code=action, actor=actor, now=now or timezone.now())
