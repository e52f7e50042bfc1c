"""The ledger of leading cadres' two strands, for the committee and on paper; and one person's."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from branchlife.http import SignedInRequest
from meetings.enums import MeetingKind
from meetings.models import Attendance, Member
from meetings.rules import can_see_dashboard
from meetings.scope import scope_of
from meetings.services.dual_life import (
    BRANCH_COLUMNS,
    attendance_of_year,
    dual_lives,
    leading_cadres,
    split_strands,
)

PAGE = 100
FIRST_YEAR, LAST_YEAR = 2000, 2199


def dual_life_list(request: SignedInRequest) -> HttpResponse:
    if not can_see_dashboard(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    year = _year(request.GET.get("year"), today.year)
    page = Paginator(leading_cadres(request.user, today), PAGE).get_page(request.GET.get("page"))
    seen = Attendance.objects.visible_to(request.user)
    lives = dual_lives([row.member_id for row in page], year, seen)
    rows = [(row, lives[row.member_id]) for row in page]
    context = {
        "year": year,
        "this_year": today.year,
        "today": today,
        "page_obj": page,
        "rows": rows,
        "kinds": [MeetingKind(kind).label for kind in BRANCH_COLUMNS],
        "without_body": sum(life.body.is_empty for _row, life in rows),
        "without_branch": sum(life.branch.is_empty for _row, life in rows),
    }
    return render(request, "meetings/dual_life_list.html", context)


def dual_life_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The meetings behind one line: one's own, or of a cadre the committee answers for."""
    member = get_object_or_404(Member.objects.visible_to(request.user).filter(is_leading_cadre=True), pk=pk)
    is_own = scope_of(request.user).member_id == pk
    today = timezone.localdate()
    if not is_own and not leading_cadres(request.user, today).filter(member=pk).exists():
        raise PermissionDenied
    year = _year(request.GET.get("year"), today.year)
    seen = Attendance.objects.visible_to(request.user)
    rows = attendance_of_year(seen.filter(member=pk), year)
    rows = rows.select_related("meeting__organization").prefetch_related("meeting__parts")
    branch, body = split_strands(rows.order_by("-day", "-pk"))
    life = dual_lives([pk], year, seen)[pk]
    context = {
        "member": member, "year": year, "this_year": today.year, "is_own": is_own, "life": life,
        "branch": branch, "body": body,
    }  # fmt: skip
    return render(request, "meetings/dual_life_detail.html", context)


def _year(text: str | None, usual: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise BadRequest
    return int(text)
