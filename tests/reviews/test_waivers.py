"""Waivers: a reason, a name, a time; reminders stop; nobody lets the own branch off."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from branchlife.models import AuditEvent
from meetings.enums import MeetingKind, Role
from meetings.models import Membership, Notice, Obligation
from meetings.models.obligation import ObligationStatus
from meetings.services.obligations import generate_obligations, sync_obligations
from meetings.services.waivers import lift_waiver, waive_obligation
from tests.meetings.reminder_ledger import about, plan_lines
from tests.reviews.pages import MOST_QUERIES, html_of, open_page, queries, words
from tests.world import World, appoint, build_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    world = build_world()
    generate_obligations(as_of=TODAY)
    return world


@pytest.fixture
def line(world: World) -> Obligation:
    return Obligation.objects.get(
        organization=world.branch, kind=MeetingKind.COMMITTEE, period_start=date(2026, 10, 1)
    )


def test_waived_line_is_no_longer_overdue_and_its_reminders_stop(world: World, line: Obligation) -> None:
    plan_lines(NOW)
    told = Notice.objects.current().filter(**about(line))
    assert told.exists()
    waive_obligation(obligation=line, reason=" 支委会换届 ", actor=world.reviewer, now=NOW)
    assert line.status_on(TODAY) == ObligationStatus.WAIVED
    assert (line.waiver_reason, line.waived_by, line.waived_at) == ("支委会换届", world.reviewer, NOW)
    assert not told.exists()
    assert line not in Obligation.objects.overdue(TODAY)
    assert AuditEvent.objects.get(action="obligation.waive").difference == {"reason": "支委会换届"}


def test_lifted_waiver_is_owed_again(world: World, line: Obligation) -> None:
    waive_obligation(obligation=line, reason="停办", actor=world.administrator)
    lift_waiver(obligation=line, actor=world.administrator)
    assert line.status_on(TODAY) == ObligationStatus.OVERDUE
    with pytest.raises(ValidationError):
        lift_waiver(obligation=line, actor=world.administrator)


@pytest.mark.parametrize("who", ["secretary", "group_leader", "member", "other_reviewer", "outsider"])
def test_only_those_above_may_waive(world: World, line: Obligation, who: str) -> None:
    with pytest.raises(PermissionDenied):
        waive_obligation(obligation=line, reason="停办", actor=getattr(world, who))


def test_a_reviewer_who_leads_the_branch_may_not(world: World, line: Obligation) -> None:
    appoint(world.reviewer, world.branch, Role.SECRETARY)
    with pytest.raises(PermissionDenied):
        waive_obligation(obligation=line, reason="停办", actor=world.reviewer)


@pytest.mark.parametrize("reason", ["", "   ", "字" * 201])
def test_a_reason_is_asked_for(world: World, line: Obligation, reason: str) -> None:
    with pytest.raises(ValidationError, match="原因"):
        waive_obligation(obligation=line, reason=reason, actor=world.reviewer)


def test_second_waiver_is_told_that_nothing_is_open(world: World, line: Obligation) -> None:
    waive_obligation(obligation=line, reason="停办", actor=world.reviewer)
    with pytest.raises(ValidationError):
        waive_obligation(obligation=line, reason="停办", actor=world.administrator)


def test_a_waived_line_survives_when_the_rules_no_longer_ask_for_it(world: World, line: Obligation) -> None:
    waive_obligation(obligation=line, reason="停办", actor=world.reviewer)
    world.branch.dissolved_on = date(2026, 10, 15)
    world.branch.save()
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 12, 31))
    assert Obligation.objects.filter(pk=line.pk).exists()
    assert not Obligation.objects.filter(organization=world.branch, period_start=date(2026, 11, 1)).exists()


def test_the_database_refuses_a_waiver_without_a_name(line: Obligation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.filter(pk=line.pk).update(waived_at=NOW, waiver_reason="停办")


def test_page_shows_rule_meetings_and_waiver(world: World, line: Obligation) -> None:
    path = f"/obligations/{line.pk}/"
    assert "第十二条" in words(html_of(world.reviewer, path))
    assert "obligation_waive" not in html_of(world.secretary, path)
    assert "/waive/" not in html_of(world.secretary, path)
    waive_obligation(obligation=line, reason="支委会换届", actor=world.reviewer)
    text = words(html_of(world.secretary, path))
    assert "支委会换届" in text
    assert "周审核" in text
    assert queries(world.reviewer, path) <= MOST_QUERIES
    assert open_page(world.other_reviewer, path).status_code == 404


def test_list_leads_to_the_line(world: World, line: Obligation) -> None:
    html = html_of(world.secretary, f"/obligations/?year=2026&organization={world.branch.pk}&kind=committee")
    assert f'href="/obligations/{line.pk}/"' in html


def test_a_lifted_waiver_of_what_is_no_longer_owed_takes_the_line_with_it(world: World) -> None:
    line = Obligation.objects.get(
        organization=world.branch, kind=MeetingKind.COMMITTEE, period_start=date(2026, 12, 1)
    )
    waive_obligation(obligation=line, reason="机构调整", actor=world.reviewer, now=NOW)
    Membership.objects.filter(member__in=world.members[:3]).update(end_on=date(2026, 6, 30))
    generate_obligations(as_of=TODAY)
    assert Obligation.objects.filter(pk=line.pk).exists()
    assert lift_waiver(obligation=line, actor=world.reviewer, now=NOW) is None
    assert not Obligation.objects.filter(pk=line.pk).exists()
