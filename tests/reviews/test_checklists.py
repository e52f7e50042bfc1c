"""The procedure of a meeting: which steps it gets, who ticks them, and nobody over another's tick."""

import copy
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branchlife.models import AuditEvent, User
from meetings.enums import MeetingKind, MeetingState
from meetings.models import Meeting, MeetingStep
from meetings.procedures import FORMAT, read_procedures, steps_for
from meetings.services.checklists import StepsChanged, StepTick, give_steps, steps_of, tick_steps
from meetings.services.rulebook.limits import Limits
from tests.held import attended, hold
from tests.reviews.archiving import KeptMeeting
from tests.reviews.recording import (
    DAY,
    NOW,
    TODAY,
    accepted,
    at,
    complete,
    put_on_calendar,
    record_url,
    sign_in,
    submitted,
    text_of,
    write_down,
)  # fmt: skip
from tests.typed_forms import shown_form
from tests.world import World

LIFE = ("organizational_life",)
BEFORE = date(2026, 11, 18)
# Kinds with a procedure of their own.
WITH_STEPS = {
    "theme_day": 4,
    "organizational_life": 8,
    "appraisal": 6,
    "democratic_life": 9,
    "secretary_report": 7,
}


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def detail(meeting: Meeting) -> str:
    return reverse("meeting_detail", args=[meeting.pk])


def steps_url(meeting: Meeting) -> str:
    return reverse("meeting_steps", args=[meeting.pk])


def page(client: Client, user: User, meeting: Meeting) -> str:
    return text_of(sign_in(client, user).get(detail(meeting)))


def typed(client: Client, meeting: Meeting, **values: str) -> dict[str, object]:
    """The checklist as the page shows it, with what is typed into the step ``kind-code-field``."""
    data = shown_form(client.get(detail(meeting)), action=f"{steps_url(meeting)}#steps")
    return data | {f"step-{name}": value for name, value in values.items()}


def send(client: Client, meeting: Meeting, **values: str) -> HttpResponse:
    prefixed = {f"organizational_life-{name}": value for name, value in values.items()}
    return client.post(steps_url(meeting), typed(client, meeting, **prefixed))


def tick(code: str, *, version: int = 1, done_on: date | None = BEFORE, note: str = "") -> StepTick:
    return StepTick("organizational_life", code, version, done_on, note)


def step(meeting: Meeting, code: str) -> MeetingStep:
    return meeting.steps.get(kind="organizational_life", code=code)


# --- the preset ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MeetingKind.values)
def test_the_kinds_with_a_procedure(kind: str) -> None:
    steps = steps_for([kind])
    assert len(steps) == WITH_STEPS.get(kind, 0)
    order = ["before", "meeting", "after"]
    assert [each.phase for each in steps] == sorted((each.phase for each in steps), key=order.index)


@pytest.mark.parametrize(
    "content",
    [
        {"format": "other", "procedures": []},
        {"format": FORMAT, "procedures": [{"kind": "party", "steps": [{}]}]},
        {"format": FORMAT, "procedures": [
            {"kind": "general", "steps": [{"code": "a", "phase": "never", "title": "事"}]}]},
        {"format": FORMAT, "procedures": [
            {"kind": "general", "steps": [{"code": "a", "phase": "after", "title": "事"}] * 2}]},
    ],
)  # fmt: skip
def test_a_preset_that_is_not_understood_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        read_procedures(content)


# --- which steps a meeting carries --------------------------------------------------------------


def test_a_meeting_put_on_the_calendar_gets_the_steps_of_its_kinds(world: World) -> None:
    meeting = put_on_calendar(world, kinds=("organizational_life", "appraisal", "lecture"))
    assert [each.kind for each in meeting.steps.all()] == ["organizational_life"] * 8 + ["appraisal"] * 6
    assert not put_on_calendar(world, kinds=("general",), theme="大会").steps.exists()


def test_an_imported_meeting_shows_its_steps_and_stores_them_with_the_first_tick(
    client: Client, world: World
) -> None:
    meeting = hold(world.branch, "organizational_life", DAY)
    html = page(client, world.secretary, meeting)
    assert "开展批评和自我批评" in html
    assert not meeting.steps.exists(), "looking at a page writes nothing"
    assert send(client, meeting, **{"study-done": "on"}).status_code == 302
    assert meeting.steps.count() == 8
    assert [each.code for each in meeting.steps.all() if each.is_done] == ["study"]


# --- one with steps of its own, on the calendar --------------------------------------------------


def organizational_life(world: World) -> Meeting:
    with at():
        return put_on_calendar(world, kinds=LIFE)


class TestOnTheCalendar(KeptMeeting):
    make = staticmethod(organizational_life)

    @pytest.fixture(scope="class")
    @classmethod
    def shown(cls, made: Meeting, world_of_module: World) -> dict[str, object]:
        """The checklist as the secretary finds it, looked up once for all that is typed into it."""
        with at():
            return typed(sign_in(Client(), copy.deepcopy(world_of_module.secretary)), made)

    def test_another_kind_brings_its_steps_and_keeps_what_was_ticked(
        self, world: World, meeting: Meeting
    ) -> None:
        tick_steps(meeting=meeting, ticks=[tick("study")], actor=world.secretary, now=NOW)
        write_down(world, meeting, kinds=("theme_day",), submit=False)
        assert [each.code for each in meeting.steps.all()] == [
            "theme",
            "notice",
            "held",
            "follow_up",
            "study",
        ]

    def test_giving_steps_twice_changes_nothing(self, world: World, meeting: Meeting) -> None:
        before = list(meeting.steps.values())
        give_steps(meeting=meeting, kinds=LIFE)
        assert list(meeting.steps.values()) == before

    def test_a_tick_without_a_day_is_of_today(self, client: Client, world: World, meeting: Meeting) -> None:
        sign_in(client, world.secretary)
        answer = send(
            client, meeting, **{"theme-done": "on", "study-done_on": "2026年11月18日", "talks-note": "已约"}
        )
        assert answer.url == f"{detail(meeting)}#steps"
        assert (step(meeting, "theme").done_on, step(meeting, "study").done_on) == (TODAY, BEFORE)
        assert step(meeting, "theme").done_by == world.secretary
        assert (step(meeting, "talks").done_on, step(meeting, "talks").note) == (None, "已约")
        [event] = AuditEvent.objects.filter(action="meeting.steps")
        assert event.difference["organizational_life.study"] == [None, "2026-11-18"]
        assert "流程步骤已保存" in text_of(client.get(detail(meeting)))

    def test_a_tick_is_taken_away_by_taking_it_away(
        self, client: Client, world: World, meeting: Meeting
    ) -> None:
        tick_steps(meeting=meeting, ticks=[tick("study")], actor=world.secretary, now=NOW)
        sign_in(client, world.secretary)
        data = typed(client, meeting)
        del data["step-organizational_life-study-done"]
        assert client.post(steps_url(meeting), data).status_code == 302
        assert (step(meeting, "study").done_on, step(meeting, "study").done_by) == (None, None)

    def test_sent_twice_is_written_once(self, client: Client, world: World, meeting: Meeting) -> None:
        sign_in(client, world.secretary)
        data = typed(client, meeting, **{"organizational_life-theme-done": "on"})
        for _again in range(2):
            assert client.post(steps_url(meeting), data).status_code == 302
        assert step(meeting, "theme").version == 2
        assert AuditEvent.objects.filter(action="meeting.steps").count() == 1

    def test_nobody_ticks_over_anothers_tick(self, client: Client, world: World, meeting: Meeting) -> None:
        sign_in(client, world.secretary)
        data = typed(client, meeting, **{"organizational_life-talks-done": "on"})
        tick_steps(meeting=meeting, ticks=[tick("study", note="十八日")], actor=world.secretary, now=NOW)
        answer = client.post(steps_url(meeting), data)
        assert answer.status_code == 409
        assert "有人先一步" in text_of(answer)
        assert (step(meeting, "study").note, step(meeting, "talks").done_on) == ("十八日", None)
        with pytest.raises(StepsChanged):
            tick_steps(meeting=meeting, ticks=[tick("study")], actor=world.secretary, now=NOW)

    @pytest.mark.parametrize(
        ("field", "value", "says"),
        [
            ("done_on", "2026-11-24", "2026年11月24日还没有到"),
            ("done_on", "昨天", "昨天"),
            ("done_on", "99999-99-99", ""),
            ("note", "长" * 201, "200"),
            ("version", "x", ""),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_step(
        self,
        client: Client,
        world: World,
        meeting: Meeting,
        shown: dict[str, object],
        field: str,
        value: str,
        says: str,
    ) -> None:
        sign_in(client, world.secretary)
        wrong = {
            "step-organizational_life-theme-done": "on",
            f"step-organizational_life-study-{field}": value,
        }
        answer = client.post(steps_url(meeting), shown | wrong)
        assert answer.status_code == 400
        assert says in text_of(answer)
        assert value in text_of(answer), "what was typed is not lost"
        assert not meeting.steps.filter(done_on__isnull=False).exists()

    def test_odd_characters_are_no_fault_of_the_server(
        self, client: Client, world: World, meeting: Meeting
    ) -> None:
        sign_in(client, world.secretary)
        answer = send(client, meeting, **{"study-done_on": "２０２６-１１-１８", "study-note": "a\u200bb"})
        assert answer.status_code == 302
        assert (step(meeting, "study").done_on, step(meeting, "study").note) == (BEFORE, "ab")
        assert send(client, meeting, **{"study-note": "a\x00b"}).status_code in (302, 400)
        assert client.post(steps_url(meeting), {"step-party-x-version": "1"}).status_code == 302

    def test_the_service_refuses_a_day_to_come(self, world: World, meeting: Meeting) -> None:
        with pytest.raises(ValidationError):
            tick_steps(
                meeting=meeting,
                ticks=[tick("study", done_on=date(2026, 11, 24))],
                actor=world.secretary,
                now=NOW,
            )

    def test_the_record_is_handed_in_without_what_is_only_asked_for(
        self, client: Client, world: World, meeting: Meeting
    ) -> None:
        sign_in(client, world.secretary)
        html = text_of(client.get(record_url(meeting)))
        assert f'href="{detail(meeting)}#steps"' in html
        assert 'href="#id_decisions"' in html
        assert "不影响提交" in html
        answer = client.post(record_url(meeting), complete(client, meeting), follow=True)
        meeting.refresh_from_db()
        assert meeting.state == MeetingState.SUBMITTED
        for sentence in ("缺少决议", "缺少拟解决问题", "流程步骤未勾选"):
            assert sentence in text_of(answer)
            assert sentence in page(client, world.reviewer, meeting)


# --- who -------------------------------------------------------------------------------------


def test_after_acceptance_what_was_agreed_is_still_followed_up(client: Client, world: World) -> None:
    meeting = accepted(world, kinds=LIFE)
    sign_in(client, world.secretary)
    assert send(client, meeting, **{"closed-done": "on"}).status_code == 302
    assert step(meeting, "closed").done_on == TODAY


@pytest.mark.parametrize("state", [MeetingState.CANCELLED, MeetingState.ARCHIVED])
def test_what_is_closed_stays(client: Client, world: World, state: str) -> None:
    meeting = (accepted if state == MeetingState.ARCHIVED else submitted)(world, kinds=LIFE)
    sign_in(client, world.secretary)
    data = typed(client, meeting, **{"organizational_life-theme-done": "on"})
    Meeting.objects.filter(pk=meeting.pk).update(state=state)
    assert client.post(steps_url(meeting), data).status_code == 409
    assert "保存流程步骤" not in text_of(client.get(detail(meeting)))
    meeting.refresh_from_db()
    with pytest.raises(PermissionDenied):
        tick_steps(meeting=meeting, ticks=[tick("theme")], actor=world.secretary, now=NOW)
    assert not step(meeting, "theme").is_done


def test_the_reviewer_reads_them_and_a_member_does_not(client: Client, world: World) -> None:
    meeting = submitted(world, kinds=LIFE)
    tick_steps(meeting=meeting, ticks=[tick("study", note="集中学习两次")], actor=world.secretary, now=NOW)
    html = page(client, world.reviewer, meeting)
    assert "集中学习两次" in html
    assert "2026年11月18日" in html
    assert "保存流程步骤" not in html
    assert "流程步骤未勾选" in html, "the reviewer reads what was handed in without"
    assert client.post(steps_url(meeting), {}).status_code == 403
    assert "集中学习两次" not in page(client, world.member, meeting)
    assert "保存流程步骤" in page(client, world.secretary, meeting)


def test_the_page_of_a_kind_without_procedure_has_none(client: Client, world: World) -> None:
    assert 'id="steps"' not in page(client, world.secretary, put_on_calendar(world, kinds=("general",)))


@pytest.mark.parametrize("role", ["secretary", "reviewer"])
def test_the_number_of_queries_does_not_grow_with_the_steps(client: Client, world: World, role: str) -> None:
    def queries(meeting: Meeting) -> int:
        attended(meeting)
        sign_in(client, getattr(world, role))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(detail(meeting)).status_code == 200
        return len(captured)

    Limits.read()  # remembered from here on, whichever page comes first
    few = submitted(world, kinds=("theme_day",))
    many = submitted(world, kinds=("theme_day",), theme="另一次")
    give_steps(meeting=many, kinds=(*WITH_STEPS,))
    assert len(steps_of(many)) > len(steps_of(few))
    assert queries(many) == queries(few) <= 12


# --- warnings with the record -----------------------------------------------------------------


def test_what_was_spent_is_written_with_the_record(client: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    sign_in(client, world.secretary)
    form = complete(client, meeting)
    for wrong in ("-1", "abc", "10000000", "1.5"):
        assert client.post(record_url(meeting), form | {"spent": wrong}).status_code == 400
    assert client.post(record_url(meeting), form | {"spent": "１２００"}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.spent == 1200
    assert "1200" in page(client, world.reviewer, meeting)
