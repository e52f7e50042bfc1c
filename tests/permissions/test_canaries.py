"""Everything there is, opened by everybody: each word planted in a record is met by those declared and no others.

Pages, exports (unpacked), letters, messages of robots and the log. ``HYPOTHESIS_PROFILE=nightly`` follows every
link of every page as well. The guards are taken away one by one, and the crawl must say so.
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from branchlife import sessions
from branchlife.models import User
from meetings import confidential
from meetings.models import Robot
from meetings.services.attachments import path_of
from meetings.services.reminders.choices import make_feed
from meetings.services.reminders.run import run_reminders
from tests.architecture.test_urls_sweep import Site, session_of
from tests.architecture.url_objects import Things, build_things
from tests.architecture.url_table import CASES, ROLES, Case
from tests.branchlife.trail import drop_guards
from tests.meetings.reminder_ledger import at_any_hour
from tests.meetings.test_visible_to import scoped_models
from tests.permissions.canaries import ELSEWHERE, Aviary, fields_with_words, plant, write_the_rest
from tests.permissions.canary_table import EXACTLY, NOT_SHOWN, readers
from tests.permissions.crawl import Sightings, doors, doors_to_things, text_of, visit
from tests.services.robot_server import Vendor, serving
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
FOLLOWED = 1000 if NIGHTLY else 0
NEIGHBOURS = ("small_secretary", "other_secretary")
DAY = "2026-11-26T10:00:00+08:00"  # a working day, in office hours


@dataclass
class Zoo:
    world: World
    site: Site
    away: Site  # the same people before a second world's addresses
    aviary: Aviary


@pytest.fixture(scope="module")
def zoo(module_database: None) -> Iterator[Zoo]:
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(DAY):
        patch.setattr(sessions, "WRITE_EVERY", 10**9)
        world, things = build_things()
        foreign_world, foreign = build_things(build_world("another-"))
        drop_guards()
        for each, its in ((world, things), (foreign_world, foreign)):
            write_the_rest(each, its)
        aviary = plant(world)
        for thing in (*things.values(), *foreign.values()):
            thing.refresh_from_db()
        keys = {role: session_of(getattr(world, role)) for role in (*ROLES, *NEIGHBOURS)}
        yield Zoo(world, Site(things, keys), Site(foreign, keys), aviary)


class Ear(logging.Handler):
    """Hears whatever is logged, tracebacks included."""

    def __init__(self, sightings: Sightings) -> None:
        super().__init__(logging.DEBUG)
        self.sightings = sightings
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.sightings.note("log", record.name, self.format(record))


@pytest.fixture
def sightings(zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sightings]:
    found, root = Sightings(zoo.aviary), logging.getLogger()
    ear, level = Ear(found), root.level
    monkeypatch.setattr(root, "handlers", [ear])
    root.setLevel(logging.DEBUG)
    yield found
    root.setLevel(level)


def leaks(sightings: Sightings) -> list[str]:
    return sorted(
        f"{cage} was met by {who} at {where}"
        for cage, seen in sightings.seen.items()
        for who, where in seen.items()
        if who not in readers(cage)
    )


def test_each_word_is_met_by_those_declared(
    zoo: Zoo, sightings: Sightings, record_property: Callable[[str, object], None]
) -> None:
    _open_pages(zoo, sightings)
    _take_exports(zoo, sightings)
    _send_reminders(zoo, sightings)
    met = sightings.cells()
    told = f"{len(zoo.aviary.cages)} words in {len(set(zoo.aviary.cages.values()))} cages, {sightings.texts} texts"
    record_property("figure", f"{told} read, {len(met)} cells met, {len(leaks(sightings))} leaks")
    assert leaks(sightings) == []
    missed = [(cage, who) for cage, line in EXACTLY.items() for who in line.split() if (cage, who) not in met]
    assert missed == []  # the declaration is not wider than what is there
    assert {"robot", "secretary", ELSEWHERE} <= {who for seen in sightings.seen.values() for who in seen}
    assert len(mail.outbox) > 3
    _check_that_every_field_was_met(zoo, sightings)


def _check_that_every_field_was_met(zoo: Zoo, sightings: Sightings) -> None:
    """Otherwise nothing would be said by nobody's having met it."""
    hidden = {cage for cage, line in EXACTLY.items() if not line}
    planted = {f"{model._meta.label_lower}.{each.name}" for model, each in fields_with_words()}
    met = {cage.partition(" ")[0] for cage in sightings.seen}
    assert planted - met - hidden <= NOT_SHOWN, planted - met - hidden - NOT_SHOWN
    assert {cage.partition(" ")[0] for cage in zoo.aviary.cages.values()} >= hidden & planted


def _open_pages(zoo: Zoo, sightings: Sightings) -> None:
    for role in ROLES:
        more = [f"/members/{zoo.site.things['standing'].member_id}/"]  # type: ignore[attr-defined]
        visit(zoo.site, role, [*doors(zoo.site, role), *more], sightings, FOLLOWED)
    for role in NEIGHBOURS:
        visit(zoo.site, role, ["/"], sightings, FOLLOWED or 1)
    visit(zoo.site, "", [case.url(zoo.site.things) for case in CASES if "200" in case.get], sightings)
    for role in ROLES if NIGHTLY else ("administrator",):
        visit(zoo.away, role, doors_to_things(zoo.away), sightings)


def _take_exports(zoo: Zoo, sightings: Sightings) -> None:
    """The register of every branch, the audit trail, the file beside a record, the calendar."""
    things = zoo.site.things
    for branch in ("branch", "small_branch"):
        case = _case(f"branch_register {branch}")
        case = replace(case, data=lambda _things: {"year": 2026, "purpose": "检查"})
        for role in (*ROLES, *NEIGHBOURS):
            sightings.note(role, f"register of {branch}", text_of(zoo.site.knock(case, "POST", role)))
    case = replace(_case("audit_export"), data=lambda _things: {"purpose": "检查"})
    for role in (*ROLES, *NEIGHBOURS):
        sightings.note(role, "audit export", text_of(zoo.site.knock(case, "POST", role)))
    for role in (*ROLES, *NEIGHBOURS):
        address = make_feed(user=getattr(zoo.world, role))
        url = urlsplit(address).path
        sightings.note(role, "calendar", text_of(zoo.site.knock(CASES[0], "GET", url=url)))
    _open_file(zoo, things, sightings)


def _open_file(zoo: Zoo, things: Things, sightings: Sightings) -> None:
    file = things["closed_file"]
    path = path_of(file.meeting_id, file.digest)  # type: ignore[attr-defined]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(zoo.aviary.new_word("meetings.attachment.file own"))
    for role in (*ROLES, *NEIGHBOURS, ""):
        answer = zoo.site.knock(CASES[0], "GET", role, url=f"/attachments/{file.pk}/")
        sightings.note(role or "visitor", "file", text_of(answer))
    path.unlink()


def _send_reminders(zoo: Zoo, sightings: Sightings) -> None:
    """A round by the clock: a letter each, and a message to the branch's group."""
    people = {getattr(zoo.world, role).pk: role for role in (*ROLES, *NEIGHBOURS)}
    at_any_hour(*User.objects.all())
    by_address = {user.email: people[user.pk] for user in User.objects.filter(pk__in=people)}
    with serving(Vendor()) as vendor, pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.ROBOT_HOSTS", [vendor.origin])
        robot = zoo.site.things["robot"]
        before = Robot.objects.get(pk=robot.pk).url
        robot.url = f"{vendor.origin}/send?key={before}"  # type: ignore[attr-defined]
        robot.save()
        run_reminders(now=timezone.now())
        for message in vendor.taken:
            sightings.note("robot", "message", str(message))
    for letter in mail.outbox:
        (address,) = letter.to
        sightings.note(by_address.get(address, ELSEWHERE), "letter", f"{letter.subject} {letter.body}")


def _case(name: str) -> Case:
    return next(case for case in CASES if str(case) == name)


# By the name of the model: what somebody of another tree opens; its list, for ``visible_to`` is asked there first.
LISTS = {
    "ContactPoint": "contact_list",
    "Delegation": "delegation_list",
    "Exclusion": "exclusion_list",
    "GoodCase": "plan_create",
    "Inspection": "inspection_list",
    "Meeting": "meeting_list",
    "Member": "member_detail colleague",
    "Membership": "member_list",
    "Notice": "notice_list",
    "Obligation": "obligation_list",
    "Organization": "organization_list",
    "PartyGroup": "member_list",
    "Plan": "plan_list",
    "Rectification": "rectification_list",
    "RectificationNotice": "rectification_notice rectification_notice",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_scope_taken_away_is_a_leak(zoo: Zoo, sightings: Sightings, name: str) -> None:
    """The models left out are read through another one first (a leave through its meeting), whose scope still
    stands; ``test_visible_to`` asks each alone."""
    (model,) = (model for model in scoped_models() if model.__name__ == name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(model._default_manager.all()), "visible_to", lambda rows, user: rows.all())
        visit(zoo.site, "other_secretary", [_case(LISTS[name]).url(zoo.site.things)], sightings)
    assert leaks(sightings) != []


def test_masks_and_predicates_taken_away_are_leaks(zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaks_at(role: str, case: str) -> list[str]:
        found = Sightings(zoo.aviary)
        visit(zoo.site, role, [_case(case).url(zoo.site.things)], found)
        return leaks(found)

    assert leaks_at("reviewer", "member_detail colleague") == []
    with monkeypatch.context() as patch:
        patch.setattr(confidential, "masked", lambda value, field: value)
        assert any("phone" in leak for leak in leaks_at("reviewer", "member_detail colleague"))
    with monkeypatch.context() as patch:
        patch.setattr("meetings.views.lookup.can_see_attendance", lambda user, meeting: True)
        assert any("leave.reason" in leak for leak in leaks_at("group_leader", "meeting_leaves ahead"))


def test_what_is_logged_is_heard(sightings: Sightings) -> None:
    word = next(iter(sightings.aviary.cages))
    logging.getLogger("anywhere").debug("somebody said %s", word)
    assert leaks(sightings) == [f"{sightings.aviary.cages[word]} was met by log at anywhere"]
