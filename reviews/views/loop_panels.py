"""What the page of a meeting shows of the rest of the loop: what it comes back to, how it was judged and rated,
what may be asked about its record. Few queries each."""

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.utils import timezone

from meetings.enums import HERE
from meetings.models import Meeting
from meetings.scope import scope_of
from reviews.compliance.questions import questions_about
from reviews.enums import Action, Rating
from reviews.models import Evaluation, Rated, RatingCount, Rectification, SitInNote
from reviews.rules import evaluates_meeting, is_held, sits_in
from reviews.services.agenda import agenda_of, with_notes
from reviews.services.ratings import may_be_rated, ratings_shown
from reviews.views.rectification import tag_item

if TYPE_CHECKING:
    from reviews.views.meeting_sheet import MeetingSheet


def loop_panels(sheet: "MeetingSheet") -> dict[str, Any]:
    """An ordinary member gets the question for a rating and nothing else."""
    meeting, user = sheet.meeting, sheet.user
    panels = _checked(sheet) if is_held(meeting) else {}
    if not sheet.in_full:
        return {name: panels[name] for name in ("can_rate", "has_rated") if name in panels}
    asks = Action.RETURN in sheet.steps
    return panels | {
        "agenda": _agenda(meeting),
        "questions": questions_about(meeting, sheet.rows, user) if asks else [],
        "can_evaluate": is_held(meeting) and (evaluates_meeting(user, meeting) or sits_in(user, meeting)),
    }


def _checked(sheet: "MeetingSheet") -> dict[str, Any]:
    """Judged or not, notes of those who sat in, the rating as far as it is shown, the own one."""
    meeting, member = sheet.meeting, scope_of(sheet.user).member_id
    there = any(row.member_id == member and row.presence in HERE for row in sheet.rows)
    open_now = there and may_be_rated(meeting, timezone.localdate())
    if not (sheet.in_full or open_now):
        return {}
    found = _counted(meeting, member)
    return {
        "judged": found["judged"],
        "sit_ins": found["sit_ins"] or 0,
        "ratings": ratings_shown({each: found[f"shown_{each}"] or 0 for each in Rating}),
        "has_rated": there and found["has_rated"],
        "can_rate": open_now and not found["has_rated"],
    }


def check_columns(member: int | None, meeting: str) -> dict[str, Any]:
    """What ``_checked`` reads, as columns of a row that reaches the meeting by that name."""
    of_meeting = {"meeting": OuterRef(meeting)}
    notes = SitInNote.objects.filter(**of_meeting).order_by().values("meeting").annotate(n=Count("pk"))
    counts = {
        f"shown_{each}": Subquery(RatingCount.objects.filter(**of_meeting, rating=each).values("shown")[:1])
        for each in Rating
    }
    return counts | {
        "judged": Exists(Evaluation.objects.filter(**of_meeting)),
        "has_rated": Exists(Rated.objects.filter(**of_meeting, member=member)),
        "sit_ins": Subquery(notes.values("n")),
    }


def _counted(meeting: Meeting, member: int | None) -> dict[str, Any]:
    """As they were read together with the meeting, else by a query of their own."""
    columns = check_columns(member, "pk")
    if all(name in vars(meeting) for name in columns):
        return {name: getattr(meeting, name) for name in columns}
    return Meeting.objects.filter(pk=meeting.pk).values(**columns).get()


def _agenda(meeting: Meeting) -> list[Rectification]:
    """The items the meeting comes back to, each with what it said about it (``noted``)."""
    today = timezone.localdate()
    items = list(with_notes(agenda_of(meeting, today), meeting))
    for item in items:
        tag_item(item, today)
    return items
