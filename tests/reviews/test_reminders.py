"""Plans to hand in and papers that wait: the slow writer and the slow reviewer are both reminded."""

from datetime import date, datetime, timedelta

import pytest

from branchlife.models import User
from meetings.enums import OrganizationKind, Period, Role
from meetings.models import Meeting, Organization
from meetings.periods import span_of
from meetings.services.reminders.plan import PlanResult, plan_reminders
from reviews.enums import Action, FindingReason, PlanState
from reviews.models import Plan
from reviews.services.plans import approve_plan, submit_plan
from reviews.services.records import accept_record
from reviews.services.rectification import ItemTerms, raise_item
from reviews.services.workflow import FindingDraft, perform
from tests.meetings.reminder_ledger import at
from tests.reviews.planning import Q1, Q4, draft, make_plan
from tests.reviews.recording import put_on_calendar, write_down
from tests.world import SINCE, World, appoint, make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
Q1_2026, Q2_2026 = (span_of(Period.QUARTER, date(2026, month, 1)) for month in (1, 4))
YEAR = span_of(Period.YEAR, date(2026, 1, 1))


def plan(kind: str, day: date) -> PlanResult:
    result = plan_reminders(now=at(day), kinds=[kind])
    assert result.failed == ()
    return result


def told(user: User, kind: str) -> list[str]:
    return [notice.sentence for notice in user.notices.current().filter(reminder__source=kind)]


def test_a_plan_is_asked_for_before_its_limit_and_after(world: World) -> None:
    """The plan of a quarter is due on the 5th of its first month; ten working days before is 22 December."""
    make_plan(world, PlanState.APPROVED, span=Q4, now=at(date(2026, 9, 28)))
    assert plan("quarter_plan", date(2026, 12, 20)).announced > 0  # the other branches' of this quarter
    assert told(world.secretary, "quarter_plan") == []
    plan("quarter_plan", date(2026, 12, 22))
    assert told(world.secretary, "quarter_plan") == [
        "办公室党支部：2027年第一季度计划应于2027年1月5日前提交。"
    ]
    told_now = world.secretary.notices.current().get(reminder__isnull=False)
    assert told_now.url == f"/branches/{world.branch.pk}/", "the committee is told, too, and makes no plan"
    plan("quarter_plan", date(2027, 1, 6))
    assert told(world.secretary, "quarter_plan") == [
        "办公室党支部：2027年第一季度计划已逾期（应于2027年1月5日前提交）。"
    ]


def test_a_draft_is_not_handed_in_and_a_plan_handed_in_stops_it_at_once(world: World) -> None:
    items = (draft(date(2027, 1, 20)),)
    paper = make_plan(world, PlanState.DRAFT, span=Q1, items=items, now=at(date(2026, 12, 20)))
    plan("quarter_plan", date(2026, 12, 23))
    assert any("第一季度" in sentence for sentence in told(world.secretary, "quarter_plan"))
    submit_plan(plan=paper, actor=world.secretary, now=at(date(2026, 12, 23)))
    assert not any("第一季度" in sentence for sentence in told(world.secretary, "quarter_plan"))
    assert plan("quarter_plan", date(2026, 12, 24)).reopened == 0


def test_the_plan_of_a_year_is_asked_for_where_nothing_of_the_year_was_handed_in(world: World) -> None:
    """Due on 31 March; three working days before is the 26th. Whoever plans by the quarter is left in peace."""
    make_plan(
        world, PlanState.APPROVED, branch=world.small_branch, author=world.small_secretary, span=Q1_2026,
        items=(draft(date(2026, 3, 20)),), now=at(date(2026, 1, 4)),
    )  # fmt: skip
    assert plan("year_plan", date(2026, 3, 16)).announced == 0
    plan("year_plan", date(2026, 3, 17))
    assert told(world.secretary, "year_plan") == ["办公室党支部：2026年计划应于2026年3月31日前提交。"]
    assert told(world.small_secretary, "year_plan") == []
    plan("year_plan", date(2026, 4, 9))
    assert told(world.secretary, "year_plan") == [
        "办公室党支部：2026年计划已逾期（应于2026年3月31日前提交）。"
    ]
    assert told(world.reviewer, "year_plan")
    items = (draft(date(2026, 6, 20)),)
    paper = make_plan(world, PlanState.DRAFT, span=YEAR, items=items, now=at(date(2026, 4, 9)))
    assert plan("year_plan", date(2026, 4, 10)).settled == 0, "a draft is not handed in"
    submit_plan(plan=paper, actor=world.secretary, now=at(date(2026, 4, 10)))
    assert told(world.secretary, "year_plan") == told(world.reviewer, "year_plan") == []


def test_a_plan_of_a_quarter_ends_being_asked_for_the_year_s_at_once(world: World) -> None:
    plan("year_plan", date(2026, 3, 17))
    items = (draft(date(2026, 6, 20)),)
    paper = make_plan(world, PlanState.DRAFT, span=Q2_2026, items=items, now=at(date(2026, 3, 18)))
    submit_plan(plan=paper, actor=world.secretary, now=at(date(2026, 3, 18)))
    assert told(world.secretary, "year_plan") == []
    assert plan("year_plan", date(2026, 3, 19)).reopened == 0


def send_back(paper: Plan | Meeting, actor: User, day: date) -> None:
    field = "plan" if isinstance(paper, Plan) else "content"
    found = [FindingDraft(FindingReason.MISSING, field, "未写明内容")]
    perform(paper, Action.RETURN, actor=actor, findings=found, now=at(day))


def test_a_plan_that_came_back_is_asked_for_until_it_is_handed_in_again(world: World) -> None:
    """From the third working day on; when it comes back again, the days are counted anew."""
    paper = make_plan(world, PlanState.SUBMITTED, now=at(MONDAY - timedelta(days=3)))
    send_back(paper, world.reviewer, MONDAY)
    assert plan("plan_returned", MONDAY + timedelta(days=2)).announced == 0
    plan("plan_returned", MONDAY + timedelta(days=3))
    sentence = "办公室党支部：2026年第四季度计划已于2026年11月23日退回，尚未修改提交。"
    assert told(world.secretary, "plan_returned") == [sentence]
    assert told(world.reviewer, "plan_returned") == []
    plan("plan_returned", MONDAY + timedelta(days=8))
    assert told(world.reviewer, "plan_returned") == [
        "办公室党支部未及时修改2026年第四季度计划（2026年11月23日退回）。"
    ]
    submit_plan(plan=paper, actor=world.secretary, now=at(MONDAY + timedelta(days=8), 10))
    assert told(world.secretary, "plan_returned") == told(world.reviewer, "plan_returned") == []
    send_back(paper, world.reviewer, MONDAY + timedelta(days=9))
    assert plan("plan_returned", MONDAY + timedelta(days=10)).announced == 0
    assert plan("plan_returned", MONDAY + timedelta(days=14)).announced == 1


def test_a_record_that_came_back_is_asked_for_and_no_longer_once_it_is_there(world: World) -> None:
    record = write_down(world, put_on_calendar(world), now=at(MONDAY))
    send_back(record, world.reviewer, MONDAY)
    plan("record_returned", MONDAY + timedelta(days=3))
    assert told(world.secretary, "record_returned") == [
        "办公室党支部：2026年11月20日主题党日的记录已于2026年11月23日退回，尚未修改提交。"
    ]
    perform(record, Action.SUBMIT, actor=world.secretary, now=at(MONDAY + timedelta(days=3), 10))
    assert told(world.secretary, "record_returned") == []
    assert plan("record_returned", MONDAY + timedelta(days=4)).reopened == 0


def test_a_waiting_plan_reminds_the_reviewer_and_never_its_author(world: World) -> None:
    appoint(world.secretary, world.committee, Role.REVIEWER)
    paper = make_plan(world, PlanState.SUBMITTED, now=at(MONDAY))
    assert plan("plan_review", MONDAY + timedelta(days=1)).announced == 0
    plan("plan_review", MONDAY + timedelta(days=2))
    assert told(world.reviewer, "plan_review") == [
        "办公室党支部2026年第四季度计划待您审核，请于2026年11月26日前办理。"
    ]
    plan("plan_review", MONDAY + timedelta(days=4))
    assert len(told(world.reviewer, "plan_review")) == 1
    assert told(world.secretary, "plan_review") == []
    approve_plan(plan=paper, actor=world.reviewer, now=at(MONDAY + timedelta(days=4), 10))
    assert told(world.reviewer, "plan_review") == []


def test_the_organization_above_a_slow_reviewer_hears_of_it(world: World) -> None:
    between = Organization.objects.add_child(
        Organization.objects.get(pk=world.committee.pk),
        {"name": "一总支", "kind": OrganizationKind.GENERAL_BRANCH, "founded_on": SINCE},
    )
    below = Organization.objects.add_child(
        between, {"name": "下支部", "kind": OrganizationKind.BRANCH, "founded_on": SINCE}
    )
    near, writer = make_user("near"), make_user("writer")
    appoint(near, between, Role.REVIEWER)
    appoint(writer, below, Role.SECRETARY)
    make_plan(world, PlanState.SUBMITTED, branch=below, author=writer, now=at(MONDAY))
    plan("plan_review", MONDAY + timedelta(days=4))
    assert len(told(near, "plan_review")) == 1
    assert told(world.reviewer, "plan_review") == []
    plan("plan_review", MONDAY + timedelta(days=8))
    assert len(told(world.reviewer, "plan_review")) == 1


def test_a_waiting_record_reminds_the_reviewer_until_it_is_accepted(world: World) -> None:
    record = write_down(world, put_on_calendar(world), now=at(MONDAY))
    day = MONDAY + timedelta(days=4)
    plan("record_review", day)
    (sentence,) = told(world.reviewer, "record_review")
    assert sentence == "办公室党支部：2026年11月20日主题党日的记录待审核，已超过办理期限（2026年11月26日）。"
    accept_record(meeting=record, actor=world.reviewer, now=at(day, 10))
    assert told(world.reviewer, "record_review") == []
    assert plan("record_review", day + timedelta(days=1)).announced == 0


def test_the_number_of_queries_does_not_grow_with_the_papers(
    world: World, django_assert_max_num_queries
) -> None:
    make_plan(world, PlanState.SUBMITTED, now=at(MONDAY))
    moment: datetime = at(MONDAY + timedelta(days=4))
    with django_assert_max_num_queries(40):
        plan_reminders(now=moment, kinds=["plan_review"])
    make_plan(
        world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary, now=at(MONDAY)
    )
    with django_assert_max_num_queries(40):
        plan_reminders(now=moment, kinds=["plan_review"])


def test_an_item_to_put_right_and_its_check(world: World) -> None:
    """The secretary and the member responsible; once reported as done, the reviewer."""
    terms = ItemTerms(problem="缺席未注明原因", owner=world.members[5], due_on=date(2026, 12, 4))
    item = raise_item(
        organization=world.branch, source="inspection", terms=terms, actor=world.reviewer, now=at(MONDAY)
    )
    assert plan("rectification", date(2026, 11, 26)).announced == 0
    plan("rectification", date(2026, 11, 27))
    sentence = "办公室党支部：有1项整改事项应于2026年12月4日前完成。"
    assert told(world.secretary, "rectification") == told(world.member, "rectification") == [sentence]
    perform(item, Action.CLAIM, actor=world.secretary, comment="已补正", now=at(date(2026, 12, 1)))
    assert told(world.secretary, "rectification") == told(world.member, "rectification") == []
    plan("rectification_check", date(2026, 12, 31))
    assert len(told(world.reviewer, "rectification_check")) == 1
    perform(item, Action.VERIFY, actor=world.reviewer, now=at(date(2026, 12, 31), 10))
    assert told(world.reviewer, "rectification_check") == []
