"""Who is due, and how an event sums up."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.enums import HERE, Presence, ResolutionKind, StandingKind
from meetings.models import Member, Membership, Post, Standing, VoteRule
from meetings.rates import percent
from meetings.services.attendance import expected_at, people_of, summarize
from meetings.services.vote_ground import Ground
from meetings.services.vote_rules import preset_rules
from tests.held import attended, hold
from tests.world import World

DAY = date(2026, 10, 14)


@dataclass(frozen=True)
class Somebody:
    presence: str
    member_id: int = 0
    hard_bound: bool = True
    has_vote: bool = True


PEOPLE = st.lists(
    st.builds(Somebody, st.sampled_from(Presence.values), st.just(0), st.booleans(), st.booleans()),
    max_size=40,
)


@given(PEOPLE)
def test_the_sums_hold_for_any_people(people: list[Somebody]) -> None:
    found = summarize(people, usual(ResolutionKind.GENERAL))
    away_without_duty = sum(p.presence == Presence.ABSENT and not p.hard_bound for p in people)
    assert found.present + found.excused + found.absent + away_without_duty == found.expected == len(people)
    assert found.base == sum(p.hard_bound for p in people)
    assert found.base_present == sum(p.hard_bound and p.presence in HERE for p in people)
    assert found.rate == percent(found.base_present, found.base)
    if found.needed is not None:
        assert 2 * found.needed >= found.voters > 2 * (found.needed - 1)
        assert found.voters_present <= found.voters


def usual(kind: ResolutionKind) -> Ground:
    """Nobody left out, nothing on the list yet, the rule as shipped."""
    return Ground({kind: VoteRule(**preset_rules()[kind])}, left_out={})


def test_where_nothing_is_decided_nothing_is_needed() -> None:
    found = summarize([Somebody(Presence.PRESENT)] * 4, None)
    assert (found.needed, found.quorums, found.vote_label) == (None, (), "")


@pytest.mark.parametrize(
    ("kind", "needed"),
    [(ResolutionKind.GENERAL, 4), (ResolutionKind.COMMITTEE, 5), (ResolutionKind.DEMOCRATIC_LIFE, 6)],
)
def test_each_kind_of_vote_needs_its_own_share(kind: ResolutionKind, needed: int) -> None:
    """Of nine, two of them without a vote where that matters."""
    without = 0 if kind == ResolutionKind.DEMOCRATIC_LIFE else 2
    people = [Somebody(Presence.ABSENT, has_vote=place >= without) for place in range(9)]
    found = summarize(people, usual(kind))
    assert (found.needed, found.quorums, found.voters_present) == (needed, (needed,), 0)


@pytest.mark.parametrize(
    ("part", "base", "expected"),
    [(15, 17, "88.2%"), (9999, 10000, "99.9%"), (3, 3, "100.0%"), (0, 0, "—"), (0, 5, "0.0%")],
)
def test_rates_round_down(part: int, base: int, expected: str) -> None:
    assert percent(part, base) == expected


def due(world: World, kind: str, group=None, day: date = DAY) -> list[Member]:
    return [
        person.member for person in expected_at(organization=world.branch, group=group, kinds=[kind], day=day)
    ]


@pytest.mark.django_db
class TestExpected:
    def test_by_kind(self, world: World) -> None:
        assert set(due(world, "general")) == set(world.members)
        assert set(due(world, "committee")) == set(world.members[:3])
        assert set(due(world, "group", world.groups[1])) == set(world.members[5:])

    def test_by_day(self, world: World) -> None:
        member = world.members[4]
        Membership.objects.filter(member=member).update(start_on=DAY, end_on=DAY)
        assert member in due(world, "general")
        assert member not in due(world, "general", day=DAY + timedelta(days=1))
        assert member not in due(world, "general", day=DAY - timedelta(days=1))

    def test_posts_are_those_of_the_day(self, world: World) -> None:
        Post.objects.filter(member=world.members[2]).update(end_on=DAY - timedelta(days=1))
        assert set(due(world, "committee")) == set(world.members[:2])

    @pytest.mark.parametrize(
        ("standing", "bound", "vote"),
        [
            (StandingKind.FRAIL, False, True),
            (StandingKind.ABROAD, False, True),
            (StandingKind.DETAINED, False, False),
            (StandingKind.LOST_CONTACT, False, False),
            (StandingKind.PROBATION_WITHIN_PARTY, True, False),
            (StandingKind.MOBILE, True, True),
            (StandingKind.TRANSFERRING, True, True),
        ],
    )
    def test_duty_and_vote_by_standing(self, world: World, standing: str, bound: bool, vote: bool) -> None:
        Standing.objects.create(member=world.members[4], kind=standing, start_on=DAY)
        people = expected_at(organization=world.branch, group=None, kinds=["general"], day=DAY)
        found = next(person for person in people if person.member == world.members[4])
        assert (found.hard_bound, found.has_vote) == (bound, vote)
        before = expected_at(
            organization=world.branch, group=None, kinds=["general"], day=DAY - timedelta(days=1)
        )
        found = next(person for person in before if person.member == world.members[4])
        assert (found.hard_bound, found.has_vote) == (True, True)

    def test_a_probationary_member_comes_but_does_not_vote(self, world: World) -> None:
        people = expected_at(organization=world.branch, group=None, kinds=["general"], day=DAY)
        assert [person.member.name for person in people if not person.has_vote] == ["郝健"]

    def test_a_written_record_remembers_who_was_due(self, world: World) -> None:
        meeting = hold(world.branch, "general", DAY)
        attended(meeting, world.members[2], reason="出差")
        Standing.objects.create(member=world.members[4], kind=StandingKind.DETAINED, start_on=DAY)
        kept = people_of(meeting, kinds=["general"], day=DAY)
        assert kept.roster_differs
        assert all(person.hard_bound for person in kept.expected)
        assert kept.entered[world.members[2].pk].reason == "出差"
        anew = people_of(meeting, kinds=["general"], day=DAY, anew=True)
        assert not all(person.hard_bound for person in anew.expected)
