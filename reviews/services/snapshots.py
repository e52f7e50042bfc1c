"""What a paper said when it was handed in, kept as plain words, so that two rounds can be compared."""

from typing import Any

from meetings.enums import Presence
from meetings.models import Meeting
from reviews.enums import Action
from reviews.models import Plan, PlanItem, Snapshot, Transition

# Handed in: what the reviewers read. Taken up for amending: what was in force.
KEPT = (Action.SUBMIT, Action.AMEND)
ITEM_WORDS = ("theme", "problem", "category", "place", "participants", "lecturer", "fixed")

Content = dict[str, Any]


def take_snapshot(*, paper: Plan | Meeting, transition: Transition) -> Snapshot:
    content = plan_content(paper) if isinstance(paper, Plan) else record_content(paper)
    return Snapshot.objects.create(transition=transition, content=content)


def plan_content(plan: Plan) -> Content:
    items = PlanItem.objects.filter(plan=plan).select_related("group").prefetch_related("parts")
    return {"note": plan.note, "items": [item_content(item) for item in items]}


def item_content(item: PlanItem) -> Content:
    """``pk`` and ``meeting`` tell which line it is and what became of it, the rest is what it says."""
    return {
        "pk": item.pk,
        "meeting": item.meeting_id,
        "day": item.day.isoformat(),
        "starts": f"{item.starts:%H:%M}" if item.starts else "",
        "kinds": sorted(item.kinds),
        "group": item.group_id,
        "group_name": item.group.name if item.group else "",
        "budget": item.budget,
        **{name: getattr(item, name) for name in ITEM_WORDS},
    }


def record_content(meeting: Meeting) -> Content:
    rows = meeting.attendances.exclude(presence=Presence.PRESENT).select_related("member")
    away = [[row.member.name, row.presence, row.reason] for row in rows.order_by("member__name_key", "pk")]
    return {
        "kinds": sorted(meeting.parts.values_list("kind", flat=True)),
        "day": meeting.day.isoformat(),
        "starts": f"{meeting.starts:%H:%M}" if meeting.starts else "",
        "ends": f"{meeting.ends:%H:%M}" if meeting.ends else "",
        "chair": meeting.chair.name if meeting.chair else "",
        "recorder": meeting.recorder.name if meeting.recorder else "",
        "not_present": away,
        "spent": meeting.spent,
        "guests": meeting.guests,
        **{
            name: getattr(meeting, name)
            for name in ("theme", "problem", "category", "place", "content", "decisions")
        },
    }


def last_snapshot(plan: Plan, action: Action) -> Content | None:
    """What the plan said when that step was last taken."""
    kept = Snapshot.objects.filter(transition__plan=plan, transition__action=action)
    return kept.order_by("-transition__at", "-pk").values_list("content", flat=True).first()
