"""The roster and one member's page, for those who answer for them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.enumeration import enumerated
from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from meetings.confidential import sees_person, shown
from meetings.enums import DISCHARGING, HERE
from meetings.forms.members import MemberFilter
from meetings.models import Attendance, Member, Membership, Organization, Post, Standing
from meetings.rates import percent
from meetings.rules import can_add_members, can_see_roster
from meetings.scope import scope_of
from meetings.services.reading import person_opened, roster_opened
from meetings.views.member_steps import member_steps

PAGE = 50


def member_list(request: HttpRequest) -> HttpResponse:
    if not can_see_roster(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    filters = MemberFilter(request.GET, user=request.user)
    found = filters.narrow(Membership.objects.visible_to(request.user).on(today), today)
    page = Paginator(_with_year(found, today), PAGE).get_page(request.GET.get("page"))
    for row in page:
        _complete(row, today, request.user)
    roster_opened(reader=request.user)
    context = {
        "filters": filters,
        "page_obj": page,
        "narrowed": any(request.GET.values()),
        "year": today.year,
        "may_add": can_add_members(request.user),
    }
    return render(request, "meetings/member_list.html", context, status=400 if filters.errors else 200)


def member_detail(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), pk=pk)
    today = timezone.localdate()
    context = member_sheet(member, request.user, today)
    person_opened(member=member, branch=context["branch"], reader=request.user)
    rows = Attendance.objects.visible_to(request.user).filter(member=member)
    context |= year_of(rows.prefetch_related("meeting__parts"), today.year)
    context |= member_steps(member, context, request.user, today)
    return render(request, "meetings/member_detail.html", context)


def member_sheet(member: Member, user: User, today: date) -> dict[str, Any]:
    """The facts of one person, and the history as far as the reader may see it. ID number (masked), telephone and
    the reasons of a standing are for the person and for those who answer for the branch the person is in today.
    """
    seen = Membership.objects.visible_to(user).select_related("organization", "group")
    memberships = list(seen.filter(member=member).order_by("-start_on"))
    current = next((m for m in memberships if m.holds_on(today)), None)
    branch = current.organization if current else None
    posts = _posts_seen(member, user, {row.organization_id for row in memberships})
    private = sees_person(user, member, branch)
    return {
        "member": member,
        "branch": branch,
        "memberships": memberships,
        "posts": posts,
        "standings": list(member.standings.order_by("-start_on")) if private else [],
        "private": private,
        "facts": _facts(member, current, posts, today) + _private_facts(member, branch, user),
    }


def _is_own(member: Member, user: User) -> bool:
    return scope_of(user).member_id == member.pk


def _posts_seen(member: Member, user: User, places: set[int]) -> list[Post]:
    own = _is_own(member, user)
    return [
        post for post in member.posts.select_related("organization") if own or post.organization_id in places
    ]


def year_of(rows: QuerySet[Attendance], year: int) -> dict[str, Any]:
    """What one person attended in a year, newest first, and the rate. Meetings that must be held again
    or were cancelled are none. A page that names their kinds reads the ``parts`` itself."""
    rows = rows.filter(day__range=(date(year, 1, 1), date(year, 12, 31)), meeting__state__in=DISCHARGING)
    attended = list(rows.select_related("meeting").order_by("-day", "-pk"))
    bound = [row for row in attended if row.hard_bound]
    here = sum(row.presence in HERE for row in bound)
    return {
        "attended": attended,
        "year": year,
        "base": len(bound),
        "here": here,
        "rate": percent(here, len(bound)),
    }


def _with_year(memberships: QuerySet[Membership], today: date) -> QuerySet[Any]:
    """Memberships with posts and standings of the day, and the year's attendance in that branch."""
    rows = Attendance.objects.hard_bound().filter(
        member=OuterRef("member"),
        organization=OuterRef("organization"),
        day__range=(date(today.year, 1, 1), today),
        meeting__state__in=DISCHARGING,
    )
    return (
        memberships.annotate(base=_number(rows), here=_number(rows.filter(presence__in=HERE)))
        .select_related("member", "organization", "group")
        .prefetch_related(
            Prefetch("member__posts", Post.objects.on(today), to_attr="posts_now"),
            Prefetch("member__standings", Standing.objects.on(today), to_attr="standings_now"),
        )
        .order_by("organization__path", "member__name_key", "pk")
    )


def _number(rows: QuerySet[Attendance]) -> Coalesce:
    counted = rows.order_by().values("member").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def _complete(row: Any, today: date, user: User) -> None:
    row.is_full = row.member.is_full_on(today)
    row.posts = _titles(row.member.posts_now, row.organization_id)
    row.standings = enumerated(str(standing.get_kind_display()) for standing in row.member.standings_now)
    row.rate = percent(row.here, row.base)
    row.id_number = shown(user, row.member, row.organization, "id_number")
    row.phone = shown(user, row.member, row.organization, "phone")


def _titles(posts: Sequence[Post], organization_id: int) -> str:
    return enumerated(
        str(post.get_title_display()) for post in posts if post.organization_id == organization_id
    )


def _facts(
    member: Member, current: Membership | None, posts: Sequence[Post], today: date
) -> list[tuple[str, Any]]:
    place = current.organization_id if current else 0
    return [
        (_("Branch"), current.organization.name if current else ""),
        (_("Party group"), current.group.name if current and current.group else ""),
        (_("Membership"), _("Full member") if member.is_full_on(today) else _("Probationary member")),
        (_("Posts"), _titles([post for post in posts if post.holds_on(today)], place)),
        (_("Joined the Party on"), cn_date(member.joined_on)),
        (_("Full member since"), cn_date(member.full_member_on)),
    ]


def _private_facts(member: Member, branch: Organization | None, user: User) -> list[tuple[str, Any]]:
    if not sees_person(user, member, branch):
        return []
    return [
        (_("Gender"), member.get_gender_display()),
        (_("Ethnicity"), member.ethnicity),
        (_("Born on"), cn_date(member.born_on)),
        (_("ID number"), shown(user, member, branch, "id_number")),
        (_("Phone"), shown(user, member, branch, "phone")),
        (_("Leading cadre"), _("yes") if member.is_leading_cadre else _("no")),
    ]
