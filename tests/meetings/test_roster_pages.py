"""Changing people, posts, standings and groups by way of the pages."""

import copy
from datetime import date, timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from branchlife.models import AuditEvent
from meetings.enums import PostTitle, Presence, StandingKind
from meetings.models import Member, Membership, Obligation, PartyGroup, Post, Standing
from meetings.services.attendance import Deviation, freeze_attendance
from meetings.services.obligations import generate_obligations
from tests.held import hold
from tests.typed_forms import shown_form
from tests.world import FOUNDED, World, make_member

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOMENT = "2026-11-23T02:00:00Z"
TODAY = date(2026, 11, 23)
MOST_QUERIES = 12
ID_NUMBER = "110101198003077534"
NEW = {"name": "司马相", "joined_on": "2012年5月1日", "born_on": "1988-03-04", "day": "2026/11/02"}


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(MOMENT, tick=False):
        yield


def at(name: str, *args: int) -> str:
    return reverse(name, args=args)


def send(client: Client, url: str, **typed: object) -> HttpResponse:
    """Fill in the form of the page as it is shown, and send it."""
    page = client.get(url)
    assert page.status_code == 200
    return client.post(url, shown_form(page, **typed))


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def add_url(world: World, name: str = "司马相") -> str:
    return f"{at('member_create')}?organization={world.branch.pk}&name={name}"


@pytest.fixture(scope="module")
def add_page(world_of_module: World) -> HttpResponse:
    """The administrator's page for somebody new, opened once; filled in by each test as it likes."""
    client = Client()
    with time_machine.travel(MOMENT, tick=False):
        client.force_login(copy.deepcopy(world_of_module.administrator))
        return client.get(add_url(world_of_module))


# --- adding ----------------------------------------------------------------------------------


def test_somebody_new_is_searched_for_first(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    search = client.get(at("member_create"), {"organization": world.branch.pk})
    assert search.status_code == 200 and "joined_on" not in text_of(search)
    known = text_of(client.get(add_url(world, "陈君")))
    assert "陈军" in known and "joined_on" in known, "found by its sound"
    response = send(client, add_url(world), **NEW, group=str(world.groups[1].pk))
    assert response.status_code == 302
    row = Membership.objects.get(member__name="司马相")
    assert (row.organization, row.group, row.start_on) == (world.branch, world.groups[1], date(2026, 11, 2))
    assert row.member.joined_on == date(2012, 5, 1)


def test_a_namesake_needs_a_word(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    url, typed = add_url(world, "陈军"), NEW | {"name": "陈军"}
    response = send(client, url, **typed)
    assert response.status_code == 400 and "如确为另一人" in text_of(response)
    assert send(client, url, **typed, is_another="on").status_code == 302
    assert send(client, url, **typed, is_another="on").status_code == 400, "sent twice"
    assert Member.objects.filter(name="陈军").count() == 2


def test_strangers_are_not_shown_in_the_search(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    page = text_of(client.get(add_url(world, "外党员")))
    assert "外单位" not in page and page.count("外党员") == page.count('value="外党员"')
    assert "没有同名或同音" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"joined_on": ""}, "入党时间"),
        ({"joined_on": "2012-13-01"}, "入党时间"),
        ({"id_number": "１２３"}, "身份证号"),
        ({"phone": "没有电话"}, "联系电话"),
        ({"name": "张三；李四"}, "姓名"),
        ({"name": "\u200b"}, "姓名"),
        ({"name": "名" * 61}, "姓名"),
        ({"day": "2026-11-24"}, "还没有到"),
        ({"day": "0000-00-00"}, "编入支部日期"),
        ({"full_member_on": "2011-01-01"}, "不能早于"),
        ({"full_member_on": "2012-06-01"}, "预备期为一年"),
        ({"born_on": "2007-01-01"}, "入党时未满18岁"),
        ({"group": "999999"}, "党小组"),
        ({"gender": "x"}, "性别"),
        ({"ethnicity": "族" * 21}, "民族"),
    ],
)
def test_bad_input_gets_a_sentence(
    client: Client, world: World, add_page: HttpResponse, typed: dict, words: str
) -> None:
    client.force_login(world.administrator)
    response = client.post(add_url(world), shown_form(add_page, **(NEW | typed)))
    assert response.status_code == 400 and words in text_of(response)
    assert not Member.objects.filter(joined_on=date(2012, 5, 1)).exists()


def test_full_width_digits_and_nul_bytes(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    url = add_url(world)
    form = shown_form(
        client.get(url), **(NEW | {"joined_on": "２０１２年５月１日", "name": "司\u200b马\x00相"})
    )
    assert client.post(url, form).status_code in (302, 400)
    assert client.get(at("member_create"), {"organization": "１", "name": "司"}).status_code in (200, 400)
    assert client.get(at("member_create"), {"organization": "x", "name": "司"}).status_code == 400
    assert client.get(f"{at('member_create')}?name=%00").status_code == 400


# --- correcting ------------------------------------------------------------------------------


def test_facts_are_corrected_and_the_number_is_never_shown(client: Client, world: World) -> None:
    chen = world.members[2]
    Member.objects.filter(pk=chen.pk).update(id_number=ID_NUMBER, phone="13800138000")
    client.force_login(world.administrator)
    page = client.get(at("member_facts", chen.pk))
    assert ID_NUMBER not in text_of(page) and "110*************34" in text_of(page)
    assert send(client, at("member_facts", chen.pk), name="陈均").status_code == 302
    chen.refresh_from_db()
    assert (chen.name, chen.id_number, chen.phone) == ("陈均", ID_NUMBER, "13800138000")
    assert send(client, at("member_facts", chen.pk), remove_id_number="on").status_code == 302
    chen.refresh_from_db()
    assert chen.id_number == ""


def test_of_two_who_correct_the_later_is_told(client: Client, world: World) -> None:
    chen, url = world.members[2], at("member_facts", world.members[2].pk)
    client.force_login(world.administrator)
    mine = shown_form(client.get(url), phone="13900139000")
    assert send(client, url, phone="13800138000").status_code == 302
    assert client.post(url, mine).status_code == 409
    chen.refresh_from_db()
    assert chen.phone == "13800138000"


def test_turning_full_leaving_and_coming_back(client: Client, world: World) -> None:
    hao = world.members[8]
    client.force_login(world.administrator)
    assert send(client, at("member_full", hao.pk), day="2026-11-02").status_code == 302
    assert send(client, at("member_full", hao.pk), day="2026-11-02").status_code == 400
    refused = send(client, at("member_leave", hao.pk), last_day="2026-11-10", reason="")
    assert refused.status_code == 400 and "原因" in text_of(refused)
    assert (
        send(client, at("member_leave", hao.pk), last_day="2026-11-10", reason="转往外地").status_code == 302
    )
    page = text_of(client.get(at("member_detail", hao.pk)))
    assert "编入支部" in page and at("member_leave", hao.pk) not in page
    url = at("member_receive", hao.pk)
    assert send(client, url, organization=str(world.small_branch.pk), day="2026-11-12").status_code == 302
    rows = Membership.objects.filter(member=hao).order_by("start_on")
    assert [row.organization for row in rows] == [world.branch, world.small_branch]


def test_who_moved_out_of_sight_is_not_offered_back(client: Client, world: World) -> None:
    """The old branch's committee sees the past only and can call nobody back."""
    chen = world.members[2]
    Membership.objects.filter(member=chen).update(end_on=date(2026, 6, 30))
    Membership.objects.create(member=chen, organization=world.other_branch, start_on=date(2026, 7, 1))
    client.force_login(world.administrator)
    page = text_of(client.get(at("member_detail", chen.pk)))
    assert "变更" not in page and "外单位" not in page
    for name in ("member_facts", "member_leave", "member_receive", "post_create", "transfer_create"):
        assert client.get(at(name, chen.pk)).status_code == 403


# --- posts and standings ---------------------------------------------------------------------


def test_a_post_is_given_and_ended(client: Client, world: World) -> None:
    fang = world.members[4]
    client.force_login(world.administrator)
    assert send(client, at("post_create", fang.pk), title="discipline", day="2026-11-02").status_code == 302
    post = Post.objects.get(member=fang)
    assert (post.title, post.organization) == (PostTitle.DISCIPLINE, world.branch)
    refused = send(client, at("post_create", fang.pk), title="secretary", day="2026-11-02")
    assert refused.status_code == 400 and "沈玉芳自2020年1月1日起任书记" in text_of(refused)
    assert send(client, at("post_end", post.pk), last_day="2026-11-20").status_code == 302
    post.refresh_from_db()
    assert post.end_on == date(2026, 11, 20)
    assert send(client, at("post_end", post.pk), last_day="2026-11-21").status_code == 400


def test_the_secretary_enters_standings_but_suspends_nobody(client: Client, world: World) -> None:
    fang = world.members[4]
    url = at("standing_create", fang.pk)
    client.force_login(world.secretary)
    assert send(client, url, kind="frail", day="2026-11-02", reason="住院").status_code == 302
    page = client.get(url)
    assert StandingKind.DETAINED.value not in text_of(page)
    typed = {"kind": "detained", "day": "2026-11-02", "reason": "第1号决定"}
    assert client.post(url, typed).status_code == 400
    client.force_login(world.administrator)
    without = client.post(url, typed | {"reason": ""})
    assert without.status_code == 400 and "依据决定" in text_of(without)
    assert client.post(url, typed).status_code == 302
    detained = Standing.objects.get(member=fang, kind="detained")
    client.force_login(world.secretary)
    assert client.get(at("standing_end", detained.pk)).status_code == 403
    frail = Standing.objects.get(member=fang, kind="frail")
    assert send(client, at("standing_end", frail.pk), last_day="2026-11-20").status_code == 302


def test_links_on_the_page_are_those_allowed(client: Client, world: World) -> None:
    fang = world.members[4]
    url = at("member_detail", fang.pk)
    changes = ("member_facts", "post_create", "member_leave", "standing_create", "transfer_create")
    for user, allowed in (
        (world.administrator, changes),
        (world.secretary, ("standing_create", "transfer_create")),
        (world.reviewer, ()),
        (world.group_leader, ()),
    ):
        client.force_login(user)
        page = text_of(client.get(url))
        assert [name for name in changes if at(name, fang.pk) in page] == list(allowed)
        for name in changes:
            assert (client.get(at(name, fang.pk)).status_code == 200) is (name in allowed)


# --- groups ----------------------------------------------------------------------------------


def test_groups_of_a_branch(client: Client, world: World) -> None:
    client.force_login(world.secretary)
    url = at("branch_groups", world.branch.pk)
    assert (
        send(client, at("group_create", world.branch.pk), name="第三党小组", day="2026-11-02").status_code
        == 302
    )
    third = PartyGroup.objects.get(name="第三党小组")
    chen = world.members[2]
    response = send(client, url, **{f"member-{chen.pk}": str(third.pk)}, day="2026-11-09")
    assert response.status_code == 302
    assert Membership.objects.get(member=chen, end_on=None).group == third
    assert Membership.objects.filter(end_on=date(2026, 11, 8)).count() == 1, "nobody else changed"
    assert AuditEvent.objects.filter(action="membership.group").count() == 1
    assert send(client, at("group_edit", third.pk), name="青年党小组").status_code == 302
    refused = send(client, at("group_dissolve", third.pk), day="2026-11-20")
    assert refused.status_code == 400 and "陈军" in text_of(refused)
    assert send(client, url, **{f"member-{chen.pk}": ""}, day="2026-11-10").status_code == 302
    assert send(client, at("group_dissolve", third.pk), day="2026-11-20").status_code == 302
    client.get(url)  # the message is said once
    assert "青年党小组" not in text_of(client.get(url))


def test_the_page_says_what_a_group_still_owes(client: Client, world: World) -> None:
    group = PartyGroup.objects.create(organization=world.branch, name="第三党小组", founded_on=FOUNDED)
    generate_obligations(as_of=TODAY)
    url, owed = at("group_dissolve", group.pk), Obligation.objects.filter(group=group)
    client.force_login(world.secretary)
    page = send(client, url, day="2026-09-15")
    assert page.status_code == 400
    (error,) = page.context["form"].errors["day"]
    assert error.startswith("“第三党小组”2026年9月的党小组会尚未完成") and error in text_of(page)
    assert PartyGroup.objects.get(pk=group.pk).dissolved_on is None
    assert owed.left_open(TODAY).count() == 10
    client.force_login(world.administrator)
    assert send(client, url, day="2026-09-15").status_code == 302
    assert owed.left_open(TODAY).count() == 8


def test_a_group_of_another_branch_is_no_choice(client: Client, world: World) -> None:
    other = PartyGroup.objects.create(
        organization=world.other_branch, name="外组", founded_on=date(2016, 1, 1)
    )
    client.force_login(world.secretary)
    url, chen = at("branch_groups", world.branch.pk), world.members[2]
    form = shown_form(client.get(url)) | {f"member-{chen.pk}": str(other.pk), "day": "2026-11-09"}
    assert client.post(url, form).status_code == 400
    assert client.get(at("group_edit", other.pk)).status_code == 404


# --- the roster of a day ---------------------------------------------------------------------


def roster(client: Client, world: World, on: str = "") -> HttpResponse:
    return client.get(at("branch_roster", world.branch.pk), {"on": on} if on else {})


def test_the_roster_of_any_day(client: Client, world: World) -> None:
    chen = world.members[2]
    Membership.objects.filter(member=chen).update(end_on=date(2026, 6, 30))
    Standing.objects.create(
        member=world.members[4], kind=StandingKind.DETAINED, start_on=date(2026, 5, 1),
        end_on=date(2026, 5, 31), reason="决定机密文号",
    )  # fmt: skip
    client.force_login(world.secretary)
    now, then = roster(client, world), roster(client, world, "2026年5月20日")
    assert "陈军" not in text_of(now) and "陈军" in text_of(then)
    assert (now.context["numbers"].members, then.context["numbers"].members) == (8, 9)
    assert (then.context["numbers"].full, then.context["numbers"].voters) == (8, 7)
    assert "决定机密文号" not in text_of(then)
    assert "当日该支部尚未成立" in text_of(roster(client, world, "2010-01-01"))
    for nonsense in ("gestern", "2026-02-30", "２０２６－０５", "9" * 50):
        assert roster(client, world, nonsense).status_code == 400


def test_who_needs_help_is_told_to_those_who_keep_the_roster(client: Client, world: World) -> None:
    for month in (8, 9, 10):
        meeting = hold(world.branch, "theme_day", date(2026, month, 10))
        freeze_attendance(meeting=meeting, deviations={world.members[2].pk: Deviation(Presence.ABSENT, "")})
    for user, told in ((world.secretary, True), (world.administrator, True), (world.reviewer, False)):
        client.force_login(user)
        page = text_of(roster(client, world))
        assert ("需要关心" in page) is told
        assert ("连续 3 个月" in page) is told
    assert "违纪" not in page and "不合格" not in page


def test_advice_is_shown_and_blocks_nothing(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    Post.objects.filter(organization=world.branch).exclude(title="secretary").delete()
    page = text_of(roster(client, world))
    assert "第二十条" in page and "3 至 5 人" in page
    assert "第二十条" not in text_of(roster(client, world, "2026-01-01")), "advice is about today"


COUNTS: dict[str, int] = {}


@pytest.mark.parametrize("more", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    client: Client, world: World, django_assert_max_num_queries, more: int
) -> None:
    for number in range(more):
        member = make_member(f"李{chr(0x4E00 + number)}", world.branch, world.groups[0])
        Standing.objects.create(member=member, kind=StandingKind.MOBILE, start_on=date(2026, 1, 1))
        Post.objects.create(
            member=member, organization=world.branch, title=PostTitle.MEMBER, start_on=date(2026, 1, 1)
        )
        meeting = hold(world.branch, "theme_day", TODAY - timedelta(days=number))
        freeze_attendance(meeting=meeting, deviations={})
    client.force_login(world.administrator)
    for url in (
        at("branch_roster", world.branch.pk),
        at("branch_groups", world.branch.pk),
        at("member_detail", world.members[2].pk),
        add_url(world, "李"),
    ):
        client.get(url)  # the first look is noted in the audit trail
        with django_assert_max_num_queries(MOST_QUERIES) as asked:
            assert client.get(url).status_code == 200
        assert COUNTS.setdefault(url.split("?")[0], len(asked)) == len(asked), url
