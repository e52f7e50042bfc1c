"""A transfer by way of the pages: two secretaries, one member, nobody else."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from meetings.enums import OrganizationKind, TransferState
from meetings.models import Member, Membership, Organization, PartyGroup, Standing, Transfer
from meetings.services.roster.transfers import accept_transfer, propose_transfer
from tests.typed_forms import body_without_tokens, shown_form
from tests.world import FOUNDED, World, appoint, make_member, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
TODAY = date(2026, 11, 23)
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False):
        yield


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def create_url(member: Member) -> str:
    return reverse("transfer_create", args=[member.pk])


def step(transfer: Transfer, action: str) -> str:
    return reverse("transfer_step", args=[transfer.pk, action])


def page_of(transfer: Transfer) -> str:
    return reverse("transfer_detail", args=[transfer.pk])


def proposed(world: World, member: Member | None = None) -> Transfer:
    return propose_transfer(
        member=member or world.members[2], to_organization=world.small_branch, day=date(2026, 11, 2),
        actor=world.secretary, now=datetime(2026, 11, 2, 2, tzinfo=UTC),
    )  # fmt: skip


def test_from_proposing_to_receiving(client: Client, world: World) -> None:
    chen = world.members[2]
    group = PartyGroup.objects.create(organization=world.small_branch, name="一组", founded_on=FOUNDED)
    client.force_login(world.secretary)
    form = shown_form(
        client.get(create_url(chen)), to_organization=world.small_branch.pk, day="2026-11-02", note="岗位调整"
    )
    with time_machine.travel("2026-11-03T02:00:00Z", tick=False):
        assert client.post(create_url(chen), form).status_code == 302
    transfer = Transfer.objects.get()
    assert step(transfer, "accept") not in text_of(client.get(page_of(transfer)))
    assert "正在办理" in text_of(client.get(reverse("member_detail", args=[chen.pk])))

    client.force_login(world.small_secretary)
    bell = text_of(client.get(reverse("notice_list")))
    assert "拟将陈军的组织关系转到督查室党支部" in bell
    page = client.get(page_of(transfer))
    assert "岗位调整" in text_of(page)
    form = shown_form(page, step(transfer, "accept"), day="2026-11-02", group=group.pk)
    early = client.post(step(transfer, "accept"), form)
    (error,) = early.context["accept_form"].errors["day"]
    assert early.status_code == 400 and error in text_of(early)
    assert error.startswith("组织关系转接于2026年11月3日提出") and Transfer.objects.get().is_open
    form = shown_form(page, step(transfer, "accept"), day="2026-11-09", group=group.pk)
    assert client.post(step(transfer, "accept"), form).status_code == 302
    row = Membership.objects.get(member=chen, end_on=None)
    assert (row.organization, row.group, row.start_on) == (world.small_branch, group, date(2026, 11, 9))
    assert client.get(reverse("member_detail", args=[chen.pk])).status_code == 200


def test_returned_with_a_reason(client: Client, world: World) -> None:
    transfer = proposed(world)
    client.force_login(world.small_secretary)
    empty = client.post(step(transfer, "return"), {"opinion": " \u200b "})
    assert empty.status_code == 400 and "open" in text_of(empty)
    assert client.post(step(transfer, "return"), {"opinion": "抬头有误"}).status_code == 302
    client.force_login(world.secretary)
    page = text_of(client.get(page_of(transfer)))
    assert "抬头有误" in page and "已退回" in page and step(transfer, "withdraw") not in page


def test_too_late(client: Client, world: World) -> None:
    transfer = proposed(world)
    client.force_login(world.secretary)
    assert client.post(step(transfer, "withdraw")).status_code == 302
    assert client.post(step(transfer, "withdraw")).status_code == 409
    client.force_login(world.small_secretary)
    for action, typed in (("accept", {"day": "2026-11-09"}), ("return", {"opinion": "晚了"})):
        response = client.post(step(transfer, action), typed)
        assert response.status_code == 409 and "已由他人办理" in text_of(response)
    assert Transfer.objects.get().state == TransferState.WITHDRAWN


@pytest.mark.parametrize("day", ["", "2026-11-01", "2026-11-24", "昨天", "９９９９-01-01"])
def test_bad_days(client: Client, world: World, day: str) -> None:
    transfer = proposed(world)
    client.force_login(world.small_secretary)
    assert client.post(step(transfer, "accept"), {"day": day}).status_code == 400
    assert Membership.objects.filter(member=world.members[2]).count() == 1


def test_who_proposed_does_not_receive(client: Client, world: World) -> None:
    """An administrator of both branches: somebody else looks at it."""
    transfer = propose_transfer(
        member=world.members[2], to_organization=world.small_branch, day=date(2026, 11, 2),
        actor=world.administrator,
    )  # fmt: skip
    client.force_login(world.administrator)
    assert step(transfer, "accept") not in text_of(client.get(page_of(transfer)))
    assert client.post(step(transfer, "accept"), {"day": "2026-11-09"}).status_code == 403
    other = make_user("second_admin")
    appoint(other, world.committee, "administrator")
    client.force_login(other)
    assert client.post(step(transfer, "accept"), {"day": "2026-11-09"}).status_code == 302


def test_the_receiving_side_sees_no_number_and_no_reason(client: Client, world: World) -> None:
    chen = world.members[2]
    Member.objects.filter(pk=chen.pk).update(id_number="110101198003077534", phone="13800138000")
    Standing.objects.create(member=chen, kind="frail", start_on=date(2026, 1, 1), reason="肝炎住院")
    transfer = proposed(world)
    client.force_login(world.small_secretary)
    page = text_of(client.get(page_of(transfer)))
    assert "年老体弱" in page or "体弱" in page
    for secret in ("110101", "13800138000", "肝炎住院"):
        assert secret not in page
    assert client.get(reverse("member_detail", args=[chen.pk])).status_code == 404, "not theirs yet"


def test_nobody_else_sees_it(client: Client, world: World) -> None:
    transfer = proposed(world)
    nowhere = "/transfers/987654/"
    for user in (world.other_secretary, world.other_reviewer, world.outsider, world.group_leader):
        client.force_login(user)
        there, missing = client.get(page_of(transfer)), client.get(nowhere)
        assert there.status_code == missing.status_code == 404
        assert body_without_tokens(there, page_of(transfer)) == body_without_tokens(missing, nowhere)
        assert client.post(step(transfer, "accept"), {"day": "2026-11-09"}).status_code == 404
        listed = client.get(reverse("transfer_list"))
        assert listed.status_code == 403 or "陈军" not in text_of(listed)


def test_the_member_sees_the_own_transfer(client: Client, world: World) -> None:
    transfer = proposed(world, world.members[5])
    client.force_login(world.member)
    assert client.get(page_of(transfer)).status_code == 200
    assert client.post(step(transfer, "accept"), {"day": "2026-11-09"}).status_code == 403


def test_branches_offered_are_those_of_the_tree(client: Client, world: World) -> None:
    client.force_login(world.secretary)
    page = text_of(client.get(create_url(world.members[2])))
    assert "市直机关党委 / 督查室党支部" in page and "外单位第一党支部" not in page
    form = {"to_organization": str(world.other_branch.pk), "day": "2026-11-02"}
    assert client.post(create_url(world.members[2]), form).status_code == 400
    assert not Transfer.objects.exists()


def test_a_long_list_of_branches_is_searched(client: Client, world: World) -> None:
    for number in range(201):
        parent = Organization.objects.get(pk=world.committee.pk)
        facts = {"name": f"第{number}支部", "kind": OrganizationKind.BRANCH, "founded_on": FOUNDED}
        Organization.objects.add_child(parent, facts)
    client.force_login(world.secretary)
    url = create_url(world.members[2])
    page = text_of(client.get(url))
    assert "只列出前 200 个支部" in page and "第200支部" not in page
    found = text_of(client.get(url, {"find": "第200支部"}))
    assert "第200支部" in found and "第7支部" not in found
    far = Organization.objects.get(name="第200支部")
    posted = client.post(f"{url}?find=", {"to_organization": str(far.pk), "day": "2026-11-02"})
    assert posted.status_code == 302


COUNTS: dict[str, int] = {}


@pytest.mark.parametrize("more", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    client: Client, world: World, django_assert_max_num_queries, more: int
) -> None:
    for number in range(more):
        waiting, done = (make_member(f"李{number}{each}", world.branch) for each in "甲乙")
        proposed(world, waiting)
        accept_transfer(
            transfer=proposed(world, done), day=TODAY - timedelta(days=1), actor=world.small_secretary
        )
    client.force_login(world.small_secretary)
    last = Transfer.objects.filter(state=TransferState.PROPOSED).first()
    for name, url in (("list", reverse("transfer_list")), ("detail", page_of(last))):
        with django_assert_max_num_queries(MOST_QUERIES) as asked:
            assert client.get(url).status_code == 200
        assert COUNTS.setdefault(name, len(asked)) == len(asked)
