"""The register of a branch's meetings, to take away as a workbook."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from branchlife.http import SignedInRequest
from meetings.documents.register import write_register
from meetings.forms.register import RegisterForm
from meetings.models import Organization
from meetings.rules import answers_for
from meetings.services.register import take_register

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def branch_register(request: SignedInRequest, pk: int) -> HttpResponse:
    branch = get_object_or_404(Organization.objects.visible_to(request.user).branches(), pk=pk)
    if not answers_for(request.user, branch):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = RegisterForm(posted, today=timezone.localdate())
    if posted is not None and form.is_valid():
        meetings = take_register(branch=branch, actor=request.user, **form.cleaned_data)
        title = _("Meetings of %(branch)s in %(year)s") % {
            "branch": branch.name,
            "year": form.cleaned_data["year"],
        }
        response = HttpResponse(write_register(meetings, title=title), content_type=WORKBOOK)
        response["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx") or "attachment"
        return response
    context = {"form": form, "branch": branch}
    return render(request, "meetings/branch_register.html", context, status=400 if form.errors else 200)
