"""A person's notices: the list behind the bell."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from meetings.models import Notice
from meetings.services.notices import read_all_notices, read_notice

PER_PAGE = 30


def notice_list(request: HttpRequest) -> HttpResponse:
    """What is current, or with ``?show=all`` also what is settled."""
    notices = Notice.objects.visible_to(request.user)
    show_all = request.GET.get("show") == "all"
    page = Paginator(notices if show_all else notices.current(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "days": _by_day(page.object_list),
        "show_all": show_all,
        "unread": notices.unread().count(),
    }
    return render(request, "meetings/notice_list.html", context)


@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks it as read; with ``open`` goes on to what it speaks of, else back to the list."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    read_notice(notice=notice)
    return redirect(notice.url if "open" in request.POST and notice.url else _back(request))


@require_POST
def notices_read_all(request: HttpRequest) -> HttpResponse:
    read_all_notices(actor=request.user)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The list as it was, page and all: only the query string comes from the form."""
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return f"{reverse('notice_list')}?{query}" if query else reverse("notice_list")


def _by_day(notices: Iterable[Notice]) -> list[tuple[date, list[Notice]]]:
    return [
        (day, list(found))
        for day, found in groupby(notices, key=lambda notice: timezone.localdate(notice.created_at))
    ]
