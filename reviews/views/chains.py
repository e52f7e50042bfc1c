"""Over which desks plans and records go: what is set where, and setting it for a part of the tree."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings.rules import can_change_rules, can_see_rules
from meetings.services.rulebook.versions import StaleRule
from meetings.views.form_page import FormPage, answer, posted
from reviews.forms.chains import ChainForm
from reviews.models import ReviewChain
from reviews.services.chains import set_chain


def chain_list(request: HttpRequest) -> HttpResponse:
    if not can_see_rules(request.user):
        raise PermissionDenied
    chains = ReviewChain.objects.visible_to(request.user).select_related("owner")
    context = {
        "chains": chains.order_by("code", "owner__path", "-valid_from"),
        "today": timezone.localdate(),
        "can_change": can_change_rules(request.user),
    }
    return render(request, "reviews/chain_list.html", context)


@require_http_methods(["GET", "POST"])
def chain_set(request: HttpRequest) -> HttpResponse:
    if not can_change_rules(request.user):
        raise PermissionDenied
    tomorrow = timezone.localdate() + timedelta(days=1)
    form = ChainForm(posted(request), user=request.user, initial={"valid_from": tomorrow})

    def act() -> str:
        try:
            set_chain(**form.cleaned_data, actor=request.user)
        except StaleRule:
            raise ValidationError(_("Somebody else changed this in the meantime.")) from None
        return _("Saved. Papers handed in from that day on go this way.")

    here = reverse("chain_list")
    page = FormPage(
        title=_("Set a chain of review"), submit=_("Save"), back=here,
        top=(_("Chains of review"), here), parent=(_("Chains of review"), here),
        notes=[_("A desk without a reviewer is left out, so that nothing gets stuck there.")],
    )  # fmt: skip
    return answer(request, form, page, act)
