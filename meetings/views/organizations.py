"""The Party's tree: the list, one organization, and what an administrator changes in it."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.http import SignedInRequest
from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from meetings.forms.organizations import OrganizationFactsForm, OrganizationFilter, OrganizationForm
from meetings.models import Organization, Post
from meetings.rules import administers, administers_above, answers_for, can_see_organizations, keeps_roster
from meetings.services.roster import organizations
from meetings.services.roster.advice import branch_advice
from meetings.services.roster.asof import Numbers, numbers_on, posts_on
from meetings.services.roster.terms import TermEnding, term_ending, term_ends_on, terms_ending, years_of_term
from meetings.views.form_page import FormPage, answer, posted

PAGE = 100
MOST_TERMS = 30
DEEPEST = 5  # levels that are indented


def organization_list(request: SignedInRequest) -> HttpResponse:
    if not can_see_organizations(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    filters = OrganizationFilter(request.GET)
    found = filters.narrow(Organization.objects.visible_to(request.user)).order_by("path")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    numbers = numbers_on(organizations=[each.pk for each in page], day=today)
    least = min((each.depth for each in page), default=1)
    rows = [
        _row(each, numbers.get(each.pk, Numbers()), each.depth - least, today)
        | {"answers": answers_for(request.user, each)}
        for each in page
    ]
    context = {"filters": filters, "page_obj": page, "rows": rows, "today": today}
    return render(request, "meetings/organization_list.html", context, status=400 if filters.errors else 200)


def _row(organization: Organization, numbers: Numbers, level: int, today: date) -> dict[str, Any]:
    return {
        "organization": organization,
        "numbers": numbers,
        "level": min(level, DEEPEST),
        "term": term_tag(organization, today),
        "is_gone": is_gone(organization, today),
    }


def organization_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    organization = get_object_or_404(Organization.objects.visible_to(user), pk=pk)
    above = Organization.objects.visible_to(user).filter(path=organization.parent_path).first()
    context = {
        "organization": organization, "above": above, "facts": _facts(organization),
        "term": term_tag(organization, today), "is_gone": is_gone(organization, today),
        "administers": administers(user, organization), "decides": administers_above(user, organization),
        "keeps": keeps_roster(user, organization), "answers": answers_for(user, organization),
        "sees_tree": can_see_organizations(user),
    }  # fmt: skip
    inside = _inside_branch if organization.is_branch else _below
    return render(request, "meetings/organization_detail.html", context | inside(user, organization, today))


def _inside_branch(user: User, branch: Organization, today: date) -> dict[str, Any]:
    numbers = numbers_on(organizations=[branch.pk], day=today).get(branch.pk, Numbers())
    posts: list[Post] = posts_on(branch, today)
    gone = is_gone(branch, today)
    return {
        "numbers": numbers,
        "posts": posts,
        "groups": branch.groups.all(),
        "advice": [] if gone else branch_advice(branch, numbers, posts),
    }


def _below(user: User, organization: Organization, today: date) -> dict[str, Any]:
    """What hangs directly below, and whose term ends soon anywhere below: the upper organization reminds."""
    below = Organization.objects.visible_to(user).below(organization).exclude(pk=organization.pk)
    ending = terms_ending(below, today)
    return {
        "children": [
            {"organization": each, "is_gone": is_gone(each, today), "term": term_tag(each, today)}
            for each in below.filter(parent_path=organization.path)
        ],
        "ending": [(each, tag_of(each)) for each in ending[:MOST_TERMS]],
        "ending_count": len(ending),
    }


def term_tag(organization: Organization, today: date) -> tuple[str, str] | None:
    """Kind and words of the tag that tells how long a term still lasts; None while there is time."""
    ending = term_ending(organization, today)
    return tag_of(ending) if ending else None


def tag_of(ending: TermEnding) -> tuple[str, str]:
    days = abs(ending.days_left)
    if ending.is_overdue:
        return "overdue", _("Re-election %(days)s days overdue") % {"days": days}
    kind = "due" if ending.months <= 3 else "info"
    return kind, _("Re-election in %(days)s days") % {"days": days}


def is_gone(organization: Organization, today: date) -> bool:
    return organization.dissolved_on is not None and organization.dissolved_on <= today


def _facts(organization: Organization) -> list[tuple[str, Any]]:
    years = years_of_term(organization)
    return [
        (_("Kind"), organization.get_kind_display()),
        (_("Code"), organization.code),
        (_("Founded on"), cn_date(organization.founded_on)),
        (_("Dissolved on"), cn_date(organization.dissolved_on)),
        (_("Current term since"), cn_date(organization.term_start_on)),
        (_("Years of a term"), str(years or "")),
        (_("Term ends on"), cn_date(term_ends_on(organization))),
    ]


def organization_create(request: SignedInRequest, pk: int) -> HttpResponse:
    parent = administered(request.user, pk)
    form = OrganizationForm(posted(request))
    page = of_organization(parent, _("New organization"), _("Add"))

    def act() -> str:
        new = organizations.found_organization(parent=parent, facts=form.facts(), actor=request.user)
        return _("%(name)s is added.") % {"name": new.name}

    return answer(request, form, page, act)


def organization_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = administered(request.user, pk)
    known = {name: getattr(organization, name) for name in organizations.FACTS}
    form = OrganizationFactsForm(posted(request), initial=known)
    page = of_organization(organization, _("Name and term"), _("Save"))

    def act() -> str:
        organizations.correct_organization(
            organization=organization, changes=form.changes(), actor=request.user
        )
        return _("The organization is saved.")

    return answer(request, form, page, act)


def administered(user: User, pk: int) -> Organization:
    organization = get_object_or_404(Organization.objects.visible_to(user), pk=pk)
    if not administers(user, organization):
        raise PermissionDenied
    return organization


def of_organization(organization: Organization, title: str, submit: str, **more: Any) -> FormPage:
    back = reverse("organization_detail", args=[organization.pk])
    top = (_("Organizations"), reverse("organization_list"))
    return FormPage(title, submit, back, top=top, parent=(organization.name, back), **more)
