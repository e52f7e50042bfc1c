"""Larger changes of the tree: new terms, moving, merging, dissolving; and the groups of a branch."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from branchlife.http import SignedInRequest
from branchlife.models import User
from meetings.enums import BRANCH_KINDS, Role
from meetings.forms.organizations import MergeForm, MoveForm, TermForm
from meetings.forms.roster import DayForm, GroupForm, GroupNameForm, GroupsForm
from meetings.models import Membership, Organization, PartyGroup
from meetings.models.organization import STEP
from meetings.rules import administers_above, keeps_roster
from meetings.scope import scope_of
from meetings.services.roster import dissolution, groups, organizations
from meetings.services.roster.asof import posts_on
from meetings.services.roster.memberships import change_groups
from meetings.services.roster.terms import begin_term
from meetings.views.form_page import FormPage, answer, posted
from meetings.views.organizations import administered, of_organization

# How many are in a group now.
OPEN_MEMBERSHIPS = Count("memberships", filter=Q(memberships__end_on=None))


def organization_term(request: SignedInRequest, pk: int) -> HttpResponse:
    """Posts of the last term end, those of the new one begin, in one form."""
    organization = administered(request.user, pk)
    rows = Membership.objects.filter(organization=organization, end_on=None).select_related("member")
    people = [row.member for row in rows.order_by("member__name_key")]
    held = posts_on(organization, timezone.localdate())
    form = TermForm(posted(request), members=people, posts=held)
    page = of_organization(
        organization, _("New term"), _("Begin the term"),
        subtitle=_("All posts of the last term end the day before; the seats filled here begin that day."),
    )  # fmt: skip

    def act() -> str:
        begin_term(
            organization=organization, day=form.cleaned_data["day"], posts=form.posts(), actor=request.user
        )
        return _("The new term has begun. Please look over the roles of those who came and went.")

    return answer(request, form, page, act)


def organization_move(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _decided_above(request.user, pk)
    places = _administered(request.user).exclude(kind__in=BRANCH_KINDS).filter(dissolved_on=None)
    form = MoveForm(posted(request), places=places.exclude(pk=organization.pk))
    page = of_organization(
        organization, _("Move in the tree"), pgettext("in the tree", "Move"),
        subtitle=_("Everything below moves with it. This year's ledger follows the rules of the new place."),
    )  # fmt: skip

    def act() -> str:
        organizations.move_organization(
            organization=organization, parent=form.cleaned_data["parent"], actor=request.user
        )
        return _("%(name)s has been moved.") % {"name": organization.name}

    return answer(request, form, page, act)


def organization_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _decided_above(request.user, pk)
    others = _administered(request.user).branches().filter(dissolved_on=None).exclude(pk=organization.pk)
    form = MergeForm(posted(request), places=others.filter(path__startswith=organization.path[:STEP]))
    page = of_organization(
        organization, _("Merge into another branch"), _("Merge"),
        subtitle=_("All members move without a day between, and this branch is dissolved."),
        asks=_("Merge %(name)s into the other branch?") % {"name": organization.name},
    )  # fmt: skip

    def act() -> str:
        moved = dissolution.merge_organizations(
            organization=organization, actor=request.user, **form.cleaned_data
        )
        return ngettext("%(n)s member has moved.", "%(n)s members have moved.", moved) % {"n": moved}

    return answer(request, form, page, act)


def organization_dissolve(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _decided_above(request.user, pk)
    form = DayForm(posted(request), label=_("Dissolved on"))
    page = of_organization(
        organization, _("Dissolve the organization"), _("Dissolve"),
        subtitle=_("From that day on it owes nothing more. Members are moved first; the records stay."),
        asks=_("Dissolve %(name)s?") % {"name": organization.name},
    )  # fmt: skip

    def act() -> str:
        dissolution.dissolve_organization(organization=organization, actor=request.user, **form.cleaned_data)
        return _("%(name)s is dissolved.") % {"name": organization.name}

    return answer(request, form, page, act)


def _decided_above(user: User, pk: int) -> Organization:
    organization = get_object_or_404(Organization.objects.visible_to(user), pk=pk)
    if not administers_above(user, organization):
        raise PermissionDenied
    return organization


def _administered(user: User) -> QuerySet[Organization]:
    own: QuerySet[Organization] = Organization.objects.filter(
        scope_of(user).within(roles=(Role.ADMINISTRATOR,))
    )
    return own


# --- groups ----------------------------------------------------------------------------------


def branch_groups(request: SignedInRequest, pk: int) -> HttpResponse:
    """The groups of a branch and who is in which; one form for everybody who changes."""
    branch = _kept(request.user, pk)
    rows = Membership.objects.filter(organization=branch, end_on=None).select_related("member", "group")
    known = list(branch.groups.filter(dissolved_on=None).annotate(size=OPEN_MEMBERSHIPS))
    form = GroupsForm(
        posted(request), members=[(row.member, row.group) for row in rows.order_by("member__name_key")],
        groups=known,
    )  # fmt: skip
    page = _of_branch(branch, _("Party groups"), _("Save"), template="meetings/roster_groups.html")

    def act() -> str:
        changed = change_groups(
            organization=branch, groups=form.groups(), day=form.cleaned_data["day"], actor=request.user
        )
        return ngettext("%(n)s member changed.", "%(n)s members changed.", changed) % {"n": changed}

    return answer(request, form, page, act, branch=branch, groups=known)


def group_create(request: SignedInRequest, pk: int) -> HttpResponse:
    branch = _kept(request.user, pk)
    form = GroupForm(posted(request))
    page = _of_groups(branch, _("New Party group"), _("Add"))

    def act() -> str:
        group = groups.found_group(organization=branch, actor=request.user, **form.cleaned_data)
        return _("%(name)s is added.") % {"name": group.name}

    return answer(request, form, page, act)


def group_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    group = _kept_group(request.user, pk)
    form = GroupNameForm(posted(request), initial={"name": group.name})
    page = _of_groups(group.organization, _("Rename %(name)s") % {"name": group.name}, _("Save"))

    def act() -> str:
        groups.rename_group(group=group, actor=request.user, **form.cleaned_data)
        return _("The group is renamed.")

    return answer(request, form, page, act)


def group_dissolve(request: SignedInRequest, pk: int) -> HttpResponse:
    group = _kept_group(request.user, pk)
    form = DayForm(posted(request), label=_("Dissolved on"))
    page = _of_groups(
        group.organization, _("Dissolve %(name)s") % {"name": group.name}, _("Dissolve"),
        asks=_("Dissolve %(name)s?") % {"name": group.name},
    )  # fmt: skip

    def act() -> str:
        groups.dissolve_group(group=group, actor=request.user, **form.cleaned_data)
        return _("%(name)s is dissolved.") % {"name": group.name}

    return answer(request, form, page, act)


def _kept(user: User, pk: int) -> Organization:
    branch = get_object_or_404(Organization.objects.visible_to(user).branches(), pk=pk)
    if not keeps_roster(user, branch):
        raise PermissionDenied
    return branch


def _kept_group(user: User, pk: int) -> PartyGroup:
    found = PartyGroup.objects.visible_to(user).select_related("organization")
    group = get_object_or_404(found, pk=pk)
    if not keeps_roster(user, group.organization):
        raise PermissionDenied
    return group


def _of_branch(branch: Organization, title: str, submit: str, **more: str) -> FormPage:
    back = reverse("branch_roster", args=[branch.pk])
    top = (_("Organizations"), reverse("organization_list"))
    return FormPage(title, submit, back, top=top, parent=(branch.name, back), **more)


def _of_groups(branch: Organization, title: str, submit: str, **more: str) -> FormPage:
    back = reverse("branch_groups", args=[branch.pk])
    top = (branch.name, reverse("branch_roster", args=[branch.pk]))
    return FormPage(title, submit, back, top=top, parent=(_("Party groups"), back), **more)
