"""Somebody who can write to the database, triggers out of the way, changes the past: each kind is found.

Every kind is tried twice: as somebody in a hurry, and as somebody who knows how the chains are built and
mends whatever can be mended without the key.
"""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from branchlife.anchors import copy_anchors, write_anchor
from branchlife.models import AuditEvent, AuditHead
from tests.branchlife.trail import (
    CHAIN,
    NOW,
    OTHER,
    drop_guards,
    faults,
    faults_but_triggers,
    put_back,
    rows_of,
    sql,
    write,
    write_trail,
)
from tests.world import make_user

pytestmark = pytest.mark.django_db
EVENT, HEAD, ANCHOR = "branchlife_auditevent", "branchlife_audithead", "branchlife_auditanchor"


@pytest.fixture
def copies(tmp_path: Path, settings: Any) -> Path:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    return settings.AUDIT_ANCHOR_FILE


@pytest.fixture
def trail(copies: Path) -> None:
    write_trail(make_user("writer", "沈玉芳"))
    write_anchor(now=NOW)
    copy_anchors()
    assert faults() == []
    drop_guards()


def event(number: int, chain: str = CHAIN) -> AuditEvent:
    return AuditEvent.objects.get(chain=chain, number=number)


def renumber(first: int, by: int) -> None:
    """Through numbers nobody has, so that no two meet on the way."""
    sql(f"UPDATE {EVENT} SET number = number + 1000 + %s WHERE chain = %s AND number >= %s", by, CHAIN, first)
    sql(f"UPDATE {EVENT} SET number = number - 1000 WHERE chain = %s AND number > 1000", CHAIN)


def change_a_word() -> None:
    sql(f"UPDATE {EVENT} SET actor_label = 'somebody else' WHERE id = %s", event(2).pk)


def change_any(column: str, value: Any) -> None:
    AuditEvent.objects.filter(pk=event(2).pk).update(**{column: value})


def delete_one() -> None:
    sql(f"DELETE FROM {EVENT} WHERE id = %s", event(3).pk)


def delete_one_and_close_the_gap() -> None:
    gone = event(3)
    sql(f"DELETE FROM {EVENT} WHERE id = %s", gone.pk)
    renumber(4, -1)
    sql(f"UPDATE {EVENT} SET previous = %s WHERE chain = %s AND number = 3", gone.previous, CHAIN)
    sql(f"UPDATE {HEAD} SET number = 4 WHERE chain = %s", CHAIN)


def insert_one() -> None:
    """With a seal made under a key of one's own."""
    renumber(3, 1)
    forged = event(2)
    forged.pk, forged.number, forged.previous, forged.digest = None, 3, forged.digest, "ab" * 32
    forged.save(force_insert=True)


def insert_at_the_end() -> None:
    last = event(5)
    last.pk, last.number, last.previous, last.digest = None, 6, last.digest, "ab" * 32
    last.save(force_insert=True)
    sql(f"UPDATE {HEAD} SET number = 6, digest = %s WHERE chain = %s", last.digest, CHAIN)


def reorder() -> None:
    second, third = event(2).pk, event(3).pk
    for pk, number in ((second, 99), (third, 2), (second, 3)):
        sql(f"UPDATE {EVENT} SET number = %s WHERE id = %s", number, pk)


def reorder_with_links() -> None:
    reorder()
    sql(f"UPDATE {EVENT} SET previous = %s WHERE id = %s", event(1).digest, event(2).pk)
    sql(f"UPDATE {EVENT} SET previous = %s WHERE id = %s", event(2).digest, event(3).pk)
    sql(f"UPDATE {EVENT} SET previous = %s WHERE id = %s", event(3).digest, event(4).pk)


def cut_the_tail() -> None:
    sql(f"DELETE FROM {EVENT} WHERE chain = %s AND number > 3", CHAIN)


def cut_the_tail_and_turn_back_the_head() -> None:
    cut_the_tail()
    sql(f"UPDATE {HEAD} SET number = 3, digest = %s WHERE chain = %s", event(3).digest, CHAIN)


def replace_the_chain() -> None:
    """By another one, whole and well sealed."""
    sql(f"DELETE FROM {EVENT} WHERE chain = %s", CHAIN)
    sql(f"UPDATE {EVENT} SET chain = %s WHERE chain = %s", CHAIN, OTHER)
    sql(f"DELETE FROM {HEAD} WHERE chain = %s", CHAIN)
    sql(f"UPDATE {HEAD} SET chain = %s WHERE chain = %s", CHAIN, OTHER)


def drop_the_chain() -> None:
    sql(f"DELETE FROM {EVENT} WHERE chain = %s", CHAIN)
    sql(f"DELETE FROM {HEAD} WHERE chain = %s", CHAIN)


TAMPERINGS = {
    "change": (change_a_word, "event 2 of chain 'organization:1'", "was changed"),
    "delete": (delete_one, "event 4 of chain", "what was between them is gone"),
    "delete, mended": (delete_one_and_close_the_gap, "event 3 of chain", "does not follow|was changed"),
    "insert": (insert_one, "event 3 of chain", "was changed"),
    "insert, at the end": (insert_at_the_end, "event 6 of chain", "was changed"),
    "reorder": (reorder, "event 2 of chain", "does not follow the one before it"),
    "reorder, mended": (reorder_with_links, "event 2 of chain", "was changed"),
    "cut": (cut_the_tail, "chain 'organization:1'", "ends at event 3, but the anchor of 2026-11-20 knows 5"),
    "cut, mended": (cut_the_tail_and_turn_back_the_head, "chain 'organization:1'", "ends at event 3"),
    "replace": (replace_the_chain, "event 1 of chain 'organization:1'", "was changed"),
    "drop": (drop_the_chain, "chain 'organization:1'", "is gone; the anchor of 2026-11-20 knows 5"),
}


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_its_place_named(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    tamper, place, sentence = TAMPERINGS[name]
    tamper()
    first = faults_but_triggers()[0]
    assert first.startswith(place)
    assert any(word in first for word in sentence.split("|"))
    with pytest.raises(CommandError, match="The audit trail is broken at ") as broken:
        call_command("verify_audit", "--no-progress")
    assert place in str(broken.value)
    assert "BROKEN" in capsys.readouterr().err


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", NOW),
        ("actor", None),
        ("action", "plan.submit"),
        ("subject_type", "meetings.meeting"),
        ("subject_id", "1000"),
        ("subject_label", "别的"),
        ("difference", {"step": 2}),
        ("address", "10.0.0.9"),
        ("request_id", "0f5a2c0e-55a5-4b3c-8a43-0d6a3d0c2a11"),
        ("key_id", "other"),
    ],
)
def test_no_column_can_be_changed_unseen(column: str, value: Any) -> None:
    change_any(column, value)
    (fault,) = faults_but_triggers()
    assert fault.startswith("event 2 of chain")


@pytest.mark.usefixtures("trail")
def test_an_old_copy_of_a_chain_with_its_head_is_told_by_the_anchor(copies: Path) -> None:
    """Seals and head of the copy are good; what it lacks is what an anchor saw later."""
    old = rows_of(EVENT, CHAIN), rows_of(HEAD, CHAIN)
    write(make_user("later"), make_user("subject"), CHAIN, 60)
    write_anchor(now=NOW)
    drop_the_chain()
    put_back(EVENT, old[0])
    put_back(HEAD, old[1])
    (fault,) = faults_but_triggers()
    assert fault == "chain 'organization:1': ends at event 5, but the anchor of 2026-11-20 knows 6"


@pytest.mark.usefixtures("trail")
def test_a_whole_database_put_back_is_told_by_the_copies_outside(copies: Path) -> None:
    """Even the anchors inside are put back; only the file knows."""
    write(make_user("later"), make_user("subject"), CHAIN, 60)
    last = write_anchor(now=NOW)
    copy_anchors()
    sql(f"DELETE FROM {ANCHOR} WHERE number = %s", last.number)
    sql(f"DELETE FROM {EVENT} WHERE chain = %s AND number = 6", CHAIN)
    head = AuditHead.objects.get(pk=CHAIN)
    head.number, head.digest = 5, event(5).digest
    head.seal = head.expected_seal()  # as an old copy of the row would bear it
    head.save()
    (fault,) = faults_but_triggers()
    assert fault.startswith("anchor 2 of the copies outside the database: is not in the database")
    copies.unlink()
    assert faults_but_triggers() == []  # without the copies nobody would see it


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    ("statement", "place"),
    [
        (f"UPDATE {HEAD} SET number = 7 WHERE number > 0", "the head of chain"),
        (f"UPDATE {HEAD} SET seal = '{'00' * 32}' WHERE number > 0", "the head of chain"),
        (f"DELETE FROM {HEAD}", "chain 'organization:1': has no head"),
        (f"UPDATE {ANCHOR} SET events = 3", "anchor 1: was changed"),
        (f"UPDATE {ANCHOR} SET number = 2", "anchor 2: is not the next one"),
        (f"DELETE FROM {ANCHOR}", "anchor 1 of the copies outside"),
    ],
)
def test_heads_and_anchors_are_proved_as_well(statement: str, place: str) -> None:
    sql(statement)
    assert any(fault.startswith(place) for fault in faults_but_triggers()), faults()


@pytest.mark.usefixtures("trail")
def test_triggers_that_are_gone_are_a_fault() -> None:
    found = faults()
    assert all("is not in the database" in fault for fault in found)
    assert any("auditevent_no_update" in fault for fault in found)
    assert connection.vendor == "sqlite" or any("auditevent_no_truncate" in fault for fault in found)
