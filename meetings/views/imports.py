"""Imports: choose a workbook, look over what was understood, confirm, watch."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from branchlife.http import SignedInRequest
from branchlife.models import Job
from branchlife.views import render_conflict
from meetings.forms.imports import ImportForm
from meetings.rules import can_import
from meetings.services.imports import ImportKind
from meetings.services.imports import jobs as imports
from meetings.workbooks.blank import blank_workbook
from meetings.workbooks.columns import LEDGER, ORGANIZATIONS, ROSTER

PER_PAGE = 20
COLUMNS = {ImportKind.ORGANIZATIONS: ORGANIZATIONS, ImportKind.ROSTER: ROSTER, ImportKind.LEDGER: LEDGER}
MOVED = gettext_lazy("This import has moved on in the meantime.")


def import_list(request: SignedInRequest) -> HttpResponse:
    """Upload, templates and one's own imports so far."""
    _require_administrator(request)
    initial = {"kind": ImportKind.ROSTER, "year": timezone.localdate().year}
    form = ImportForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        job = imports.receive_import(
            kind=data["kind"],
            file=data["file"],
            filename=data["file"].name,
            year=data["year"],
            actor=request.user,
        )
        return redirect("import_detail", pk=job.pk)
    page = Paginator(imports.imports_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = [_line(job) for job in page]
    context = {"form": form, "rows": rows, "page_obj": page, "kinds": ImportKind.choices}
    return render(request, "meetings/import_list.html", context, status=400 if form.errors else 200)


@require_GET
def import_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    job = _own_job(request, pk)
    shown = job.result.get("preview") or {"headings": [], "rows": []}
    preview = [list(zip(shown["headings"], row, strict=True)) for row in shown["rows"]]
    return render(request, "meetings/import_detail.html", _line(job) | {"preview": preview})


@require_GET
def import_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """For the script that watches a running import."""
    job = _own_job(request, pk)
    finished = imports.stage_of(job) != imports.Stage.WAITING
    return JsonResponse({"finished": finished, "done": job.steps_done, "total": job.steps_total})


@require_POST
def import_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    job = _own_job(request, pk)
    try:
        imports.confirm_import(job=job, skip_invalid="skip_invalid" in request.POST, actor=request.user)
    except imports.JobMoved:
        return render_conflict(request, MOVED, _url(job))
    return redirect("import_detail", pk=pk)


@require_POST
def import_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    job = _own_job(request, pk)
    try:
        imports.discard_import(job=job, actor=request.user)
    except imports.JobMoved:
        return render_conflict(request, MOVED, _url(job))
    messages.success(request, _("The import of “%(file)s” was discarded.") % {"file": job.title})
    return redirect("import_list")


@require_GET
def import_template(request: SignedInRequest, kind: str) -> HttpResponse:
    """An empty workbook with the headings of one kind."""
    _require_administrator(request)
    if kind not in ImportKind:
        raise Http404
    title = str(ImportKind(kind).label)
    response = HttpResponse(
        blank_workbook(COLUMNS[ImportKind(kind)], title=title),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx") or "attachment"
    return response


def _url(job: Job) -> str:
    return reverse("import_detail", args=[job.pk])


def _line(job: Job) -> dict[str, object]:
    return {"job": job, "stage": imports.stage_of(job), "kind": ImportKind(job.parameters["kind"]).label}


def _own_job(request: SignedInRequest, pk: int) -> Job:
    job = get_object_or_404(imports.imports_of(request.user), pk=pk)
    _require_administrator(request)
    return job


def _require_administrator(request: SignedInRequest) -> None:
    if not can_import(request.user):
        raise PermissionDenied
