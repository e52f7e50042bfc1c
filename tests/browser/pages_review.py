"""Rounds, plan and actual, examples, the loop, chains and delegations."""

from collections.abc import Iterator

from django.urls import reverse

from meetings.enums import MeetingState
from meetings.models import Meeting
from reviews.enums import PlanState
from reviews.models import GoodCase, Plan
from tests.browser.demo import ADMINISTRATOR, REVIEWER, SECRETARY
from tests.browser.stops import Stop


def review_stops() -> Iterator[Stop]:
    amended = Plan.objects.select_related("organization").get(state=PlanState.AMENDED)
    approved = Plan.objects.filter(state=PlanState.APPROVED).first()
    returned = Meeting.objects.filter(state=MeetingState.RETURNED).first()
    accepted = Meeting.objects.filter(state=MeetingState.ACCEPTED, good_cases=None).first()
    case = GoodCase.objects.first()
    assert approved and returned and accepted and case
    urls = [
        reverse(name) for name in ("loop", "loop_items", "loop_stays", "delegation_list", "delegation_create")
    ]
    urls += [reverse(name, args=[amended.pk]) for name in ("plan_detail", "plan_rounds", "plan_actual")]
    urls += [reverse("plan_example", args=[approved.pk]), reverse("meeting_rounds", args=[returned.pk])]
    urls += [reverse("meeting_example", args=[accepted.pk]), reverse("case_list")]
    urls += [reverse("case_detail", args=[case.pk])]
    yield from (Stop(REVIEWER, "机关党委", url) for url in urls)
    yield from (Stop(ADMINISTRATOR, "机关党委", reverse(name)) for name in ("chain_list", "chain_set"))
    place = amended.organization.name
    yield Stop(SECRETARY, place, reverse("plan_edit", args=[amended.pk]))
    yield Stop(SECRETARY, place, reverse("loop"))
    yield Stop(SECRETARY, place, f"{reverse('plan_create')}?source=last")
