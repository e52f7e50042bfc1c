"""What has to be put right comes back on the next agenda until somebody else has verified it."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
from django.test import Client

from meetings.enums import MeetingKind, MeetingState
from meetings.models import Meeting, Organization
from meetings.services.record import MeetingFacts, schedule_meeting
from reviews.enums import Action
from reviews.models import Finding, Rectification
from reviews.services import agenda
from reviews.services.agenda import agenda_of, note_agenda
from reviews.services.plans import propose_items
from reviews.services.rectification import raise_from_finding
from tests.held import hold
from tests.reviews.pages import MOST_QUERIES, html_of, queries, words
from tests.reviews.planning import NOW, Q4, TODAY
from tests.reviews.recording import EVENING, at, complete, put_on_calendar, record_url, returned, write_down
from tests.reviews.rectifying import make_item, step
from tests.world import World

pytestmark = pytest.mark.django_db
PROBLEM = "缺席人员未写明原因"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def coming(world: World, days: int, kind: str = MeetingKind.COMMITTEE, **more: object) -> Meeting:
    facts = MeetingFacts(kinds=(kind,), theme=f"{days}天后", day=TODAY + timedelta(days=days), starts=time(9))
    return schedule_meeting(organization=world.branch, facts=facts, actor=world.secretary, now=NOW, **more)


def on_agenda(meeting: Meeting, today: date = TODAY) -> list[Rectification]:
    return list(agenda_of(Meeting.objects.get(pk=meeting.pk), today))


def test_the_next_meeting_has_it_and_later_ones_not_yet(world: World) -> None:
    item = make_item(world)
    later, first, lecture = coming(world, 9), coming(world, 3), coming(world, 1, MeetingKind.LECTURE)
    assert (on_agenda(first), on_agenda(later), on_agenda(lecture)) == ([item], [], [])
    Meeting.objects.filter(pk=first.pk).update(state=MeetingState.CANCELLED)
    assert (on_agenda(first), on_agenda(later)) == ([], [item])


def test_a_meeting_held_again_comes_back_to_what_it_was_returned_for(world: World) -> None:
    """Before it is written down once more, and after."""
    meeting = returned(world, hold_again=True)
    item = raise_from_finding(finding=Finding.objects.get(), actor=world.reviewer, now=NOW)
    day = TODAY + timedelta(days=4)
    assert on_agenda(meeting, day) == [item]
    evening = EVENING + timedelta(days=4)
    with at(evening):
        write_down(world, Meeting.objects.get(pk=meeting.pk), day=day, now=evening, submit=False)
    assert on_agenda(meeting, day) == [item]


def test_a_group_does_not_look_back_for_its_branch(world: World) -> None:
    make_item(world)
    group = coming(world, 2, MeetingKind.GROUP, group=world.groups[0])
    assert on_agenda(group) == []


def test_it_stays_until_another_has_verified_it(world: World) -> None:
    item, meeting = make_item(world), coming(world, 3)
    step(item, Action.CLAIM, world.secretary)
    assert on_agenda(meeting) == [item]
    step(item, Action.REOPEN, world.reviewer)
    assert on_agenda(meeting) == [item]
    step(item, Action.CLAIM, world.secretary)
    step(item, Action.VERIFY, world.reviewer)
    assert on_agenda(meeting) == []


def test_without_the_state_it_would_stay_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: were a closed item not told apart, it would still be on the agenda."""
    make_item(world, "closed")
    meeting = coming(world, 3)
    assert on_agenda(meeting) == []
    monkeypatch.setattr(type(Rectification.objects.all()), "unsettled", lambda items: items.all())
    assert on_agenda(meeting) != []


def test_a_held_meeting_keeps_what_was_open_on_its_day(world: World) -> None:
    item = make_item(world)
    with at(NOW + timedelta(days=10)):
        after = TODAY + timedelta(days=10)
        before = hold(world.branch, "committee", TODAY)
        held = hold(world.branch, "committee", TODAY + timedelta(days=5))
        assert (on_agenda(before, after), on_agenda(held, after)) == ([], [item])
        Rectification.objects.update(
            state="closed", claimed_by=world.secretary, claimed_at=NOW, evidence="x",
            verified_by=world.reviewer, verified_at=NOW + timedelta(days=8),
        )  # fmt: skip
        assert on_agenda(held, after) == [item]
        Rectification.objects.update(verified_at=NOW + timedelta(days=2))
        assert on_agenda(held, after) == []


def test_what_was_said_is_noted_once_a_meeting(world: World) -> None:
    item, meeting = make_item(world), coming(world, 3)
    for text, written in (("正在补", 1), ("正在补", 0), ("已补一半", 1), ("", 0)):
        said = {item.pk: text, 10**9: "不存在"}
        assert note_agenda(meeting=meeting, said=said, actor=world.secretary, now=NOW) == written
    assert [note.text for note in item.notes.all()] == ["已补一半"]


def test_the_record_form_carries_it_and_the_meeting_shows_it(world: World) -> None:
    make_item(world)
    Rectification.objects.update(raised_at=NOW - timedelta(days=30))
    item, meeting = Rectification.objects.get(), put_on_calendar(world)
    assert PROBLEM in words(html_of(world.secretary, record_url(meeting)))
    client = Client()
    client.force_login(world.secretary)
    data = complete(client, meeting, **{f"agenda-{item.pk}": "逐人补写，已完成三人"})
    assert client.post(record_url(meeting), data | {"submit": "1"}).status_code == 302
    shown = words(html_of(world.reviewer, f"/meetings/{meeting.pk}/"))
    assert PROBLEM in shown
    assert "逐人补写，已完成三人" in shown
    following = coming(world, 3)
    assert PROBLEM in words(html_of(world.secretary, f"/meetings/{following.pk}/"))
    assert PROBLEM not in words(html_of(world.member, f"/meetings/{coming(world, 2, 'general').pk}/"))


def test_a_long_note_is_refused_with_the_record(world: World) -> None:
    make_item(world)
    Rectification.objects.update(raised_at=NOW - timedelta(days=30))
    item, meeting = Rectification.objects.get(), put_on_calendar(world)
    client = Client()
    client.force_login(world.secretary)
    data = complete(client, meeting, **{f"agenda-{item.pk}": "长" * 501})
    assert client.post(record_url(meeting), data).status_code == 400
    assert not item.notes.exists()


@pytest.mark.parametrize("page", ["/meetings/%s/", "/meetings/%s/record/"])
def test_many_items_cost_no_more_than_one(world: World, page: str) -> None:
    meeting = put_on_calendar(world)
    for number in range(3):
        make_item(world, problem=f"事项{number}", owner=world.members[number])
        Rectification.objects.update(raised_at=NOW - timedelta(days=30))
        if number == 0:
            first = queries(world.secretary, page % meeting.pk)
    assert queries(world.secretary, page % meeting.pk) == first <= MOST_QUERIES


class TestProposal:
    def propose(self, branch: Organization) -> list[str]:
        drafts = propose_items(organization=branch, span=Q4, as_of=TODAY)
        return [draft.problem for draft in drafts if draft.problem]

    def owe(self, world: World) -> None:
        from meetings.services.obligations import generate_obligations

        generate_obligations(as_of=TODAY)

    def test_the_first_proposed_meeting_looks_back(self, world: World) -> None:
        self.owe(world)
        make_item(world)
        make_item(world, problem="记录滞后")
        make_item(world, "closed", problem="已销号的")
        assert self.propose(world.branch) == ["回看整改事项（2 项）：缺席人员未写明原因；记录滞后"]
        assert self.propose(world.small_branch) == []

    def test_not_where_a_meeting_on_the_calendar_comes_first(self, world: World) -> None:
        self.owe(world)
        make_item(world)
        coming(world, 0)
        assert self.propose(world.branch) == []

    def test_a_long_list_is_cut(self, world: World) -> None:
        self.owe(world)
        for number in range(12):
            make_item(world, problem=f"第{number}项" + "长" * 30)
        (text,) = self.propose(world.branch)
        assert len(text) == agenda.LONGEST_PROBLEM
        assert text.endswith("…")
