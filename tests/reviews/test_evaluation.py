"""The committee judges a held meeting step by step; faults are put right; leaders note what they saw."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from branchlife.models import User
from meetings.enums import MeetingKind, MeetingState
from meetings.models import Meeting, Notice
from reviews.enums import RectificationSource, Verdict
from reviews.models import Evaluation, EvaluationMark, Rectification, SitInNote
from reviews.services.evaluation import (
    MarkDraft,
    evaluate_meeting,
    general_steps,
    note_sit_in,
    steps_to_judge,
)
from reviews.services.workflow import StaleState
from tests.held import hold
from tests.reviews.pages import MOST_QUERIES, html_of, queries, words
from tests.reviews.planning import NOW, TODAY
from tests.reviews.recording import at, put_on_calendar, submitted
from tests.world import World

pytestmark = pytest.mark.django_db
FAULT = "没有写明由谁落实"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def judge(world: World, meeting: Meeting, version: int = 0, **fault: object) -> Evaluation:
    """Everything done well but for the last step, which is as ``fault`` says."""
    steps = steps_to_judge(meeting)
    marks = [MarkDraft(step, Verdict.MET) for step in steps]
    if fault:
        marks[-1] = MarkDraft(steps[-1], **{"verdict": Verdict.PARTLY, "sentence": FAULT} | fault)  # type: ignore[arg-type]
    return evaluate_meeting(
        meeting=meeting, version=version, marks=marks, comment="总体较好", actor=world.reviewer, now=NOW
    )


def test_a_meeting_is_judged_by_the_steps_of_its_own_procedure(world: World) -> None:
    assert [step.code for step in steps_to_judge(submitted(world))] == [
        "theme",
        "notice",
        "held",
        "follow_up",
    ]
    general = hold(world.branch, MeetingKind.GENERAL, TODAY)
    assert steps_to_judge(general) == general_steps()
    assert [step.code for step in general_steps()] == ["agenda", "resolution", "record", "follow_up"]


def test_a_fault_becomes_an_item_once(world: World) -> None:
    meeting = submitted(world)
    judge(world, meeting, to_rectify=True)
    item = Rectification.objects.get()
    assert (item.source, item.meeting, item.kind) == (RectificationSource.EVALUATION, meeting, "theme_day")
    assert item.problem == f"抓好议定事项的组织落实：{FAULT}"
    judge(world, meeting, version=1, to_rectify=True, verdict=Verdict.MISSING)
    assert Rectification.objects.get() == item
    assert EvaluationMark.objects.get(rectification=item).verdict == Verdict.MISSING


def test_a_fault_that_is_not_ticked_stays_a_remark(world: World) -> None:
    judge(world, submitted(world), verdict=Verdict.PARTLY)
    judge(world, hold(world.branch, "general", TODAY), verdict=Verdict.MET, to_rectify=True)
    assert not Rectification.objects.exists()


def test_the_branch_is_told(world: World) -> None:
    meeting = submitted(world)
    judge(world, meeting)
    told = Notice.objects.get(code="meeting.evaluate")
    assert (told.recipient, told.url) == (world.secretary, f"/meetings/{meeting.pk}/")


def test_of_two_who_judge_at_once_the_second_is_told(world: World) -> None:
    meeting = submitted(world)
    judge(world, meeting)
    with pytest.raises(StaleState):
        judge(world, meeting)
    judge(world, meeting, version=1)
    with pytest.raises(StaleState):
        judge(world, meeting, version=1)
    assert Evaluation.objects.get().version == 2


@pytest.mark.parametrize("who", ["secretary", "member", "administrator", "small_secretary", "other_reviewer"])
def test_others_do_not_judge(world: World, who: str) -> None:
    meeting = submitted(world)
    with pytest.raises(PermissionDenied):
        evaluate_meeting(meeting=meeting, version=0, marks=[], actor=getattr(world, who), now=NOW)


def test_nobody_judges_what_they_wrote_down(world: World) -> None:
    meeting = submitted(world)
    Meeting.objects.update(recorded_by=world.reviewer)
    meeting.refresh_from_db()
    with pytest.raises(PermissionDenied):
        judge(world, meeting)


@pytest.mark.parametrize("state", [MeetingState.SCHEDULED, MeetingState.CANCELLED, MeetingState.HOLD_AGAIN])
def test_only_what_was_held_is_judged(world: World, state: str) -> None:
    meeting = hold(world.branch, "general", TODAY, state=state)
    with pytest.raises(ValidationError):
        judge(world, meeting)
    with pytest.raises(ValidationError):
        note_sit_in(meeting=meeting, leader="周", text="好", actor=world.reviewer, now=NOW)


def test_a_sit_in_note_is_one_a_person(world: World) -> None:
    meeting = submitted(world)
    for text in ("发言充分", "发言充分，会风好"):
        note_sit_in(meeting=meeting, leader="周主任", text=text, actor=world.reviewer, now=NOW)
    note_sit_in(meeting=meeting, leader="吴管理", text="程序完整", actor=world.administrator, now=NOW)
    assert [note.text for note in meeting.sit_in_notes.all()] == ["发言充分，会风好", "程序完整"]
    for who in (world.secretary, world.other_reviewer, world.member):
        with pytest.raises(PermissionDenied):
            note_sit_in(meeting=meeting, leader="x", text="x", actor=who, now=NOW)


def check_url(meeting: Meeting, page: str = "check") -> str:
    return reverse(f"meeting_{page}", args=[meeting.pk])


def send(user: User, url: str, **data: object) -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.post(url, data)


def sheet(meeting: Meeting, version: int = 0, **changes: object) -> dict[str, object]:
    data: dict[str, object] = {"version": version, "comment": ""}
    for step in steps_to_judge(meeting):
        data[f"{step.key}-verdict"] = "met"
        data[f"{step.key}-sentence"] = ""
    return data | changes


def test_the_sheet_from_the_page(world: World) -> None:
    meeting = submitted(world)
    html = html_of(world.reviewer, check_url(meeting))
    assert "按程序环节评议" in html
    fault = {"theme_day.notice-verdict": "missing"}
    answer = send(world.reviewer, check_url(meeting, "evaluate"), **sheet(meeting, **fault))
    assert answer.status_code == 400
    assert "请写明这一环节的问题" in answer.content.decode()
    fault |= {"theme_day.notice-sentence": "没有提前通知", "theme_day.notice-to_rectify": "on"}
    answer = send(world.reviewer, check_url(meeting, "evaluate"), **sheet(meeting, **fault))
    assert answer.status_code == 302
    assert Rectification.objects.get().problem == "提前通知党员：没有提前通知"
    answer = send(world.reviewer, check_url(meeting, "evaluate"), **sheet(meeting))
    assert answer.status_code == 409
    read = words(html_of(world.secretary, check_url(meeting)))
    assert "没有提前通知" in read
    assert "未做" in read
    assert "保存评议" not in read
    assert "党委已评议" in words(html_of(world.secretary, f"/meetings/{meeting.pk}/"))


def test_a_sit_in_note_from_the_page(world: World) -> None:
    meeting = submitted(world)
    assert send(world.reviewer, check_url(meeting, "sit_in"), leader="", text="").status_code == 400
    assert (
        send(world.reviewer, check_url(meeting, "sit_in"), leader="周主任", text="会风好").status_code == 302
    )
    shown = words(html_of(world.secretary, check_url(meeting)))
    assert "会风好" in shown
    assert "周主任" in shown
    assert SitInNote.objects.get().author == world.reviewer


def test_a_meeting_not_held_has_no_sheet(world: World) -> None:
    client = Client()
    client.force_login(world.reviewer)
    meeting = put_on_calendar(world)
    assert client.get(check_url(meeting)).status_code == 409
    client.force_login(world.member)
    assert client.get(check_url(submitted(world))).status_code == 403


def test_the_sheet_costs_few_queries(world: World) -> None:
    meeting = submitted(world)
    judge(world, meeting, to_rectify=True)
    for who in (world.reviewer, world.secretary):
        assert queries(who, check_url(meeting)) <= MOST_QUERIES + 3  # the time limits, read once a minute
        assert queries(who, check_url(meeting)) <= MOST_QUERIES
