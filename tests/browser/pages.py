"""Every page of the site with something on it, and who looks at it."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from branchlife.models import Job, User
from meetings.enums import MeetingState, Role
from meetings.models import Meeting, Member, Obligation, Organization
from meetings.models.rule import RuleVersion
from meetings.services.accounts import password_link
from meetings.services.imports import ImportKind
from meetings.services.imports.jobs import receive_import
from meetings.views.rulebook import STEMS
from reviews.enums import PlanState
from reviews.models import Plan
from tests.browser.demo import ADMINISTRATOR, GROUP_LEADER, MEMBER, NOW, REVIEWER, SECRETARY, enter
from tests.browser.pages_attendance import attendance_pages
from tests.browser.pages_audit import audit_stops
from tests.browser.pages_closed import closed_pages
from tests.browser.pages_contacts import contact_stops
from tests.browser.pages_inspections import inspection_stops
from tests.browser.pages_rectification import rectification_stops
from tests.browser.pages_reminders import reminder_stops
from tests.browser.pages_review import review_stops
from tests.browser.pages_roster import roster_pages
from tests.browser.pages_votes import vote_pages
from tests.browser.stops import Stop
from tests.meetings.workbook_files import workbook

# Of the sheet that is imported: its cells are named as they stand there, in any language.
SHEET_HEADINGS = ("姓名", "所在党支部", "入党时间", "转正时间", "身份证号")


def every_page() -> list[Stop]:
    """Read from the made-up committee, so that each page has rows, findings and steps to show."""
    newcomer = User.objects.get(appointments__role=Role.ADMINISTRATOR)
    door = [Stop("", "", "/sign-in/"), Stop("", "", password_link(newcomer))]
    topics = (
        _secretaries, _committee, _others, roster_pages, vote_pages, attendance_pages, rectification_stops,
        closed_pages, reminder_stops, review_stops, inspection_stops,
        contact_stops, audit_stops,
    )  # fmt: skip
    return [*door, *(stop for pages in topics for stop in pages())]


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
            "notice_list", "my_page", "change_password", "security", "second_factor_set_up",
        )
    ]  # fmt: skip
    own += [
        reverse("branch_detail", args=[office.pk]),
        reverse("branch_register", args=[office.pk]),
        reverse("member_detail", args=[colleague.pk]),
        reverse("plan_detail", args=[approved.pk]),
        reverse("meeting_detail", args=[coming.pk]),
        reverse("meeting_detail", args=[accepted.pk]),
        reverse("meeting_edit", args=[coming.pk]),
        reverse("meeting_record", args=[coming.pk]),
        reverse("meeting_step", args=[coming.pk, "cancel"]),
        reverse("meeting_attachments", args=[coming.pk]),
        reverse("meeting_attachments", args=[accepted.pk]),
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
    yield from (Stop(ADMINISTRATOR, "机关党委", url) for url in _administrators())


def _administrators() -> Iterator[str]:
    names = (
        "workbench", "import_list", "account_list", "appointment_create", "dashboard", "member_list",
        "rule_list", "rule_duties", "rule_import", "rule_create", "workday_now",
    )  # fmt: skip
    yield from (reverse(name) for name in names)
    yield reverse("workday_year", args=[NOW.year])
    yield reverse("import_detail", args=[_import_with_faults().pk])
    overdue = Obligation.objects.overdue(NOW.date()).first()
    assert overdue
    yield reverse("obligation_detail", args=[overdue.pk])
    for model, stem in STEMS.items():
        national, local = _with_override(model)
        yield from (reverse(f"{stem}_{page}", args=[national.pk]) for page in ("detail", "override"))
        yield from (reverse(f"{stem}_{page}", args=[local.pk]) for page in ("change", "end", "basis"))


def _with_override(model: type[RuleVersion]) -> tuple[RuleVersion, RuleVersion]:
    """A national rule, and the committee's own in its place."""
    national = model._default_manager.filter(owner=None).first()
    assert national
    local = model._default_manager.get(pk=national.pk)
    local.pk, local.owner = None, Organization.objects.get(name__endswith="机关党委")
    local.save()
    return national, local


def _import_with_faults() -> Job:
    """What stands in its cells is either known data or not Chinese, so that the page's own words show."""
    known = Member.objects.order_by("pk").values_list("name", flat=True)
    rows = [
        list(SHEET_HEADINGS),
        [known[20], "办公室党支部", "2010-7-1", "2011-7-1", ""],
        [known[21], "Nowhere", "2026-02-30", "2011-7-1", "12"],
    ]
    file = SimpleUploadedFile("roster.xlsx", workbook(rows).getvalue())
    administrator = User.objects.get(appointments__role=Role.ADMINISTRATOR)
    return receive_import(
        kind=ImportKind.ROSTER, file=file, filename="roster.xlsx", year=None, actor=administrator
    )


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
    person = attrgetter("role", "place")
    for (role, place), stops in groupby(sorted(every_page(), key=person), key=person):
        context.clear_cookies()  # the door speaks Chinese again
        page = context.new_page()
        if role:
            enter(page, role, place)
        for stop in stops:
            page.goto(stop.url)
            yield stop, page
        page.close()
