"""The roster of a branch on any day, and adding and correcting the people in it."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.http import SignedInRequest
from branchlife.models import User
from branchlife.views import render_conflict
from meetings.enums import Role
from meetings.forms.roster import (
    AsOfForm,
    DayForm,
    EndForm,
    MemberAddForm,
    MemberFactsForm,
    ReceiveForm,
    SearchForm,
)
from meetings.models import Member, Membership, Organization
from meetings.rules import administers, answers_for, can_add_members, keeps_roster
from meetings.scope import scope_of
from meetings.services.reading import person_opened
from meetings.services.roster import memberships, people
from meetings.services.roster.absences import help_needed
from meetings.services.roster.advice import branch_advice
from meetings.services.roster.asof import RosterLine, numbers_of, roster_on
from meetings.views.form_page import FormPage, answer, posted


def branch_roster(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who belonged to the branch on a day (``?on=2026-06-30``; today), counted three ways."""
    branch = get_object_or_404(Organization.objects.visible_to(request.user).branches(), pk=pk)
    if not answers_for(request.user, branch):
        raise PermissionDenied
    today = timezone.localdate()
    form = AsOfForm(request.GET if "on" in request.GET else {"on": today}, auto_id="filter_%s")
    day = form.day(today)
    lines = roster_on(organization=branch, day=day)
    context = {
        "branch": branch, "form": form, "day": day, "today": today, "lines": lines,
        "numbers": numbers_of(lines), "existed": branch.founded_on <= day,
        "administers": administers(request.user, branch), "keeps": keeps_roster(request.user, branch),
    }  # fmt: skip
    if day == today:
        context |= _now(request.user, branch, lines, today)
    return render(request, "meetings/roster_branch.html", context, status=400 if form.errors else 200)


def _now(user: User, branch: Organization, lines: list[RosterLine], today: date) -> dict[str, Any]:
    """Advice on the size, and for those who keep the roster who needs help."""
    helped = help_needed(organizations=[branch.pk], as_of=today) if keeps_roster(user, branch) else []
    posts = [post for line in lines for post in line.posts]
    return {"advice": branch_advice(branch, numbers_of(lines), posts), "helped": helped}


def member_create(request: SignedInRequest) -> HttpResponse:
    """First a search, so that nobody is entered twice; then what is known of the person."""
    if not can_add_members(request.user):
        raise PermissionDenied
    branches = branches_of(request.user)
    search = SearchForm(
        request.GET if "name" in request.GET else None, branches=branches, initial=request.GET.dict()
    )
    if not search.is_valid():
        status = 400 if search.errors or request.method == "POST" else 200
        return render(request, "meetings/roster_search.html", {"form": search}, status=status)
    return _add(request, search.cleaned_data["organization"], search.cleaned_data["name"])


def _add(request: SignedInRequest, branch: Organization, name: str) -> HttpResponse:
    found = list(people.find_people(name=name, people=Member.objects.visible_to(request.user)))
    known = {"name": name, "day": timezone.localdate()}
    form = MemberAddForm(posted(request), branch=branch, initial=known)
    back = reverse("branch_roster", args=[branch.pk])
    page = _page(
        _("Add a member"), _("Add"), back, parent=(branch.name, back), template="meetings/roster_add.html"
    )
    return answer(request, form, page, lambda: _added(form, branch, request.user), found=_placed(found))


def _added(form: MemberAddForm, branch: Organization, actor: User) -> str:
    cleaned = form.cleaned_data
    member = people.add_member(
        facts=form.facts(), organization=branch, group=cleaned.get("group"), day=cleaned["day"],
        is_another=cleaned.get("is_another", False), is_as_filed=cleaned["is_as_filed"], actor=actor,
    )  # fmt: skip
    return _("%(name)s is in the roster.") % {"name": member.name}


def _placed(found: list[Member]) -> list[tuple[Member, Membership | None]]:
    """Those found with the branch they are in now."""
    rows = Membership.objects.filter(member__in=found, end_on=None).select_related("organization")
    now = {row.member_id: row for row in rows}
    return [(member, now.get(member.pk)) for member in found]


def member_facts(request: SignedInRequest, pk: int) -> HttpResponse:
    member, branch = changeable(request.user, pk)
    person_opened(member=member, branch=branch, reader=request.user)
    known = {name: getattr(member, name) for name in people.FACTS if name != "id_number"}
    form = MemberFactsForm(
        posted(request), member=member, initial=known | {"seen": people.facts_seen(member)}
    )
    page = of_member(member, _("Correct facts"), _("Save"))
    try:
        return answer(request, form, page, lambda: _corrected(member, form, request.user))
    except people.ChangedSince:
        return render_conflict(request, _("Somebody else has corrected this person meanwhile."), page.back)


def _corrected(member: Member, form: MemberFactsForm, actor: User) -> str:
    people.correct_facts(
        member=member, changes=form.changes(), seen=form.cleaned_data["seen"],
        is_as_filed=form.cleaned_data["is_as_filed"], actor=actor,
    )  # fmt: skip
    return _("The facts are saved.")


def member_full(request: SignedInRequest, pk: int) -> HttpResponse:
    member, _branch = changeable(request.user, pk)
    form = DayForm(posted(request), label=_("Full member since"))
    subtitle = _("What the branch owes is worked out anew from that day.")
    page = of_member(member, _("Turn full member"), _("Save"), subtitle=subtitle)

    def act() -> str:
        people.turn_full(member=member, actor=request.user, **form.cleaned_data)
        return _("%(name)s is a full member.") % {"name": member.name}

    return answer(request, form, page, act)


def member_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """For good; somebody who goes to another branch of the same tree is transferred."""
    member, branch = changeable(request.user, pk)
    form = EndForm(posted(request), needs_reason=True)
    page = of_member(
        member, _("Membership ends"), _("End the membership"),
        subtitle=_("Only for somebody who leaves for good. To another branch here: propose a transfer."),
        notes=[_("Posts, standings and roles in %(branch)s end with it.") % {"branch": branch.name}],
        asks=_("End the membership of %(name)s?") % {"name": member.name},
    )  # fmt: skip

    def act() -> str:
        memberships.end_membership(member=member, actor=request.user, **form.cleaned_data)
        return _("The membership of %(name)s has ended.") % {"name": member.name}

    return answer(request, form, page, act)


def member_receive(request: SignedInRequest, pk: int) -> HttpResponse:
    member, _branch = changeable(request.user, pk)
    form = ReceiveForm(posted(request), branches=branches_of(request.user))
    page = of_member(member, _("Receive into a branch"), _("Receive"))

    def act() -> str:
        memberships.receive_member(member=member, actor=request.user, **form.cleaned_data)
        return _("%(name)s is in the roster.") % {"name": member.name}

    return answer(request, form, page, act)


def branches_of(user: User) -> QuerySet[Organization]:
    """Branches at work that a user administers."""
    own = Organization.objects.filter(scope_of(user).within(roles=(Role.ADMINISTRATOR,)))
    return own.branches().filter(dissolved_on=None)


def branch_of(member: Member) -> Organization:
    """The branch a member is in, or was in last."""
    rows = member.memberships.select_related("organization").order_by("-start_on")
    row = rows.first()
    if row is None:
        raise PermissionDenied
    return row.organization


def changeable(user: User, pk: int, *, by_secretary: bool = False) -> tuple[Member, Organization]:
    """A member one may change, with the branch. 404 outside the scope, 403 inside it."""
    member = get_object_or_404(Member.objects.visible_to(user), pk=pk)
    branch = branch_of(member)
    if not (keeps_roster(user, branch) if by_secretary else administers(user, branch)):
        raise PermissionDenied
    return member, branch


def of_member(member: Member, title: str, submit: str, **more: Any) -> FormPage:
    """A change of one person: below their page in the breadcrumb, and back to it."""
    back = reverse("member_detail", args=[member.pk])
    return _page(title, submit, back, parent=(member.name, back), **more)


def _page(title: str, submit: str, back: str, **more: Any) -> FormPage:
    return FormPage(title, submit, back, top=(_("Roster"), reverse("member_list")), **more)
