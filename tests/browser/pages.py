"""Every page of the site with something on it, and who looks at it."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from meetings.enums import MeetingState
from meetings.models import Meeting, Member, Organization
from reviews.enums import PlanState
from reviews.models import Plan
from tests.browser.demo import ADMINISTRATOR, GROUP_LEADER, MEMBER, REVIEWER, SECRETARY, enter


class Stop(NamedTuple):
    role: str  # empty: a visitor
    place: str
    url: str


def every_page() -> list[Stop]:
    """Read from the made-up committee, so that each page has rows, findings and steps to show."""
    return [Stop("", "", "/sign-in/"), *_secretaries(), *_committee(), *_others()]


def _secretaries() -> Iterator[Stop]:
    office, finance, data, hall, joint = (
        Organization.objects.get(name=name)
        for name in (
            "办公室党支部",
            "规划财务处党支部",
            "数据中心党支部",
            "服务大厅党支部",
            "新兴领域联合党支部",
        )
    )
    colleague = Member.objects.filter(memberships__organization=office).first()
    coming, accepted = _meeting(office, MeetingState.SCHEDULED), _meeting(office, MeetingState.ACCEPTED)
    approved = Plan.objects.filter(organization=office, state=PlanState.APPROVED).first()
    assert colleague and approved
    own = [
        reverse(name)
        for name in (
            "workbench", "obligation_list", "plan_list", "meeting_list", "meeting_create", "member_list",
            "notice_list", "my_page", "change_password",
        )
    ]  # fmt: skip
    own += [
        reverse("branch_detail", args=[office.pk]),
        reverse("member_detail", args=[colleague.pk]),
        reverse("plan_detail", args=[approved.pk]),
        reverse("meeting_detail", args=[coming.pk]),
        reverse("meeting_detail", args=[accepted.pk]),
        reverse("meeting_edit", args=[coming.pk]),
        reverse("meeting_record", args=[coming.pk]),
        reverse("meeting_step", args=[coming.pk, "cancel"]),
        "/no-such-page/",
        reverse("dashboard"),  # forbidden
        reverse("meeting_record", args=[accepted.pk]),  # too late
    ]
    yield from (Stop(SECRETARY, office.name, url) for url in own)
    yield Stop(SECRETARY, finance.name, reverse("plan_create"))
    returned = Plan.objects.get(organization=data, state=PlanState.RETURNED)
    yield from (
        Stop(SECRETARY, data.name, reverse(name, args=[returned.pk])) for name in ("plan_detail", "plan_edit")
    )
    record = _meeting(hall, MeetingState.RETURNED)
    yield Stop(SECRETARY, hall.name, reverse("meeting_record", args=[record.pk]))
    yield Stop(SECRETARY, joint.name, reverse("workbench"))


def _committee() -> Iterator[Stop]:
    waiting = Plan.objects.get(state=PlanState.SUBMITTED)
    record = Meeting.objects.filter(state=MeetingState.SUBMITTED).first()
    assert record
    urls = [reverse(name) for name in ("workbench", "inbox", "dashboard", "branch_list", "obligation_list")]
    urls += [reverse("plan_detail", args=[waiting.pk]), reverse("meeting_detail", args=[record.pk])]
    yield from (Stop(REVIEWER, "机关党委", url) for url in urls)
    names = ("workbench", "import_list", "account_list", "appointment_create", "dashboard", "member_list")
    yield from (Stop(ADMINISTRATOR, "机关党委", reverse(name)) for name in names)


def _others() -> Iterator[Stop]:
    names = ("workbench", "meeting_list", "my_page")
    yield from (Stop(MEMBER, "办公室党支部", reverse(name)) for name in names)
    yield from (Stop(GROUP_LEADER, "办公室党支部", reverse(name)) for name in ("workbench", "member_list"))


def _meeting(branch: Organization, state: MeetingState) -> Meeting:
    found = Meeting.objects.filter(organization=branch, state=state).order_by("day").first()
    assert found
    return found


def visit(context: BrowserContext) -> Iterator[tuple[Stop, Page]]:
    """One person after the other through the front door, then page by page."""
    for (role, place), stops in groupby(every_page(), key=lambda stop: (stop.role, stop.place)):
        context.clear_cookies()  # the door speaks Chinese again
        page = context.new_page()
        if role:
            enter(page, role, place)
        for stop in stops:
            page.goto(stop.url)
            yield stop, page
        page.close()
