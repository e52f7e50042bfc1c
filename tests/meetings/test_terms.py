"""The clock of the term: told 6, 3 and 1 months before, overdue afterwards; a new term in one step."""

from datetime import date, timedelta
from itertools import count

import pytest

from branchlife.models import AuditEvent
from meetings.enums import OrganizationKind, PostTitle
from meetings.models import Organization, Post
from meetings.periods import months_later
from meetings.services.roster.terms import begin_term, term_ends_on, terms_ending
from tests.meetings.roster_changes import NOW, TODAY, refused
from tests.world import World

AS_OF = date(2026, 8, 31)


def branch(start: date | None, years: int | None = None, kind: str = "branch", **facts) -> Organization:
    return Organization(
        name="支部", kind=kind, founded_on=date(2010, 1, 1), term_start_on=start, term_years=years, **facts
    )


@pytest.mark.parametrize(
    ("kind", "years", "ends_on"),
    [
        (OrganizationKind.BRANCH, None, date(2026, 5, 20)),
        (OrganizationKind.JOINT_BRANCH, None, date(2026, 5, 20)),
        (OrganizationKind.GENERAL_BRANCH, None, date(2026, 5, 20)),
        (OrganizationKind.COMMITTEE, None, date(2028, 5, 20)),
        (OrganizationKind.BRANCH, 5, date(2028, 5, 20)),  # a village
        (OrganizationKind.TEMPORARY_BRANCH, None, None),
        (OrganizationKind.TEMPORARY_BRANCH, 1, date(2024, 5, 20)),
    ],
)
def test_when_a_term_ends(kind: str, years: int | None, ends_on: date | None) -> None:
    """Branches: work of branches, article 21; in organs 5, 3 and 3 years."""
    assert term_ends_on(branch(date(2023, 5, 20), years, kind)) == ends_on
    assert term_ends_on(branch(None, years, kind)) is None


def test_months_of_different_length() -> None:
    assert months_later(date(2024, 2, 29), 36) == date(2027, 2, 28)
    assert months_later(date(2024, 2, 29), 48) == date(2028, 2, 29)
    assert months_later(date(2026, 8, 31), -6) == date(2026, 2, 28)
    assert months_later(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert months_later(date(2026, 12, 15), 1) == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("as_of", "months", "days_left"),
    [
        (date(2026, 2, 27), None, None),
        (date(2026, 2, 28), 6, 184),  # 31 August less six months
        (date(2026, 5, 30), 6, 93),
        (date(2026, 5, 31), 3, 92),
        (date(2026, 7, 30), 3, 32),
        (date(2026, 7, 31), 1, 31),
        (date(2026, 8, 31), 1, 0),
        (date(2026, 9, 1), 0, -1),
    ],
)
def test_stages(as_of: date, months: int | None, days_left: int | None) -> None:
    found = terms_ending([branch(date(2023, 8, 31))], as_of)
    assert [(each.months, each.days_left) for each in found] == (
        [] if months is None else [(months, days_left)]
    )
    assert [each.is_overdue for each in found] == ([] if months is None else [months == 0])


def test_the_most_urgent_first_and_what_is_gone_not_at_all() -> None:
    soon, late = branch(date(2023, 12, 1), path="00010001"), branch(date(2023, 1, 1), path="00010002")
    gone = branch(date(2023, 1, 1), dissolved_on=date(2026, 11, 20))
    unknown = branch(None)
    found = terms_ending([soon, late, gone, unknown], TODAY)
    assert [each.organization for each in found] == [late, soon]
    assert terms_ending([gone], date(2026, 11, 19)), "until the day before it still had a term"


@pytest.mark.django_db
def test_a_queryset_gives_what_a_list_gives(django_assert_num_queries) -> None:
    """Every length of month, every kind, every length of term: nothing is lost in the query."""
    root = Organization.objects.add_root(
        {"name": "党委", "kind": OrganizationKind.COMMITTEE, "founded_on": date(2000, 1, 1)}
    )
    numbers = count(1)
    for kind in OrganizationKind.values:
        for years in (None, 1, 3, 5, 10):
            for days in (-1, 0, 1, 2, 40, 200):
                start = months_later(AS_OF, 6 - 12 * (years or 3)) + timedelta(days=days)
                Organization.objects.add_child(
                    Organization.objects.get(pk=root.pk),
                    {"name": f"第{next(numbers)}", "kind": kind, "founded_on": date(2000, 1, 1),
                     "term_start_on": start, "term_years": years},
                )  # fmt: skip
    everything = Organization.objects.all()
    with django_assert_num_queries(1):
        found = terms_ending(everything, AS_OF)
    assert found == terms_ending(list(everything), AS_OF)
    assert 0 < len(found) < everything.count()


# --- a new term ------------------------------------------------------------------------------

DAY = date(2026, 11, 2)


def elect(world: World, *posts: tuple[int, PostTitle], day: date = DAY) -> list[Post]:
    return begin_term(
        organization=world.branch, day=day, posts=[(world.members[i], title) for i, title in posts],
        actor=world.administrator, now=NOW,
    )  # fmt: skip


def test_old_posts_end_and_new_ones_begin(world: World) -> None:
    elect(world, (3, PostTitle.SECRETARY), (1, PostTitle.ORGANIZATION), (4, PostTitle.DISCIPLINE))
    posts = Post.objects.filter(organization=world.branch)
    assert set(posts.on(DAY - timedelta(days=1)).values_list("member__name", "title")) == {
        ("沈玉芳", "secretary"), ("牛秀远", "organization"), ("陈军", "publicity"),
    }  # fmt: skip
    assert set(posts.on(DAY).values_list("member__name", "title")) == {
        ("邹建娟", "secretary"), ("牛秀远", "organization"), ("方堃", "discipline"),
    }  # fmt: skip
    assert Organization.objects.get(pk=world.branch.pk).term_start_on == DAY
    assert AuditEvent.objects.get(action="term.begin").difference == {
        "term_start_on": [None, "2026-11-02"], "posts": 3,
    }  # fmt: skip


def test_a_new_term_that_is_refused(world: World) -> None:
    before = list(Post.objects.order_by("pk").values())
    with refused("有且只有一名书记"):
        elect(world, (1, PostTitle.ORGANIZATION))
    with refused("有且只有一名书记"):
        elect(world, (0, PostTitle.SECRETARY), (1, PostTitle.SECRETARY))
    with refused("还没有到"):
        elect(world, (0, PostTitle.SECRETARY), day=TODAY + timedelta(days=1))
    with refused("时间重叠"):
        elect(world, (0, PostTitle.SECRETARY), (1, PostTitle.DEPUTY), (1, PostTitle.DEPUTY))
    with refused("更晚的日期"):
        elect(world, (0, PostTitle.SECRETARY), day=date(2020, 1, 1))
    with refused("并非一直在"):
        begin_term(
            organization=world.branch, day=DAY, actor=world.administrator, now=NOW,
            posts=[(world.small_members[0], PostTitle.SECRETARY)],
        )  # fmt: skip
    assert list(Post.objects.order_by("pk").values()) == before
    elect(world, (0, PostTitle.SECRETARY))
    with refused("本届开始于"):
        elect(world, (1, PostTitle.SECRETARY))


def test_a_committee_has_a_term_and_its_posts_are_kept_elsewhere(world: World) -> None:
    begin_term(organization=world.committee, day=DAY, actor=world.administrator, now=NOW)
    assert Organization.objects.get(pk=world.committee.pk).term_start_on == DAY
