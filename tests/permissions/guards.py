"""Every guard of the site with the question its tests ask, and how it is taken away.

``holds`` is true while the guard stands; ``remove`` takes it away; then ``holds`` must be false, or the test that
asks the question would not notice a site without the guard. The names are the rows of "Guards" in
``docs/security.md``.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.template import Context, Engine, engines
from django.test import Client, override_settings
from django.utils import timezone

from branchlife import audit_check, cells, checks, reading, robots, sealing, sessions
from branchlife.checks import check_site
from branchlife.models import AuditEvent, User
from meetings import confidential, rules, uploads
from meetings.enums import MeetingState, Period, Role
from meetings.models import Appointment, Meeting, MeetingPart, PartyGroup
from meetings.models.meeting import MeetingQuerySet
from meetings.periods import span_of
from meetings.services import accounts, record
from meetings.views import lookup
from reviews.enums import Action, PlanState
from reviews.models import Plan
from reviews.services import workflow
from reviews.services.plans import create_plan
from tests.branchlife.trail import drop_guards, sql, write
from tests.held import hold
from tests.meetings.upload_files import packed
from tests.reviews.archiving import accepted
from tests.reviews.planning import make_plan
from tests.world import World

Patch = pytest.MonkeyPatch
PHONE = "13912345678"


@dataclass(frozen=True)
class Control:
    holds: Callable[[World], bool]
    remove: Callable[[World, Patch], object]
    prepare: Callable[[World, Patch], object] = lambda world, patch: None


def client_of(user: User, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    client.force_login(User.objects.get(pk=user.pk))
    return client


def status(user: User, url: str) -> int:
    return client_of(user).get(url).status_code


def refuses(error: type[Exception] | tuple[type[Exception], ...], work: Callable[[], object]) -> bool:
    """In a savepoint of its own, and with nothing left behind."""
    try:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)
    except error:
        return True
    return False


def without_middleware(name: str) -> Callable[[World, Patch], None]:
    def remove(_world: World, patch: Patch) -> None:
        patch.setattr(
            settings, "MIDDLEWARE", [each for each in settings.MIDDLEWARE if not each.endswith(name)]
        )

    return remove


def setting(name: str, value: Any) -> Callable[[World, Patch], None]:
    return lambda _world, patch: patch.setattr(f"django.conf.settings.{name}", value)


def put(place: object, name: str, value: Any) -> Callable[[World, Patch], None]:
    return lambda _world, patch: patch.setattr(place, name, value)


def no_triggers(_world: World, _patch: Patch) -> None:
    drop_guards()


# --- who may see and do what ---------------------------------------------------------------------


def foreign_meeting_is_hidden(world: World) -> bool:
    meeting = Meeting.objects.filter(organization=world.branch).first() or hold(
        world.branch, "theme_day", timezone.localdate()
    )
    return status(world.other_secretary, f"/meetings/{meeting.pk}/") == 404


def visitor_is_sent_to_the_door(_world: World) -> bool:
    return Client().get("/meetings/").status_code == 302


def member_reads_no_reasons_of_leave(world: World) -> bool:
    meeting = Meeting.objects.create(organization=world.branch, theme="学习", day=timezone.localdate())
    MeetingPart.objects.create(meeting=meeting, kind="theme_day", counts_for=meeting.day)
    return status(world.member, f"/meetings/{meeting.pk}/leaves/") == 403


def nobody_reviews_the_own_paper(world: World) -> bool:
    if not Appointment.objects.filter(user=world.secretary, role=Role.REVIEWER).exists():
        Appointment.objects.create(
            user=world.secretary, organization=world.committee, role=Role.REVIEWER, start_on="2020-01-01"
        )
    user = User.objects.get(pk=world.secretary.pk)
    return not rules.reviews_branch(user, world.branch)


def officers_hold_nothing_else(world: World) -> bool:
    facts = {"organization": world.committee, "role": Role.REVIEWER, "start_on": timezone.localdate()}
    return refuses(IntegrityError, lambda: Appointment.objects.create(user=world.audit_officer, **facts))


def id_number_is_masked(world: World) -> bool:
    member = world.members[2]
    member.id_number = "110101199003077534"
    member.save()
    return (
        "110101199003077534" not in client_of(world.reviewer).get(f"/members/{member.pk}/").content.decode()
    )


def telephone_is_sealed(world: World) -> bool:
    member = world.members[2]
    member.phone = PHONE
    member.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM meetings_member WHERE id = %s", [member.pk])
        return PHONE not in cursor.fetchone()[0]


# --- the door ------------------------------------------------------------------------------------


def sixth_wrong_password_waits(_world: World) -> bool:
    wrong = {"username": "reviewer", "password": "wrong"}
    return [Client().post("/sign-in/", wrong).status_code for _each in range(6)][-1] == 429


def unused_session_ends(world: World) -> bool:
    client = client_of(world.secretary)
    session = client.session
    session[sessions.SEEN] -= 31 * 60
    session.save()
    return client.get("/me/").status_code == 302


def new_role_signs_out(world: World) -> bool:
    client = client_of(world.outsider)
    seat = accounts.appoint(
        user=world.outsider, organization=world.committee, role=Role.REVIEWER, actor=world.security_officer
    )
    is_out = client.get("/me/").status_code == 302
    seat.delete()
    return is_out


def reviewer_needs_a_second_factor(world: World) -> bool:
    return status(world.reviewer, "/me/") == 302


def weak_password_is_refused(world: World) -> bool:
    return refuses(
        ValidationError, lambda: password_validation.validate_password("password", world.secretary)
    )


def form_without_token_is_refused(world: World) -> bool:
    return client_of(world.secretary, enforce_csrf_checks=True).post("/notices/read/").status_code == 403


# --- writing -------------------------------------------------------------------------------------


def second_decision_comes_too_late(world: World) -> bool:
    """Two reviewers looked at the same plan."""
    plan = Plan.objects.filter(organization=world.branch, state=PlanState.SUBMITTED).first() or make_plan(
        world, state=PlanState.SUBMITTED
    )
    seen = Plan.objects.get(pk=plan.pk), Plan.objects.get(pk=plan.pk)

    def both() -> None:
        for each in seen:
            workflow.perform(each, Action.APPROVE, actor=world.reviewer)

    return refuses((workflow.StaleState, PermissionDenied), both)


def set_blindly(subject: models.Model, to_state: str, columns: dict[str, object]) -> None:
    type(subject)._default_manager.filter(pk=subject.pk).update(state=to_state, **columns)
    subject.refresh_from_db()


def older_page_changes_nothing(world: World) -> bool:
    meeting = hold(world.branch, "theme_day", timezone.localdate())
    Meeting.objects.filter(pk=meeting.pk).update(version=meeting.version + 1)
    return refuses(record.ChangedMeanwhile, lambda: record.claim_version(meeting, meeting.version))


def double_click_leads_to_one_place(world: World) -> bool:
    """The same form twice: the second is led where the first was, and not told that the name is taken."""
    name = f"第{PartyGroup.objects.count() + 1}党小组"
    sent = {"name": name, "day": timezone.localdate().isoformat(), "once": str(uuid4())}
    client, there = client_of(world.secretary), f"/organizations/{world.branch.pk}/groups/new/"
    return [client.post(there, sent).status_code for _time in range(2)] == [302, 302]


def change_without_its_event_is_undone(world: World) -> bool:
    """The trail takes no more in the middle of a change."""

    def full(**_facts: object) -> None:
        raise ConnectionError

    before, span = Plan.objects.count(), span_of(Period.YEAR, timezone.localdate())
    with Patch.context() as patch:
        patch.setattr("reviews.services.plans.record_event", full)
        with pytest.raises(ConnectionError):
            write_plan(organization=world.branch, span=span, items=[], actor=world.secretary)
    return Plan.objects.count() == before


write_plan: Callable[..., object] = create_plan


def take_the_transaction_away(_world: World, patch: Patch) -> None:
    patch.setattr("tests.permissions.guards.write_plan", create_plan.__wrapped__)  # type: ignore[attr-defined]


def events_only_grow(world: World) -> bool:
    event = write(world.secretary, world.branch)
    change = "UPDATE branchlife_auditevent SET action = 'x.y' WHERE id = %s"
    return refuses(IntegrityError, lambda: sql(change, event.pk))


def tampering_is_found(world: World) -> bool:
    write(world.secretary, world.branch)
    drop_guards()
    sql("UPDATE branchlife_auditevent SET subject_label = 'x'")
    return any("was changed" in str(fault) for fault in audit_check.check_audit().faults)


def accepted_record_is_frozen(world: World) -> bool:
    meeting = Meeting.objects.filter(state=MeetingState.ACCEPTED).first() or accepted(world)
    change = "UPDATE meetings_meeting SET content = 'x' WHERE id = %s"
    return refuses(IntegrityError, lambda: sql(change, meeting.pk))


def looking_is_noted(world: World) -> bool:
    before = AuditEvent.objects.filter(action="member.read").count()
    client_of(world.reviewer).get(f"/members/{world.members[4].pk}/")
    return AuditEvent.objects.filter(action="member.read").count() > before


# --- what comes in and goes out -------------------------------------------------------------------


def macro_is_refused(_world: World) -> bool:
    parts = ("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    file = io.BytesIO(packed(dict.fromkeys(parts, b"<w/>")))
    return refuses(uploads.UploadRefused, lambda: uploads.judge_upload(file, "a.docx"))


def cell_is_no_formula(_world: World) -> bool:
    return cells.csv_cell("=HYPERLINK(1)").startswith("'")


def page_has_a_policy(_world: World) -> bool:
    return "default-src 'none'" in Client().get("/sign-in/").headers.get("Content-Security-Policy", "")


def text_is_escaped(_world: World) -> bool:
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]
    page = engine.from_string("{{ text }}").render(Context({"text": "<b>"}, autoescape=engine.autoescape))
    return "<b>" not in page


def own_network_is_not_called(_world: World) -> bool:
    return refuses(robots.AddressNotAllowed, lambda: robots.check_address("http://169.254.169.254/?key=1"))


def nul_is_refused(world: World) -> bool:
    return status(world.secretary, "/meetings/?q=%00") == 400


def weak_key_is_named(_world: World) -> bool:
    with override_settings(SECRET_KEY_IS_EPHEMERAL=True):
        return "branchlife.E001" in {each.id for each in check_site(None)}


def page_is_not_kept(world: World) -> bool:
    return "no-store" in client_of(world.secretary).get("/me/").headers.get("Cache-Control", "")


def everything(rows: models.QuerySet, _user: User) -> models.QuerySet:
    return rows.all()


def yes(*_asked: object) -> bool:
    return True


CONTROLS = {
    "scope of rows": Control(foreign_meeting_is_hidden, put(MeetingQuerySet, "visible_to", everything)),
    "sign-in required": Control(visitor_is_sent_to_the_door, without_middleware("LoginRequiredMiddleware")),
    "predicates": Control(member_reads_no_reasons_of_leave, put(lookup, "can_see_attendance", yes)),
    "four eyes": Control(nobody_reviews_the_own_paper, put(rules, "leads_branch", lambda user, place: False)),
    "officers apart": Control(officers_hold_nothing_else, no_triggers),
    "masked fields": Control(id_number_is_masked, put(confidential, "masked", lambda value, field: value)),
    "sealed fields": Control(telephone_is_sealed, put(sealing, "seal", lambda text, column: text)),
    "lock-out": Control(sixth_wrong_password_waits, setting("AXES_ENABLED", False)),
    "time-out": Control(unused_session_ends, setting("SESSION_IDLE", timedelta(days=9))),
    "signing out at a new role": Control(new_role_signs_out, put(accounts, "end_sessions", lambda user: 0)),
    "second factor": Control(
        reviewer_needs_a_second_factor, setting("SECOND_FACTOR", False), setting("SECOND_FACTOR", True)
    ),
    "password rules": Control(
        weak_password_is_refused, put(password_validation, "get_default_password_validators", list)
    ),
    "form token": Control(form_without_token_is_refused, without_middleware("CsrfViewMiddleware")),
    "compare-and-set": Control(
        second_decision_comes_too_late, put(workflow, "_compare_and_set", set_blindly)
    ),
    "mark of what was seen": Control(
        older_page_changes_nothing, put(record, "claim_version", lambda *seen: None)
    ),
    "one-time key": Control(double_click_leads_to_one_place, without_middleware("OnceMiddleware")),
    "event in the same transaction": Control(change_without_its_event_is_undone, take_the_transaction_away),
    "append-only trail": Control(events_only_grow, no_triggers),
    "sealed chain": Control(tampering_is_found, put(audit_check, "same_seal", lambda one, other: True)),
    "frozen records": Control(accepted_record_is_frozen, no_triggers),
    "noted readings": Control(looking_is_noted, put(reading, "record_event", lambda **facts: None)),
    "uploads judged": Control(macro_is_refused, put(uploads, "PROGRAMS", re.compile("(?!)"))),
    "cells without formulas": Control(cell_is_no_formula, put(cells, "STARTS", ())),
    "content policy": Control(page_has_a_policy, without_middleware("CSPMiddleware")),
    "escaping": Control(text_is_escaped, put(engines["django"].engine, "autoescape", False)),
    "allowed hosts of robots": Control(
        own_network_is_not_called, setting("ROBOT_HOSTS", ["http://169.254.169.254"])
    ),
    "clean input": Control(nul_is_refused, without_middleware("CleanInputMiddleware")),
    "deploy checks": Control(weak_key_is_named, put(checks, "QUESTIONS", ())),
    "nothing kept in caches": Control(page_is_not_kept, without_middleware("RequestFactsMiddleware")),
}
