"""Items to put right: raised with a deadline of working days, arranged, followed, told about, listed as due."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from branchlife.models import AuditEvent
from meetings.models import Deadline, Notice
from reviews.enums import Action, Cause, RectificationSource, RectificationState
from reviews.models import Finding, Rectification
from reviews.services import rectification
from reviews.services.rectification import (
    ItemTerms,
    arrange_item,
    note_progress,
    raise_from_finding,
    raise_item,
    take_item_step,
)
from reviews.services.workflow import StaleState
from tests.reviews.planning import NOW, TODAY
from tests.reviews.recording import returned
from tests.reviews.rectifying import make_item, step
from tests.world import World

pytestmark = pytest.mark.django_db
SATURDAY = date(2026, 11, 28)


def test_without_a_day_the_rule_book_says_how_long(world: World) -> None:
    assert make_item(world).due_on == date(2026, 12, 7)  # ten working days after a Monday
    Deadline.objects.filter(code="rectification").update(amount=4)
    assert make_item(world).due_on == date(2026, 11, 27)
    Deadline.objects.filter(code="rectification").update(unit="days", amount=5)
    assert make_item(world).due_on == date(2026, 11, 30)  # the fifth day is a Saturday
    Deadline.objects.filter(code="rectification").update(is_active=False)
    assert make_item(world).due_on == date(2026, 12, 7)


def test_a_day_off_moves_to_the_next_working_day(world: World) -> None:
    assert make_item(world, due_on=SATURDAY).due_on == date(2026, 11, 30)
    assert make_item(world, due_on=date(2026, 10, 8) + timedelta(days=366)).due_on.year == 2027


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=800)])
def test_a_day_nobody_can_mean_is_refused(world: World, day: date) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_item(world, due_on=day)
    assert set(refusal.value.message_dict) == {"due_on"}
    assert not Rectification.objects.exists()


def test_the_member_responsible_is_of_the_branch(world: World) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_item(world, owner=world.small_members[0])
    assert set(refusal.value.message_dict) == {"owner"}


@pytest.mark.parametrize("who", ["member", "administrator", "small_secretary", "other_reviewer", "outsider"])
def test_others_raise_nothing(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        make_item(world, raised_by=getattr(world, who))


def test_a_finding_is_raised_once(world: World) -> None:
    returned(world)
    finding = Finding.objects.get()
    first = raise_from_finding(finding=finding, actor=world.reviewer, now=NOW)
    again = raise_from_finding(finding=finding, actor=world.reviewer, now=NOW)
    assert first == again == Rectification.objects.get()
    assert (first.problem, first.cause, first.kind) == (finding.sentence, Cause.MISSING, "theme_day")
    assert first.meeting_id == finding.transition.meeting_id


def test_without_the_guard_a_finding_would_be_raised_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: with the link to the finding dropped, a second press makes a second item."""
    returned(world)
    finding = Finding.objects.get()

    def raise_unlinked(**facts: object) -> Rectification:
        return raise_item(**facts | {"finding": None, "source": RectificationSource.HAND})

    monkeypatch.setattr(rectification, "raise_item", raise_unlinked)
    for _press in range(2):
        raise_from_finding(finding=finding, actor=world.reviewer, now=NOW)
    assert Rectification.objects.count() == 2


def notices(code: str) -> set[str]:
    found = Notice.objects.filter(code=f"rectification.{code}", settled_at=None)
    return set(found.values_list("recipient__username", flat=True))


def test_each_step_is_told_to_those_it_concerns(world: World) -> None:
    item = make_item(world, owner=world.member.member)
    assert notices("create") == {"secretary", "member"}
    step(item, Action.CLAIM, world.member)
    assert (notices("create"), notices("claim")) == (set(), {"reviewer"})
    step(item, Action.REOPEN, world.reviewer)
    assert (notices("claim"), notices("reopen")) == (set(), {"secretary", "member"})
    step(item, Action.CLAIM, world.secretary)
    step(item, Action.VERIFY, world.reviewer)
    assert notices("verify") == {"secretary", "member"}
    assert "2026年12月7日" in Notice.objects.get(code="rectification.create", recipient=world.member).sentence


def test_what_the_branch_set_itself_is_verified_by_its_secretary(world: World) -> None:
    item = make_item(world, raised_by=world.secretary, owner=world.member.member)
    step(item, Action.CLAIM, world.member)
    assert notices("claim") == {"secretary"}
    step(item, Action.VERIFY, world.secretary)
    assert item.state == RectificationState.CLOSED


def test_who_said_and_who_saw_it_is_kept(world: World) -> None:
    item = make_item(world, RectificationState.CLOSED)
    assert (item.claimed_by, item.verified_by, item.round) == (world.secretary, world.reviewer, 1)
    assert item.evidence == "已补齐，见第3页"
    step(item, Action.REOPEN, world.reviewer)
    assert (item.verified_by, item.verified_at, item.claimed_by) == (None, None, world.secretary)
    assert AuditEvent.objects.filter(action="rectification.reopen", subject_id=str(item.pk)).exists()


def test_reopened_it_gets_a_new_deadline(world: World) -> None:
    item = make_item(world, RectificationState.CLAIMED)
    Rectification.objects.update(due_on=TODAY - timedelta(days=9))
    step(item, Action.REOPEN, world.reviewer, due_on=date(2026, 12, 1))
    assert item.due_on == date(2026, 12, 1)
    step(item, Action.CLAIM, world.secretary)
    step(item, Action.REOPEN, world.reviewer)
    assert item.due_on == date(2026, 12, 7)


def test_the_branch_arranges_and_the_committee_sets_the_terms(world: World) -> None:
    item = make_item(world)
    terms = ItemTerms(
        problem="没有问题", due_on=date(2027, 3, 1), measure="由组织委员补录", owner=world.members[1],
        openness="branch",
    )  # fmt: skip
    arrange_item(item=item, version=1, terms=terms, actor=world.secretary, now=NOW)
    assert (item.measure, item.owner, item.openness) == ("由组织委员补录", world.members[1], "branch")
    assert (item.problem, item.due_on) == ("缺席人员未写明原因", date(2026, 12, 7))
    arrange_item(item=item, version=2, terms=terms, actor=world.reviewer, now=NOW)
    assert (item.problem, item.due_on) == ("没有问题", date(2027, 3, 1))
    with pytest.raises(StaleState):
        arrange_item(item=item, version=2, terms=terms, actor=world.secretary, now=NOW)
    with pytest.raises(PermissionDenied):
        arrange_item(item=item, version=3, terms=terms, actor=world.member, now=NOW)
    step(item, Action.CLAIM, world.secretary)
    with pytest.raises(PermissionDenied):
        arrange_item(item=item, version=4, terms=terms, actor=world.secretary, now=NOW)


def test_a_step_taken_on_an_older_text_is_refused(world: World) -> None:
    item = make_item(world)
    arrange_item(
        item=item, version=1, terms=ItemTerms(problem="x", measure="补"), actor=world.secretary, now=NOW
    )
    with pytest.raises(StaleState):
        take_item_step(
            item=item, action=Action.CLAIM, version=1, comment="好了", actor=world.secretary, now=NOW
        )


def test_progress_is_noted_until_it_is_settled(world: World) -> None:
    item = make_item(world, owner=world.member.member)
    for user in (world.secretary, world.member, world.reviewer):
        note_progress(item=item, text="在补", actor=user, now=NOW)
    with pytest.raises(PermissionDenied):
        note_progress(item=item, text="在补", actor=world.group_leader, now=NOW)
    assert item.notes.count() == 3
    step(item, Action.CLAIM, world.secretary)
    step(item, Action.VERIFY, world.reviewer)
    with pytest.raises(StaleState):
        note_progress(item=item, text="在补", actor=world.secretary, now=NOW)


def test_what_is_open_due_and_overdue(world: World) -> None:
    items = {
        state: make_item(world, state, due_on=TODAY + timedelta(days=number))
        for number, state in enumerate(RectificationState.values, 2)
    }
    everything = Rectification.objects.all()
    opened, again = items["open"], items["reopened"]
    assert set(everything.open()) == {opened, again}
    assert set(everything.unsettled()) == {opened, again, items["claimed"]}
    assert set(everything.claimed()) == {items["claimed"]}
    assert set(everything.due_within(TODAY, 2)) == {opened}
    assert set(everything.due_within(opened.due_on, 0)) == {opened}
    assert set(everything.overdue(opened.due_on)) == set()
    assert set(everything.overdue(opened.due_on + timedelta(days=1))) == {opened}
    assert opened.is_overdue(opened.due_on + timedelta(days=1))
    assert not items["claimed"].is_overdue(date(2030, 1, 1))
