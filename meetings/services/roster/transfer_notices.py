"""Telling both sides of a transfer, in the same transaction as the step itself."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from branchlife.models import User
from meetings.enums import Role
from meetings.models import Appointment, Notice, Organization, Transfer
from meetings.models.organization import STEP
from meetings.services.notices import settle_notices_about

# News for the receiving branch; everything else is news for the old one and for the member.
TO_RECEIVERS = ("transfer.propose", "transfer.withdraw")


def tell_of_transfer(*, transfer: Transfer, code: str, actor: User, now: datetime) -> int:
    """One notice per person concerned, never to the one who acted. What was said before is settled."""
    url = f"/transfers/{transfer.pk}/"
    settle_notices_about(url=url, now=now)
    values = {
        "member": transfer.member.name,
        "from": transfer.from_organization.name,
        "to": transfer.to_organization.name,
    }
    people = _people(transfer, code, timezone.localdate(now)) - {actor.pk}
    notices = [
        Notice(recipient_id=person, code=code, values=values, url=url, created_at=now)
        for person in sorted(people)
    ]
    return len(Notice.objects.bulk_create(notices))


def _people(transfer: Transfer, code: str, day: date) -> set[int]:
    if code in TO_RECEIVERS:
        return keepers_of(transfer.to_organization, day)
    member = {transfer.member.user_id} if transfer.member.user_id else set()
    return keepers_of(transfer.from_organization, day) | {transfer.proposed_by_id} | member


def keepers_of(organization: Organization, day: date) -> set[int]:
    """The branch's secretaries; where there is none, the nearest administrators above."""
    secretaries = _holders(organization.path, Role.SECRETARY, day)
    return secretaries or next(
        (
            found
            for end in range(len(organization.path), 0, -STEP)
            if (found := _holders(organization.path[:end], Role.ADMINISTRATOR, day))
        ),
        set(),
    )


def _holders(path: str, role: Role, day: date) -> set[int]:
    seats: QuerySet[Appointment] = Appointment.objects.on(day).filter(organization__path=path, role=role)
    return set(seats.filter(user__is_active=True).values_list("user_id", flat=True))
