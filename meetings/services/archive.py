"""What a record says, word for word, with its digest; and corrections beside it once it is closed."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.chain import canonical, instant
from branchlife.models import User
from meetings.models import Addendum, Archive, Meeting, Resolution
from meetings.rules import adds_addendum

FORM = 1  # of the content; a new column makes a new form
PLAIN = (
    "theme", "problem", "category", "day", "starts", "ends", "place", "content", "decisions", "spent", "source",
    "recorded_at",
)  # fmt: skip
ATTENDED = ("presence", "reason", "hard_bound", "has_vote", "source")
VOTED = (
    "number", "kind", "subject", "text", "about", "is_secret", "seats", "expected", "present", "written", "yes",
    "no", "abstain", "needed_present", "needed_yes", "outcome", "due_on",
)  # fmt: skip
STOOD = ("name", "yes", "no", "abstain", "written_in", "elected")
FILED = ("name", "kind", "digest", "size")
LONGEST = 2000  # characters of an addendum


def with_content(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Read with everything ``content_of`` needs: a handful of queries for any number of records."""
    one = ("organization", "group", "chair", "recorder", "recorded_by")
    many = (
        "parts", "attendances__member", "resolutions__owner", "resolutions__candidates",
        "resolutions__opinions__member", "attachments",
    )  # fmt: skip
    return meetings.select_related(*one).prefetch_related(*many)


def content_of(meeting: Meeting) -> dict[str, Any]:
    """The whole record in plain values. People are named by id and by the name they bear now."""
    return {
        "form": FORM,
        "meeting": meeting.pk,
        "organization": _named(meeting.organization),
        "group": _named(meeting.group),
        **_columns(meeting, PLAIN),
        "guests": meeting.guests.splitlines(),
        "chair": _named(meeting.chair),
        "recorder": _named(meeting.recorder),
        "recorded_by": _named(meeting.recorded_by),
        "parts": [
            {"kind": part.kind, "counts_for": part.counts_for.isoformat()}
            for part in sorted(meeting.parts.all(), key=lambda part: part.kind)
        ],
        "attendance": [
            {"member": _named(row.member), **_columns(row, ATTENDED)}
            for row in sorted(meeting.attendances.all(), key=lambda row: row.member_id)
        ],
        "votes": [
            _vote(each) for each in sorted(meeting.resolutions.all(), key=lambda vote: vote.number)
        ],
        "attachments": [
            _columns(each, FILED) for each in sorted(meeting.attachments.all(), key=lambda file: file.digest)
        ],
    }  # fmt: skip


def digest_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def without_names(content: Any) -> Any:
    """For comparing: somebody whose name was corrected since is still the same person."""
    if isinstance(content, Mapping):
        who = {"id", "name"} == content.keys()
        return {key: without_names(each) for key, each in content.items() if not (who and key == "name")}
    return [without_names(each) for each in content] if isinstance(content, list) else content


def _vote(vote: Resolution) -> dict[str, Any]:
    return {
        **_columns(vote, VOTED),
        "owner": _named(vote.owner),
        "candidates": [
            _columns(each, STOOD) for each in sorted(vote.candidates.all(), key=lambda each: each.pk)
        ],
        "opinions": [
            {"member": _named(each.member), "received_on": each.received_on.isoformat()}
            for each in sorted(vote.opinions.all(), key=lambda each: each.member_id)
        ],
    }


def _columns(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date | time) else value


def _named(row: Any) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.name} if row else None


def whole_content(meeting: Meeting) -> dict[str, Any]:
    [whole] = with_content(Meeting.objects.filter(pk=meeting.pk))
    return content_of(whole)


@transaction.atomic
def put_away(*, meeting: Meeting, actor: User | None, now: datetime) -> Archive:
    """Keep the content of a record that has just become archived. Called by the step that archives it."""
    content = whole_content(meeting)
    return Archive.objects.create(
        meeting=meeting, content=canonical(content).decode(), digest=digest_of(content), archived_at=now,
        archived_by=actor,
    )  # fmt: skip


def record_digest(content: Mapping[str, Any]) -> str:
    """Of the facts alone: what the audit trail keeps of a record when it is accepted."""
    return digest_of(without_names(content))


@transaction.atomic
def add_addendum(*, meeting: Meeting, text: str, actor: User, now: datetime | None = None) -> Addendum:
    """Say what is wrong in a closed record. Raises PermissionDenied while the record is open (then it is
    simply corrected) or when it is not theirs to correct, ValidationError for a text of no or too many words.
    """
    if not adds_addendum(actor, meeting):
        raise PermissionDenied
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise ValidationError({"text": _("Between 1 and %(most)s characters.") % {"most": LONGEST}})
    list(Meeting.objects.filter(pk=meeting.pk).select_for_update(no_key=True).values_list("pk"))
    last = meeting.addenda.aggregate(last=Max("number"))["last"] or 0
    addendum = Addendum(
        meeting=meeting, number=last + 1, text=text, author=actor, author_name=actor.name,
        written_at=now or timezone.now(),
    )  # fmt: skip
    addendum.digest = addendum_digest(addendum, previous_digest(meeting, last))
    addendum.save(force_insert=True)
    record_event(
        actor=actor, action="meeting.addendum", subject=meeting, chain=meeting.organization.chain, now=now,
        difference={"number": addendum.number, "digest": addendum.digest},
    )  # fmt: skip
    return addendum


def previous_digest(meeting: Meeting, number: int) -> str:
    found = meeting.addenda.filter(number=number).values_list("digest", flat=True).first()
    return found or ""


def addendum_digest(addendum: Addendum, previous: str) -> str:
    return digest_of(
        {
            "meeting": addendum.meeting_id,
            "number": addendum.number,
            "text": addendum.text,
            "author": {"id": addendum.author_id, "name": addendum.author_name},
            "written_at": instant(addendum.written_at),
            "previous": previous,
        }
    )
