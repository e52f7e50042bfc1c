"""Contact points (联系点): the committee's list, one of them, a cadre's page, and what is written there."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branchlife.http import SignedInRequest
from branchlife.models import User
from meetings.enums import Role
from meetings.models import Member, Organization
from meetings.rules import can_see_dashboard
from meetings.scope import scope_of
from meetings.views.form_page import FormPage, answer, posted
from reviews.forms.contacts import ContactForm, EndForm, HeardForm, SolveForm, VisitForm
from reviews.inspection_rules import OVERSEERS
from reviews.models import Concern, ContactPoint, ContactVisit
from reviews.rules import names_contacts, writes_contact
from reviews.services.contacts import end_contact, hear_concern, name_contact, solve_concern, write_visit

PER_PAGE = 50
RELATED = ("cadre", "organization")


def contact_list(request: SignedInRequest) -> HttpResponse:
    """Everybody's own; those who answer for branches see theirs. What is late stands first."""
    user, today = request.user, timezone.localdate()
    scope = scope_of(user)
    if not (scope.member_id or any(seat.role != Role.GROUP_LEADER for seat in scope.seats)):
        raise PermissionDenied
    rows = _counted(ContactPoint.objects.visible_to(user).on(today), today)
    page = Paginator(rows.order_by("-late", "organization__path", "pk"), PER_PAGE)
    context = {"page_obj": page.get_page(request.GET.get("page")), "can_name": can_see_dashboard(user)}
    return render(request, "reviews/contact_list.html", context)


def _counted(rows: Any, today: date) -> Any:
    """With this year's visits, the last one, and the promises that are open and late."""
    concerns = Q(visits__concerns__solved_on__isnull=True, visits__concerns__due_on__isnull=False)
    late = concerns & Q(visits__concerns__due_on__lt=today)
    return rows.select_related(*RELATED).annotate(
        year=Count("visits", filter=Q(visits__day__year=today.year), distinct=True),
        last=Max("visits__day"),
        promised=Count("visits__concerns", filter=concerns, distinct=True),
        late=Count("visits__concerns", filter=late, distinct=True),
    )


def contacts_of(user: User, branch: Organization, today: date) -> list[ContactPoint]:
    """For the branch's page."""
    rows = ContactPoint.objects.visible_to(user).on(today).filter(organization=branch)
    return list(_counted(rows, today).order_by("pk"))


def _find(request: SignedInRequest, pk: int) -> ContactPoint:
    return get_object_or_404(ContactPoint.objects.visible_to(request.user).select_related(*RELATED), pk=pk)


def contact_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    contact, user = _find(request, pk), request.user
    context = {
        "contact": contact, "can_write": writes_contact(user, contact),
        "visits": _visits([contact], timezone.localdate()),
        "can_end": contact.end_on is None and names_contacts(user, contact.organization),
    }  # fmt: skip
    return render(request, "reviews/contact_detail.html", context)


def _visits(contacts: Iterable[ContactPoint], today: date) -> list[ContactVisit]:
    """With what was heard at each, tagged."""
    rows = ContactVisit.objects.filter(contact__in=list(contacts)).select_related("contact__organization")
    visits = list(rows.prefetch_related("concerns").order_by("-day", "-pk"))
    for visit in visits:
        for concern in visit.concerns.all():
            _tag(concern, today)
    return visits


def _tag(concern: Concern, today: date) -> None:
    kind, label = "info", _("Heard")
    if concern.solved_on:
        kind, label = "met", _("Solved")
    elif concern.is_overdue(today):
        kind, label = "overdue", _("Overdue")
    elif concern.due_on:
        kind, label = "due", _("Promised")
    concern.tag, concern.tag_label = kind, label


def contact_cadre(request: SignedInRequest, pk: int) -> HttpResponse:
    """A leading cadre's contact points, as far as the reader may see them, with every visit."""
    rows = ContactPoint.objects.visible_to(request.user).filter(cadre=pk)
    contacts = list(_counted(rows, timezone.localdate()).order_by("-start_on", "pk"))
    member = get_object_or_404(Member, pk=contacts[0].cadre_id if contacts else None)
    context = {"cadre": member, "contacts": contacts, "visits": _visits(contacts, timezone.localdate())}
    return render(request, "reviews/contact_cadre.html", context)


@require_http_methods(["GET", "POST"])
def contact_create(request: SignedInRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    if not can_see_dashboard(user):
        raise PermissionDenied
    places = Organization.objects.filter(scope_of(user).within("", OVERSEERS)).branches()
    cadres = Member.objects.visible_to(user).filter(is_leading_cadre=True).order_by("name_key", "pk")
    form = ContactForm(posted(request), cadres=cadres, branches=places.existing_on(today), today=today)

    def act() -> str:
        name_contact(**form.cleaned_data, actor=user)
        return _("Named.")

    return answer(request, form, _page(_("Name a contact point"), reverse("contact_list")), act)


def _page(title: str, back: str, parent: str = "") -> FormPage:
    top = (_("Contact points"), reverse("contact_list"))
    return FormPage(title=title, submit=_("Save"), back=back, top=top, parent=(parent or top[0], back))


def _page_of(contact: ContactPoint, title: str) -> FormPage:
    return _page(title, reverse("contact_detail", args=[contact.pk]), str(contact))


@require_http_methods(["GET", "POST"])
def contact_end(request: SignedInRequest, pk: int) -> HttpResponse:
    contact = _find(request, pk)
    if not names_contacts(request.user, contact.organization):
        raise PermissionDenied
    form = EndForm(posted(request), initial={"end_on": timezone.localdate()})

    def act() -> str:
        end_contact(contact=contact, end_on=form.cleaned_data["end_on"], actor=request.user)
        return _("The contact point has ended.")

    return answer(request, form, _page_of(contact, _("End the contact point")), act)


@require_http_methods(["GET", "POST"])
def contact_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    contact = _find(request, pk)
    if not writes_contact(request.user, contact):
        raise PermissionDenied
    form = VisitForm(posted(request), today=timezone.localdate())

    def act() -> str:
        data = form.cleaned_data
        write_visit(
            contact=contact, day=data["day"], done=data["done"], heard=form.heard(), actor=request.user
        )
        return _("The visit is written down.")

    return answer(request, form, _page_of(contact, _("Write down a visit")), act)


@require_http_methods(["GET", "POST"])
def contact_hear(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more problem of a visit."""
    visible = ContactPoint.objects.visible_to(request.user)
    rows = ContactVisit.objects.filter(contact__in=visible).select_related("contact__cadre")
    visit = get_object_or_404(rows.select_related("contact__organization"), pk=pk)
    if not writes_contact(request.user, visit.contact):
        raise PermissionDenied
    form = HeardForm(posted(request))

    def act() -> str:
        hear_concern(visit=visit, heard=form.heard(), actor=request.user)
        return _("Written down.")

    return answer(request, form, _page_of(visit.contact, _("Write down a problem")), act)


@require_http_methods(["GET", "POST"])
def contact_solve(request: SignedInRequest, pk: int) -> HttpResponse:
    visible = ContactPoint.objects.visible_to(request.user)
    rows = Concern.objects.filter(visit__contact__in=visible)
    related = ("visit__contact__cadre", "visit__contact__organization")
    concern = get_object_or_404(rows.select_related(*related), pk=pk)
    if not writes_contact(request.user, concern.visit.contact):
        raise PermissionDenied
    form = SolveForm(posted(request), initial={"solved_on": timezone.localdate()})

    def act() -> str:
        solve_concern(concern=concern, actor=request.user, **form.cleaned_data)
        return _("Solved.")

    return answer(request, form, _page_of(concern.visit.contact, concern.problem), act)
