"""Rounds of inspections and their visits: frame, cap, draw, checklist, items to put right, re-check."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from branchlife.models import AuditEvent
from meetings.enums import Role
from meetings.models import Notice
from reviews.draw import commitment_of
from reviews.enums import InspectionKind, VisitState
from reviews.inspection_rules import sees_draw
from reviews.models import Inspection, Visit
from reviews.services.inspections.frames import recency_of
from reviews.services.inspections.rounds import draw_again, draw_inspection
from reviews.services.inspections.visits import (
    begin_visit,
    finish_visit,
)
from reviews.services.workflow import StaleState
from tests.reviews.inspecting import (
    bring_to,
    drawn,
    fill_in,
    make_inspection,
    make_visit,
    opened,
    visit_of,
)
from tests.reviews.planning import NOW, TODAY
from tests.reviews.recording import at
from tests.world import World, appoint, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with at():
        yield build_world()


# --- the round


def test_the_sums_are_published_before_the_draw(world: World) -> None:
    inspection = opened(world)
    event = AuditEvent.objects.get(action="inspection.create")
    assert event.difference["commitment"] == inspection.commitment == commitment_of(inspection.seed)
    assert event.difference["frame"] == inspection.frame_digest
    assert inspection.seed not in str(event.difference)
    assert not any(sees_draw(getattr(world, role), inspection) for role in ("reviewer", "administrator"))


def test_the_seed_lies_sealed(world: World) -> None:
    inspection = opened(world)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT seed FROM reviews_inspection WHERE id = %s", [inspection.pk])
        assert inspection.seed not in cursor.fetchone()[0]


def test_a_draw_can_be_made_again_by_anybody(world: World) -> None:
    inspection = drawn(world, number=1)
    verdict = draw_again(Inspection.objects.get(pk=inspection.pk))
    assert verdict.is_true
    assert verdict.drawn == [str(inspection.visits.get().organization_id)]
    assert AuditEvent.objects.get(action="inspection.drawn").difference["seed"] == inspection.seed


@pytest.mark.parametrize("fault", ["seed", "frame", "result"])
def test_what_was_tampered_with_does_not_fit(world: World, fault: str) -> None:
    inspection = drawn(world, number=1)
    if fault == "seed":
        Inspection.objects.update(seed="0" * 64)
    elif fault == "frame":
        inspection.frame.filter(organization=world.branch).update(grade="优秀")
    else:
        visit = inspection.visits.get()
        other = world.small_branch if visit.organization == world.branch else world.branch
        Visit.objects.update(organization=other)
    verdict = draw_again(Inspection.objects.get(pk=inspection.pk))
    fits = {"seed": verdict.seed_fits, "frame": verdict.frame_fits, "result": verdict.drawn_fits}
    assert not fits[fault]
    assert not verdict.is_true


@pytest.mark.parametrize(
    ("days", "recency"),
    [(None, "never"), (366, "over_year"), (365, "over_half"), (183, "over_half"), (182, "less"), (0, "less")],
)
def test_strata_by_time_since_the_last_visit(days: int | None, recency: str) -> None:
    assert recency_of(None if days is None else TODAY - timedelta(days=days), TODAY) == recency


def test_a_branch_at_its_cap_is_not_drawn(world: World) -> None:
    """The burden guard: the first round visits the branch only, the second must leave it out."""
    first = drawn(world)
    other = first.visits.get(organization=world.small_branch)
    bring_to(other, world, VisitState.CALLED_OFF)
    close_all(world, first)
    with pytest.raises(ValidationError) as refusal:
        opened(world, cap=1)
    assert "number" in refusal.value.message_dict
    second = opened(world, cap=1, number=1)
    barred = second.frame.get(organization=world.branch)
    assert (barred.barred, barred.visits_in_year, barred.recency) == (True, 1, "less")
    (visit,) = draw_inspection(inspection=second, version=1, actor=world.reviewer, now=NOW)
    assert visit.organization == world.small_branch


def test_without_the_cap_the_branch_would_be_drawn(world: World) -> None:
    close_all(world, drawn(world))
    assert not opened(world, cap=2, number=2).frame.filter(barred=True).exists()


def close_all(world: World, inspection: Inspection) -> None:
    visit = visit_of(world, inspection)
    bring_to(visit, world, VisitState.CLOSED)


def test_a_cap_reached_meanwhile_stops_the_draw(world: World) -> None:
    """A general branch's round and the committee's are open at once; the database knows no such rule."""
    waiting = opened(world, cap=1)
    visit = Visit(inspection=make_elsewhere(world), organization=world.branch, announced=False)
    visit.save()
    with pytest.raises(ValidationError):
        draw_inspection(inspection=waiting, version=1, actor=world.reviewer, now=NOW)


def make_elsewhere(world: World) -> Inspection:
    inspection = Inspection.objects.get()
    inspection.pk, inspection.organization = None, world.other_committee
    inspection.save()
    return inspection


def test_one_round_at_a_time_waits_for_its_draw(world: World) -> None:
    opened(world)
    with pytest.raises((StaleState, ValidationError)):
        opened(world)
    assert Inspection.objects.count() == 1


@pytest.mark.parametrize(
    "terms", [{"ends_on": date(2027, 1, 3)}, {"number": 3}, {"ends_on": date(2026, 11, 1)}]
)
def test_a_round_that_cannot_be(world: World, terms: dict) -> None:
    with pytest.raises(ValidationError):
        opened(world, **terms)


def test_a_round_called_off_shows_its_seed(world: World) -> None:
    """Nobody can open rounds until one suits: what would have been drawn stays to be seen."""
    inspection = make_inspection(world, "called_off")
    assert sees_draw(world.secretary, inspection)
    assert not inspection.visits.exists()


# --- unannounced means unannounced


@pytest.mark.parametrize("kind", InspectionKind.values)
def test_the_branch_sees_an_unannounced_visit_only_afterwards(world: World, kind: str) -> None:
    visit = make_visit(world, kind=kind)
    announced = kind == InspectionKind.ANNOUNCED
    assert sees(world.secretary, visit) is announced
    assert sees_draw(world.secretary, visit.inspection) is announced
    assert (
        Notice.objects.filter(recipient=world.secretary, code="inspection.drawn").count() == 1
    ) is announced
    begin_visit(visit=visit, version=visit.version, actor=world.small_secretary, now=NOW)
    assert sees(world.secretary, visit) is announced
    fill_in(visit, world)
    finish_visit(visit=visit, actor=world.small_secretary, now=NOW)
    assert sees(world.secretary, visit)
    # One more branch is still to be visited: the seed would give it away.
    assert sees_draw(world.secretary, visit.inspection) is announced
    bring_to(visit.inspection.visits.get(organization=world.small_branch), world, VisitState.CALLED_OFF)
    assert sees_draw(world.secretary, visit.inspection)


def sees(user, visit: Visit) -> bool:
    fresh = type(user).objects.get(pk=user.pk)
    return Visit.objects.visible_to(fresh).filter(pk=visit.pk).exists()


def test_a_reviewer_who_leads_the_branch_is_treated_as_the_branch(world: World) -> None:
    appoint(world.secretary, world.committee, Role.REVIEWER)
    both = type(world.secretary).objects.get(pk=world.secretary.pk)
    visit = make_visit(world)
    assert not sees(both, visit)
    assert not sees_draw(both, visit.inspection)
    assert sees(both, visit.inspection.visits.get(organization=world.small_branch))
