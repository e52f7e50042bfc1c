"""Putting right what was found: raised, arranged, followed, reported as done, verified by somebody else."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import DeadlineSubject
from meetings.models import Meeting, Member, Organization, Resolution
from meetings.rules import reviews_branch
from meetings.services.rulebook.effective import deadline_for
from meetings.services.workdays import read_calendar
from meetings.workdays import WorkCalendar
from reviews.enums import Action, Cause, Openness, RectificationSource
from reviews.models import Finding, Rectification, RectificationNote, Transition
from reviews.rules import (
    arranges_rectification,
    mends_rectification,
    raises_rectification,
    sets_rectification_terms,
    verifies_rectification,
)
from reviews.services.notices import tell_of_transition
from reviews.services.workflow import StaleState, perform

ONE_DAY = timedelta(days=1)
# Where no rule says how long: ten working days.
USUAL_LIMIT = 10
FURTHEST = timedelta(days=730)


@dataclass(frozen=True)
class ItemTerms:
    """What is to be put right by whom and when. Without a day the rule book's limit holds."""

    problem: str
    cause: str = Cause.OTHER
    kind: str = ""
    measure: str = ""
    owner: Member | None = None
    due_on: date | None = None
    openness: str = Openness.KEPT


# What belongs to whoever asks for the item; the rest is the branch's to arrange.
OF_THE_RAISER = ("problem", "cause", "kind", "due_on")
# Columns of a row that has at most one item.
ONE_ITEM_EACH = ("finding", "resolution", "mark")
OF_THE_BRANCH = ("measure", "owner", "openness")


@transaction.atomic
def raise_item(
    *,
    organization: Organization,
    source: str,
    terms: ItemTerms,
    actor: User,
    finding: Finding | None = None,
    meeting: Meeting | None = None,
    resolution: Resolution | None = None,
    commissioned: bool = False,
    now: datetime | None = None,
    **origin: models.Model,
) -> Rectification:
    """A new open item of a branch. Raises PermissionDenied, or ValidationError by field.

    A finding, a resolution or a mark has at most one item: raising it again gives the one that is there.
    ``origin`` are further rows it came from, by the name of their column. ``commissioned``: the organization
    above has sent the actor (an inspector), and the caller has asked for that right.
    """
    if not (commissioned or raises_rectification(actor, organization)):
        raise PermissionDenied
    now = now or timezone.now()
    today = timezone.localdate(now)
    terms = _checked(terms, organization, today)
    item = Rectification(
        organization=organization, source=source, finding=finding, meeting=meeting, resolution=resolution,
        from_above=commissioned or reviews_branch(actor, organization), raised_by=actor,
        raised_at=now, **vars(terms), **origin,
    )  # fmt: skip
    item.full_clean(validate_unique=False)
    if not _insert(item):
        return _known(item)
    step = Transition.objects.create(
        rectification=item, action=Action.CREATE, from_state="", to_state=item.state, actor=actor, at=now
    )
    record_event(
        actor=actor, action="rectification.create", subject=item, chain=organization.chain, now=now,
        difference={"source": source, "due_on": item.due_on.isoformat()},
    )  # fmt: skip
    tell_of_transition(transition=step, now=now)
    return item


def _insert(item: Rectification) -> bool:
    """False where what it came from has its item already, however close together."""
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:
        if not _origins(item):
            raise
        return False
    return True


def _known(item: Rectification) -> Rectification:
    (name, origin), *_rest = _origins(item).items()
    known: Rectification = Rectification.objects.get(**{name: origin})
    return known


def _origins(item: Rectification) -> dict[str, models.Model]:
    """What an item came from that has one item at most."""
    found = {name: getattr(item, name) for name in ONE_ITEM_EACH}
    return {name: origin for name, origin in found.items() if origin}


@transaction.atomic
def arrange_item(
    *, item: Rectification, version: int, terms: ItemTerms, actor: User, now: datetime | None = None
) -> Rectification:
    """Change what is to be done, by whom and when; each may change only what is theirs.

    Raises StaleState when the item changed since the page was made, PermissionDenied, ValidationError.
    """
    if not arranges_rectification(actor, item):
        raise PermissionDenied
    now = now or timezone.now()
    names = OF_THE_BRANCH + (OF_THE_RAISER if sets_rectification_terms(actor, item) else ())
    if terms.due_on is None or "due_on" not in names:
        terms = replace(terms, due_on=item.due_on)
    if terms.due_on != item.due_on:
        terms = _checked(terms, item.organization, timezone.localdate(now))
    _check_owner(terms.owner, item.organization, timezone.localdate(now))
    before = {name: getattr(item, name) for name in names}
    after = {name: getattr(terms, name) for name in names}
    unchanged = Rectification.objects.filter(pk=item.pk, version=version, state=item.state)
    if not unchanged.update(version=F("version") + 1, **after):
        raise StaleState
    item.refresh_from_db()
    difference = {
        name: [_plain(before[name]), _plain(after[name])] for name in names if before[name] != after[name]
    }
    record_event(
        actor=actor, action="rectification.arrange", subject=item, chain=item.organization.chain,
        difference=difference, now=now,
    )  # fmt: skip
    return item


@transaction.atomic
def note_progress(
    *,
    item: Rectification,
    text: str,
    actor: User,
    meeting: Meeting | None = None,
    now: datetime | None = None,
) -> RectificationNote:
    """Write down how it stands; at a meeting at most once, where the later text takes the place of the
    earlier. Raises PermissionDenied, StaleState once the item is settled."""
    if not (mends_rectification(actor, item) or verifies_rectification(actor, item)):
        raise PermissionDenied
    if not item.is_unsettled:
        raise StaleState
    facts = {"text": text.strip(), "author": actor, "at": now or timezone.now()}
    if meeting:
        note, _new = RectificationNote.objects.update_or_create(item=item, meeting=meeting, defaults=facts)
    else:
        note = RectificationNote.objects.create(item=item, **facts)
    record_event(
        actor=actor, action="rectification.note", subject=item, chain=item.organization.chain, now=now
    )
    return note


@transaction.atomic
def take_item_step(
    *,
    item: Rectification,
    action: Action,
    version: int,
    actor: User,
    comment: str = "",
    due_on: date | None = None,
    now: datetime | None = None,
) -> Transition:
    """Any one step of the table, from a page made from ``version``. Reopened, the item has until ``due_on``,
    else as long as the rule book gives from today."""
    if item.version != version:
        raise StaleState
    columns: dict[str, Any] = {}
    if action == Action.REOPEN:
        today = timezone.localdate(now)
        terms = _checked(ItemTerms(problem=item.problem, due_on=due_on), item.organization, today)
        columns["due_on"] = terms.due_on
    return perform(item, action, actor=actor, comment=comment, columns=columns, now=now)


def due_by_rule(organization: Organization, day: date, calendar: WorkCalendar | None = None) -> date:
    """The last day for something found on ``day``: the rule book's limit, moved to a working day."""
    calendar = calendar or read_calendar([day.year])
    rule = deadline_for(organization=organization, code=DeadlineSubject.RECTIFICATION, day=day)
    due = rule.due_on(day, calendar) if rule else calendar.after(day, USUAL_LIMIT)
    return on_working_day(due, calendar)


def on_working_day(day: date, calendar: WorkCalendar) -> date:
    """The day itself, or the next one on which people work."""
    while not calendar.is_working(day):
        day += ONE_DAY
    return day


def _checked(terms: ItemTerms, organization: Organization, today: date) -> ItemTerms:
    """With a deadline that is a working day, not past and not out of sight."""
    if terms.due_on is None:
        due = due_by_rule(organization, today)
    elif terms.due_on < today:
        raise ValidationError({"due_on": _("The day has passed already.")})
    elif terms.due_on > today + FURTHEST:
        raise ValidationError({"due_on": _("That is more than two years ahead.")})
    else:
        due = on_working_day(terms.due_on, read_calendar([terms.due_on.year]))
    _check_owner(terms.owner, organization, today)
    return replace(terms, due_on=due)


def _check_owner(owner: Member | None, organization: Organization, today: date) -> None:
    if owner and not owner.memberships.on(today).filter(organization__path__startswith=organization.path):
        raise ValidationError({"owner": _("The member responsible belongs to the branch.")})


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Member) else value


def source_of_finding(finding: Finding) -> tuple[Organization, Meeting | None]:
    """Whose paper it was: of a record also the meeting."""
    subject = finding.transition.subject
    return subject.organization, subject if isinstance(subject, Meeting) else None


@transaction.atomic
def raise_from_finding(
    *, finding: Finding, actor: User, terms: ItemTerms | None = None, now: datetime | None = None
) -> Rectification:
    """The item of one finding of a returned paper; its reason becomes the cause, its sentence the problem."""
    organization, meeting = source_of_finding(finding)
    known = terms or ItemTerms(problem=finding.sentence)
    kind = known.kind or (meeting.kinds[0] if meeting and meeting.kinds else "")
    return raise_item(
        organization=organization, source=RectificationSource.RETURN, finding=finding, meeting=meeting,
        terms=replace(known, cause=finding.reason, kind=kind), actor=actor, now=now,
    )  # fmt: skip
