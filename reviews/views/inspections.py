"""Rounds of inspections: the list, opening one, its page, its steps, the draw made again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branchlife.http import SignedInRequest
from branchlife.models import User
from branchlife.views import render_conflict
from meetings.enums import BRANCH_KINDS, Role
from meetings.models import Organization
from meetings.rules import can_see_organizations
from meetings.scope import scope_of
from meetings.views.form_page import FormPage, answer, posted
from reviews.draw import shares, strata_of
from reviews.enums import VISITED, Action, InspectionKind, InspectionState, Recency, VisitState
from reviews.forms.inspections import InspectionForm, StepForm
from reviews.inspection_rules import assigns_visit, can_open_inspections, oversees_inspection, sees_draw
from reviews.models import FrameEntry, Inspection, Visit
from reviews.services.inspections.rounds import draw_again, draw_inspection, open_inspection, take_round_step
from reviews.services.workflow import StaleState
from reviews.views.timeline import READ, timeline_of
from reviews.workflow import INSPECTION, steps_open_to

PER_PAGE, SHOWN = 20, 20
TAGS = {
    InspectionState.OPEN: "info",
    InspectionState.DRAWN: "due",
    InspectionState.VISITING: "due",
    InspectionState.CLOSED: "met",
    InspectionState.CALLED_OFF: "none",
}
VISIT_TAGS = {
    VisitState.PLANNED: "info",
    VisitState.CHECKING: "due",
    VisitState.MENDING: "due",
    VisitState.CLOSED: "met",
    VisitState.CALLED_OFF: "none",
}
STEPS = (Action.DRAW, Action.CALL_OFF, Action.CONCLUDE)


def inspection_list(request: SignedInRequest) -> HttpResponse:
    """Rounds; above them what waits for oneself; below them the visits of the branches one answers for."""
    user = request.user
    if not can_see_organizations(user):
        raise PermissionDenied
    rounds = Inspection.objects.visible_to(user).select_related("organization").order_by("-starts_on", "-pk")
    counted = rounds.annotate(visited=Count("visits", filter=Q(visits__state__in=VISITED)))
    page = Paginator(counted, PER_PAGE).get_page(request.GET.get("page"))
    for inspection in page:
        inspection.tag = TAGS[InspectionState(inspection.state)]
    context = {"page_obj": page, "can_open": can_open_inspections(user)} | _visits(user)
    return render(request, "reviews/inspection_list.html", context)


def _visits(user: User) -> dict[str, list[Visit]]:
    """To make oneself, to look at again, closed; some of each."""
    today, visits = timezone.localdate(), Visit.objects.visible_to(user)
    found = {
        "to_make": visits.ahead().filter(inspectors=user),
        "to_recheck": visits.to_recheck().order_by("recheck_on", "pk"),
        "closed": visits.filter(state=VisitState.CLOSED).order_by("-checked_at"),
    }
    return {
        name: [tag_visit(each, today) for each in rows.select_related("organization", "inspection")[:SHOWN]]
        for name, rows in found.items()
    }


def tag_visit(visit: Visit, today: Any) -> Visit:
    late = visit.state == VisitState.MENDING and visit.recheck_on < today
    visit.tag = "overdue" if late else VISIT_TAGS[VisitState(visit.state)]
    visit.tag_label = _("Re-check overdue") if late else visit.get_state_display()
    return visit


@require_http_methods(["GET", "POST"])
def inspection_create(request: SignedInRequest) -> HttpResponse:
    if not can_open_inspections(request.user):
        raise PermissionDenied
    places = Organization.objects.filter(scope_of(request.user).within("", (Role.REVIEWER,)))
    above = places.exclude(kind__in=BRANCH_KINDS).order_by("path")
    form = InspectionForm(posted(request), places=above, today=timezone.localdate())
    opened: list[Inspection] = []

    def act() -> str:
        opened.append(_open(form, request.user))
        return _("Opened. The sums are published; now the branches can be drawn.")

    shown = answer(request, form, _opening_page(), act)
    return redirect("inspection_detail", opened[0].pk) if opened else shown


def _opening_page() -> FormPage:
    here, home = reverse("inspection_list"), reverse("workbench")
    why = _(
        "The branches are drawn afterwards. What can be drawn is frozen now, and the sum of a secret seed is "
        "published, so that nobody can say the draw was made to suit."
    )
    return FormPage(
        title=_("Open an inspection"), submit=_("Open it and publish the sums"), back=here,
        top=(_("Workbench"), home), parent=(_("Inspections"), here), notes=[why],
    )  # fmt: skip


def _open(form: InspectionForm, actor: User) -> Inspection:
    """Raises ValidationError, also where somebody else has opened one in the same moment."""
    place = form.cleaned_data["organization"]
    try:
        return open_inspection(organization=place, terms=form.terms(), actor=actor)
    except StaleState:
        sentence = _("Another inspection has not been drawn yet; draw it or call it off.")
        raise ValidationError(sentence) from None


def find_inspection(request: SignedInRequest, pk: int) -> Inspection:
    related = ("organization", "opened_by", "drawn_by")
    return get_object_or_404(Inspection.objects.visible_to(request.user).select_related(*related), pk=pk)


def inspection_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    inspection, user, today = find_inspection(request, pk), request.user, timezone.localdate()
    inspection.tag = TAGS[InspectionState(inspection.state)]
    visits = Visit.objects.visible_to(user).filter(inspection=inspection)
    oversees = oversees_inspection(user, inspection)
    frame = _frame(request, inspection, oversees)
    visits = list(visits.select_related("organization").prefetch_related("inspectors"))
    for visit in visits:
        visit.inspection = inspection
        visit.can_assign = assigns_visit(user, tag_visit(visit, today))
    transitions = inspection.transitions.select_related(*READ).prefetch_related("findings__item")
    context = {
        "inspection": inspection, "oversees": oversees, "published": sees_draw(user, inspection),
        "steps": steps_open_to(user, inspection), "frame": frame, "strata": _strata(inspection, frame),
        "barred": [row for row in frame if row.barred],
        "visits": visits, "timeline": timeline_of(transitions),
    }  # fmt: skip
    return render(request, "reviews/inspection_detail.html", context)


def _frame(request: SignedInRequest, inspection: Inspection, oversees: bool) -> list[FrameEntry]:
    """With names for those who compare branches; for others the own branches by name, the rest by number."""
    own = scope_of(request.user).paths(*(Role.SECRETARY, Role.REVIEWER, Role.ADMINISTRATOR))
    rows = list(inspection.frame.select_related("organization"))
    for row in rows:
        named = oversees or any(row.organization.path.startswith(path) for path in own)
        row.label = row.organization.name if named else _("Branch no. %(key)s") % {"key": row.key}
        row.named = named
    return rows


def _strata(inspection: Inspection, frame: list[FrameEntry]) -> list[dict[str, Any]]:
    """The largest first, with how many are drawn from each."""
    strata = strata_of(row.entry for row in frame if not row.barred)
    places = shares({stratum: len(rows) for stratum, rows in strata.items()}, inspection.number)
    return [
        {"label": _stratum(*stratum), "size": len(rows), "places": places[stratum]}
        for stratum, rows in strata.items()
    ]


def _stratum(recency: str, grade: str) -> str:
    label = str(Recency(recency).label)
    return f"{label} · {grade}" if grade else label


@require_http_methods(["GET", "POST"])
def inspection_step(request: SignedInRequest, pk: int, action: str) -> HttpResponse:
    """Draw, call off, close; a GET asks first."""
    inspection = find_inspection(request, pk)
    if action not in STEPS:
        raise Http404
    steps = [step for (_state, known), step in INSPECTION.items() if known == action]
    if not any(step.allowed(request.user, inspection) for step in steps):
        raise PermissionDenied
    if (inspection.state, action) not in INSPECTION:
        return someone_was_faster(request, inspection)
    initial = {"version": inspection.version}
    form = StepForm(posted(request), with_reason=action == Action.CALL_OFF, initial=initial)
    if not (form.is_bound and form.is_valid()):
        return _ask(request, inspection, Action(action), form)
    return _take(request, inspection, Action(action), form)


def _take(request: SignedInRequest, inspection: Inspection, action: Action, form: StepForm) -> HttpResponse:
    take = draw_inspection if action == Action.DRAW else take_round_step
    more = {} if action == Action.DRAW else {"action": action}
    try:
        take(inspection=inspection, actor=request.user, **form.cleaned_data, **more)
    except StaleState:
        return someone_was_faster(request, inspection)
    except ValidationError as error:
        form.refuse(error)
        return _ask(request, inspection, action, form)
    messages.success(
        request,
        {
            Action.DRAW: _("Drawn. Now name the inspectors of each branch."),
            Action.CALL_OFF: _("Called off."),
            Action.CONCLUDE: _("The inspection is closed."),
        }[action],
    )
    return redirect("inspection_detail", inspection.pk)


def _ask(request: SignedInRequest, inspection: Inspection, action: Action, form: StepForm) -> HttpResponse:
    consequences = {
        Action.DRAW: _("The seed is published with it, and the draw cannot be made a second time."),
        Action.CALL_OFF: _("It stays on the list as called off, with your reason and its seed."),
        Action.CONCLUDE: _("Nothing can be added to it afterwards."),
    }
    context = {
        "page_title": action.label, "sentence": inspection.purpose, "consequences": [consequences[action]],
        "form": form, "confirm_label": action.label, "back_label": inspection.purpose,
        "cancel_url": reverse("inspection_detail", args=[inspection.pk]),
    }  # fmt: skip
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


def someone_was_faster(request: SignedInRequest, inspection: Inspection) -> HttpResponse:
    sentence = _(
        "Someone was faster: the inspection is no longer as you saw it. Nothing of yours was written."
    )
    return render_conflict(request, sentence, reverse("inspection_detail", args=[inspection.pk]))


def inspection_verify(request: SignedInRequest, pk: int) -> HttpResponse:
    """The draw made again, before the reader's eyes; before it is published, what will be compared."""
    inspection = find_inspection(request, pk)
    oversees, published = oversees_inspection(request.user, inspection), sees_draw(request.user, inspection)
    frame = _frame(request, inspection, oversees)
    verdict = draw_again(inspection) if published else None
    drawn = set(verdict.drawn) if verdict else set()
    context = {
        "inspection": inspection, "published": published, "verdict": verdict, "oversees": oversees,
        "strata": _strata(inspection, frame), "drawn": [row for row in frame if row.key in drawn],
        "hidden": inspection.kind == InspectionKind.UNANNOUNCED and inspection.is_drawn,
    }  # fmt: skip
    return render(request, "reviews/inspection_verify.html", context)


def inspection_data(request: SignedInRequest, pk: int) -> JsonResponse:
    """Everything the draw was made from, to be recomputed elsewhere; branches by number, not by name."""
    inspection = find_inspection(request, pk)
    frame = [row.entry for row in inspection.frame.all() if not row.barred]
    data = {
        "number": inspection.number, "commitment": inspection.commitment,
        "frame_digest": inspection.frame_digest, "frame": [entry._asdict() for entry in frame],
    }  # fmt: skip
    if sees_draw(request.user, inspection):
        data |= {"seed": inspection.seed, "drawn": draw_again(inspection).drawn}
    return JsonResponse(data, json_dumps_params={"indent": 1})
