"""Robots of chat groups: list, add, change, try, remove."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.forms.reminders import RobotForm
from meetings.models import Robot
from meetings.rules import can_keep_rosters
from meetings.services.reminders.groups import remove_robot, save_robot, try_robot


@require_safe
def robot_list(request: HttpRequest) -> HttpResponse:
    _require_keeper(request)
    robots = Robot.objects.visible_to(request.user).select_related("organization")
    return render(
        request, "meetings/robot_list.html", {"robots": robots.order_by("organization__path", "name")}
    )


@require_http_methods(["GET", "POST"])
def robot_create(request: HttpRequest) -> HttpResponse:
    _require_keeper(request)
    form = RobotForm(_posted(request), user=request.user)
    if len(form.fields["organization"].queryset) == 1:
        form.initial["organization"] = form.fields["organization"].queryset[0]
    return _edit(request, form, None)


@require_http_methods(["GET", "POST"])
def robot_edit(request: HttpRequest, pk: int) -> HttpResponse:
    robot = _find(request, pk)
    shown = {name: getattr(robot, name) for name in ("organization", "channel", "name", "is_active")}
    return _edit(request, RobotForm(_posted(request), user=request.user, robot=robot, initial=shown), robot)


@require_POST
def robot_try(request: HttpRequest, pk: int) -> HttpResponse:
    trouble = try_robot(robot=_find(request, pk), actor=request.user)
    if trouble:
        messages.error(request, trouble)
    else:
        messages.success(request, _("The robot has said hello in its group."))
    return redirect("robot_list")


@require_http_methods(["GET", "POST"])
def robot_remove(request: HttpRequest, pk: int) -> HttpResponse:
    robot = _find(request, pk)
    if request.method == "POST":
        remove_robot(robot=robot, actor=request.user)
        messages.success(request, _("The robot is removed."))
        return redirect("robot_list")
    return render(request, "meetings/robot_remove.html", {"robot": robot})


def _edit(request: HttpRequest, form: RobotForm, robot: Robot | None) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            save_robot(facts=form.facts, robot=robot, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("robot_list")
    context = {"form": form, "robot": robot}
    return render(request, "meetings/robot_form.html", context, status=400 if form.errors else 200)


def _find(request: HttpRequest, pk: int) -> Robot:
    robots = Robot.objects.visible_to(request.user).select_related("organization")
    return get_object_or_404(robots, pk=pk)


def _posted(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def _require_keeper(request: HttpRequest) -> None:
    if not can_keep_rosters(request.user):
        raise PermissionDenied
