"""What has to be put right comes back on the next agenda by itself, until somebody else has verified it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchlife.models import User
from meetings.enums import MeetingKind, MeetingState
from meetings.models import Meeting, MeetingPart, Organization
from reviews.enums import UNSETTLED, RectificationState
from reviews.models import Rectification, RectificationNote
from reviews.services.rectification import note_progress
from reviews.services.workflow import StaleState

if TYPE_CHECKING:
    from reviews.services.proposals import ItemDraft

# Meetings at which a branch looks back at what it agreed; a lecture and a group's meeting do not.
LOOKING_BACK = (
    MeetingKind.GENERAL, MeetingKind.COMMITTEE, MeetingKind.THEME_DAY, MeetingKind.ORGANIZATIONAL_LIFE,
    MeetingKind.APPRAISAL, MeetingKind.DEMOCRATIC_LIFE,
)  # fmt: skip
NO_AGENDA = (MeetingState.CANCELLED, MeetingState.ARCHIVED)
LONGEST_PROBLEM = 200  # of a plan's item


def agenda_of(meeting: Meeting, today: date) -> QuerySet[Rectification]:
    """The items this meeting comes back to.

    Of the branch's next meeting, or one that is to be held again: everything not settled. Of one whose day
    has come: what was raised before that day and not settled by then. Later meetings have none yet: by then
    an earlier one will have looked.
    """
    items = Rectification.objects.filter(organization=meeting.organization_id)
    if meeting.group_id or meeting.state in NO_AGENDA or not set(meeting.kinds) & set(LOOKING_BACK):
        return items.none()
    if meeting.state == MeetingState.HOLD_AGAIN:
        return items.unsettled()
    if meeting.day > today:
        return items.unsettled() if is_next(meeting, today) else items.none()
    morning = timezone.make_aware(datetime.combine(meeting.day, time.min))
    then_open = Q(state__in=UNSETTLED) | Q(state=RectificationState.CLOSED, verified_at__gte=morning)
    return items.filter(then_open, raised_at__lt=morning)


def with_notes(items: QuerySet[Rectification], meeting: Meeting) -> QuerySet[Rectification]:
    """Each with its owner and, as ``noted``, what this meeting said about it."""
    notes = RectificationNote.objects.filter(item=OuterRef("pk"), meeting=meeting)
    return items.select_related("owner").annotate(noted=Subquery(notes.values("text")[:1]))


def is_next(meeting: Meeting, today: date) -> bool:
    """No other meeting of the branch that looks back comes before this one."""
    return next_meeting_id(meeting.organization, today) == meeting.pk


def next_meeting_id(organization: Organization, today: date) -> int | None:
    coming = MeetingPart.objects.filter(
        kind__in=LOOKING_BACK, meeting__organization=organization, meeting__group=None,
        meeting__state=MeetingState.SCHEDULED, meeting__day__gte=today,
    )  # fmt: skip
    order = ("meeting__day", "meeting__starts", "meeting")
    return coming.order_by(*order).values_list("meeting", flat=True).first()


@transaction.atomic
def note_agenda(
    *, meeting: Meeting, said: Mapping[int, str], actor: User, now: datetime | None = None
) -> int:
    """Write down what the meeting said about its items, by their numbers; returns how many.

    What says the same as before is left alone, and so is an item that was settled meanwhile.
    """
    known = dict(meeting.rectification_notes.values_list("item", "text"))
    wanted = {pk: text for pk, text in said.items() if text and known.get(pk) != text}
    items = agenda_of(meeting, timezone.localdate(now)).filter(pk__in=wanted).select_related("organization")
    written = 0
    for item in items:
        try:
            note_progress(item=item, text=wanted[item.pk], actor=actor, meeting=meeting, now=now)
        except StaleState:
            continue
        written += 1
    return written


def mention_open_items(
    drafts: list["ItemDraft"], organization: Organization, as_of: date
) -> list["ItemDraft"]:
    """The first proposed meeting that looks back names what is still to be put right, unless one on the
    calendar comes before it. In the language of the site: it becomes part of the plan."""
    first = next((n for n, draft in enumerate(drafts) if set(draft.kinds) & set(LOOKING_BACK)), None)
    if first is None or _comes_before(drafts[first].day, organization, as_of):
        return drafts
    problems = list(
        Rectification.objects.filter(organization=organization).unsettled().values_list("problem", flat=True)
    )
    if not problems or drafts[first].problem:
        return drafts
    changed = replace(drafts[first], problem=_mention(problems))
    return [*drafts[:first], changed, *drafts[first + 1 :]]


def _comes_before(day: date, organization: Organization, as_of: date) -> bool:
    coming = next_meeting_id(organization, as_of)
    return coming is not None and Meeting.objects.filter(pk=coming, day__lt=day).exists()


def _mention(problems: Iterable[str]) -> str:
    problems = list(problems)
    with translation.override(settings.LANGUAGE_CODE):
        number = len(problems)
        words = ngettext(
            "Look back at %(n)s rectification item: ", "Look back at %(n)s rectification items: ", number
        )
        text = words % {"n": number} + _("; ").join(problems)
    return text if len(text) <= LONGEST_PROBLEM else text[: LONGEST_PROBLEM - 1] + "…"
