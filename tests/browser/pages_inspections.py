"""Inspections in every state: going on, with a visit to make, with re-checks due, as the branch sees it."""

from collections.abc import Iterator

from django.urls import reverse

from reviews.enums import InspectionKind, InspectionState, RectificationState, VisitState
from reviews.models import Inspection
from reviews.services.inspections.rounds import InspectionTerms, open_inspection
from reviews.services.inspections.visits import begin_visit
from tests.browser.demo import NOW, REVIEWER, SECRETARY
from tests.browser.stops import Stop


def inspection_stops() -> Iterator[Stop]:
    going_on = Inspection.objects.get(state=InspectionState.DRAWN)
    past = Inspection.objects.get(state=InspectionState.VISITING)
    reviewer = going_on.opened_by
    ahead, *_others = going_on.visits.filter(inspectors=reviewer)
    unnamed = going_on.visits.filter(inspectors=None).first()
    found = past.visits.filter(
        state=VisitState.MENDING, answers__item__state=RectificationState.CLAIMED
    ).select_related("organization")[0]
    assert unnamed
    begin_visit(visit=ahead, version=ahead.version, actor=reviewer, now=NOW)
    undrawn = open_inspection(
        organization=past.organization, actor=reviewer, now=NOW,
        terms=InspectionTerms("Year-end check", InspectionKind.ANNOUNCED, 2, NOW.date(), NOW.date(), cap=5),
    )  # fmt: skip
    urls = [reverse("inspection_list"), reverse("inspection_create")]
    urls += [reverse("inspection_detail", args=[each.pk]) for each in (going_on, past, undrawn)]
    urls += [reverse("inspection_verify", args=[each.pk]) for each in (past, undrawn)]
    urls += [reverse("inspection_step", args=[undrawn.pk, step]) for step in ("draw", "call_off")]
    urls += [reverse("visit_detail", args=[each.pk]) for each in (ahead, found)]
    urls += [reverse("visit_assign", args=[unnamed.pk]), reverse("visit_step", args=[unnamed.pk, "call_off"])]
    urls += [reverse("visit_check", args=[ahead.pk]), reverse("visit_recheck", args=[found.pk])]
    yield from (Stop(REVIEWER, "机关党委", url) for url in urls)
    place = found.organization.name
    yield Stop(SECRETARY, place, reverse("inspection_list"))
    for name, pk in (
        ("inspection_detail", going_on.pk), ("inspection_verify", going_on.pk), ("visit_detail", found.pk),
    ):  # fmt: skip
        yield Stop(SECRETARY, place, reverse(name, args=[pk]))
