"""What one is reminded of, in one place: to look through, to put off; how one wants to be reminded."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.digest import USUAL
from meetings.documents.calendar import write_calendar
from meetings.forms.reminders import HabitsForm, SnoozeForm
from meetings.models import CalendarFeed, Notice, Snooze
from meetings.reminder_enums import ReminderStage
from meetings.services.reminders.choices import feed_of, make_feed, revoke_feed, set_habits
from meetings.services.reminders.letters import habits_of
from meetings.services.reminders.snooze import LONGEST, lift_snooze, snooze_reminder
from meetings.views.snoozed import snoozed_rows
from meetings.workdays import ONE_DAY

PER_PAGE = 50
NEW_FEED = "new_calendar_feed"  # in the session, until it was shown once
ORDER = (ReminderStage.OVERDUE, ReminderStage.DUE_SOON, ReminderStage.ESCALATED)


@require_safe
def reminder_list(request: HttpRequest) -> HttpResponse:
    """Everything that stands, by what it means for the reader; below it what was put off."""
    page = Paginator(_standing(request), PER_PAGE).get_page(request.GET.get("page"))
    groups = [(stage, [each for each in page if each.reminder.stage == stage]) for stage in ORDER]
    context = {
        "page_obj": page,
        "groups": [(_heading(stage), notices) for stage, notices in groups if notices],
        "snoozed": snoozed_rows(request.user, timezone.localdate()),
    }
    return render(request, "meetings/reminder_list.html", context)


@require_http_methods(["GET", "POST"])
def reminder_snooze(request: HttpRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(_standing(request), reminder=pk)
    today = timezone.localdate()
    form = SnoozeForm(
        request.POST if request.method == "POST" else None,
        first=today + ONE_DAY, last=today + LONGEST, initial={"until": today + 3 * ONE_DAY},
    )  # fmt: skip
    if form.is_bound and form.is_valid() and _snoozed(request, notice, form):
        return redirect("reminder_list")
    context = {"form": form, "notice": notice}
    return render(request, "meetings/reminder_snooze.html", context, status=400 if form.errors else 200)


@require_POST
def snooze_lift(request: HttpRequest, pk: int) -> HttpResponse:
    snooze = get_object_or_404(Snooze.objects.visible_to(request.user), pk=pk)
    lift_snooze(snooze=snooze, actor=request.user)
    messages.success(request, _("You will be reminded again within a minute."))
    return redirect("reminder_list")


@require_http_methods(["GET", "POST"])
def reminder_settings(request: HttpRequest) -> HttpResponse:
    habits = habits_of([request.user.pk]).get(request.user.pk, USUAL)
    form = HabitsForm(request.POST if request.method == "POST" else None, initial=vars(habits))
    if form.is_bound and form.is_valid():
        set_habits(user=request.user, habits=form.habits)
        messages.success(request, _("Saved."))
        return redirect("reminder_settings")
    context = {
        "form": form,
        "feed": CalendarFeed.objects.filter(user=request.user.pk).first(),
        "new_address": request.session.pop(NEW_FEED, ""),
    }
    return render(request, "meetings/reminder_settings.html", context, status=400 if form.errors else 200)


@require_POST
def calendar_make(request: HttpRequest) -> HttpResponse:
    request.session[NEW_FEED] = make_feed(user=request.user)
    return redirect("reminder_settings")


@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    revoke_feed(user=request.user)
    messages.success(request, _("The address is void; no calendar reads it any more."))
    return redirect("reminder_settings")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The token is the right to read; a wrong one looks like any page that is not there."""
    feed = feed_of(token)
    if feed is None:
        raise Http404
    answer = HttpResponse(write_calendar(feed.user), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="branchlife.ics"'
    return answer


def _standing(request: HttpRequest) -> Any:
    told = Notice.objects.visible_to(request.user).current().filter(reminder__isnull=False)
    return told.select_related("reminder").order_by("reminder__due_on", "pk")


def _snoozed(request: HttpRequest, notice: Notice, form: SnoozeForm) -> bool:
    try:
        snooze_reminder(reminder=notice.reminder, actor=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Put off. The deadline itself does not move."))
    return True


def _heading(stage: str) -> str:
    return {
        ReminderStage.OVERDUE: _("Overdue"),
        ReminderStage.DUE_SOON: _("Due soon"),
        ReminderStage.ESCALATED: _("Late below you"),
    }[ReminderStage(stage)]
