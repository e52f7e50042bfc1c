"""Chains as they are written: numbers, links, seals, one after the other; and what the database refuses."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from branchlife import audit
from branchlife.anchors import anchor_daily, copy_anchors, read_copies, write_anchor
from branchlife.chain import canonical, keyring, plain_address, seal, writing_key
from branchlife.models import AuditAnchor, AuditEvent, AuditHead, User
from tests.branchlife.trail import CHAIN, NOW, OTHER, faults, sql, write, write_trail
from tests.world import make_user

EVENT, HEAD, ANCHOR = "branchlife_auditevent", "branchlife_audithead", "branchlife_auditanchor"


@pytest.fixture
def writer(db: None) -> User:
    return make_user("writer", "沈玉芳")


@pytest.fixture(autouse=True)
def copies(tmp_path: Path, settings: Any) -> Path:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    return settings.AUDIT_ANCHOR_FILE


def test_each_event_follows_the_one_before_it_in_its_own_chain(writer: User) -> None:
    write_trail(writer, each=3)
    for chain in (CHAIN, OTHER):
        events = list(AuditEvent.objects.filter(chain=chain).order_by("number"))
        assert [event.number for event in events] == [1, 2, 3]
        assert [event.previous for event in events] == ["", events[0].digest, events[1].digest]
        head = AuditHead.objects.get(pk=chain)
        assert (head.number, head.digest) == (3, events[2].digest)
    assert faults() == []


def test_who_it_was_is_written_as_it_was_then(writer: User) -> None:
    event = write(writer, writer)
    User.objects.filter(pk=writer.pk).update(name="改名", username="renamed")
    event.refresh_from_db()
    assert event.actor_label == "沈玉芳 (writer)"
    assert faults() == []


@pytest.mark.parametrize(
    "difference",
    [
        {"day": ["2026-11-01", None], "count": 3, "ok": True},
        {"rate": 0.1, "sum": 1e16, "whole": 2.0, "minus": -0.0, "small": 1.5e-9},
        {"中文": "𠮷“”<script>\n\t\\", "空": "", "nested": {"b": [1, {"a": []}], "a": {}}},
        {1: "number as a name", "tuple": (1, 2)},
    ],
)
def test_what_changed_comes_back_from_the_database_as_it_was_sealed(writer: User, difference: Any) -> None:
    write(writer, writer, difference=difference)
    assert faults() == []


@pytest.mark.parametrize("difference", [{"a": float("nan")}, {"a": object()}])
def test_what_is_no_json_is_refused(writer: User, difference: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        write(writer, writer, difference=difference)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        (None, None),
        ("unix:/run/site.sock", None),
    ],
)
def test_addresses_are_spelt_in_one_way(text: str | None, plain: str | None) -> None:
    assert plain_address(text) == plain


@pytest.mark.django_db(transaction=True)
def test_an_event_that_changes_nothing_needs_no_transaction_around_it() -> None:
    writer = make_user("writer")
    for _time in range(2):
        audit.record_event(actor=writer, action="session.wrong_code", subject=writer, now=NOW)
    assert AuditHead.objects.get().number == 2
    assert faults() == []


def test_a_change_that_is_taken_back_takes_its_event_along(writer: User) -> None:
    write(writer, writer)
    with transaction.atomic():
        write(writer, writer)
        transaction.set_rollback(True)
    write(writer, writer)
    assert list(AuditEvent.objects.values_list("number", flat=True)) == [1, 2]
    assert faults() == []


REFUSED = [
    f"UPDATE {EVENT} SET action = 'plan.delete'",
    f"UPDATE {EVENT} SET number = number + 10",
    f"DELETE FROM {EVENT}",
    f"UPDATE {HEAD} SET number = number - 1",
    f"UPDATE {HEAD} SET number = number + 2",
    f"UPDATE {HEAD} SET chain = 'x', number = number + 1",
    f"DELETE FROM {HEAD}",
    f"UPDATE {ANCHOR} SET events = 0",
    f"DELETE FROM {ANCHOR}",
]
REFUSED_BY_SQLITE = [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" for table in (EVENT, ANCHOR)]
REFUSED_BY_POSTGRESQL = [f"TRUNCATE {EVENT} CASCADE", f"TRUNCATE {ANCHOR}"]


def test_the_database_refuses_to_touch_the_trail(writer: User) -> None:
    write_trail(writer, each=2)
    write_anchor(now=NOW)
    connection.check_constraints()  # whatever waits for the end of the transaction is in the way of TRUNCATE
    own = REFUSED_BY_SQLITE if connection.vendor == "sqlite" else REFUSED_BY_POSTGRESQL
    for statement in (*REFUSED, *own):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(statement)
    assert faults() == []


def test_replacing_is_refused_to_a_connection_that_knows_no_recursive_triggers(writer: User) -> None:
    if connection.vendor != "sqlite":
        return  # no such statement
    write_trail(writer, each=2)
    sql("PRAGMA recursive_triggers=OFF")
    try:
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(REFUSED_BY_SQLITE[0])
    finally:
        sql("PRAGMA recursive_triggers=ON")


# --- keys ---------------------------------------------------------------------------------------


def test_a_new_key_writes_and_the_old_one_still_proves(writer: User, settings: Any) -> None:
    write(writer, writer)
    old = settings.AUDIT_KEY
    settings.AUDIT_KEY = ["2027:" + "n" * 40, *old]
    assert writing_key() == "2027"
    write(writer, writer)
    write_anchor(now=NOW)
    assert faults() == []
    assert list(AuditEvent.objects.order_by("pk").values_list("key_id", flat=True)) == ["test", "2027"]
    settings.AUDIT_KEY = settings.AUDIT_KEY[:1]
    assert "is sealed with key 'test', which AUDIT_KEY does not have" in faults()[0]
    settings.AUDIT_KEY = ["2027:" + "o" * 40, *old]
    assert "was changed" in faults()[0]


@pytest.mark.parametrize(
    "words", [["short:abc"], ["no-name" * 10], [":" + "k" * 40], ["a:" + "k" * 40, "a:" + "l" * 40]]
)
def test_a_weak_or_nameless_key_is_refused(settings: Any, words: list[str]) -> None:
    settings.AUDIT_KEY = words
    with pytest.raises(ImproperlyConfigured, match="AUDIT_KEY"):
        keyring()


def test_without_a_key_one_is_made_once_and_stays_known(settings: Any, tmp_path: Path) -> None:
    settings.AUDIT_KEY, settings.AUDIT_KEY_FILE = [], tmp_path / "audit-key"
    first = keyring()["local"]
    assert len(first) >= 32
    assert stat.S_IMODE(settings.AUDIT_KEY_FILE.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["audit-key"]
    settings.AUDIT_KEY = ["own:" + "k" * 40]
    assert list(keyring()) == ["own", "local"]
    assert keyring()["local"] == first


def test_seals_of_one_kind_do_not_pass_for_another() -> None:
    assert len({seal(what, {"a": 1}, "test") for what in ("event", "head", "anchor")}) == 3
    assert canonical({"b": 1.0, "a": "é"}) == '{"a":"é","b":1}'.encode()


# --- anchors ------------------------------------------------------------------------------------


def test_one_anchor_a_day_with_a_copy_outside(writer: User, copies: Path) -> None:
    write_trail(writer, each=2)
    first = anchor_daily(now=NOW)
    assert first is not None
    assert (first.chains, first.events, set(first.heads)) == (2, 4, {CHAIN, OTHER})
    assert anchor_daily(now=NOW) is None
    write(writer, writer, CHAIN)
    second = anchor_daily(now=NOW.replace(day=21))
    assert second is not None
    assert (second.number, set(second.heads), second.events) == (2, {CHAIN}, 5)  # only what grew
    assert second.previous == first.digest
    assert copy_anchors() == 1  # the first went out with the second; this transaction never ends
    assert [copy["digest"] for copy in read_copies(copies)] == [first.digest, second.digest]
    assert copy_anchors() == 0
    assert faults() == []


def test_a_torn_line_of_the_copies_is_written_again(writer: User, copies: Path) -> None:
    write_anchor(now=NOW)
    copies.write_text('{"number": 1, "heads": {"or', encoding="utf8")
    assert copy_anchors() == 1
    assert [copy["number"] for copy in read_copies(copies)] == [1]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_the_copy_is_written_when_the_anchor_is_there_for_good(copies: Path) -> None:
    write(None, make_user("writer"))
    write_anchor(now=NOW)
    assert [copy["number"] for copy in read_copies(copies)] == [1]


# --- many at once -------------------------------------------------------------------------------

WRITERS, EACH = 6, 20


def append_at_once(writer: User, before: Any = lambda: None) -> list[Exception]:
    """Every writer appends to the same chain; what went wrong is returned."""
    barrier = Barrier(WRITERS)

    def append() -> list[Exception]:
        wrong: list[Exception] = []
        before()
        barrier.wait(timeout=30)
        for _number in range(EACH):
            try:
                write(writer, writer)
            except DatabaseError as error:
                wrong.append(error)
        connections.close_all()
        return wrong

    with ThreadPoolExecutor(WRITERS) as pool:
        return [
            error for future in [pool.submit(append) for _ in range(WRITERS)] for error in future.result()
        ]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain() -> None:
    assert append_at_once(make_user("writer")) == []
    numbers = AuditEvent.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, WRITERS * EACH + 1))
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """Positive control. PostgreSQL without the row lock: two events take one number, and the unique number
    is all that is left to refuse them. SQLite without IMMEDIATE: writers fail with "locked"."""
    monkeypatch.setattr(audit, "lock_head", lambda chain: AuditHead.objects.get_or_create(pk=chain)[0])

    def deferred() -> None:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            connection.transaction_mode = "DEFERRED"

    wrong = append_at_once(make_user("writer"), deferred)
    assert wrong
    words = "locked" if connection.vendor == "sqlite" else "audit_number_once_a_chain|moves on by one"
    assert any(word in str(wrong[0]) for word in words.split("|"))


@pytest.mark.django_db(transaction=True)
def test_anchors_at_once_stand_one_after_the_other() -> None:
    write(None, make_user("writer"))

    def anchor(_number: int) -> int:
        try:
            return write_anchor(now=NOW).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(anchor, range(4))) == [1, 2, 3, 4]
    assert AuditAnchor.objects.count() == 4
    assert faults() == []
