"""Requests to leave somebody out of the count, in the browser."""

import pytest
from django.test import Client
from django.urls import reverse

from meetings.enums import ExclusionState
from meetings.models import Exclusion
from tests.meetings.voting import adopted, approved, voters
from tests.reviews.pages import MOST_QUERIES, html_of, queries, words
from tests.reviews.recording import at, sign_in
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
S = ExclusionState
SECRET = "卧床不起"


@pytest.fixture(autouse=True)
def _today():
    with at():
        yield


def ask(client: Client, world: World, **typed: str):
    data = {"member": str(voters(world)[7].pk), "reason": "long_ill", "explanation": SECRET}
    return client.post(reverse("exclusion_create"), data | typed)


def step(client: Client, exclusion: Exclusion, action: str, **typed: str):
    return client.post(reverse("exclusion_step", args=[exclusion.pk, action]), typed)


def detail(exclusion: Exclusion) -> str:
    return reverse("exclusion_detail", args=[exclusion.pk])


def test_from_request_to_approval(client: Client, world: World) -> None:
    sign_in(client, world.secretary)
    response = ask(client, world)
    exclusion = Exclusion.objects.get()
    assert response.url == detail(exclusion)
    assert "待上级党组织审批" in words(html_of(world.reviewer, detail(exclusion)))
    sign_in(client, world.reviewer)
    refused = step(client, exclusion, "refuse")
    assert refused.status_code == 400
    assert "请填写原因" in words(refused.content.decode())
    step(client, exclusion, "approve", opinion="机关党委〔2026〕9号")
    exclusion.refresh_from_db()
    assert (exclusion.state, exclusion.decided_by) == (S.APPROVED, world.reviewer)
    assert "请提请下次党员大会表决" in words(html_of(world.secretary, detail(exclusion)))
    assert step(client, exclusion, "approve").status_code == 409
    assert step(client, exclusion, "burn").status_code == 404


def test_only_full_members_of_the_own_branch_are_offered(client: Client, world: World) -> None:
    sign_in(client, world.secretary)
    offered = client.get(reverse("exclusion_create")).content.decode()
    assert f'value="{voters(world)[7].pk}"' in offered
    for somebody in (world.members[8], world.small_members[1], world.other_members[1]):
        assert f'value="{somebody.pk}"' not in offered
        assert ask(client, world, member=str(somebody.pk)).status_code == 400
    for wrong in ({"reason": "lazy"}, {"explanation": " "}, {"member": "x\x00"}, {"explanation": "长" * 301}):
        assert ask(client, world, **wrong).status_code == 400
    assert not Exclusion.objects.exists()


def test_who_sees_it(world: World) -> None:
    exclusion = approved(world, world.members[5])
    for user in (
        world.secretary,
        world.reviewer,
        world.administrator,
        world.member,
    ):  # it is about the member
        assert SECRET in html_of(user, detail(exclusion))
    for user in (world.small_secretary, world.group_leader, world.other_reviewer, world.outsider):
        assert SECRET not in html_of(user, detail(exclusion), 404)
        assert "黄峰浩" not in html_of(user, reverse("exclusion_list"))
    assert "黄峰浩" in html_of(world.reviewer, reverse("exclusion_list"))


def test_buttons_are_those_of_the_table(world: World) -> None:
    exclusion = adopted(world, voters(world)[7])
    end = reverse("exclusion_step", args=[exclusion.pk, "end"])
    assert end in html_of(world.secretary, detail(exclusion))
    assert end not in html_of(world.administrator, detail(exclusion))
    assert "/approve/" not in html_of(world.reviewer, detail(exclusion))


def test_it_is_ended(client: Client, world: World) -> None:
    exclusion = adopted(world, voters(world)[7])
    sign_in(client, world.secretary)
    assert step(client, exclusion, "end", last_day="2026-11-24").status_code == 400
    assert step(client, exclusion, "end", last_day="x").status_code == 400
    step(client, exclusion, "end", last_day="2026-11-22")
    exclusion.refresh_from_db()
    assert exclusion.state == S.ENDED


def test_the_number_of_queries_does_not_depend_on_the_rows(world: World) -> None:
    approved(world, voters(world)[7])
    few = queries(world.reviewer, reverse("exclusion_list"))
    approved(world, voters(world)[6])
    approved(world, voters(world)[5])
    assert queries(world.reviewer, reverse("exclusion_list")) == few <= MOST_QUERIES
