"""One line of the ledger: what is asked on which basis, what was held for it, and its waiver."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branchlife.views import render_conflict
from meetings.models import Meeting, Obligation
from meetings.rules import can_waive
from meetings.services.waivers import lift_waiver, waive_obligation
from reviews.compliance.lines import meetings_behind
from reviews.forms.waivers import WaiverForm
from reviews.views.states import Line, enter_url


def obligation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk))


@require_POST
def obligation_waive(request: HttpRequest, pk: int) -> HttpResponse:
    obligation = _find(request, pk)
    if not can_waive(request.user, obligation.organization):
        raise PermissionDenied
    form = WaiverForm(request.POST)
    if not form.is_valid():
        return _page(request, obligation, form)
    try:
        waive_obligation(obligation=obligation, reason=form.cleaned_data["reason"], actor=request.user)
    except ValidationError as error:
        return render_conflict(request, error.messages[0], request.path.removesuffix("waive/"))
    messages.success(request, _("Waived. Nobody is reminded of it any more."))
    return redirect("obligation_detail", pk)


@require_POST
def obligation_unwaive(request: HttpRequest, pk: int) -> HttpResponse:
    obligation = _find(request, pk)
    try:
        owed = lift_waiver(obligation=obligation, actor=request.user)
    except ValidationError as error:
        return render_conflict(request, error.messages[0], request.path.removesuffix("unwaive/"))
    if owed is None:
        messages.success(
            request, _("The waiver is lifted; the rules no longer ask for it, so the line is gone.")
        )
        return redirect("obligation_list")
    messages.success(request, _("The waiver is lifted; it is owed again."))
    return redirect("obligation_detail", pk)


def _find(request: HttpRequest, pk: int) -> Obligation:
    lines = Obligation.objects.visible_to(request.user)
    return get_object_or_404(lines.select_related("organization", "group", "requirement", "waived_by"), pk=pk)


def _page(request: HttpRequest, obligation: Obligation, form: WaiverForm | None = None) -> HttpResponse:
    behind = meetings_behind([obligation], Meeting.objects.visible_to(request.user))
    context = {
        "line": Line(
            obligation, timezone.localdate(), behind[obligation.pk], enter_url(request.user, obligation)
        ),
        "can_waive": can_waive(request.user, obligation.organization),
        "form": form or WaiverForm(),
    }
    return render(request, "reviews/obligation_detail.html", context, status=400 if form else 200)
