"""Whatever is typed into the forms of the roster and the tree is answered with a sentence, never with a 500."""

from datetime import date

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from meetings.enums import StandingKind
from meetings.models import Post, Standing, Transfer
from meetings.services.roster.transfers import propose_transfer
from tests.typed_forms import shown_form
from tests.world import World

pytestmark = pytest.mark.django_db

NASTY = (
    "", " ", "\u200b", "\x00", "a\x00b", "０", "２０２６－１１－０２", "99999999999999999999", "-1", "1e9", "NaN",
    "2026-02-30", "0001-01-01", "9999-12-31", "<script>alert(1)</script>", "=1+1", "'; DROP TABLE x; --",
    "名" * 300, "😀", "𬭎", "../../etc/passwd", "{{ 7*7 }}", "%s%n", "null", "on",
)  # fmt: skip


def addresses(world: World, transfer: Transfer, standing: Standing) -> dict[str, str]:
    """Every form of the roster, by the address it is sent to and the page it stands on."""
    chen, branch, committee = world.members[2].pk, world.branch.pk, world.committee.pk
    of_person = ("member_facts", "member_full", "member_leave", "member_receive", "post_create",
                 "standing_create", "transfer_create")  # fmt: skip
    of_branch = ("organization_edit", "organization_term", "organization_move", "organization_merge",
                 "organization_dissolve", "branch_groups", "group_create")  # fmt: skip
    pages = [reverse(name, args=[chen]) for name in of_person]
    pages += [reverse(name, args=[branch]) for name in of_branch]
    pages += [
        f"{reverse('member_create')}?organization={branch}&name=x",
        reverse("organization_create", args=[committee]),
        reverse("post_end", args=[Post.objects.get(member=world.members[1]).pk]),
        reverse("standing_end", args=[standing.pk]),
        reverse("group_edit", args=[world.groups[0].pk]),
        reverse("group_dissolve", args=[world.groups[0].pk]),
    ]
    found = dict.fromkeys(pages, "")
    for action in ("accept", "return"):
        found[reverse("transfer_step", args=[transfer.pk, action])] = reverse(
            "transfer_detail", args=[transfer.pk]
        )
    return found


@pytest.fixture
def forms(client: Client, world: World) -> dict[str, dict[str, object]]:
    """Address → the form as the page shows it."""
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False):
        transfer = propose_transfer(
            member=world.members[3], to_organization=world.small_branch, day=date(2026, 11, 2),
            actor=world.secretary,
        )  # fmt: skip
        standing = Standing.objects.create(
            member=world.members[4], kind=StandingKind.FRAIL, start_on=date(2026, 1, 1)
        )
        client.force_login(world.administrator)
        return {
            action: shown_form(client.get(page or action), action if page else "")
            for action, page in addresses(world, transfer, standing).items()
        }


def answers(client: Client, action: str, form: dict[str, object]) -> int:
    """The status of sending this, which is taken back afterwards."""
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False), transaction.atomic():
        status = client.post(action, form).status_code
        transaction.set_rollback(True)
    return status


def test_no_field_breaks_a_page(client: Client, forms: dict[str, dict[str, object]]) -> None:
    """One field after the other gets something from the list; the others stay as the page has them."""
    for action, form in forms.items():
        fields = [name for name in form if not name.startswith("member-")][:8]
        for number, value in enumerate(NASTY):
            name = fields[number % len(fields)]
            assert answers(client, action, form | {name: value}) in (302, 400, 409), (action, name, value)


def test_all_fields_at_once(client: Client, forms: dict[str, dict[str, object]]) -> None:
    for action, form in forms.items():
        for value in NASTY[:12:2]:
            assert answers(client, action, dict.fromkeys(form, value)) in (302, 400, 409), (action, value)


@pytest.mark.parametrize("value", NASTY)
def test_addresses_with_anything_in_them(client: Client, world: World, value: str) -> None:
    client.force_login(world.administrator)
    for name, key in (
        (reverse("branch_roster", args=[world.branch.pk]), "on"),
        (reverse("organization_list"), "name"),
        (reverse("organization_list"), "page"),
        (reverse("transfer_list"), "page"),
        (reverse("member_create"), "name"),
        (reverse("member_create"), "organization"),
        (reverse("transfer_create", args=[world.members[2].pk]), "find"),
    ):
        assert client.get(name, {key: value}).status_code in (200, 400), (name, key)
