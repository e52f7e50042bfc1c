"""What the record of a meeting can know before anybody types: never ask twice, never invent."""

from datetime import date
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from meetings.enums import MeetingKind, MeetingState, PostTitle, Role, kinds_held_by
from meetings.models import Appointment, Meeting, Member, Organization, PartyGroup, Post
from meetings.services.record import facts_of


def kinds_offered(
    organization: Organization, group: PartyGroup | None, current: list[str]
) -> list[tuple[str, Any]]:
    """The kinds such an event can be of: the usual ones, and those it is of already."""
    usual = kinds_held_by(organization.kind, in_group=group is not None)
    return [(kind.value, kind.label) for kind in MeetingKind if kind in usual or kind in current]


def known_facts(meeting: Meeting) -> dict[str, Any]:
    """The form's initial values: the calendar's or the record's own, then the branch's habits.

    A meeting to be held again is another event: day, end and text are asked for anew.
    """
    facts = facts_of(meeting)
    values = {name: getattr(facts, name) for name in vars(facts) if name not in ("chair", "recorder")}
    values |= {
        "kinds": list(facts.kinds),
        "chair": meeting.chair_id or "",
        "recorder": meeting.recorder_id or "",
        "for_last_year": bool(facts.counts_for),
        "version": meeting.version,
    }
    if meeting.state == MeetingState.HOLD_AGAIN:
        values |= {"day": None, "ends": None, "content": "", "decisions": "", "spent": None}
    if meeting.recorded_at is None:
        chair, recorder = _usual_people(meeting)
        values |= {"chair": values["chair"] or chair, "recorder": values["recorder"] or recorder}
    return values


def day_to_show(meeting: Meeting) -> date:
    """The day whose people a fresh page shows."""
    return timezone.localdate() if meeting.state == MeetingState.HOLD_AGAIN else meeting.day


def members_on(organization: Organization, day: date) -> list[Member]:
    """Who may chair or record: the members of the branch on that day."""
    return list(Member.objects.of_branch(organization, day))


def _usual_people(meeting: Meeting) -> tuple[int | str, int | str]:
    """Chair: the secretary, or the group's leader (Regulations on the Work of Party Branches, article 14).
    Recorder: whoever recorded last, while still a member here."""
    last = Meeting.objects.filter(
        organization=meeting.organization, group=meeting.group, recorder__isnull=False
    ).order_by("-day", "-id")
    wrote = ExpressionWrapper(Q(pk=Subquery(last.values("recorder")[:1])), BooleanField())
    people = Member.objects.of_branch(meeting.organization, meeting.day)
    people = people.annotate(leads=Exists(_leaders(meeting)), wrote=wrote).filter(
        Q(leads=True) | Q(wrote=True)
    )
    found = list(people.values_list("pk", "leads", "wrote"))
    chair = next((pk for pk, leads, _wrote in found if leads), "")
    return chair, next((pk for pk, _leads, wrote in found if wrote), "")


def _leaders(meeting: Meeting) -> QuerySet[Any]:
    """For a member of the outer query: what makes that person the usual chair."""
    if meeting.group_id:
        seats = Appointment.objects.on(meeting.day).filter(role=Role.GROUP_LEADER, group=meeting.group_id)
        return seats.filter(user=OuterRef("user"))
    posts = Post.objects.on(meeting.day).filter(
        title=PostTitle.SECRETARY, organization=meeting.organization_id
    )
    return posts.filter(member=OuterRef("pk"))
