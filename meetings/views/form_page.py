"""One page for every change of the roster and the tree: a form, what it is about, and where it leads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from meetings.forms.roster import ChangeForm

TEMPLATE = "meetings/roster_form.html"


@dataclass(frozen=True)
class FormPage:
    """``top`` and ``parent`` are the label and address of what stands above in the breadcrumb."""

    title: str
    submit: str
    back: str
    top: tuple[str, str]
    parent: tuple[str, str]
    subtitle: str = ""
    notes: Sequence[str] = ()
    asks: str = ""  # a question before it is done, where it cannot be taken back
    template: str = TEMPLATE


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def answer(
    request: HttpRequest, form: ChangeForm, page: FormPage, act: Callable[[], str], **context: Any
) -> HttpResponse:
    """Show the form, or have it done: ``act`` calls the service and returns what to say afterwards.

    What the service refuses is shown in the form, with 400.
    """
    if form.is_bound and form.is_valid():
        try:
            done = act()
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, done)
            return redirect(page.back)
    shown = {"form": form, "page": page, **context}
    return render(request, page.template, shown, status=400 if form.errors else 200)
