"""Visits of an inspection: who goes, the checklist, what becomes of its findings, the re-check (回头看)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from meetings.enums import Role
from meetings.models import Notice
from meetings.reminding import Horizon, source_of
from meetings.services.obligations import generate_obligations
from reviews.enums import Action, Cause, RectificationSource, RectificationState, VisitState
from reviews.models import Inspection, Rectification, Visit
from reviews.services.inspections.rechecks import Remark, recheck_visit
from reviews.services.inspections.rounds import draw_inspection
from reviews.services.inspections.visits import (
    AnswerDraft,
    assign_visit,
    begin_visit,
    finish_visit,
    possible_inspectors,
    save_answers,
)
from reviews.services.workflow import StaleState, perform
from tests.reviews.inspecting import (
    FAULT,
    assign,
    bring_to,
    close,
    drawn,
    fill_in,
    make_visit,
    mend_all,
    recheck,
    visit_of,
)
from tests.reviews.planning import NOW, TODAY
from tests.reviews.recording import at, submitted
from tests.reviews.rectifying import step
from tests.world import World, appoint, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with at():
        yield build_world()


def test_inspectors_are_never_of_the_branch(world: World) -> None:
    visit = make_visit(world)
    people = set(possible_inspectors(visit, TODAY))
    assert {world.reviewer, world.small_secretary, world.administrator} <= people
    assert not people & {world.secretary, world.group_leader, world.member, world.other_reviewer}
    with pytest.raises(ValidationError):
        assign_visit(
            visit=visit, version=visit.version, inspectors=[world.secretary], day=None, actor=world.reviewer
        )


def test_an_inspector_who_joins_the_branch_inspects_no_more(world: World) -> None:
    visit = make_visit(world)
    appoint(world.small_secretary, world.branch, Role.GROUP_LEADER, world.groups[0])
    person = type(world.small_secretary).objects.get(pk=world.small_secretary.pk)
    with pytest.raises(PermissionDenied):
        begin_visit(visit=visit, version=visit.version, actor=person, now=NOW)


def test_the_checklist_comes_from_the_rule_book(world: World) -> None:
    generate_obligations(as_of=TODAY)
    submitted(world)  # a theme day
    visit = make_visit(world, VisitState.CHECKING)
    found = {(row.section, row.code): row.facts for row in visit.answers.all()}
    assert {code for section, code in found if section == "owed"} >= {"general", "committee", "theme_day"}
    assert found["owed", "theme_day"]["held"] == 1
    assert ("elements", "attendance") in found
    assert found["procedure", "theme_day"]["steps"][0] == "支部研究确定主题和内容"
    assert found["mended", "items"] == {"n": 0}
    assert visit.inspection.state == "visiting"


def test_a_branch_without_a_committee_is_not_asked_for_its_meetings(world: World) -> None:
    generate_obligations(as_of=TODAY)
    inspection = drawn(world)
    visit = inspection.visits.get(organization=world.small_branch)
    assign_visit(
        visit=visit,
        version=visit.version,
        inspectors=[world.reviewer],
        day=None,
        actor=world.reviewer,
        now=NOW,
    )
    begin_visit(visit=visit, version=visit.version, actor=world.reviewer, now=NOW)
    assert not visit.answers.filter(section="owed", code__in=["committee", "group"]).exists()
    assert visit.answers.filter(section="owed", code="general").exists()


def test_a_no_says_what_is_wrong(world: World) -> None:
    visit = make_visit(world, VisitState.CHECKING)
    row = visit.answers.first()
    with pytest.raises(ValidationError):
        save_answers(
            visit=visit, version=visit.version, answers={row.pk: AnswerDraft("no")}, summary="",
            actor=world.small_secretary, now=NOW,
        )  # fmt: skip


def test_a_visit_is_handed_over_when_everything_is_answered(world: World) -> None:
    visit = make_visit(world, VisitState.CHECKING)
    with pytest.raises(ValidationError):
        finish_visit(visit=visit, actor=world.small_secretary, now=NOW)
    assert Visit.objects.get(pk=visit.pk).state == VisitState.CHECKING


def test_faults_become_items_to_put_right(world: World) -> None:
    visit = make_visit(world, VisitState.MENDING)
    item = Rectification.objects.get()
    assert (item.organization, item.source) == (world.branch, RectificationSource.INSPECTION)
    assert (item.problem, item.from_above, item.raised_by) == (FAULT, True, world.small_secretary)
    assert item.cause in Cause.values
    assert visit.answers.get(item=item).answer == "no"
    assert visit.recheck_on > item.due_on
    told = Notice.objects.current().filter(recipient=world.secretary)
    assert {"visit.report", "rectification.create"} <= set(told.values_list("code", flat=True))


def test_nothing_found_closes_the_visit(world: World) -> None:
    visit = make_visit(world, VisitState.CHECKING)
    fill_in(visit, world)
    assert finish_visit(visit=visit, actor=world.small_secretary, now=NOW) == []
    assert visit.state == VisitState.CLOSED
    assert not Rectification.objects.exists()


def test_faults_cannot_be_closed_as_nothing_found(world: World) -> None:
    visit = make_visit(world, VisitState.CHECKING)
    fill_in(visit, world, faults=1)
    columns = {"checked_by": world.small_secretary, "checked_at": NOW}
    with pytest.raises(PermissionDenied):
        perform(visit, Action.CLEAR, actor=world.small_secretary, columns=columns, now=NOW)


# --- 回头看


def test_only_a_recheck_closes_the_visit(world: World) -> None:
    """Verified one by one on the list, the items do not close it."""
    visit = make_visit(world, VisitState.MENDING)
    mend_all(visit, world)
    step(visit.items().get(), Action.VERIFY, world.reviewer)
    visit.refresh_from_db()
    assert visit.state == VisitState.MENDING
    assert recheck(visit, world, mended=True)
    assert visit.state == VisitState.CLOSED


def test_a_recheck_verifies_what_was_reported(world: World) -> None:
    visit = make_visit(world, VisitState.MENDING)
    mend_all(visit, world)
    assert recheck(visit, world, mended=True)
    item = visit.items().get()
    assert (item.state, item.verified_by) == (RectificationState.CLOSED, world.reviewer)


@pytest.mark.parametrize("verified", [False, True])
def test_what_is_not_mended_is_reopened(world: World, verified: bool) -> None:
    visit = make_visit(world, VisitState.MENDING)
    mend_all(visit, world)
    if verified:
        step(visit.items().get(), Action.VERIFY, world.reviewer)
    assert not recheck(visit, world, mended=False)
    assert visit.items().get().state == RectificationState.REOPENED
    assert visit.state == VisitState.MENDING
    assert Notice.objects.current().filter(recipient=world.secretary, code="visit.recheck").exists()
    mend_all(visit, world)
    assert recheck(visit, world, mended=True)


def test_what_the_branch_has_not_reported_cannot_be_seen_as_mended(world: World) -> None:
    visit = make_visit(world, VisitState.MENDING)
    with pytest.raises(ValidationError):
        recheck(visit, world, mended=True)
    visit.refresh_from_db()
    assert not recheck(visit, world, mended=False)
    assert visit.items().get().state == RectificationState.OPEN


def test_a_recheck_looks_at_every_item(world: World) -> None:
    visit = make_visit(world, VisitState.MENDING)
    with pytest.raises(StaleState):
        recheck_visit(
            visit=visit, version=visit.version, remarks={}, actor=world.reviewer, now=NOW, comment="好"
        )
    with pytest.raises(PermissionDenied):
        item = visit.items().get()
        recheck_visit(
            visit=visit, version=visit.version, remarks={item.pk: Remark(False, "缺")}, actor=world.secretary,
            now=NOW,
        )  # fmt: skip


def test_a_revoked_item_holds_nothing_up(world: World) -> None:
    visit = make_visit(world, VisitState.MENDING)
    step(visit.items().get(), Action.REVOKE, world.reviewer)
    assert recheck(visit, world, mended=True)


def test_people_are_reminded_of_the_recheck(world: World) -> None:
    visit = make_visit(world, VisitState.MENDING)
    source = source_of("visit_recheck")
    horizon = Horizon(TODAY, visit.recheck_on)
    assert [(m.subject, m.due_on) for m in source.due(horizon, None)] == [(visit.pk, visit.recheck_on)]
    assert not list(source.due(Horizon(TODAY, visit.recheck_on - timedelta(days=1)), None))
    assert not list(source.due(horizon, [visit.pk + 1]))
    (matter,) = source.due(horizon, [visit.pk])
    assert source.facts([matter])[matter].url == f"/visits/{visit.pk}/"
    mend_all(visit, world)
    recheck(visit, world, mended=True)
    assert not list(source.due(horizon, None))


def test_the_round_is_closed_when_all_visits_are(world: World) -> None:
    inspection = drawn(world)
    visit = visit_of(world, inspection)
    bring_to(visit, world, VisitState.MENDING)
    bring_to(inspection.visits.get(organization=world.small_branch), world, VisitState.CALLED_OFF)
    inspection.refresh_from_db()
    with pytest.raises(PermissionDenied):
        close(inspection, world, Action.CONCLUDE)
    mend_all(visit, world)
    recheck(visit, world, mended=True)
    close(inspection, world, Action.CONCLUDE)
    assert inspection.state == "closed"


def test_whoever_comes_second_is_told(world: World) -> None:
    visit = make_visit(world)
    seen = visit.version
    assign(visit, world)
    with pytest.raises(StaleState):
        begin_visit(visit=visit, version=seen, actor=world.small_secretary, now=NOW)
    inspection = Inspection.objects.get()
    with pytest.raises(StaleState):
        draw_inspection(inspection=inspection, version=1, actor=world.reviewer, now=NOW)
