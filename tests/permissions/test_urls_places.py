"""The same addresses from other places: a sibling branch, another tree, a closed account; and what is archived.

The table says what each role gets in the place where it belongs. From elsewhere the object does not exist:
the answer is the outsider's, whatever the role there. A closed account is nobody at all.
"""

from collections.abc import Callable, Iterator

import pytest
from django.db import models, transaction

from branchlife.models import User
from meetings.enums import MeetingState
from meetings.models import Meeting, Organization
from tests.architecture.test_urls_sweep import METHODS, Site, check_headers, session_of
from tests.architecture.url_objects import build_things
from tests.architecture.url_table import CASES, PUBLIC, ROLES, Case
from tests.world import World

pytestmark = pytest.mark.django_db
ELSEWHERE = ("small_secretary", "other_secretary")  # a sibling, another tree
# On its way to the sibling branch, whose secretary is asked to receive it.
RECEIVED_BY_SIBLING = ("transfer_detail", "transfer_step")
# Marked as an example for every branch of the committee: its topics, no minutes.
SHARED_WITH_SIBLINGS = ("case_detail", "case_withdraw")
# Papers of those above and of members about the meeting, not parts of its record.
BESIDE_THE_RECORD = ("meeting_evaluate", "meeting_sit_in", "meeting_rate")
STEPS = ("record", "accept", "withdraw", "return", "hold")  # what lines about the record begin with
PATHS_TO_PLACE = ("organization", "meeting", "from_organization", "resolution", "plan", "subject")


@pytest.fixture(scope="module")
def places(module_database: None) -> tuple[World, Site]:
    world, things = build_things()
    people = {role: session_of(getattr(world, role)) for role in (*ROLES, *ELSEWHERE)}
    people["disabled"] = session_of(world.administrator)
    return world, Site(things, people)


def place_of(thing: models.Model) -> Organization | None:
    """The branch a thing belongs to; none for what belongs to a person or to everybody."""
    if isinstance(thing, Organization):
        return thing
    for name in PATHS_TO_PLACE:
        if (other := getattr(thing, name, None)) is not None and isinstance(other, models.Model):
            return place_of(other)
    return None


def cases_in(site: Site, branch: Organization) -> Iterator[Case]:
    """Addresses that speak of one thing of this branch."""
    by_key = {(each._meta.label, each.pk): each for each in site.things.values()}
    for case in CASES:
        wanted = case.kwargs(site.things).get("pk")
        named = case.note.split()
        things = [
            site.things[name] for name in named if name in site.things and site.things[name].pk == wanted
        ]
        if case.missing and any(place_of(by_key[t._meta.label, t.pk]) == branch for t in things):
            yield case


def test_from_a_sibling_or_another_tree_there_is_no_such_thing(
    places: tuple[World, Site], record_property: Callable[[str, object], None]
) -> None:
    world, site = places
    wrong, cells = [], 0
    for case in cases_in(site, world.branch):
        for role in ELSEWHERE[case.name in (*RECEIVED_BY_SIBLING, *SHARED_WITH_SIBLINGS) :]:
            for method in METHODS:
                status, declared = (
                    site.knock(case, method, role).status_code,
                    case.expected(method, "outsider"),
                )
                cells += 1
                if status != declared:
                    wrong.append(f"{case}: {method} as {role}: {status}, an outsider gets {declared}")
    record_property("figure", f"{cells} cells from a sibling branch and another tree, {len(wrong)} wrong")
    assert wrong == []
    assert cells > 100


def test_a_closed_account_is_a_visitor(
    places: tuple[World, Site], record_property: Callable[[str, object], None]
) -> None:
    world, site = places
    User.objects.filter(pk=world.administrator.pk).update(is_active=False)
    wrong = []
    for case in CASES:
        for method, public in zip(METHODS, PUBLIC.get(case.name, (302, 302)), strict=True):
            response = site.knock(case, method, "disabled")
            check_headers(response)
            # Words that were sent are given back on a page of their own, before the door.
            given_back = "session_over.html" in [template.name for template in response.templates]
            if response.status_code != (403 if given_back and method == "POST" else public):
                wrong.append(f"{case}: {method}: {response.status_code}")
    User.objects.filter(pk=world.administrator.pk).update(is_active=True)
    record_property("figure", f"{len(CASES) * 2} cells with a closed account, {len(wrong)} wrong")
    assert wrong == []


def test_what_is_archived_changes_no_more(
    places: tuple[World, Site], record_property: Callable[[str, object], None]
) -> None:
    """Nobody's POST at an archived record leads anywhere: no redirect that would mean it was done."""
    _world, site = places
    record = site.things["record"]
    wrong, cells = [], 0
    with transaction.atomic():
        Meeting.objects.filter(pk=record.pk).update(state=MeetingState.ARCHIVED)
        for case in CASES:
            if case.kwargs(site.things).get("pk") != record.pk or not case.note.startswith(STEPS):
                continue
            if case.name in BESIDE_THE_RECORD:
                continue
            for role in ("member", "group_leader", "secretary", "reviewer", "administrator"):
                status = site.knock(case, "POST", role).status_code
                cells += 1
                if status == 302:
                    wrong.append(f"{case}: as {role}: {status}")
        transaction.set_rollback(True)
    record_property("figure", f"{cells} cells at an archived record, {len(wrong)} wrong")
    assert wrong == []
    assert cells >= 20


def test_the_number_of_cells(record_property: Callable[[str, object], None]) -> None:
    """Roles × methods × addresses, besides the visitor and the places above."""
    cells = len(CASES) * len(METHODS) * len(ROLES)
    told = f"{len(CASES)} lines × {len(METHODS)} methods × {len(ROLES)} roles = {cells} cells"
    record_property("figure", f"{told}, and {len(CASES) * len(METHODS)} of a visitor")
    assert cells > 3000


def test_a_leak_to_a_sibling_would_be_seen(
    places: tuple[World, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard itself: with a scope that takes in everything the first test fails."""
    from meetings.models.meeting import MeetingQuerySet

    _world, site = places
    monkeypatch.setattr(MeetingQuerySet, "visible_to", lambda rows, user: rows.all())
    case = next(case for case in CASES if str(case) == "meeting_detail record")
    assert site.knock(case, "GET", "other_secretary").status_code == 200
