"""The tree by way of the pages."""

from datetime import date

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from meetings.enums import OrganizationKind, PostTitle
from meetings.models import Membership, Organization, Post
from tests.typed_forms import shown_form
from tests.world import FOUNDED, World, appoint, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False):
        yield


def at(name: str, organization: Organization) -> str:
    return reverse(name, args=[organization.pk])


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def send(client: Client, url: str, **typed: object) -> HttpResponse:
    page = client.get(url)
    assert page.status_code == 200
    return client.post(url, shown_form(page, **typed))


def fresh(organization: Organization) -> Organization:
    return Organization.objects.get(pk=organization.pk)


def child(parent: Organization, name: str, kind: str = OrganizationKind.BRANCH) -> Organization:
    facts = {"name": name, "kind": kind, "founded_on": FOUNDED}
    return Organization.objects.add_child(Organization.objects.get(pk=parent.pk), facts)


def test_the_list_is_the_own_part_of_the_tree(client: Client, world: World) -> None:
    client.force_login(world.reviewer)
    page = text_of(client.get(reverse("organization_list")))
    assert all(name in page for name in ("市直机关党委", "办公室党支部", "督查室党支部"))
    assert "外单位" not in page
    client.force_login(world.secretary)
    page = text_of(client.get(reverse("organization_list")))
    assert "督查室党支部" not in page and "办公室党支部" in page
    found = client.get(reverse("organization_list"), {"kind": "x"})
    assert found.status_code == 400
    assert (
        "督查室"
        not in text_of(client.get(reverse("organization_list"), {"name": "督查"})).split("<table")[-1]
    )


def test_a_groups_leader_is_led_nowhere_that_is_closed(client: Client, world: World) -> None:
    tree, own = reverse("organization_list"), at("organization_detail", world.branch)
    client.force_login(world.group_leader)
    assert client.get(tree).status_code == 403
    page = client.get(own)
    assert page.status_code == 200 and f'href="{tree}"' not in text_of(page)
    client.force_login(world.secretary)
    assert f'href="{tree}"' in text_of(client.get(own))


def test_founding_renaming_and_the_flag(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    url = at("organization_create", world.committee)
    typed = {"kind": "branch", "name": "信息中心 党支部", "founded_on": "2026-10-15"}
    assert send(client, url, **typed).status_code == 302
    new = Organization.objects.get(name="信息中心党支部")
    assert new.parent_path == world.committee.path
    twice = send(client, url, **typed)
    assert twice.status_code == 400 and "已有名为" in text_of(twice)
    assert (
        send(client, at("organization_edit", new), name="数据中心党支部", term_years="5").status_code == 302
    )
    assert (fresh(new).name, fresh(new).term_years) == ("数据中心党支部", 5)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "名称"),
        ({"name": "\u200b"}, "名称"),
        ({"name": "名" * 101}, "名称"),
        ({"kind": "club"}, "类型"),
        ({"founded_on": "2026-11-24"}, "还没有到"),
        ({"founded_on": "x"}, "成立时间"),
        ({"founded_on": "2010-01-01"}, "成立于"),
        ({"term_years": "０"}, "任期"),
        ({"term_years": "11"}, "任期"),
        ({"term_start_on": "2020-01-01"}, "不能早于"),
    ],
)
def test_bad_input_gets_a_sentence(client: Client, world: World, typed: dict, words: str) -> None:
    client.force_login(world.administrator)
    known = {"kind": "branch", "name": "信息中心党支部", "founded_on": "2026-10-15"}
    response = send(client, at("organization_create", world.committee), **(known | typed))
    assert response.status_code == 400 and words in text_of(response)
    assert Organization.objects.count() == 5


def test_below_a_branch_there_is_nothing(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    known = {"kind": "branch", "name": "信息中心党支部", "founded_on": "2026-10-15"}
    response = send(client, at("organization_create", world.branch), **known)
    assert response.status_code == 400 and "是党支部" in text_of(response)


def test_moving_and_the_cycle(client: Client, world: World) -> None:
    general = child(world.committee, "第一党总支", OrganizationKind.GENERAL_BRANCH)
    below = child(general, "下级党总支", OrganizationKind.GENERAL_BRANCH)
    client.force_login(world.administrator)
    assert send(client, at("organization_move", world.branch), parent=str(general.pk)).status_code == 302
    assert fresh(world.branch).parent_path == general.path
    circle = send(client, at("organization_move", general), parent=str(below.pk))
    assert circle.status_code == 400 and "循环" in text_of(circle)
    outside = send(client, at("organization_move", general), parent=str(world.other_committee.pk))
    assert outside.status_code == 400
    assert "外单位" not in text_of(client.get(at("organization_move", general)))


def test_only_those_above_decide_whether_it_exists(client: Client, world: World) -> None:
    general = child(world.committee, "第一党总支", OrganizationKind.GENERAL_BRANCH)
    own = child(general, "下级支部")
    administrator = make_user("gb_admin")
    appoint(administrator, general, "administrator")
    client.force_login(administrator)
    for name in ("organization_move", "organization_dissolve", "organization_merge"):
        assert client.get(at(name, general)).status_code == 403
        assert client.get(at(name, own)).status_code == 200
        assert client.get(at(name, world.branch)).status_code == 404
    page = text_of(client.get(at("organization_detail", general)))
    assert at("organization_edit", general) in page and at("organization_dissolve", general) not in page


def test_merging_and_dissolving(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    refused = send(client, at("organization_dissolve", world.small_branch), day="2026-11-02")
    assert refused.status_code == 400 and "解涵杰" in text_of(refused)
    url = at("organization_merge", world.small_branch)
    assert send(client, url, into=str(world.branch.pk), day="2026-11-02").status_code == 302
    assert fresh(world.small_branch).dissolved_on == date(2026, 11, 2)
    assert Membership.objects.filter(organization=world.branch, end_on=None).count() == 13
    page = text_of(client.get(at("organization_detail", world.small_branch)))
    assert "已撤销" in page and at("organization_edit", world.small_branch) not in page


# --- the term --------------------------------------------------------------------------------


def test_the_clock_is_shown_where_it_is_looked_for(client: Client, world: World) -> None:
    Organization.objects.filter(pk=world.branch.pk).update(term_start_on=date(2023, 12, 10))
    Organization.objects.filter(pk=world.small_branch.pk).update(term_start_on=date(2023, 11, 13))
    client.force_login(world.reviewer)
    assert "距换届 17 天" in text_of(client.get(at("organization_detail", world.branch)))
    top = text_of(client.get(at("organization_detail", world.committee)))
    assert "换届已逾期 10 天" in top and "距换届 17 天" in top
    assert top.index("换届已逾期 10 天") < top.index("距换届 17 天")
    Organization.objects.filter(pk=world.branch.pk).update(term_start_on=date(2025, 12, 10))
    assert "距换届" not in text_of(client.get(at("organization_detail", world.branch)))


def test_a_new_term_in_one_form(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    url = at("organization_term", world.branch)
    assert f'<option value="{world.members[0].pk}" selected' in text_of(client.get(url)), (
        "the present ones first"
    )
    fang = world.members[4]
    changed = {"seat-0": str(fang.pk), "day": "2026-11-02"}
    response = client.post(url, shown_form(client.get(url)) | changed)
    assert response.status_code == 302
    held = Post.objects.filter(organization=world.branch).on(date(2026, 11, 2))
    assert set(held.values_list("member__name", "title")) == {
        ("方堃", PostTitle.SECRETARY), ("牛秀远", PostTitle.ORGANIZATION), ("陈军", PostTitle.PUBLICITY),
    }  # fmt: skip
    empty = client.post(url, shown_form(client.get(url)) | {"seat-0": "", "day": "2026-11-20"})
    assert empty.status_code == 400 and "书记" in text_of(empty)
    stranger = {"seat-0": str(world.small_members[0].pk), "day": "2026-11-20"}
    assert client.post(url, shown_form(client.get(url)) | stranger).status_code == 400


COUNTS: dict[str, int] = {}


@pytest.mark.parametrize("more", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    client: Client, world: World, django_assert_max_num_queries, more: int
) -> None:
    for number in range(more):
        child(world.committee, f"第{number}支部")
    Organization.objects.update(term_start_on=date(2023, 12, 10))
    client.force_login(world.administrator)
    for url in (
        reverse("organization_list"),
        at("organization_detail", world.committee),
        at("organization_detail", world.branch),
        at("organization_merge", world.branch),
        at("organization_term", world.branch),
    ):
        with django_assert_max_num_queries(MOST_QUERIES) as asked:
            assert client.get(url).status_code == 200
        assert COUNTS.setdefault(url, len(asked)) == len(asked), url
