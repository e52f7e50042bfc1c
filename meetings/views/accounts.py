"""Accounts and roles: the page of whoever keeps them, and the page behind a first-password link."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from branchlife.http import SignedInRequest
from branchlife.models import Authenticator, User
from meetings.enums import Role
from meetings.forms.accounts import AppointmentForm, secretaries_without_account
from meetings.models import Appointment, Organization, Post
from meetings.rules import can_appoint
from meetings.scope import account_keepers, scope_of
from meetings.services import accounts


def account_list(request: SignedInRequest) -> HttpResponse:
    """Roles in force in one's part of the tree, and secretaries who cannot sign in yet."""
    _require_keeper(request)
    kept = Organization.objects.filter(scope_of(request.user).within(roles=account_keepers()))
    roles = Appointment.objects.on(timezone.localdate()).filter(organization__in=kept)
    roles = roles.annotate(has_factor=Exists(Authenticator.objects.filter(user=OuterRef("user"))))
    context = {
        "appointments": roles.select_related("user", "organization", "group").order_by(
            "organization__path", "role"
        ),
        "waiting": [_offer(post) for post in secretaries_without_account(kept)],
        "link": request.session.pop("password_link", None),
    }
    return render(request, "meetings/account_list.html", context)


def appointment_create(request: SignedInRequest) -> HttpResponse:
    _require_keeper(request)
    form = AppointmentForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            user = _appoint(form.cleaned_data, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(name)s has the role from today.") % {"name": user.name})
            _offer_link(request, user)
            return redirect("account_list")
    status = 400 if form.errors else 200
    return render(request, "meetings/appointment_form.html", {"form": form}, status=status)


@require_POST
def appointment_end(request: SignedInRequest, pk: int) -> HttpResponse:
    appointment = get_object_or_404(Appointment.objects.visible_to(request.user).filter(end_on=None), pk=pk)
    accounts.end_appointment(appointment=appointment, actor=request.user)
    messages.success(request, _("The role of %(name)s has ended.") % {"name": appointment.user.name})
    return redirect("account_list")


@require_POST
def account_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new first-password link for somebody with a role here (forgotten password, expired link)."""
    appointment = get_object_or_404(Appointment.objects.visible_to(request.user), pk=pk)
    accounts.renew_link(appointment=appointment, actor=request.user)
    _offer_link(request, appointment.user, renew=True)
    return redirect("account_list")


@require_POST
def account_factor_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """The phone is lost, the recovery codes too: the next sign-in sets up a new authenticator."""
    appointment = get_object_or_404(Appointment.objects.visible_to(request.user), pk=pk)
    try:
        accounts.reset_second_factor(appointment=appointment, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        sentence = _("%(name)s signs in with the password alone until a new authenticator is set up.")
        messages.success(request, sentence % {"name": appointment.user.name})
    return redirect("account_list")


def _offer(post: Post) -> dict[str, str]:
    """A line that leads to the form with everything known filled in."""
    known = {"role": Role.SECRETARY.value, "member": post.member_id, "organization": post.organization_id}
    return {
        "name": post.member.name,
        "branch": post.organization.name,
        "url": f"{reverse('appointment_create')}?{urlencode(known)}",
    }


@transaction.atomic
def _appoint(data: dict[str, Any], actor: User) -> User:
    user = (
        accounts.open_account(member=data["member"], email=data["email"], actor=actor)
        if data["member"]
        else accounts.open_guest_account(name=data["name"], email=data["email"], actor=actor)
    )
    accounts.appoint(
        user=user,
        organization=data["organization"],
        role=Role(data["role"]),
        group=data["group"],
        actor=actor,
    )
    return user


def _offer_link(request: SignedInRequest, user: User, *, renew: bool = False) -> None:
    """Shown once on the next page; whoever already has a password needs none unless asked for."""
    if renew or not user.has_usable_password():
        url = request.build_absolute_uri(accounts.password_link(user))
        request.session["password_link"] = {"name": user.name, "username": user.username, "url": url}


def _require_keeper(request: SignedInRequest) -> None:
    if not can_appoint(request.user):
        raise PermissionDenied


@method_decorator(login_not_required, name="dispatch")
class SetPassword(auth_views.PasswordResetConfirmView):
    """Behind the link an administrator hands over: valid once, for three days."""

    template_name = "registration/set_password.html"
    success_url = reverse_lazy("sign_in")

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, gettext_lazy("Your password is set. Please sign in."))
        response = super().form_valid(form)
        accounts.password_was_set(user=self.user)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)
