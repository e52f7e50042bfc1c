"""Nobody overwrites what they have not seen: every form that shows what is stored carries a mark of it."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Membership
from tests.architecture.url_objects import build_things
from tests.held import hold
from tests.typed_forms import shown_form
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]

# Every address at which something stored is changed, and the hidden field that tells what was seen.
EDITS = {
    "meeting_edit": ("coming", "secretary", "version"),
    "meeting_record": ("coming", "secretary", "version"),
    "meeting_guests": ("coming", "secretary", "before"),
    "plan_edit": ("draft", "secretary", "version"),
    "resolution_edit": ("vote", "secretary", "version"),
    "member_facts": ("colleague", "administrator", "seen"),
    "organization_edit": ("branch", "administrator", "before"),
    "branch_groups": ("branch", "secretary", "before"),
    "group_edit": ("group", "secretary", "before"),
    "rule_change": ("local_rule", "administrator", "seen"),
    "rule_end": ("local_rule", "administrator", "seen"),
    "rule_basis": ("local_rule", "administrator", "before"),
    "deadline_change": ("local_deadline", "administrator", "seen"),
    "deadline_end": ("local_deadline", "administrator", "seen"),
    "deadline_basis": ("local_deadline", "administrator", "before"),
    "vote_rule_change": ("local_vote_rule", "administrator", "seen"),
    "vote_rule_end": ("local_vote_rule", "administrator", "seen"),
    "vote_rule_basis": ("local_vote_rule", "administrator", "before"),
    "reminder_rule_change": ("local_reminder_rule", "administrator", "seen"),
    "reminder_rule_end": ("local_reminder_rule", "administrator", "seen"),
    "reminder_rule_basis": ("local_reminder_rule", "administrator", "before"),
    "catch_up": ("absence", "secretary", "before"),
}


def test_every_edit_form_carries_what_was_seen() -> None:
    world, things = build_things()
    for name, (thing, role, field) in EDITS.items():
        client = Client()
        client.force_login(getattr(world, role))
        page = client.get(reverse(name, args=[things[thing].pk])).content.decode()
        assert re.search(rf'<input type="hidden" name="(?:[a-z]+-)?{field}" value="[^"]+"', page), name


def edits() -> Iterator[str]:
    from tests.architecture.test_urls_sweep import patterns

    for pattern in patterns():
        if re.search(r"_(edit|facts|basis|change|guests)$", pattern.name or ""):
            yield pattern.name


def test_no_new_edit_form_is_forgotten() -> None:
    # The one has a version of its own, see its tests; of the other there is nothing two people write at once.
    elsewhere = {"rectification_edit", "robot_edit"}
    assert set(edits()) - elsewhere <= set(EDITS)


def test_both_texts_are_shown_and_nothing_is_lost(world: World) -> None:
    meeting = hold(world.branch, "theme_day", date(2026, 11, 2))
    there = reverse("meeting_guests", args=[meeting.pk])
    one, other = Client(), Client()
    for client in (one, other):
        client.force_login(world.secretary)
    seen = shown_form(one.get(there))
    other_seen = shown_form(other.get(there))
    assert one.post(there, seen | {"names": "李处长"}).status_code == 302
    answer = other.post(there, other_seen | {"names": "王主任"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "李处长" in text
    assert "王主任" in text
    meeting.refresh_from_db()
    assert meeting.guests == "李处长"
    assert other.post(there, shown_form(answer)).status_code == 302, "knowingly"
    meeting.refresh_from_db()
    assert meeting.guests == "王主任"


def test_the_same_text_twice_is_no_conflict(world: World) -> None:
    meeting = hold(world.branch, "theme_day", date(2026, 11, 2))
    there = reverse("meeting_guests", args=[meeting.pk])
    client = Client()
    client.force_login(world.secretary)
    typed = shown_form(client.get(there)) | {"names": "李处长"}
    assert [client.post(there, typed).status_code for _each in range(2)] == [302, 302]


def test_groups_changed_by_somebody_else(world: World) -> None:
    there = reverse("branch_groups", args=[world.branch.pk])
    client = Client()
    client.force_login(world.secretary)
    typed = shown_form(client.get(there))
    moved = world.members[0]
    Membership.objects.filter(member=moved).update(group=world.groups[1])
    answer = client.post(there, typed)
    assert answer.status_code == 400
    assert "第二党小组" in answer.content.decode()
    assert Membership.objects.get(member=moved).group == world.groups[1]
