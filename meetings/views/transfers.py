"""Transfers between branches: the list, one of them, and the steps of both sides."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branchlife.enumeration import enumerated
from branchlife.http import SignedInRequest
from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from branchlife.views import render_conflict
from meetings.enums import StandingKind, TransferState
from meetings.forms.organizations import AcceptForm, BranchSearchForm, ReturnForm, TransferForm
from meetings.forms.roster import ChangeForm
from meetings.models import Standing, Transfer
from meetings.models.transfer import TransferQuerySet
from meetings.rules import can_keep_rosters, can_see_roster, proposes_transfer, receives_transfer
from meetings.services.roster import transfers
from meetings.views.form_page import answer, posted
from meetings.views.roster import changeable, of_member

PAGE = 30
MOST_OFFERED = 200
STATE_TAGS = {
    TransferState.PROPOSED: "due",
    TransferState.ACCEPTED: "met",
    TransferState.RETURNED: "overdue",
    TransferState.WITHDRAWN: "neutral",
}


def transfer_list(request: SignedInRequest) -> HttpResponse:
    if not can_see_roster(request.user):
        raise PermissionDenied
    found = _fetch(request.user)
    decided = Paginator(found.exclude(state=TransferState.PROPOSED), PAGE)
    waiting = list(found.open())
    mine = [each for each in waiting if receives_transfer(request.user, each)]
    context = {
        "to_receive": mine,
        "under_way": [each for each in waiting if each not in mine],
        "page_obj": decided.get_page(request.GET.get("page")),
        "tags": STATE_TAGS,
        "keeps": can_keep_rosters(request.user),
    }
    return render(request, "meetings/transfer_list.html", context)


def transfer_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    transfer = get_object_or_404(_fetch(request.user), pk=pk)
    return _show(request, transfer)


def transfer_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Proposed by the branch the member is in: its secretary, or an administrator."""
    member, branch = changeable(request.user, pk, by_secretary=True)
    search = BranchSearchForm(request.GET, auto_id="filter_%s")
    text = search.cleaned_data["find"] if search.is_valid() else ""
    places = transfers.receiving_branches(leaving=branch, day=timezone.localdate(), text=text)
    number = places.count()
    shown = places.model.objects.filter(pk__in=[place.pk for place in places[:MOST_OFFERED]])
    form = TransferForm(posted(request), places=places if posted(request) is not None else shown)
    page = of_member(
        member, _("Propose a transfer"), _("Propose"), template="meetings/transfer_form.html",
        subtitle=_("%(branch)s stays responsible until the other branch has received the member.")
        % {"branch": branch.name},
    )  # fmt: skip

    def act() -> str:
        transfers.propose_transfer(member=member, actor=request.user, **form.cleaned_data)
        return _("The transfer is proposed; the receiving branch has been told.")

    return answer(request, form, page, act, search=search, number=number, offered=MOST_OFFERED, text=text)


@require_POST
def transfer_step(request: SignedInRequest, pk: int, action: str) -> HttpResponse:
    """Receive, return, take back."""
    steps: dict[str, Callable[..., HttpResponse]] = {
        "accept": _accept, "return": _return, "withdraw": _withdraw,
    }  # fmt: skip
    if action not in steps:
        raise Http404
    transfer = get_object_or_404(_fetch(request.user), pk=pk)
    try:
        return steps[action](request, transfer)
    except transfers.TransferMoved:
        sentence = _("This transfer has been decided meanwhile. Nothing of yours was written.")
        return render_conflict(request, sentence, reverse("transfer_detail", args=[pk]))


def _accept(request: SignedInRequest, transfer: Transfer) -> HttpResponse:
    _require(receives_transfer(request.user, transfer))
    form = AcceptForm(request.POST, branch=transfer.to_organization, auto_id="accept_%s")
    return _take(
        request, transfer, form, _("%(name)s has been received.") % {"name": transfer.member.name},
        lambda data: transfers.accept_transfer(transfer=transfer, actor=request.user, **data),
        accept_form=form,
    )  # fmt: skip


def _return(request: SignedInRequest, transfer: Transfer) -> HttpResponse:
    _require(receives_transfer(request.user, transfer))
    form = ReturnForm(request.POST, auto_id="return_%s")
    return _take(
        request, transfer, form, _("The transfer is returned; the old branch has been told."),
        lambda data: transfers.return_transfer(transfer=transfer, actor=request.user, **data),
        return_form=form,
    )  # fmt: skip


def _withdraw(request: SignedInRequest, transfer: Transfer) -> HttpResponse:
    _require(proposes_transfer(request.user, transfer.from_organization))
    transfers.withdraw_transfer(transfer=transfer, actor=request.user)
    messages.success(request, _("The transfer is taken back."))
    return redirect("transfer_detail", pk=transfer.pk)


def _take(
    request: SignedInRequest, transfer: Transfer, form: ChangeForm, done: str,
    act: Callable[[dict[str, Any]], object], **forms: ChangeForm,
) -> HttpResponse:  # fmt: skip
    """Do the step, or show the page again with what is wrong."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, done)
            return redirect("transfer_detail", pk=transfer.pk)
    return _show(request, transfer, status=400, **forms)


def _show(
    request: SignedInRequest, transfer: Transfer, status: int = 200, **forms: ChangeForm
) -> HttpResponse:
    receives = transfer.is_open and receives_transfer(request.user, transfer)
    context: dict[str, Any] = {
        "transfer": transfer,
        "tag": STATE_TAGS[TransferState(transfer.state)],
        "facts": _facts(transfer),
        "receives": receives,
        "withdraws": transfer.is_open and proposes_transfer(request.user, transfer.from_organization),
        "steps": _steps(transfer),
    }
    if receives:
        context |= {
            "accept_form": AcceptForm(branch=transfer.to_organization, auto_id="accept_%s"),
            "return_form": ReturnForm(auto_id="return_%s"),
        }
    return render(request, "meetings/transfer_detail.html", context | forms, status=status)


def _facts(transfer: Transfer) -> list[tuple[str, Any]]:
    """What the receiving branch needs to know; numbers and reasons of standings come with the membership."""
    member, today = transfer.member, timezone.localdate()
    standings = Standing.objects.on(today).filter(member=member).exclude(kind=StandingKind.TRANSFERRING)
    status = _("Full member") if member.is_full_on(today) else _("Probationary member")
    return [
        (_("Name"), member.name),
        (_("Membership"), status),
        (_("Joined the Party on"), cn_date(member.joined_on)),
        (_("Full member since"), cn_date(member.full_member_on)),
        (_("Standing"), enumerated(str(each.get_kind_display()) for each in standings)),
        (_("Old branch"), transfer.from_organization.name),
        (_("Receiving branch"), transfer.to_organization.name),
        (_("Transferred from"), cn_date(transfer.leaves_on)),
        (_("First day in the receiving branch"), cn_date(transfer.received_on)),
        (_("Reason"), transfer.note),
    ]


def _steps(transfer: Transfer) -> list[dict[str, Any]]:
    steps = [
        {"kind": "info", "title": _("Proposed"), "at": transfer.proposed_at, "who": transfer.proposed_by.name}
    ]
    if transfer.is_open:
        return [*steps, {"kind": "open", "title": transfer.get_state_display()}]
    decided = {
        "kind": STATE_TAGS[TransferState(transfer.state)], "title": transfer.get_state_display(),
        "at": transfer.decided_at, "who": transfer.decided_by.name, "opinion": transfer.opinion,
    }  # fmt: skip
    return [*steps, decided]


def _fetch(user: User) -> TransferQuerySet:
    visible: QuerySet[Transfer] = Transfer.objects.visible_to(user)
    return visible.select_related(
        "member", "from_organization", "to_organization", "proposed_by", "decided_by"
    )


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
