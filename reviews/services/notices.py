"""Telling people about steps that concern them, in the same transaction as the step."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from branchlife.models import User
from meetings.enums import Role
from meetings.models import Appointment, Meeting, Notice, Organization
from meetings.models.organization import STEP
from meetings.services.notices import settle_notices_about
from reviews.enums import Action
from reviews.models import Inspection, Plan, Rectification, Transition, Visit
from reviews.rules import desk_of
from reviews.services.desks import keepers_of

# To whom a step is news: those who decide on it next, or those who wrote it.
TO_REVIEWERS = (Action.SUBMIT, Action.FORWARD)
TO_WRITERS = (Action.APPROVE, Action.RETURN, Action.HOLD_AGAIN, Action.ACCEPT)
# Of a rectification item: whoever may verify it, or the secretary and the member responsible.
TO_VERIFIERS = (Action.CLAIM,)
TO_MENDERS = (Action.CREATE, Action.VERIFY, Action.REOPEN, Action.REVOKE)
# Of a visit: the branch that was visited.
TO_VISITED = (Action.REPORT, Action.CLEAR, Action.RECHECK, Action.CONFIRM)


def tell_of_transition(*, transition: Transition, now: datetime) -> int:
    """One notice per person concerned, never to the one who acted; returns how many were written.

    Older news of the same paper is settled: what was returned is handed in again, what waited is decided.
    """
    subject = transition.subject
    people = _people(transition, subject.organization, now) - {transition.actor_id}
    model = subject._meta.model_name
    url = f"/{model}s/{subject.pk}/"
    settle_notices_about(url=url, now=now)
    notices = [
        Notice(
            recipient_id=person,
            code=f"{model}.{transition.action}",
            values=_values(subject),
            url=url,
            created_at=now,
        )
        for person in sorted(people)
    ]
    return len(Notice.objects.bulk_create(notices))


def _values(subject: Plan | Meeting | Rectification | Inspection | Visit) -> dict[str, str]:
    """Plain values only: periods and days as codes, so that everyone reads them in the own language."""
    values = {"organization": subject.organization.name}
    if isinstance(subject, Plan):
        return values | {"period": subject.span.code}
    if isinstance(subject, Rectification):
        return values | {"subject": subject.problem, "due_on": subject.due_on.isoformat()}
    if isinstance(subject, Inspection):
        return values | {"subject": subject.purpose}
    if isinstance(subject, Visit):
        back_on = subject.recheck_on.isoformat() if subject.recheck_on else ""
        return values | {"subject": subject.inspection.purpose, "due_on": back_on}
    return values | {"subject": subject.theme}


def _people(transition: Transition, organization: Organization, now: datetime) -> set[int]:
    day, subject = timezone.localdate(now), transition.subject
    if isinstance(subject, Rectification):
        return _people_of_item(transition.action, subject, day)
    if transition.action in TO_REVIEWERS and isinstance(subject, Plan | Meeting):
        desk = desk_of(subject)
        return {keeper.user_id for keeper in keepers_of(desk, day)} if desk else set()
    told = (*TO_WRITERS, *TO_VISITED)
    return secretaries_of(organization, day) if transition.action in told else set()


def _people_of_item(action: str, item: Rectification, day: date) -> set[int]:
    secretaries = secretaries_of(item.organization, day)
    if action in TO_VERIFIERS:
        own = set() if item.from_above else secretaries - {item.claimed_by_id}
        return own or set(reviewers_of(item.organization, day).values_list("pk", flat=True))
    responsible = item.owner.user_id if item.owner else None
    return secretaries | ({responsible} if responsible else set()) if action in TO_MENDERS else set()


def secretaries_of(organization: Organization, day: date) -> set[int]:
    """The users who lead the branch on that day."""
    seats = Appointment.objects.on(day).filter(organization=organization, role=Role.SECRETARY)
    return set(seats.values_list("user", flat=True))


def reviewers_of(organization: Organization, day: date) -> QuerySet[User]:
    """Reviewers at the branch's place of the tree or above it."""
    ancestors = [organization.path[:end] for end in range(STEP, len(organization.path) + 1, STEP)]
    seats = Appointment.objects.on(day).filter(role=Role.REVIEWER, organization__path__in=ancestors)
    return User.objects.filter(pk__in=seats.values("user"), is_active=True)
