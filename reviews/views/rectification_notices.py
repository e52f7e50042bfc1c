"""Rectification notices: choosing the items of a branch, issuing, printing."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from branchlife.http import SignedInRequest
from meetings.models import Organization
from meetings.rules import reviews_branch
from reviews.forms.rectification import NoticeForm
from reviews.models import Rectification, RectificationNotice
from reviews.models.rectification import RectificationQuerySet
from reviews.services.rectification_notices import issue_notice, issuer_for


def rectification_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """The paper itself, ready to be printed."""
    notices = RectificationNotice.objects.visible_to(request.user)
    notice = get_object_or_404(notices.select_related("issuer", "organization", "issued_by"), pk=pk)
    items = list(notice.items.order_by("pk"))
    with translation.override("zh-hans"):  # the paper is Chinese in whatever language the page is
        for item in items:
            item.cause_on_paper = str(item.get_cause_display())
    context = {"notice": notice, "items": items}
    return render(request, "reviews/rectification_notice.html", context)


@require_http_methods(["GET", "POST"])
def rectification_notice_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """For one branch (``pk``): its open items that stand on no notice, all ticked."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if not reviews_branch(request.user, organization):
        raise PermissionDenied
    items = list(unnoticed(organization))
    chosen = [item for item in items if str(item.pk) in request.POST.getlist("selected")]
    form = NoticeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (notice := _issue(request, form, chosen)):
        return redirect("rectification_notice", notice.pk)
    context = {
        "form": form, "organization": organization, "items": items,
        "chosen": chosen if form.is_bound else items, "issuer": issuer_for(request.user, organization),
    }  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "reviews/rectification_notice_form.html", context, status=status)


def _issue(request: SignedInRequest, form: NoticeForm, chosen: list[Rectification]) -> Any:
    try:
        return issue_notice(items=chosen, occasion=form.cleaned_data["occasion"], actor=request.user)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None


def unnoticed(organization: Organization) -> RectificationQuerySet:
    items = Rectification.objects.filter(organization=organization, from_above=True, notice=None)
    return items.open().select_related("organization", "owner")
