"""`verify_audit`: what it says of an honest trail, and of one that is sound but odd."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as settings_module
from django.core.management import CommandError, call_command
from django.utils import timezone

from branchlife import audit_check
from branchlife.anchors import copy_anchors, write_anchor
from branchlife.audit import record_event, telling_history
from branchlife.audit_check import check_audit
from branchlife.models import AuditEvent, User
from branchlife.verification import DAILY, verify_daily
from tests.branchlife.trail import (
    NOW,
    OTHER,
    drop_guards,
    faults,
    faults_but_triggers,
    sql,
    write,
    write_trail,
)
from tests.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer() -> User:
    return make_user("writer")


@pytest.fixture(autouse=True)
def copies(tmp_path: Path, settings: Any) -> Path:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    return settings.AUDIT_ANCHOR_FILE


def test_an_honest_trail_has_no_fault(writer: User, capsys: pytest.CaptureFixture[str]) -> None:
    write_trail(writer, each=3)
    write_anchor(now=NOW)
    copy_anchors()
    call_command("verify_audit")
    printed = capsys.readouterr()
    assert printed.out.startswith("6 events in 2 chains, 1 anchors, 0 faults, ")
    assert printed.err == ""


def test_a_program_can_read_the_answer(writer: User, capsys: pytest.CaptureFixture[str]) -> None:
    write_trail(writer, each=1)
    call_command("verify_audit", "--format", "json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["events"], answer["chains"], answer["faults"], answer["notes"]) == (2, 2, [], [])


def test_progress_is_told_on_the_way(writer: User, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(audit_check, "CHUNK", 4)
    write_trail(writer, each=5)
    call_command("verify_audit")
    assert capsys.readouterr().err.splitlines() == ["4 of 10 events (40 %)", "8 of 10 events (80 %)"]


def test_copies_that_were_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call_command("verify_audit", "--anchors", str(tmp_path / "none"))


def test_copies_that_lag_are_worth_a_note(writer: User) -> None:
    write_anchor(now=NOW)
    report = check_audit()
    assert report.faults == []
    assert "reach to anchor 0 of 1" in report.notes[0]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"action": "Plan Created"}, "is not an action"),
        ({"subject_type": "nonsense"}, "is not a kind of thing"),
        ({"subject_id": ""}, "names no subject"),
        ({"difference": ["a"]}, "not a table"),
        ({"request_id": "12"}, "not the number of a request"),
    ],
)
def test_a_malformed_event_is_named(writer: User, facts: dict[str, Any], sentence: str) -> None:
    """Well sealed, but not as this application writes them."""
    event = write(writer, writer)
    row = {name: getattr(event, name) for name in audit_check.COLUMNS} | facts
    assert [word for word in audit_check._malformed(row) if sentence in word]


def test_an_event_from_the_future_is_named(writer: User) -> None:
    write(writer, writer, minutes=3 * 24 * 60)
    assert "lies in the future" in faults()[0]


def test_a_clock_that_was_set_back_is_worth_a_note(writer: User) -> None:
    """It proves nothing: the numbers and seals say in which order things were written."""
    write(writer, writer, minutes=10)
    write(writer, writer, minutes=9)  # two requests that overlapped
    write(writer, writer, OTHER, minutes=-60)  # another chain keeps its own time
    assert check_audit().notes == []
    write(writer, writer, minutes=5)
    report = check_audit()
    assert report.faults == []
    assert "set back" in report.notes[0]


def test_history_told_afterwards_says_so_under_its_seal(writer: User) -> None:
    """The demonstration's past year is no sign of a clock set back; the same without the mark is."""
    write(writer, writer, minutes=10)
    with telling_history():
        told = write(writer, writer, minutes=5, difference={"theme": "x"})
    assert told.difference == {"theme": "x", "history": True}
    assert check_audit(now=NOW).notes == []
    assert write(writer, writer, minutes=6).difference == {}
    assert "set back" in check_audit().notes[0]
    drop_guards()
    sql("UPDATE branchlife_auditevent SET difference = %s WHERE id = %s", '{"theme": "x"}', told.pk)
    assert "was changed" in faults_but_triggers()[0]


class TestDaily:
    def test_once_a_day_whoever_asks(self, writer: User) -> None:
        write_trail(writer, each=1)
        first = verify_daily()
        assert first is not None
        assert first.events == 2
        assert verify_daily() is None
        again = verify_daily(now=timezone.now() + DAILY + timedelta(minutes=1))
        assert again is not None
        assert AuditEvent.objects.filter(action="audit.verify").count() == 2

    def test_what_is_wrong_goes_to_the_log(self, writer: User, caplog: pytest.LogCaptureFixture) -> None:
        write_trail(writer, each=1)
        drop_guards()
        sql("UPDATE branchlife_auditevent SET subject_label = %s", "x")
        verify_daily()
        assert "The audit trail is broken" in caplog.text
        assert AuditEvent.objects.get(action="audit.verify").difference["faults"] > 0

    def test_the_clock_asks(self) -> None:
        entry = settings_module.CELERY_BEAT_SCHEDULE["verify-audit"]
        assert entry["task"] == "branchlife.verify_audit"
        assert entry["schedule"] <= 24 * 3600


def test_the_clock_may_be_a_little_ahead_of_us(writer: User) -> None:
    record_event(actor=None, action="job.done", subject=writer, now=timezone.now() + timedelta(seconds=20))
    assert check_audit().faults == []


def test_a_floor_above_may_bring_a_check_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_check, "_further", [])
    audit_check.add_check(lambda: [audit_check.Fault("record 7", "is another one")])
    assert [str(fault) for fault in check_audit().faults] == ["record 7: is another one"]
