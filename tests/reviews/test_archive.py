"""Putting accepted records away, correcting them beside, and proving printed minutes."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branchlife.models import AuditEvent, User
from meetings.enums import MeetingState
from meetings.models import Addendum, Archive, Meeting, Member, Notice
from meetings.services.archive import add_addendum, content_of, digest_of, with_content
from meetings.services.archive_check import check_records, verify_digest
from meetings.services.attachments import path_of
from reviews.enums import Action
from reviews.services.archive import archive_due, correct_record
from reviews.services.workflow import StaleState, perform
from tests.branchlife.trail import drop_guards, sql
from tests.held import hold
from tests.reviews.archiving import LATER, MUCH_LATER, NOW, KeptRecord, accepted, archived, full_record
from tests.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return build_world()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def faults() -> list[str]:
    return [str(fault) for fault in check_records()]


# --- putting away -------------------------------------------------------------------------------


def test_what_was_imported_counts_from_when_it_came_in(world: World) -> None:
    meeting = hold(world.branch, "theme_day", NOW.date(), state=MeetingState.ACCEPTED)
    assert archive_due(now=meeting.recorded_at + timedelta(days=29)) == 0
    assert archive_due(now=meeting.recorded_at + timedelta(days=31)) == 1


def test_a_round_of_the_clock_costs_the_same_for_each(world: World) -> None:
    for day in (1, 2, 3):
        hold(world.branch, "theme_day", NOW.date() - timedelta(days=day), state=MeetingState.ACCEPTED)
    costs = []
    for most in (1, 2):
        with CaptureQueriesContext(connection) as queries:
            assert archive_due(now=MUCH_LATER, most=most) == most
        costs.append(len(queries) / most)
    assert costs[1] <= costs[0]


# --- proving it ---------------------------------------------------------------------------------


def tamper_with_the_text(meeting: Meeting) -> None:
    content = meeting.archive.content.replace("十一月党员大会", "十二月党员大会")
    sql("UPDATE meetings_archive SET content = %s", content)


def tamper_with_the_text_and_its_digest(meeting: Meeting) -> None:
    content = meeting.archive.content.replace("十一月党员大会", "十二月党员大会")
    sql("UPDATE meetings_archive SET content = %s, digest = %s", content, digest_of(json.loads(content)))


TAMPERINGS = {
    "text": (tamper_with_the_text, "the digest does not fit"),
    "text and digest": (tamper_with_the_text_and_its_digest, "is not the one the audit trail knows"),
    "row": (lambda m: Meeting.objects.filter(pk=m.pk).update(theme="x"), "is not what was archived: theme"),
    "attendance": (lambda m: m.attendances.update(presence="absent"), "is not what was archived: attendance"),
    "absent person removed": (
        lambda m: m.attendances.filter(presence="excused").delete(), "is not what was archived: attendance",
    ),
    "vote": (lambda m: m.resolutions.update(text="x"), "is not what was archived: votes"),
    "candidate": (
        lambda m: m.resolutions.get(kind="election").candidates.filter(name="乙").update(name="丙"), "votes",
    ),
    "archive gone": (lambda m: Archive.objects.all().delete(), "nothing was put away"),
    "reopened": (lambda m: Meeting.objects.filter(pk=m.pk).update(state="held"), "was archived and is no longer"),
    "addendum changed": (lambda m: m.addenda.filter(number=1).update(text="x"), "addendum 1 is not the one"),
    "addendum gone": (lambda m: m.addenda.filter(number=2).delete(), "an addendum is gone"),
    "file changed": (
        lambda m: path_of(m.pk, m.attachments.get().digest).write_bytes(b"x"), "“材料.pdf” was changed",
    ),
    "file gone": (lambda m: path_of(m.pk, m.attachments.get().digest).unlink(), "“材料.pdf” is gone"),
}  # fmt: skip


# --- one that is handed in, one that is accepted --------------------------------------------------


class TestHandedIn(KeptRecord):
    make = staticmethod(full_record)

    def test_only_an_accepted_record_is_put_away(self, world: World, meeting: Meeting) -> None:
        with pytest.raises(StaleState):
            perform(meeting, Action.ARCHIVE, actor=world.reviewer)

    def test_the_clock_takes_no_other_step(self, world: World, meeting: Meeting) -> None:
        with pytest.raises(PermissionDenied):
            perform(meeting, Action.ACCEPT, actor=None)

    def test_it_is_not_corrected_while_it_is_open(self, world: World, meeting: Meeting) -> None:
        with pytest.raises(PermissionDenied):
            add_addendum(meeting=meeting, text="x", actor=world.secretary)


class TestAccepted(KeptRecord):
    make = staticmethod(accepted)

    def test_the_reviewer_puts_a_record_away_word_for_word(self, world: World, meeting: Meeting) -> None:
        perform(meeting, Action.ARCHIVE, actor=world.reviewer, now=LATER)
        archive = Archive.objects.get(meeting=meeting)
        content = json.loads(archive.content)
        assert (content["theme"], len(content["attendance"]), len(content["votes"])) == (
            "十一月党员大会",
            9,
            2,
        )
        assert content["votes"][0]["opinions"][0]["member"]["name"] == "曾浩"
        assert [each["name"] for each in content["votes"][1]["candidates"]] == ["甲", "乙"]
        assert content["attachments"][0]["digest"] == meeting.attachments.get().digest
        assert archive.digest == digest_of(content)
        assert (archive.archived_by, archive.archived_at) == (world.reviewer, LATER)
        event = AuditEvent.objects.get(action="meeting.archive")
        assert event.difference == {"state": ["accepted", "archived"], "digest": archive.digest}
        assert faults() == []

    @pytest.mark.parametrize("who", ["secretary", "administrator", "member", "other_reviewer"])
    def test_others_do_not_put_it_away(self, world: World, meeting: Meeting, who: str) -> None:
        with pytest.raises(PermissionDenied):
            perform(meeting, Action.ARCHIVE, actor=getattr(world, who))

    def test_the_clock_puts_away_what_has_waited_long_enough(self, world: World, meeting: Meeting) -> None:
        open_one = hold(world.branch, "theme_day", meeting.day)
        assert archive_due(now=NOW + timedelta(days=29)) == 0
        assert archive_due(now=MUCH_LATER) == 1
        assert archive_due(now=MUCH_LATER) == 0
        meeting.refresh_from_db()
        open_one.refresh_from_db()
        assert (meeting.state, open_one.state) == (MeetingState.ARCHIVED, MeetingState.HELD)
        step = meeting.transitions.latest("at")
        assert (step.action, step.actor, meeting.archive.archived_by) == (Action.ARCHIVE, None, None)
        page = signed_in(world.secretary).get(f"/meetings/{meeting.pk}/").content.decode()
        assert "系统自动" in page
        assert faults() == []

    def test_what_was_accepted_is_proved_before_it_is_archived(self, world: World, meeting: Meeting) -> None:
        assert faults() == []
        drop_guards()
        meeting.attendances.filter(presence="excused").update(presence="present", reason="")
        assert faults() == [f"record {meeting.pk}: is not what was accepted"]

    def test_the_buttons_are_those_of_the_table(self, world: World, meeting: Meeting) -> None:
        step, correct = f"/meetings/{meeting.pk}/step/archive/", f"/meetings/{meeting.pk}/addenda/new/"
        for who, buttons in (
            ("reviewer", {step, correct}),
            ("secretary", {correct}),
            ("administrator", set()),
        ):
            page = signed_in(getattr(world, who)).get(f"/meetings/{meeting.pk}/").content.decode()
            assert {url for url in (step, correct) if url in page} == buttons, who
        answer = signed_in(world.reviewer).post(step, {"version": meeting.version})
        assert answer.status_code == 302
        meeting.refresh_from_db()
        assert meeting.state == MeetingState.ARCHIVED

    def test_it_may_be_corrected_before_it_is_archived(self, world: World, meeting: Meeting) -> None:
        add_addendum(meeting=meeting, text="x", actor=world.reviewer, now=LATER)


# --- one that is archived -----------------------------------------------------------------------


class TestArchived(KeptRecord):
    make = staticmethod(archived)

    def test_the_content_survives_the_database(self, world: World, meeting: Meeting) -> None:
        """Read back it is the same text, on either database."""
        [again] = with_content(Meeting.objects.filter(pk=meeting.pk))
        assert digest_of(content_of(again)) == meeting.archive.digest

    def test_a_correction_stands_beside_the_record_with_its_number(
        self, world: World, meeting: Meeting
    ) -> None:
        for number, text in enumerate(("实到人数应为九人。", "第二次更正。"), start=1):
            addendum = correct_record(meeting=meeting, text=text, actor=world.secretary, now=MUCH_LATER)
            assert (addendum.number, addendum.author_name) == (number, "沈玉芳")
        assert Addendum.objects.count() == AuditEvent.objects.filter(action="meeting.addendum").count() == 2
        told = Notice.objects.filter(code="meeting.addendum")
        assert {notice.recipient for notice in told} == {world.reviewer}
        assert {str(notice)[-8:] for notice in told} == {"第 1 号更正。", "第 2 号更正。"}
        assert faults() == []

    @pytest.mark.parametrize("who", ["member", "administrator", "other_reviewer", "small_secretary"])
    def test_others_do_not_correct(self, world: World, meeting: Meeting, who: str) -> None:
        with pytest.raises(PermissionDenied):
            add_addendum(meeting=meeting, text="x", actor=getattr(world, who))

    @pytest.mark.parametrize("text", ["", "  \n", "长" * 2001])
    def test_a_correction_says_something(self, world: World, meeting: Meeting, text: str) -> None:
        with pytest.raises(ValidationError):
            add_addendum(meeting=meeting, text=text, actor=world.secretary)

    @pytest.mark.parametrize("model", [Addendum, Archive])
    def test_the_database_keeps_them_as_they_are(self, world: World, meeting: Meeting, model: Any) -> None:
        add_addendum(meeting=meeting, text="更正", actor=world.secretary, now=MUCH_LATER)
        table = model._meta.db_table
        for statement in (f"UPDATE {table} SET digest = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError, match="is never changed"), transaction.atomic():
                sql(statement)

    @pytest.mark.parametrize("name", TAMPERINGS)
    def test_tampering_with_a_record_is_found(
        self, world: World, meeting: Meeting, name: str, capsys: Any
    ) -> None:
        tamper, sentence = TAMPERINGS[name]
        for text in ("一", "二"):
            add_addendum(meeting=meeting, text=text, actor=world.secretary, now=MUCH_LATER)
        assert faults() == []
        drop_guards()
        tamper(meeting)
        assert any(sentence in fault for fault in faults()), faults()
        with pytest.raises(CommandError):
            call_command("verify_audit")

    def test_somebody_who_is_renamed_is_still_the_same_person(self, world: World, meeting: Meeting) -> None:
        Member.objects.filter(pk=world.members[0].pk).update(name="沈玉芬")
        assert faults() == []

    def test_the_page_of_the_meeting_carries_digest_and_addenda(self, world: World, meeting: Meeting) -> None:
        add_addendum(meeting=meeting, text="实到人数应为九人。", actor=world.secretary, now=MUCH_LATER)
        page = signed_in(world.secretary).get(f"/meetings/{meeting.pk}/").content.decode()
        for word in (meeting.archive.digest[:4], "实到人数应为九人。", "第 1 号更正", "data:image/png"):
            assert word in page
        other = signed_in(world.member).get(f"/meetings/{meeting.pk}/").content.decode()
        assert "实到人数应为九人。" not in other

    def test_a_correction_is_written_in_the_browser(self, world: World, meeting: Meeting) -> None:
        client, url = signed_in(world.secretary), f"/meetings/{meeting.pk}/addenda/new/"
        assert client.get(url).status_code == 200
        assert client.post(url, {"text": " "}).status_code == 400
        answer = client.post(url, {"text": "更正"})
        assert answer.url == f"/meetings/{meeting.pk}/#archive"
        assert meeting.addenda.get().text == "更正"
        assert (
            client.post(f"/meetings/{full_record(world).pk}/addenda/new/", {"text": "x"}).status_code == 409
        )

    def test_whoever_holds_the_paper_may_ask(self, world: World, meeting: Meeting) -> None:
        digest = meeting.archive.digest
        grouped = " ".join(digest[at : at + 4] for at in range(0, 64, 4)).upper()
        for asked in (digest, digest[:16], grouped):
            page = ask(world, asked, "outsider").content.decode()
            assert "相符" in page
            assert "十一月党员大会" not in page
        assert "十一月党员大会" in ask(world, digest, "reviewer").content.decode()

    def test_a_changed_record_does_not_match(self, world: World, meeting: Meeting) -> None:
        drop_guards()
        tamper_with_the_text(meeting)
        assert "不相符" in ask(world, meeting.archive.digest).content.decode()
        assert not verify_digest(meeting.archive.digest).matches


# --- pages --------------------------------------------------------------------------------------


def ask(world: World, digest: str, who: str = "member") -> Any:
    return signed_in(getattr(world, who)).get("/verify/", {"digest": digest})


class TestVerifyPage:
    def test_an_unknown_digest(self, world: World) -> None:
        assert "未查到" in ask(world, "0" * 64).content.decode()

    @pytest.mark.parametrize("digest", ["", "abc", "g" * 64, "0" * 65, "%00", "' OR 1=1"])
    def test_what_is_no_digest(self, world: World, digest: str) -> None:
        assert ask(world, digest).status_code == 400

    def test_the_empty_page(self, world: World) -> None:
        assert signed_in(world.member).get("/verify/").status_code == 200
