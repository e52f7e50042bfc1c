"""The roster on any day: after any changes it says what a list kept by hand would say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.enums import PostTitle, StandingKind
from meetings.models import Member, Membership, Organization, PartyGroup, Post, Standing
from meetings.services.attendance import expected_at
from meetings.services.roster.asof import Numbers, numbers_of, numbers_on, posts_on, roster_on
from meetings.services.roster.memberships import change_groups, end_membership, receive_member
from meetings.services.roster.posts import end_post, give_post
from meetings.services.roster.standings import end_standing, set_standing
from meetings.services.roster.transfers import accept_transfer, propose_transfer
from tests.meetings.roster_changes import NOW, TODAY
from tests.world import World, make_member

pytestmark = pytest.mark.django_db
LONG_AGO = date(2016, 1, 1)
FIRST = TODAY - timedelta(days=24)


def test_numbers_of_a_day(world: World) -> None:
    day = date(2026, 6, 1)
    Standing.objects.create(
        member=world.members[3], kind=StandingKind.DETAINED, start_on=day, end_on=day, reason="决定"
    )
    Standing.objects.create(member=world.members[4], kind=StandingKind.FRAIL, start_on=day)
    Member.objects.filter(pk=world.members[5].pk).update(full_member_on=day + timedelta(days=1))
    both = [world.branch.pk, world.small_branch.pk, world.committee.pk]
    assert numbers_on(organizations=both, day=day) == {
        world.branch.pk: Numbers(9, 7, 6), world.small_branch.pk: Numbers(4, 4, 4),
    }  # fmt: skip
    # Full from that day on, but not yet a voter at the meeting that made them so.
    assert numbers_on(organizations=both, day=day + timedelta(days=1))[world.branch.pk] == Numbers(9, 8, 7)
    assert numbers_on(organizations=both, day=day + timedelta(days=2))[world.branch.pk] == Numbers(9, 8, 8)
    assert numbers_on(organizations=both, day=date(2015, 12, 31)) == {}
    assert numbers_of(roster_on(organization=world.branch, day=day)) == Numbers(9, 7, 6)
    assert Numbers(9, 7, 6).probationary == 2


def test_posts_come_first_then_names(world: World) -> None:
    lines = roster_on(organization=world.branch, day=TODAY)
    assert [line.member.name for line in lines][:3] == ["沈玉芳", "牛秀远", "陈军"]
    rest = [line.member.name_key for line in lines][3:]
    assert rest == sorted(rest)
    assert [post.member.name for post in posts_on(world.branch, TODAY)] == ["沈玉芳", "牛秀远", "陈军"]


# --- against a list kept by hand -------------------------------------------------------------


@dataclass
class Kept:
    """A post or a standing in the list."""

    member: int
    what: str
    start: date
    end: date
    branch: int = -1

    def meets(self, start: date, end: date) -> bool:
        return self.start <= end and start <= self.end


@dataclass
class Person:
    """Day by day the branch and group of one person, and since when it is the present one."""

    days: dict[date, tuple[int, int] | None]
    since: date = LONG_AGO

    @property
    def now(self) -> tuple[int, int] | None:
        return self.days[TODAY]

    def put(self, day: date, place: tuple[int, int] | None) -> None:
        self.days |= {each: place for each in self.days if each >= day}
        self.since = day


@dataclass
class Notebook:
    """What a careful clerk would write down: every day of the window for everybody."""

    people: list[Person]
    posts: list[Kept] = field(default_factory=list)
    standings: list[Kept] = field(default_factory=list)

    def leaves(self, who: int, branch: int, last_day: date) -> bool:
        """Posts in the branch end; False when one began later."""
        mine = [post for post in self.posts if (post.member, post.branch) == (who, branch)]
        ended = [post for post in mine if post.end > last_day]
        if any(post.start > last_day for post in ended):
            return False
        for post in ended:
            post.end = last_day
        return True


class Site:
    """The same people in the database; 0 is the branch with two groups, 1 the one without."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.branches: list[Organization] = [world.branch, world.small_branch]
        self.groups: list[PartyGroup | None] = [None, *world.groups]
        self.members = [
            make_member(name, self.branches[place], self.groups[group])
            for name, place, group in (("甲", 0, 1), ("乙", 0, 2), ("丙", 0, 0), ("丁", 1, 0))
        ]
        Post.objects.all().delete()

    def notebook(self) -> Notebook:
        window = [FIRST + timedelta(days=each) for each in range((TODAY - FIRST).days + 1)]
        places = [(0, 1), (0, 2), (0, 0), (1, 0)]
        return Notebook([Person(dict.fromkeys(window, place)) for place in places])


OPEN_END = date.max
DAY = st.dates(FIRST, TODAY)
WHO = st.integers(0, 3)
BRANCH = st.integers(0, 1)
TITLE = st.sampled_from([PostTitle.SECRETARY, PostTitle.DEPUTY])
KIND = st.sampled_from([StandingKind.FRAIL, StandingKind.MOBILE])
END = st.one_of(st.none(), DAY)
STEP = st.one_of(
    st.tuples(st.just("group"), WHO, st.integers(0, 2), DAY),
    st.tuples(st.just("leave"), WHO, DAY),
    st.tuples(st.just("receive"), WHO, BRANCH, DAY),
    st.tuples(st.just("transfer"), WHO, DAY, DAY),
    st.tuples(st.just("give"), WHO, st.just(0), TITLE, DAY, END),
    st.tuples(st.just("give"), WHO, BRANCH, TITLE, DAY, END),
    st.tuples(st.just("end"), st.integers(0, 5), DAY),
    st.tuples(st.just("stand"), WHO, KIND, DAY, END),
    st.tuples(st.just("recover"), st.integers(0, 5), DAY),
)


def by_hand(book: Notebook, step: tuple) -> bool:
    """Do the step in the notebook; False, and nothing done, when it cannot be."""
    return HANDS[step[0]](book, *step[1:])


def _group(book: Notebook, who: int, group: int, day: date) -> bool:
    person = book.people[who]
    if person.now is None or person.now[0] != 0:
        return False
    if person.now[1] == group:
        return True
    if day < person.since:
        return False
    person.put(day, (0, group))
    return True


def _leave(book: Notebook, who: int, last_day: date) -> bool:
    person = book.people[who]
    if person.now is None or last_day < person.since or not book.leaves(who, person.now[0], last_day):
        return False
    person.put(last_day + timedelta(days=1), None)
    open_ones = [each for each in book.standings if each.member == who and each.end == OPEN_END]
    for standing in open_ones:
        standing.end = last_day
    book.standings = [each for each in book.standings if each.start <= each.end]
    return True


def _receive(book: Notebook, who: int, branch: int, day: date) -> bool:
    person = book.people[who]
    if person.now is not None or person.since > day:
        return False
    person.put(day, (branch, 0))
    return True


def _transfer(book: Notebook, who: int, day: date, received: date) -> bool:
    person = book.people[who]
    if person.now is None or not person.since < day <= received:
        return False
    if not book.leaves(who, person.now[0], received - timedelta(days=1)):
        return False
    person.put(received, (1 - person.now[0], 0))
    return True


def _give(book: Notebook, who: int, branch: int, title: str, day: date, end: date | None) -> bool:
    last = end or OPEN_END
    days = book.people[who].days
    there = all(
        place is not None and place[0] == branch for each, place in days.items() if day <= each <= last
    )
    rivals = [post for post in book.posts if (post.branch, post.what) == (branch, title)]
    if title != PostTitle.SECRETARY:
        rivals = [post for post in rivals if post.member == who]
    if last < day or not there or any(post.meets(day, last) for post in rivals):
        return False
    book.posts.append(Kept(who, title, day, last, branch))
    return True


def _end(book: Notebook, number: int, last_day: date) -> bool:
    return _stop(book.posts, number, last_day, only_open=True)


def _stop(rows: list[Kept], number: int, last_day: date, *, only_open: bool) -> bool:
    if not rows:
        return False
    row = rows[number % len(rows)]
    if row.start > last_day or (row.end != OPEN_END if only_open else row.end <= last_day):
        return False
    row.end = last_day
    return True


def _stand(book: Notebook, who: int, kind: str, day: date, end: date | None) -> bool:
    last = end or OPEN_END
    rivals = [each for each in book.standings if (each.member, each.what) == (who, kind)]
    if book.people[who].now is None or last < day or any(each.meets(day, last) for each in rivals):
        return False
    book.standings.append(Kept(who, kind, day, last))
    return True


def _recover(book: Notebook, number: int, last_day: date) -> bool:
    return _stop(book.standings, number, last_day, only_open=False)


HANDS: dict[str, Callable[..., bool]] = {
    "group": _group, "leave": _leave, "receive": _receive, "transfer": _transfer, "give": _give, "end": _end,
    "stand": _stand, "recover": _recover,
}  # fmt: skip


def on_site(site: Site, step: tuple) -> bool:
    """Do the step through the services; False when they refuse it."""
    try:
        with transaction.atomic():
            _do(site, *step)
    except (ValidationError, IndexError):
        return False
    return True


def _do(site: Site, action: str, *given: object) -> None:
    by = {"actor": site.world.administrator, "now": NOW}
    match action, given:
        case "group", (who, group, day):
            change_groups(
                organization=site.branches[0], groups={site.members[who]: site.groups[group]}, day=day, **by
            )
        case "leave", (who, day):
            end_membership(member=site.members[who], last_day=day, reason="离开", **by)
        case "receive", (who, branch, day):
            receive_member(member=site.members[who], organization=site.branches[branch], day=day, **by)
        case "transfer", (who, day, received):
            _transferred(site, site.members[who], day, received, by)
        case "give", (who, branch, title, day, end):
            give_post(
                member=site.members[who], organization=site.branches[branch], title=title, day=day,
                last_day=end, **by,
            )  # fmt: skip
        case "end", (number, day):
            end_post(post=nth(Post.objects.all(), number), last_day=day, **by)
        case "stand", (who, kind, day, end):
            set_standing(member=site.members[who], kind=kind, day=day, last_day=end, **by)
        case "recover", (number, day):
            rows = Standing.objects.exclude(kind=StandingKind.TRANSFERRING)
            end_standing(standing=nth(rows, number), last_day=day, **by)


def nth(rows: QuerySet, number: int) -> models.Model:
    """Counted round and round. IndexError where there is none."""
    return list(rows.order_by("pk"))[number % max(rows.count(), 1)]


def _transferred(site: Site, member: Member, day: date, received: date, by: dict) -> None:
    row = Membership.objects.filter(member=member, end_on=None).first()
    other = site.branches[0 if row and row.organization == site.branches[1] else 1]
    transfer = propose_transfer(member=member, to_organization=other, day=day, **by)
    accept_transfer(transfer=transfer, day=received, **by)


def check_day(site: Site, book: Notebook, day: date) -> None:
    numbers = numbers_on(organizations=[branch.pk for branch in site.branches], day=day)
    check_standings(site, book, day)
    for number, branch in enumerate(site.branches):
        everybody = roster_on(organization=branch, day=day)
        lines = [line for line in everybody if line.member in site.members]
        assert len({line.member.pk for line in lines}) == len(lines)
        assert {
            (site.members.index(line.member), site.groups.index(line.group)) for line in lines
        } == {
            (who, person.days[day][1])
            for who, person in enumerate(book.people)
            if person.days[day] is not None and person.days[day][0] == number
        }  # fmt: skip
        check_posts(site, book, day, number)
        expected = expected_at(organization=branch, group=None, kinds=["general"], day=day)
        assert {line.member: line.has_vote for line in everybody} == {
            person.member: person.has_vote for person in expected
        }
        assert numbers[branch.pk] == numbers_of(everybody)


def check_posts(site: Site, book: Notebook, day: date, number: int) -> None:
    posts = posts_on(site.branches[number], day)
    assert sum(post.title == PostTitle.SECRETARY for post in posts) <= 1
    assert sorted((site.members.index(post.member), post.title) for post in posts) == sorted(
        (post.member, post.what) for post in book.posts if post.branch == number and post.meets(day, day)
    )


def check_standings(site: Site, book: Notebook, day: date) -> None:
    standings = Standing.objects.on(day).exclude(kind=StandingKind.TRANSFERRING).select_related("member")
    assert sorted((site.members.index(each.member), each.kind) for each in standings) == sorted(
        (each.member, each.what) for each in book.standings if each.meets(day, day)
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=5, max_size=16))
def test_after_any_changes_the_roster_is_that_of_the_notebook(world: World, steps: list[tuple]) -> None:
    with transaction.atomic():
        site = Site(world)
        book = site.notebook()
        for step in steps:
            assert on_site(site, step) == by_hand(book, step), step
        asked = {value for step in steps for value in step if isinstance(value, date)}
        for day in sorted({FIRST, TODAY} | asked):
            check_day(site, book, day)
        transaction.set_rollback(True)
