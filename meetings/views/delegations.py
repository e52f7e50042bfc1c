"""Standing in for a reviewer: what one has given and received, giving, taking back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from meetings.forms.delegations import DelegationForm
from meetings.models import Delegation
from meetings.rules import can_delegate, can_see_organizations
from meetings.services.delegations import delegate_seat, revoke_delegation, seats_to_lend
from meetings.views.form_page import FormPage, answer, posted

SHOWN = 100  # the newest


def delegation_list(request: HttpRequest) -> HttpResponse:
    if not can_see_organizations(request.user):
        raise PermissionDenied
    rows = Delegation.objects.visible_to(request.user)
    related = ("appointment__organization", "grantor", "deputy")
    context = {
        "delegations": rows.select_related(*related)[:SHOWN],
        "today": timezone.localdate(),
        "can_delegate": can_delegate(request.user),
    }
    return render(request, "meetings/delegation_list.html", context)


@require_http_methods(["GET", "POST"])
def delegation_create(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    if not can_delegate(request.user):
        raise PermissionDenied
    form = DelegationForm(posted(request), seats=seats_to_lend(request.user, today), today=today)

    def act() -> str:
        delegate_seat(**form.cleaned_data, actor=request.user)
        return _("Delegated; the person is told.")

    here = reverse("delegation_list")
    page = FormPage(
        title=_("Delegate during an absence"), submit=_("Delegate"), back=here,
        top=(_("Delegations"), here), parent=(_("Delegations"), here),
        subtitle=_("Your own papers and those of a branch you lead stay outside, also for whoever stands in."),
    )  # fmt: skip
    return answer(request, form, page, act)


@require_POST
def delegation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    delegation = get_object_or_404(Delegation.objects.visible_to(request.user), pk=pk)
    revoke_delegation(delegation=delegation, actor=request.user)
    messages.success(request, _("The delegation has ended."))
    return redirect("delegation_list")
