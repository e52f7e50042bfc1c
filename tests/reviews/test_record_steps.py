"""From handing in to accepted, returned, held again or cancelled: who may, what is told, what counts."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from meetings.enums import MeetingKind, MeetingState
from meetings.models import Meeting, Notice, Obligation
from meetings.services.obligations import sync_obligations
from reviews.enums import Action, FindingReason
from reviews.models import Finding, Transition
from tests.reviews.archiving import KeptMeeting
from tests.reviews.pages import words
from tests.reviews.recording import (
    EVENING,
    NOW,
    at,
    complete,
    put_on_calendar,
    record_url,
    returned,
    sign_in,
    step_url,
    submitted,
    text_of,
    write_down,
)
from tests.typed_forms import shown_form
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]

FINDING = {
    "findings-0-field": "content",
    "findings-0-reason": FindingReason.MISSING,
    "findings-0-sentence": "缺少发言要点",
}
ALL_STEPS = ("submit", "withdraw", "accept", "return", "hold_again", "cancel")


def page(client: Client, meeting):
    return client.get(reverse("meeting_detail", args=[meeting.pk]))


def counted(world: World) -> int:
    return Obligation.objects.get(
        organization=world.branch, kind=MeetingKind.THEME_DAY, period_start=date(2026, 11, 1)
    ).counted


def test_the_loop_from_handing_in_to_accepted(client: Client, world: World) -> None:
    meeting = write_down(world, put_on_calendar(world), submit=False)
    sign_in(client, world.secretary)
    with at():
        data = shown_form(page(client, meeting), step_url(meeting, "submit"))
        assert client.post(step_url(meeting, "submit"), data).status_code == 302
        sign_in(client, world.reviewer)
        data = shown_form(page(client, meeting), step_url(meeting, "accept"), comment="记录规范")
        response = client.post(step_url(meeting, "accept"), data, follow=True)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.ACCEPTED
    assert "记录规范" in text_of(response) and "已通过" in text_of(response)
    assert Notice.objects.filter(recipient=world.secretary, code="meeting.accept").count() == 1


def test_a_meeting_to_be_held_again_no_longer_counts_until_it_is(client: Client, world: World) -> None:
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 12, 31))
    meeting = submitted(world)
    assert counted(world) == 1
    sign_in(client, world.reviewer)
    with at():
        data = shown_form(page(client, meeting), step_url(meeting, "return")) | FINDING
        assert client.post(step_url(meeting, "hold_again"), data).status_code == 302
        assert counted(world) == 0
        sign_in(client, world.member)
        me = client.get(reverse("my_page"))
        assert me.context["base"] == 0, "nor does it in anybody's attendance"
    sign_in(client, world.secretary)
    with at(EVENING):
        again = complete(client, meeting, day="2026-11-23")
        assert client.post(record_url(meeting), again).status_code == 302
    assert counted(world) == 1


def test_cancelling_asks_for_the_reason_first(client: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    sign_in(client, world.secretary)
    url = step_url(meeting, "cancel")
    with at():
        asked = client.get(url)
        assert asked.status_code == 200
        assert Transition.objects.count() == 0, "a GET writes nothing"
        without = client.post(url, shown_form(asked))
        assert without.status_code == 400
        assert "原因 : 请填写原因。" in words(text_of(without))
        assert "补充意见" not in text_of(without)
        assert client.post(url, shown_form(asked, comment="与全市会议冲突")).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED
    assert meeting.transitions.get().comment == "与全市会议冲突"


def test_an_incomplete_record_cannot_be_handed_in_from_the_page(client: Client, world: World) -> None:
    meeting = write_down(world, put_on_calendar(world), submit=False, content="", place="")
    sign_in(client, world.secretary)
    with at():
        data = shown_form(page(client, meeting), step_url(meeting, "submit"))
        response = client.post(step_url(meeting, "submit"), data)
    assert response.status_code == 400
    assert "缺少主要内容。" in text_of(response) and "缺少地点。" in text_of(response)


def test_buttons_and_server_agree(client: Client, world: World) -> None:
    """What the page offers can be done; what it does not offer cannot."""
    meeting = returned(world)
    sign_in(client, world.secretary)
    with at():
        offered = set(page(client, meeting).context["steps"])
    assert offered == {Action.SUBMIT}
    assert NOW


class TestHandedIn(KeptMeeting):
    make = staticmethod(submitted)

    def test_a_return_names_its_findings_and_the_branch_corrects_them(
        self, client: Client, world: World, meeting: Meeting
    ) -> None:
        sign_in(client, world.reviewer)
        with at():
            data = shown_form(page(client, meeting), step_url(meeting, "return")) | FINDING
            assert client.post(step_url(meeting, "return"), data).status_code == 302
            meeting.refresh_from_db()
            assert meeting.state == MeetingState.RETURNED
            sign_in(client, world.secretary)
            shown = text_of(page(client, meeting))
            assert (
                "缺少发言要点" in shown[shown.index('id="fact-content"') : shown.index('id="fact-decisions"')]
            )
            again = shown_form(client.get(record_url(meeting)), content="补充了发言要点。")
            assert client.post(record_url(meeting), again).status_code == 302
        meeting.refresh_from_db()
        assert meeting.state == MeetingState.SUBMITTED

    def test_a_return_without_a_finding_is_refused(
        self, client: Client, world: World, meeting: Meeting
    ) -> None:
        sign_in(client, world.reviewer)
        with at():
            data = shown_form(page(client, meeting), step_url(meeting, "return"), comment="我的意见还在")
            response = client.post(step_url(meeting, "return"), data)
        assert response.status_code == 400
        assert "我的意见还在" in text_of(response)
        meeting.refresh_from_db()
        assert meeting.state == MeetingState.SUBMITTED
        assert not Finding.objects.exists()

    def test_a_record_is_withdrawn_and_handed_in_again(
        self, client: Client, world: World, meeting: Meeting
    ) -> None:
        sign_in(client, world.secretary)
        with at():
            client.post(
                step_url(meeting, "withdraw"),
                shown_form(page(client, meeting), step_url(meeting, "withdraw")),
            )
        meeting.refresh_from_db()
        assert meeting.state == MeetingState.HELD

    @pytest.mark.parametrize("action", ALL_STEPS)
    @pytest.mark.parametrize(
        "role", ["secretary", "reviewer", "administrator", "member", "group_leader", "other_reviewer"]
    )
    def test_who_may_take_which_step(
        self, client: Client, world: World, meeting: Meeting, role: str, action: str
    ) -> None:
        sign_in(client, getattr(world, role))
        branch, committee = ("submit", "withdraw", "cancel"), ("accept", "return", "hold_again")
        with at():
            response = client.post(
                step_url(meeting, action), {"version": meeting.version, "comment": "试一下"}
            )
        allowed = (role == "secretary" and action in branch) or (role == "reviewer" and action in committee)
        if role == "other_reviewer":
            assert response.status_code == 404
        else:
            assert (response.status_code != 403) == allowed, response.status_code

    def test_nobody_reviews_the_own_record(self, client: Client, world: World, meeting: Meeting) -> None:
        meeting.recorded_by = world.reviewer
        meeting.save(update_fields=["recorded_by"])
        sign_in(client, world.reviewer)
        with at():
            assert "accept" not in page(client, meeting).context["steps"]
            answer = client.post(step_url(meeting, "accept"), {"version": meeting.version})
        assert answer.status_code == 403

    @pytest.mark.parametrize("action", ["record", "create", "approve", "nonsense"])
    def test_there_are_no_other_steps(
        self, client: Client, world: World, meeting: Meeting, action: str
    ) -> None:
        sign_in(client, world.secretary)
        assert client.post(step_url(meeting, action), {"version": meeting.version}).status_code == 404

    @pytest.mark.parametrize("action", [step for step in ALL_STEPS if step != "cancel"])
    def test_a_step_is_not_taken_by_looking(
        self, client: Client, world: World, meeting: Meeting, action: str
    ) -> None:
        sign_in(client, world.reviewer)
        assert client.get(step_url(meeting, action)).status_code == 404
        assert Transition.objects.filter(meeting=meeting, action=Action.ACCEPT).count() == 0
