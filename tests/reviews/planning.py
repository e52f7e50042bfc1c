"""Plans for tests, made through the services; and what a browser would send for the plan sheet."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import F

from branchlife.models import User
from meetings.models import Organization, PartyGroup
from meetings.periods import Span, span_from_code
from reviews.enums import Action, FindingReason, PlanState
from reviews.models import Plan, PlanItem
from reviews.services.plans import ItemDraft, approve_plan, create_plan, return_plan
from reviews.services.workflow import FindingDraft, perform
from tests.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday morning in Shanghai
TODAY = date(2026, 11, 23)
Q4 = span_from_code("2026Q4")
Q1 = span_from_code("2027Q1")


def draft(
    day: date = date(2026, 12, 9),
    theme: str = "学习全会精神",
    kinds: tuple[str, ...] = ("theme_day",),
    **more: Any,
) -> ItemDraft:
    return ItemDraft(day=day, kinds=kinds, theme=theme, starts=time(15), **more)


def finding(
    item: PlanItem | None = None, field: str = "problem", sentence: str = "未写明拟解决的问题"
) -> FindingDraft:
    return FindingDraft(FindingReason.MISSING, field if item else "plan", sentence, item)


def make_plan(
    world: World,
    state: str = PlanState.DRAFT,
    *,
    branch: Organization | None = None,
    author: User | None = None,
    span: Span = Q4,
    items: tuple[ItemDraft, ...] | None = None,
    now: datetime = NOW,
) -> Plan:
    """A plan of ``world.branch`` that went the usual way to its state."""
    plan = create_plan(
        organization=branch or world.branch,
        span=span,
        items=items if items is not None else (draft(),),
        actor=author or world.secretary,
        submit=state != PlanState.DRAFT,
        now=now,
    )
    if state in (PlanState.APPROVED, PlanState.AMENDED, PlanState.CLOSED):
        approve_plan(plan=plan, actor=world.reviewer, now=now)
    if state == PlanState.AMENDED:
        perform(plan, Action.AMEND, actor=plan.author, comment="形势变化", now=now)
    if state == PlanState.CLOSED:  # its period lies ahead: past the step that would refuse it
        Plan.objects.filter(pk=plan.pk).update(state=state, version=F("version") + 1)
        plan.refresh_from_db()
    if state == PlanState.RETURNED:
        return_plan(plan=plan, findings=[finding(plan.items.get())], actor=world.reviewer, now=now)
    return plan


def item_data(
    day: str = "2026-12-09", theme: str = "学习全会精神", kinds: tuple[str, ...] = ("theme_day",), **more: Any
) -> dict[str, Any]:
    return {"day": day, "theme": theme, "kinds": list(kinds), "starts": "15:00", **more}


def sheet_data(
    *items: dict[str, Any], version: int = 1, initial: int | None = None, **more: Any
) -> dict[str, Any]:
    """What the browser posts: management form, the lines, and three empty spare rows."""
    data: dict[str, Any] = {
        "version": version,
        "note": "",
        "items-TOTAL_FORMS": len(items) + 3,
        "items-INITIAL_FORMS": len(items) if initial is None else initial,
        **more,
    }
    for number, item in enumerate(items):
        data |= {f"items-{number}-{name}": value for name, value in item.items()}
    return data


def stored_data(plan: Plan, **changes: Any) -> dict[str, Any]:
    """The edit page of this plan as it would be sent back, with changes to its first line."""
    items = [
        {
            "pk": item.pk,
            "day": item.day.isoformat(),
            "starts": f"{item.starts:%H:%M}" if item.starts else "",
            "theme": item.theme,
            "kinds": item.kinds,
            "group": item.group_id or "",
            "problem": item.problem,
            "place": item.place,
        }
        for item in plan.items.all()
    ]
    items[0] |= changes
    return sheet_data(*items, version=plan.version, note=plan.note)


def findings_data(*rows: dict[str, Any], version: int, comment: str = "") -> dict[str, Any]:
    data: dict[str, Any] = {
        "version": version,
        "comment": comment,
        "findings-TOTAL_FORMS": max(len(rows), 3),
        "findings-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(rows):
        data |= {f"findings-{number}-{name}": value for name, value in row.items()}
    return data


def group_of(world: World) -> PartyGroup:
    return world.groups[0]
