"""Rounds, examples, chains of review, delegations and the loop: what they speak of, and who may open them."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from meetings.enums import MeetingKind, Period
from meetings.periods import next_span, span_of
from meetings.services.delegations import delegate_seat
from reviews.services.good_cases import mark_case
from reviews.services.plans import ItemDraft, approve_plan, create_plan
from tests.world import World


def review_things(world: World) -> dict[str, models.Model]:
    """An approved plan that is an example, and a delegation that has not begun."""
    month = next_span(span_of(Period.MONTH, timezone.localdate()))
    item = ItemDraft(day=month.end, kinds=(MeetingKind.THEME_DAY,), theme="学习")
    plan = create_plan(
        organization=world.branch, span=month, items=[item], actor=world.secretary, submit=True
    )
    approve_plan(plan=plan, actor=world.reviewer)
    soon = timezone.localdate() + timedelta(days=30)
    return {
        "approved_plan": plan,
        "case": mark_case(paper=plan, reason="好", actor=world.reviewer),
        "delegation": delegate_seat(
            appointment=world.reviewer.appointments.get(), deputy=world.administrator, start_on=soon,
            end_on=soon, actor=world.reviewer,
        ),
    }  # fmt: skip


def review_cases(case: Any, one: Any, version_of: Any) -> list[Any]:
    """Columns: outsider, member, group leader, secretary, reviewer, administrator, reviewer elsewhere."""
    overview = {"get": "403 403 403 200 200 200 200"}
    return [
        case("loop", **overview),
        case("loop_items", **overview),
        case("loop_stays", **overview),
        case("chain_list", **overview),
        case("chain_set", get="403 403 403 403 403 200 403", post="403 403 403 403 403 400 403"),
        case("case_list", get="200"),
        one("case_detail", of="case", get="404 404 200 200 200 200 404"),
        one("case_withdraw", of="case", get="405", post="404 404 403 403 302 403 404"),
        one("plan_rounds", of="plan", get="404 404 404 200 200 200 404"),
        one("plan_actual", of="plan", get="404 404 404 200 200 200 404"),
        one("plan_example", of="plan", get="404 404 404 403 403 403 404"),
        one("plan_example", of="approved_plan", get="404 404 404 403 200 403 404",
            post="404 404 404 403 400 403 404"),
        one("plan_step", of="approved_plan", get="405", post="404 404 404 400 403 403 404", action="amend",
            note="amend without a reason", data=version_of("approved_plan")),
        one("plan_step", of="plan", get="405", post="404 404 404 403 403 403 404", action="forward",
            note="pass on from the last desk", data=version_of("plan")),
        one("meeting_rounds", of="record", get="404 403 403 200 200 200 404"),
        one("meeting_example", of="record", get="404 403 403 403 403 403 404"),
        case("delegation_list", **overview),
        case("delegation_create", get="403 403 403 403 200 403 200", post="403 403 403 403 400 403 400"),
        one("delegation_revoke", of="delegation", get="405", post="404 404 404 404 302 403 404"),
    ]  # fmt: skip
