"""Contact points (联系点): naming, visits, what was heard and promised, reminders, pages."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from branchlife.models import AuditEvent
from meetings.reminding import Horizon, source_of
from meetings.services.reminders.seats import Seats
from reviews.models import Concern, ContactPoint, ContactVisit
from reviews.services.contacts import (
    Heard,
    end_contact,
    hear_concern,
    name_contact,
    solve_concern,
    write_visit,
)
from tests.reviews.pages import MOST_QUERIES, html_of, open_page, queries, words
from tests.reviews.planning import NOW, TODAY
from tests.reviews.recording import at
from tests.world import World, build_world

pytestmark = [pytest.mark.once, pytest.mark.django_db]
LIST = "/contacts/"
SOON = TODAY + timedelta(days=10)
HEARD = Heard("活动场地紧张", "协调二楼会议室", SOON)


@pytest.fixture
def world() -> Iterator[World]:
    with at():
        yield build_world()


def make_contact(world: World, start_on: date = date(2026, 1, 1)) -> ContactPoint:
    """The ordinary member of the branch is a leading cadre who looks after the sister branch."""
    cadre = world.members[5]
    cadre.is_leading_cadre = True
    cadre.save()
    return name_contact(
        cadre=cadre, organization=world.small_branch, start_on=start_on, actor=world.reviewer, now=NOW
    )


def visited(world: World, contact: ContactPoint, days: int = 3, heard: Heard | None = HEARD) -> ContactVisit:
    day = TODAY - timedelta(days=days)
    return write_visit(contact=contact, day=day, done="走访党员", heard=heard, actor=world.member, now=NOW)


def test_the_committee_names_a_leading_cadre(world: World) -> None:
    contact = make_contact(world)
    assert AuditEvent.objects.get(action="contact.create").chain == world.small_branch.chain
    with pytest.raises(ValidationError):
        make_contact(world)
    with pytest.raises(ValidationError):
        name_contact(
            cadre=world.members[2], organization=world.branch, start_on=TODAY, actor=world.reviewer, now=NOW
        )
    with pytest.raises(PermissionDenied):
        name_contact(
            cadre=contact.cadre, organization=world.branch, start_on=TODAY, actor=world.secretary, now=NOW
        )


def test_it_ends_once(world: World) -> None:
    contact = make_contact(world)
    with pytest.raises(ValidationError):
        end_contact(contact=contact, end_on=date(2025, 1, 1), actor=world.reviewer, now=NOW)
    end_contact(contact=contact, end_on=TODAY, actor=world.reviewer, now=NOW)
    with pytest.raises(ValidationError):
        end_contact(contact=contact, end_on=TODAY, actor=world.reviewer, now=NOW)
    make_contact(world, start_on=TODAY)  # and may begin again


def test_who_writes_down_a_visit(world: World) -> None:
    contact = make_contact(world)
    visit = visited(world, contact)
    assert visit.concerns.get().promise == HEARD.promise
    with pytest.raises(PermissionDenied):
        write_visit(contact=contact, day=TODAY, done="走访", actor=world.small_secretary, now=NOW)
    for day in (TODAY + timedelta(days=1), date(2025, 12, 31)):
        with pytest.raises(ValidationError):
            write_visit(contact=contact, day=day, done="走访", actor=world.member, now=NOW)
    with pytest.raises(ValidationError):
        visited(world, contact)  # the same day twice
    hear_concern(visit=visit, heard=Heard("设备陈旧"), actor=world.reviewer, now=NOW)
    assert visit.concerns.count() == 2
    with pytest.raises(ValidationError):
        hear_concern(visit=visit, heard=Heard("难", "办", date(2026, 1, 1)), actor=world.member, now=NOW)


def test_a_problem_is_solved_once(world: World) -> None:
    concern = visited(world, make_contact(world)).concerns.get()
    with pytest.raises(ValidationError):
        solve_concern(
            concern=concern, solved_on=TODAY + timedelta(days=1), outcome="已办", actor=world.member, now=NOW
        )
    with pytest.raises(PermissionDenied):
        solve_concern(concern=concern, solved_on=TODAY, outcome="已办", actor=world.small_secretary, now=NOW)
    solve_concern(concern=concern, solved_on=TODAY, outcome="已办", actor=world.member, now=NOW)
    with pytest.raises(ValidationError):
        solve_concern(concern=concern, solved_on=TODAY, outcome="又办", actor=world.member, now=NOW)
    concern.refresh_from_db()
    assert (concern.solved_on, concern.outcome) == (TODAY, "已办")


def test_the_cadre_is_reminded_of_a_promise(world: World) -> None:
    contact = make_contact(world)
    concern = visited(world, contact).concerns.get()
    visited(world, contact, days=5, heard=Heard("没有承诺的"))
    source, horizon = source_of("contact_promise"), Horizon(TODAY, SOON)
    (matter,) = source.due(horizon, None)
    assert (matter.subject, matter.due_on, matter.also) == (concern.pk, SOON, world.member.pk)
    assert set(source.responsible(Seats(TODAY), matter)) == {world.member.pk}
    assert set(source.responsible(Seats(TODAY), matter._replace(also=None))) == {world.reviewer.pk}
    facts = source.facts([matter])[matter]
    assert facts.url == f"/contacts/{contact.pk}/"
    assert contact.cadre.name not in str(facts.values)
    assert not list(source.due(Horizon(TODAY, SOON - timedelta(days=1)), None))
    assert list(source.due(horizon, [concern.pk])) == [matter]
    solve_concern(concern=concern, solved_on=TODAY, outcome="已办", actor=world.member, now=NOW)
    assert not list(source.due(horizon, None))


def test_pages_say_what_was_promised_and_what_is_late(world: World) -> None:
    contact = make_contact(world)
    visited(world, contact)
    late = Heard("取暖不好", "检修", TODAY - timedelta(days=1))
    visited(world, contact, days=9, heard=late)
    for user in (world.reviewer, world.member, world.small_secretary):
        assert "逾期1项" in words(html_of(user, LIST))
        page = words(html_of(user, f"/contacts/{contact.pk}/"))
        assert "取暖不好" in page
        assert "逾期" in page
    assert "取暖不好" in html_of(world.reviewer, f"/contacts/cadres/{contact.cadre_id}/")
    assert "黄峰浩" in html_of(world.small_secretary, f"/branches/{world.small_branch.pk}/")
    assert open_page(world.secretary, f"/contacts/cadres/{contact.cadre_id}/").status_code == 404
    assert "取暖不好" not in html_of(world.secretary, LIST)


def test_a_cadre_without_a_role_finds_it_in_the_menu(world: World) -> None:
    assert LIST not in html_of(world.member, "/me/")
    make_contact(world)
    assert f'href="{LIST}"' in html_of(world.member, "/me/")


def test_a_visit_is_written_in_the_browser(world: World) -> None:
    contact = make_contact(world)
    client = Client()
    client.force_login(world.member)
    url = reverse("contact_visit", args=[contact.pk])
    data = {"day": TODAY.isoformat(), "done": "走访", "problem": "场地紧张", "promise": "协调"}
    answer = client.post(url, data)
    assert answer.status_code == 400
    assert "承诺要写明时限" in answer.content.decode()
    assert client.post(url, data | {"due_on": SOON.isoformat()}).status_code == 302
    concern = Concern.objects.get()
    url = reverse("contact_solve", args=[concern.pk])
    assert client.post(url, {"solved_on": TODAY.isoformat(), "outcome": ""}).status_code == 400
    assert client.post(url, {"solved_on": TODAY.isoformat(), "outcome": "已办"}).status_code == 302
    concern.refresh_from_db()
    assert concern.outcome == "已办"


def test_pages_cost_few_queries_however_many_rows(world: World) -> None:
    contact = make_contact(world)
    visited(world, contact)
    urls = [
        LIST, f"/contacts/{contact.pk}/", f"/contacts/cadres/{contact.cadre_id}/",
        f"/branches/{world.small_branch.pk}/",
    ]  # fmt: skip
    first = [queries(world.reviewer, url) for url in urls]
    for days in (5, 7):
        visited(world, contact, days=days)
    name_contact(
        cadre=contact.cadre, organization=world.branch, start_on=TODAY, actor=world.reviewer, now=NOW
    )
    assert [queries(world.reviewer, url) for url in urls] == first
    assert max(first) <= MOST_QUERIES
