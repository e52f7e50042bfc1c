"""Every trap of members and rights: who is expected, who votes, who is hard-bound to come. Each row names its
source. Three denominators, never mixed: all expected, expected voters (E), and the base of the attendance rate."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from meetings import votes
from meetings.enums import Outcome, Presence, ResolutionKind, StandingKind
from meetings.models import Attendance, Leave, Member, Standing
from meetings.services.attendance import Deviation, expected_at, freeze_attendance, summarize
from meetings.services.forecast import forecast_of
from meetings.services.imports.due import Rolls
from meetings.services.roster.absences import help_needed
from meetings.services.roster.advice import branch_advice
from meetings.services.roster.asof import Numbers, numbers_of, numbers_on, roster_on
from meetings.services.roster.memberships import end_membership
from meetings.services.roster.people import turn_full
from meetings.services.roster.standings import set_standing
from meetings.services.roster.terms import term_ending
from meetings.services.roster.transfers import propose_transfer
from meetings.services.vote_ground import ground_of
from reviews.enums import Action
from reviews.services.workflow import perform
from tests.held import hold
from tests.meetings.roster_changes import NOW, TODAY
from tests.meetings.test_roster_advice import advice
from tests.meetings.test_terms import branch
from tests.meetings.traps import ADMISSION, BRANCH, DIGEST, ELECTION, LOCAL, MEMBERS, ORGAN, Table, row
from tests.meetings.voting import adopted, grow_to, held, on_calendar, put, voters, write
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 18)
K = StandingKind
TABLE = Table()
trap = TABLE.trap


@pytest.fixture
def world() -> World:
    """Eight full members and one probationary."""
    return build_world()


@pytest.mark.parametrize("holds", TABLE.rows)
def test_trap(world: World, holds) -> None:
    holds(world)


# --- every status ----------------------------------------------------------------------------

# Standing, vote, hard duty, source.
STATUSES = [
    row(None, True, True, what="full", source=f"{BRANCH} art. 11"),
    row("probationary", False, True, what="probationary", source=f"{BRANCH} art. 11"),
    row(K.PROBATION_WITHIN_PARTY, False, True, what="probation within the Party", source=f"{ELECTION} art. 5"),
    row(K.DETAINED, False, False, what="detained, by decision", source=f"{ELECTION} art. 5"),
    row(K.MOBILE, True, True, what="mobile", source=f"{ELECTION} art. 5, {MEMBERS} art. 32"),
    row(K.TRANSFERRING, True, True, what="transferred out, not yet received", source=f"{MEMBERS} art. 25"),
    row(K.FRAIL, True, False, what="old, frail, gravely ill", source=f"{MEMBERS} art. 23"),
    row(K.ABROAD, True, False, what="abroad", source=f"{MEMBERS} art. 24, 34"),
    row(K.LOST_CONTACT, False, False, what="lost contact, by decision", source=f"{MEMBERS} art. 24"),
]  # fmt: skip


def with_status(world: World, status: str | None, *, start: date = DAY, end: date | None = None) -> Member:
    if status == "probationary":
        return world.members[8]
    member = world.members[3]
    if status:
        Standing.objects.create(member=member, kind=status, start_on=start, end_on=end, reason="决定")
    return member


@pytest.mark.parametrize(("status", "has_vote", "is_bound"), STATUSES)
def test_every_status_in_the_three_denominators(
    world: World, status: str | None, has_vote: bool, is_bound: bool
) -> None:
    member = with_status(world, status)
    people = expected_at(organization=world.branch, group=None, kinds=["general"], day=DAY)
    own = next(each for each in people if each.member == member)
    assert (own.has_vote, own.hard_bound) == (has_vote, is_bound)
    loses_vote = status is not None and status != "probationary" and not has_vote
    meeting = hold(world.branch, "general", DAY)
    freeze_attendance(meeting=meeting, deviations={member.pk: Deviation(Presence.ABSENT)})
    sums = summarize(meeting.attendances.all(), ground_of(meeting, kinds=["general"], day=DAY))
    assert sums.expected == 9, "everybody who belongs here is expected"
    assert sums.voters == 8 - loses_vote
    assert sums.base == 9 - (not is_bound)
    assert sums.absent == int(is_bound), "nobody without the duty to come is shown as absent"
    assert sums.base_present == 8


@pytest.mark.parametrize(("status", "has_vote", "is_bound"), STATUSES)
def test_imports_forecast_and_roster_say_the_same(
    world: World, status: str | None, has_vote: bool, is_bound: bool
) -> None:
    with_status(world, status)
    people = expected_at(organization=world.branch, group=None, kinds=["general"], day=DAY)
    assert Rolls([world.branch]).due(world.branch, None, ["general"], DAY) == people
    number = sum(each.has_vote for each in people)
    assert numbers_on(organizations=[world.branch.pk], day=DAY)[world.branch.pk].voters == number
    forecast = forecast_of(on_calendar(world, day=DAY))
    assert forecast and forecast.expected == number


@pytest.mark.parametrize("kind", [K.DETAINED, K.LOST_CONTACT, K.PROBATION_WITHIN_PARTY])
@pytest.mark.parametrize(
    ("start", "end", "has_vote"),
    [
        row(date(2026, 11, 19), None, True, what="begins the day after", source=f"{ELECTION} art. 5"),
        row(DAY, None, False, what="begins that day", source=f"{ELECTION} art. 5"),
        row(date(2026, 1, 1), date(2026, 11, 17), True, what="ended the day before", source=f"{ELECTION} art. 5"),
        row(date(2026, 1, 1), DAY, False, what="ends that day", source=f"{ELECTION} art. 5"),
    ],
)  # fmt: skip
def test_a_suspension_counts_by_its_dates(
    world: World, kind: str, start: date, end: date | None, has_vote: bool
) -> None:
    member = with_status(world, kind, start=start, end=end)
    people = expected_at(organization=world.branch, group=None, kinds=["general"], day=DAY)
    assert next(each for each in people if each.member == member).has_vote is has_vote


@trap(f"{ELECTION} art. 5")
def rights_are_suspended_by_a_dated_decision_and_never_by_themselves(world: World) -> None:
    for kind in (K.DETAINED, K.LOST_CONTACT, K.PROBATION_WITHIN_PARTY):
        with pytest.raises(ValidationError, match="依据"):
            set_standing(member=world.members[3], kind=kind, day=DAY, actor=world.administrator, now=NOW)


@trap(f"{MEMBERS} art. 25")
def until_a_member_is_received_the_old_branch_stays_responsible(world: World) -> None:
    member = world.members[3]
    propose_transfer(
        member=member,
        to_organization=world.small_branch,
        day=date(2026, 11, 10),
        actor=world.secretary,
        now=NOW,
    )
    for place, belongs in ((world.branch, True), (world.small_branch, False)):
        people = expected_at(organization=place, group=None, kinds=["general"], day=DAY)
        assert (member in [each.member for each in people]) is belongs


@trap(f"{MEMBERS} art. 16")
def a_leading_cadre_has_the_duties_and_the_vote_of_everybody(world: World) -> None:
    Member.objects.filter(pk=world.members[3].pk).update(is_leading_cadre=True)
    people = expected_at(organization=world.branch, group=None, kinds=["general"], day=DAY)
    own = next(each for each in people if each.member == world.members[3])
    assert (own.has_vote, own.hard_bound) == (True, True)


@trap(LOCAL)
def rights_are_frozen_on_the_day_of_the_meeting(world: World) -> None:
    meeting = held(world, day=DAY)
    resolution = put(world, meeting, votes=(5, 3, 0))
    before = list(Attendance.objects.order_by("pk").values("member", "has_vote", "hard_bound"))
    numbers = (resolution.expected, resolution.present, resolution.outcome)
    set_standing(
        member=world.members[3], kind=K.DETAINED, day=date(2026, 11, 1), reason="第1号决定",
        actor=world.administrator, now=NOW,
    )  # fmt: skip
    turn_full(member=world.members[8], day=date(2026, 11, 1), actor=world.administrator, now=NOW)
    end_membership(
        member=world.members[5],
        last_day=date(2026, 11, 2),
        reason="转往外地",
        actor=world.administrator,
        now=NOW,
    )
    perform(meeting, Action.SUBMIT, actor=world.secretary, now=NOW)
    resolution.refresh_from_db()
    assert list(Attendance.objects.order_by("pk").values("member", "has_vote", "hard_bound")) == before
    assert (resolution.expected, resolution.present, resolution.outcome) == numbers


FULL_FROM = [
    row(date(2026, 11, 17), True, what="full the day before", source=f"{ADMISSION} art. 32"),
    row(DAY, False, what="made full by that meeting", source=f"{ADMISSION} art. 32"),
    row(date(2026, 11, 19), False, what="full the day after", source=f"{ADMISSION} art. 32"),
]


@pytest.mark.parametrize(("full_on", "has_vote"), FULL_FROM)
def test_who_turns_full_votes_from_the_day_after(world: World, full_on: date, has_vote: bool) -> None:
    """Wherever the voters of a day are told: expected at the meeting, read for an import, counted of the
    roster, forecast. Duty and full membership begin with the day itself."""
    newcomer = world.members[8]
    Member.objects.filter(pk=newcomer.pk).update(full_member_on=full_on)
    people = expected_at(organization=world.branch, group=None, kinds=["general"], day=DAY)
    own = next(each for each in people if each.member == newcomer)
    assert (own.has_vote, own.hard_bound, own.is_full) == (has_vote, True, full_on <= DAY)
    assert Rolls([world.branch]).due(world.branch, None, ["general"], DAY) == people
    numbers = Numbers(9, 8 + (full_on <= DAY), 8 + has_vote)
    assert numbers_on(organizations=[world.branch.pk], day=DAY) == {world.branch.pk: numbers}
    assert numbers_of(roster_on(organization=world.branch, day=DAY)) == numbers
    forecast = forecast_of(on_calendar(world, day=DAY))
    assert forecast and forecast.expected == numbers.voters


@trap(f"{ADMISSION} art. 32")
def nobody_votes_on_themself(world: World) -> None:
    """Even when the roster is brought in step before the record is written."""
    meeting = on_calendar(world, day=DAY)
    turn_full(member=world.members[8], day=DAY, actor=world.administrator, now=NOW)
    resolution = put(world, write(world, meeting), ResolutionKind.TURNING_FULL, (8, 0, 0))
    assert (resolution.expected, resolution.present, resolution.outcome) == (8, 8, Outcome.CARRIED)


@trap(DIGEST)
def leave_alone_never_shrinks_the_expected_voters(world: World) -> None:
    grow_to(world, 23)
    meeting = on_calendar(world, day=DAY)
    for member in voters(world)[:12]:
        Leave.objects.create(meeting=meeting, member=member, day=DAY, reason="出差", asked_at=NOW)
    forecast = forecast_of(meeting)
    assert forecast
    assert (forecast.expected, forecast.needed, forecast.likely, forecast.short) == (23, 12, 11, 1)


@trap(DIGEST)
def only_approval_and_adoption_take_somebody_out_of_the_count(world: World) -> None:
    ill = voters(world)[7]
    adopted(world, ill)
    grow_to(world, 16)
    meeting = write(world, on_calendar(world, day=DAY), ill)
    assert put(world, meeting, votes=(8, 7, 0)).expected == 15


# --- months in a row -------------------------------------------------------------------------

IN_A_ROW = f"{MEMBERS} art. 31 (6)"


@pytest.mark.parametrize(
    ("months", "told"),
    [
        row("AA", None, what="two months", source=IN_A_ROW),
        row("AAA", 3, what="three months", source=f"{IN_A_ROW}, told early: {LOCAL}"),
        row("AAAA", 4, what="four months", source=f"{IN_A_ROW}, told early: {LOCAL}"),
        row("AAAAA", 5, what="five months", source=f"{IN_A_ROW}, told early: {LOCAL}"),
        row("AAAAAA", 6, what="six months, nothing concluded", source=IN_A_ROW),
        row("AAEAA", None, what="an excused month in between", source=IN_A_ROW),
        row("AAPAAA", 3, what="present once", source=IN_A_ROW),
        row("AALAA", None, what="late once", source=IN_A_ROW),
        row("AACAA", None, what="caught up once", source=IN_A_ROW),
        row("AA-AA", None, what="a month in which nothing was expected", source=IN_A_ROW),
        row("AAAE", None, what="excused last", source=IN_A_ROW),
        row("EEEEEE", None, what="six months excused", source=IN_A_ROW),
        row("FFFFFF", None, what="not hard-bound", source=f"{MEMBERS} art. 23"),
    ],
)
def test_only_unexcused_months_in_a_row_are_counted(world: World, months: str, told: int | None) -> None:
    """The last letter is October; in November nothing was held yet."""
    member = world.members[2]
    for place, letter in enumerate(months, 11 - len(months)):
        if letter != "-":
            _month(world, member, date(2026, place, 10), letter)
    found = help_needed(organizations=[world.branch.pk], as_of=TODAY)
    assert [(each.member, each.months) for each in found] == ([(member, told)] if told else [])


def _month(world: World, member: Member, day: date, letter: str) -> None:
    meeting = hold(world.branch, "theme_day", day)
    presence = {"P": Presence.PRESENT, "L": Presence.LATE, "E": Presence.EXCUSED}.get(letter, Presence.ABSENT)
    reason = "出差" if letter == "E" else ""
    freeze_attendance(meeting=meeting, deviations={member.pk: Deviation(presence, reason)})
    own = Attendance.objects.filter(meeting=meeting, member=member)
    if letter == "C":
        own.update(caught_up_on=day)
    if letter == "F":
        own.update(hard_bound=False)


# --- size, committee, term -------------------------------------------------------------------

ADVISED = [
    row(2, ("secretary",), "联合党支部", what="two full members", source=f"{BRANCH} art. 4, 5"),
    row(3, ("secretary",), "", what="three full members", source=f"{BRANCH} art. 4"),
    row(50, ("secretary", "publicity", "discipline"), "", what="fifty", source=f"{BRANCH} art. 4"),
    row(51, ("secretary", "publicity", "discipline"), "50 名", what="fifty-one", source=f"{BRANCH} art. 4"),
    row(6, ("secretary", "deputy"), "", what="six, with one deputy", source=f"{BRANCH} art. 20"),
    row(6, ("secretary", "publicity"), "不设支部委员会", what="six, with a committee", source=f"{BRANCH} art. 20"),
    row(7, ("secretary", "publicity"), "3 至 5 人", what="seven, committee of two", source=f"{BRANCH} art. 20"),
    row(7, ("secretary", "publicity", "discipline"), "", what="seven, three in it", source=f"{BRANCH} art. 20"),
    row(9, ("secretary", *["member"] * 6), "", what="committee of seven", source=f"{BRANCH} art. 20"),
    row(9, ("secretary", *["member"] * 7), "目前 8 人", what="committee of eight", source=f"{BRANCH} art. 20"),
    row(5, (), "没有书记", what="no secretary", source=f"{BRANCH} art. 21"),
]  # fmt: skip


@pytest.mark.parametrize(("full", "titles", "words"), ADVISED)
def test_sizes_are_advised_about_and_never_barred(full: int, titles: tuple[str, ...], words: str) -> None:
    found = advice(full, *titles)
    assert any(words in each for each in found) if words else found == []


@trap(f"{BRANCH} art. 5")
def a_joint_branch_may_be_small(world: World) -> None:
    world.small_branch.kind = "joint_branch"
    assert all(
        "联合" not in each.sentence for each in branch_advice(world.small_branch, Numbers(2, 2, 2), [])
    )


@pytest.mark.parametrize(
    ("kind", "years", "as_of", "months"),
    [
        row("branch", None, date(2026, 2, 27), None, what="a day before six months", source=f"{BRANCH} art. 21"),
        row("branch", None, date(2026, 2, 28), 6, what="six months before", source=f"{BRANCH} art. 21"),
        row("branch", None, date(2026, 5, 31), 3, what="three months before", source=LOCAL),
        row("branch", None, date(2026, 7, 31), 1, what="a month before", source=LOCAL),
        row("branch", None, date(2026, 9, 1), 0, what="over", source=f"{BRANCH} art. 21"),
        row("branch", 5, date(2026, 9, 1), None, what="a village, five years", source=f"{BRANCH} art. 21"),
        row("committee", None, date(2026, 9, 1), None, what="a committee, five years", source=f"{ORGAN} art. 5-7"),
        row("general_branch", None, date(2026, 9, 1), 0, what="a general branch", source=f"{ORGAN} art. 5-7"),
    ],
)  # fmt: skip
def test_the_clock_of_the_term(kind: str, years: int | None, as_of: date, months: int | None) -> None:
    """A term begun on 31 August 2023."""
    found = term_ending(branch(date(2023, 8, 31), years, kind), as_of)
    assert (found.months if found else None) == months


@pytest.mark.parametrize(
    ("total", "cap"),
    [row(29, 9, what="29 full members", source=f"{DIGEST}; base {LOCAL}"), row(30, 10, what="30", source=DIGEST),
     row(2, 0, what="two", source=DIGEST)],
)  # fmt: skip
def test_excellent_grades_are_a_third_rounded_down(total: int, cap: int) -> None:
    """A warning, never a bar: nothing in the program asks for it before saving."""
    assert votes.excellent_cap(total) == cap
