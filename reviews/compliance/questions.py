"""What a reviewer may want to ask about a record: each a question with its facts, never a verdict."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from meetings.enums import DISCHARGING, HERE, DeadlineSubject
from meetings.models import Attendance, Meeting
from meetings.services.rulebook.limits import Limits
from reviews.enums import Action
from reviews.models import Likeness, Transition

# Records written within an hour of each other, each so many days after its meeting.
AT_ONE_SITTING = timedelta(hours=1)
LATE_DAYS = 3
BURST = 3  # this one included
MOST = 30


@dataclass(frozen=True)
class Question:
    code: str
    sentence: str
    meetings: list[Meeting] = field(default_factory=list)


class Bearing(NamedTuple):
    """Another record that bears on this one: how many persons were at both, how alike the texts are."""

    record: Meeting
    shared: int
    percent: int


def questions_about(meeting: Meeting, rows: Sequence[Attendance], user: User) -> list[Question]:
    """About a record that was written. ``rows`` is its attendance; other records are named only where the
    user may see them. One query, and those of the time limits."""
    if meeting.recorded_at is None:
        return []
    here = [row.member_id for row in rows if row.presence in HERE]
    others = [_bearing_of(other) for other in _others(meeting, here, user)]
    return [
        *_keepers_absent(meeting, rows), *_before_approval(meeting), *_late(meeting),
        *_two_places(meeting, others), *_alike(others), *_burst(meeting, others),
    ]  # fmt: skip


def _bearing_of(other: Any) -> Bearing:
    return Bearing(other, other.shared or 0, other.percent or 0)


def _others(meeting: Meeting, here: list[int], user: User) -> QuerySet[Meeting]:
    """Records that bear on this one: nearly the same text, the same people on the same day, written at the
    same sitting."""
    pair = Q(meeting=meeting, earlier=OuterRef("pk")) | Q(meeting=OuterRef("pk"), earlier=meeting)
    people = Attendance.objects.filter(member__in=here, presence__in=HERE, day=meeting.day)
    shared = people.filter(meeting=OuterRef("pk")).order_by().values("meeting").annotate(n=Count("pk"))
    return (
        Meeting.objects.visible_to(user)
        .filter(pk__among=_bearing(meeting, people), state__in=DISCHARGING)
        .exclude(pk=meeting.pk)
        .annotate(
            percent=Subquery(Likeness.objects.filter(pair).values("percent")[:1]),
            shared=Subquery(shared.values("n")),
        )
        .select_related("organization")
        .order_by("-day", "-pk")[:MOST]
    )


def _bearing(meeting: Meeting, people: QuerySet[Attendance]) -> QuerySet:
    """The ids, as one list for the index: a condition with "or" would read the whole table."""
    alike = Likeness.objects.filter(meeting=meeting).values_list("earlier", flat=True)
    copies = Likeness.objects.filter(earlier=meeting).values_list("meeting", flat=True)
    at = meeting.recorded_at
    assert at is not None
    sitting = Meeting.objects.filter(
        organization=meeting.organization_id, recorded_by=meeting.recorded_by_id,
        recorded_at__range=(at - AT_ONE_SITTING, at + AT_ONE_SITTING),
    )  # fmt: skip
    same_people = people.order_by().values_list("meeting", flat=True)
    return alike.union(copies, same_people, sitting.order_by().values_list("pk", flat=True))


def _keepers_absent(meeting: Meeting, rows: Iterable[Attendance]) -> Iterator[Question]:
    away = {row.member_id: row for row in rows if row.presence not in HERE}
    sentence = _("%(name)s is entered as %(who)s and as “%(presence)s”. Who was it?")
    for member, who in ((meeting.chair_id, _("the chair")), (meeting.recorder_id, _("the recorder"))):
        row = away.get(member) if member else None
        if row:
            facts = {"who": who, "name": row.member.name, "presence": row.get_presence_display()}
            yield Question("keeper_absent", sentence % facts)


def _before_approval(meeting: Meeting) -> Iterator[Question]:
    """An item of a plan comes onto the calendar when the plan is approved; one that came there in time needs
    no second look."""
    planned = getattr(meeting, "plan_item", None)
    if planned is None or timezone.localdate(meeting.created_at) <= meeting.day:
        return
    approvals = Transition.objects.filter(plan=planned.plan_id, action=Action.APPROVE)
    at = approvals.order_by("-at").values_list("at", flat=True).first()
    if at and timezone.localdate(at) > meeting.day:
        facts = {"held": cn_date(meeting.day), "approved": cn_date(timezone.localdate(at))}
        yield Question(
            "before_approval",
            _("The plan was approved on %(approved)s, the meeting was held on %(held)s. Was it held before?")
            % facts,
        )


def _late(meeting: Meeting) -> Iterator[Question]:
    assert meeting.recorded_at is not None
    written = timezone.localdate(meeting.recorded_at)
    limit = Limits.read().limit(DeadlineSubject.RECORD, meeting.organization.path, meeting.day)
    if limit and limit.is_late(written):
        days = (written - meeting.day).days
        facts = {"n": days, "limit": limit.sentence}
        sentence = ngettext(
            "Written down %(n)s day after the meeting (limit: %(limit)s). What held it up?",
            "Written down %(n)s days after the meeting (limit: %(limit)s). What held it up?", days,
        )  # fmt: skip
        yield Question("late", sentence % facts)


def _two_places(meeting: Meeting, others: list[Bearing]) -> Iterator[Question]:
    for other, shared, _percent in others:
        if shared and other.day == meeting.day and _overlap(meeting, other):
            sentence = ngettext(
                "%(n)s person is entered as present at the same time at “%(other)s”. Where were they?",
                "%(n)s persons are entered as present at the same time at “%(other)s”. Where were they?",
                shared,
            )
            yield Question("two_places", sentence % {"n": shared, "other": other.theme}, [other])


def _overlap(one: Meeting, other: Meeting) -> bool:
    """Where a time is missing nothing is asked; without an end an hour is assumed."""
    first, second = _span(one), _span(other)
    return bool(first and second and first[0] < second[1] and second[0] < first[1])


def _span(meeting: Meeting) -> tuple[datetime, datetime] | None:
    if meeting.starts is None:
        return None
    start = datetime.combine(meeting.day, meeting.starts)
    end = datetime.combine(meeting.day, meeting.ends or time(0))
    return start, end if meeting.ends else start + timedelta(hours=1)


def _alike(others: list[Bearing]) -> Iterator[Question]:
    for other, _shared, percent in others:
        if percent:
            facts = {
                "percent": percent, "other": other.theme, "branch": other.organization.name,
                "day": cn_date(other.day),
            }  # fmt: skip
            sentence = _(
                "%(percent)s%% of the text is that of “%(other)s” (%(branch)s, %(day)s). "
                "Was the one copied from the other?"
            )
            yield Question("alike", sentence % facts, [other])


def _burst(meeting: Meeting, others: list[Bearing]) -> Iterator[Question]:
    if not _is_backfilled(meeting):
        return
    records = [other.record for other in others]
    sitting = [each for each in records if _same_sitting(meeting, each) and _is_backfilled(each)]
    if len(sitting) + 1 >= BURST:
        sentence = _(
            "%(n)s records of past meetings were written at one sitting. "
            "Were the meetings written down after the fact?"
        )
        yield Question("burst", sentence % {"n": len(sitting) + 1}, sitting)


def _same_sitting(meeting: Meeting, other: Meeting) -> bool:
    at, written = meeting.recorded_at, other.recorded_at
    same = (other.organization_id, other.recorded_by_id) == (meeting.organization_id, meeting.recorded_by_id)
    return same and at is not None and written is not None and abs(written - at) <= AT_ONE_SITTING


def _is_backfilled(meeting: Meeting) -> bool:
    written = meeting.recorded_at
    return written is not None and (timezone.localdate(written) - meeting.day).days > LATE_DAYS
