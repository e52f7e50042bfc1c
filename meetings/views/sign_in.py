"""The front door: signing in, and in the local demonstration the one-click people."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branchlife.audit import record_event
from branchlife.http import safe_next
from branchlife.language import remember_language
from branchlife.models import User
from meetings.services.demo_people import demo_people, demo_users

LONGEST_NAME = 150
BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(AuthenticationForm):
    """One sentence for an unknown name, a wrong password and a closed account: none of them is told apart."""

    error_messages = {
        "invalid_login": _("The name or the password is wrong, or the account is closed."),
        "inactive": _("The name or the password is wrong, or the account is closed."),
    }

    def clean_username(self) -> str:
        """No account has a longer name, and what is counted as a failure must fit its column."""
        name: str = self.cleaned_data["username"]
        if len(name) > LONGEST_NAME:
            raise self.get_invalid_login_error()
        return name


class SignIn(auth_views.LoginView):
    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        return _welcome(self.request, form.get_user(), self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = demo_people(day=timezone.localdate()) if settings.DEMO else []
        return super().get_context_data(demo_people=people, **kwargs)


@login_not_required
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Only in the local demonstration, and only as somebody who was made up for it."""
    if not settings.DEMO:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    user = get_object_or_404(demo_users(), username=request.POST.get("username", "").replace("\x00", ""))
    return _welcome(request, user, safe_next(request), demo=True)


def _welcome(request: HttpRequest, user: User, url: str, *, demo: bool = False) -> HttpResponse:
    with transaction.atomic():
        login(request, user, backend=BACKEND)
        record_event(
            actor=user, action="session.begin", subject=user, difference={"demo": True} if demo else {}
        )
    response = redirect(url)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:  # a choice made at this computer goes first
        remember_language(response, user.language)
    return response
