"""The pages of votes: typed as people type, judged at once, closed with the record, seen by those in scope."""

import copy
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from meetings.enums import Outcome, ResolutionKind
from meetings.models import Meeting, Resolution, WrittenOpinion
from reviews.services.records import submit_record
from tests.meetings.voting import approved, ballot, held, on_calendar, put, voters
from tests.reviews.pages import MOST_QUERIES, html_of, queries, words
from tests.reviews.recording import NOW, at, sign_in
from tests.typed_forms import shown_form
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
K = ResolutionKind


@pytest.fixture(autouse=True)
def _today():
    with at():
        yield


@pytest.fixture(scope="module")
def meeting_of_module(world_of_module: World) -> Meeting:
    with at():
        return held(copy.deepcopy(world_of_module))


@pytest.fixture
def meeting(meeting_of_module: Meeting, db: None) -> Meeting:
    """Everybody came; nothing is put to the vote yet. Its rows are made once, like those of the world."""
    return copy.deepcopy(meeting_of_module)


def new_url(meeting: Meeting, kind: str = "") -> str:
    return reverse("resolution_create", args=[meeting.pk]) + (f"?kind={kind}" if kind else "")


@pytest.fixture(scope="module")
def general_page(world_of_module: World, meeting_of_module: Meeting) -> HttpResponse:
    """Opened once; filled in by each test as it likes."""
    with at():
        client = sign_in(Client(), copy.deepcopy(world_of_module.secretary))
        return client.get(new_url(meeting_of_module, K.GENERAL))


def enter(client: Client, meeting: Meeting, kind: str, **typed: object):
    url = new_url(meeting, kind)
    return client.post(url, shown_form(client.get(url), **typed))


def detail_url(resolution: Resolution) -> str:
    return reverse("resolution_detail", args=[resolution.pk])


# ---- entering ----


def test_the_verdict_is_shown_at_once(client: Client, world: World) -> None:
    meeting = held(world, absent=1)
    sign_in(client, world.secretary)
    response = enter(client, meeting, K.GENERAL, subject="修订窗口服务承诺", yes="６", no="1", abstain="0",
                     owner=str(world.members[3].pk), due_on="2026年12月31日")  # fmt: skip
    resolution = Resolution.objects.get()
    assert response.url == detail_url(resolution)
    page = words(client.get(response.url).content.decode())
    assert "通过：赞成 6 票" in page
    assert "应到 8" in page
    assert "邹建娟" in page
    assert "2026年12月31日" in page
    assert "第十一条" in page, "the rule it was judged by"


def test_what_such_a_vote_needs_is_all_that_is_asked(client: Client, world: World, meeting: Meeting) -> None:
    sign_in(client, world.secretary)
    fields = {
        K.GENERAL: {"subject", "text", "owner", "due_on", "yes", "no", "abstain"},
        K.ADMISSION: {"about", "is_secret", "yes", "no", "abstain"},
        K.EXCLUSION: {"yes", "no", "abstain"},
    }
    for kind, asked in fields.items():
        shown = set(shown_form(client.get(new_url(meeting, kind)))) - {"version", "once"}
        assert shown == asked, kind
    election = shown_form(client.get(new_url(meeting, K.ELECTION)))
    assert {"subject", "seats", "candidate-0-name", "candidate-0-yes"} <= set(election)
    assert "expected" not in str(sorted(election)), "voters are never typed"


def test_which_kind_is_asked_first(client: Client, world: World, meeting: Meeting) -> None:
    sign_in(client, world.secretary)
    page = html_of(world.secretary, new_url(meeting))
    assert re.findall(r'href="\?kind=(\w+)"', page) == [
        "general", "admission", "turning_full", "election", "exclusion",
    ]  # fmt: skip
    with_one = html_of(world.secretary, new_url(held(world, kinds=("committee",)), "committee"))
    assert "支部委员会决定" in words(with_one)
    assert "此类会议不进行表决" in words(html_of(world.secretary, new_url(held(world, kinds=("lecture",)))))


def test_persons_name_their_vote(client: Client, world: World, meeting: Meeting) -> None:
    sign_in(client, world.secretary)
    enter(client, meeting, K.ADMISSION, about=" 周 晓雯 ", yes="8")
    resolution = Resolution.objects.get()
    assert (resolution.subject, resolution.about) == ("接收周晓雯同志为预备党员", "周晓雯")
    assert resolution.is_secret


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"yes": "9"}, "票数多于实到有表决权人数"),
        ({"no": "3"}, "请填写赞成票数"),
        ({"yes": "八"}, "输入整数"),
        ({"yes": "-1"}, "大于或等于0"),
        ({"yes": "1e99"}, "输入整数"),
        ({"yes": "9" * 40}, ""),
        ({"yes": "8", "subject": ""}, "必填"),
        ({"yes": "8", "due_on": "2026-11-01"}, "不能早于会议日期"),
        ({"yes": "8", "owner": "999999"}, "不在可用的选项中"),
    ],
)
def test_wrong_numbers_get_a_sentence_and_nothing_is_written(
    client: Client,
    world: World,
    meeting: Meeting,
    general_page: HttpResponse,
    typed: dict[str, str],
    says: str,
) -> None:
    sign_in(client, world.secretary)
    sent = shown_form(general_page, **({"subject": "修订承诺"} | typed))
    response = client.post(new_url(meeting, K.GENERAL), sent)
    assert response.status_code == 400
    assert says in words(response.content.decode())
    assert not Resolution.objects.exists()


def test_invisible_characters_are_left_out(client: Client, world: World, meeting: Meeting) -> None:
    sign_in(client, world.secretary)
    enter(client, meeting, K.GENERAL, subject="修订\u200b承诺\x00", yes="\u200b8\x00")
    resolution = Resolution.objects.get()
    assert (resolution.subject, resolution.yes) == ("修订承诺", 8)


def test_two_people_in_one_admission_are_refused(client: Client, world: World, meeting: Meeting) -> None:
    sign_in(client, world.secretary)
    for about in ("周晓雯、王小明", "周晓雯,王小明"):
        response = enter(client, meeting, K.ADMISSION, about=about, yes="8")
        assert response.status_code == 400
        assert f"“{about}”不是一个人的姓名" in words(response.content.decode())
    assert not Resolution.objects.exists()


# ---- elections ----


def rows(*candidates: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {"candidate-TOTAL_FORMS": str(len(candidates)), "candidate-INITIAL_FORMS": "0"}
    for index, (name, yes, *other) in enumerate(candidates):
        found |= {f"candidate-{index}-name": name, f"candidate-{index}-yes": yes}
        if other:
            found[f"candidate-{index}-written_in"] = "on"
    return found


def election(client: Client, meeting: Meeting, *candidates: tuple[str, ...], seats: str = "2"):
    data = {"subject": "补选支委", "seats": seats, "is_secret": "on"} | rows(*candidates)
    return client.post(new_url(meeting, K.ELECTION), data)


def test_an_election_names_its_winners_by_strokes(client: Client, world: World, meeting: Meeting) -> None:
    sign_in(client, world.secretary)
    election(client, meeting, ("瞿秋", "8"), ("丁一", "7"), ("陈军", "1"), ("魏来", "0", "written in"))
    resolution = Resolution.objects.get()
    page = client.get(detail_url(resolution)).content.decode()
    assert re.findall(r'<th scope="row">(\w+)', page) == ["丁一", "陈军", "瞿秋", "魏来"]
    assert "应选 2 人，当选 2 人；须得赞成票 5 票。" in words(page)
    assert resolution.outcome == Outcome.CARRIED
    assert {each.name for each in resolution.candidates.filter(elected=True)} == {"瞿秋", "丁一"}
    # Opened again, it stands there as it was entered.
    form = shown_form(client.get(reverse("resolution_edit", args=[resolution.pk])))
    assert (form["candidate-0-name"], form["candidate-0-yes"]) == ("丁一", "7")


@pytest.mark.parametrize(
    ("candidates", "says"),
    [
        ([("丁一", "8"), ("丁一", "3")], "名单中重复：丁一"),
        ([("", "8")], "请填写候选人姓名"),
        ([("丁一", "8"), ("王二", "")], "缺少 王二 的得票"),
        ([("丁一", "9")], "票数多于实到有表决权人数"),
        ([("丁一", "8"), ("王二", "8"), ("张三", "1")], "多于到会人数乘以应选名额"),
    ],
)
def test_an_election_that_cannot_be(
    client: Client, world: World, meeting: Meeting, candidates, says: str
) -> None:
    sign_in(client, world.secretary)
    response = election(client, meeting, *candidates)
    assert response.status_code == 400
    assert says in words(response.content.decode())
    assert not Resolution.objects.exists()


def test_a_forged_number_of_rows_is_no_server_error(client: Client, world: World, meeting: Meeting) -> None:
    sign_in(client, world.secretary)
    base = {"subject": "补选支委", "seats": "2"}
    for forged in ({}, {"candidate-TOTAL_FORMS": "999999999", "candidate-INITIAL_FORMS": "0"},
                   {"candidate-TOTAL_FORMS": "x", "candidate-INITIAL_FORMS": "y"}):  # fmt: skip
        assert client.post(new_url(meeting, K.ELECTION), base | forged).status_code == 400
    assert not Resolution.objects.exists()


# ---- exclusions on the list ----


def test_what_was_approved_is_offered_for_adoption(client: Client, world: World) -> None:
    meeting = held(world, absent=1)
    sign_in(client, world.secretary)
    assert "没有待会议通过的人员" in words(client.get(new_url(meeting, K.EXCLUSION)).content.decode())
    exclusion = approved(world, voters(world)[7])
    enter(client, meeting, K.EXCLUSION, exclusions=[str(exclusion.pk)], yes="7")
    exclusion.refresh_from_db()
    assert (exclusion.state, exclusion.resolution.subject) == ("adopted", "曾浩不计入应到会人数")


# ---- written opinions ----


def test_a_written_opinion_is_noted_and_taken_back(client: Client, world: World) -> None:
    resolution = put(world, on_calendar(world), K.ADMISSION)
    sign_in(client, world.secretary)
    add = reverse("opinion_add", args=[resolution.pk])
    refused = client.post(add, {"member": str(world.members[8].pk), "received_on": "2026-11-19"})
    assert refused.status_code == 400  # probationary: no vote
    assert client.post(add, {"member": str(world.members[5].pk), "received_on": "x"}).status_code == 400
    late = client.post(add, {"member": str(world.members[5].pk), "received_on": "2026-11-21"})
    assert late.status_code == 400
    assert "会议召开之前提交" in words(late.content.decode())
    client.post(add, {"member": str(world.members[5].pk), "received_on": "2026-11-19"})
    page = words(client.get(detail_url(resolution)).content.decode())
    assert "黄峰浩" in page
    assert "2026年11月19日提交" in page
    client.post(reverse("opinion_remove", args=[WrittenOpinion.objects.get().pk]))
    assert not WrittenOpinion.objects.exists()


# ---- closed, and out of sight ----


def test_a_closed_record_answers_too_late(client: Client, world: World) -> None:
    meeting = held(world, absent=1)
    resolution = put(world, meeting, K.ADMISSION, (7,))
    sign_in(client, world.secretary)
    edit = reverse("resolution_edit", args=[resolution.pk])
    sent = shown_form(client.get(edit), yes="5")
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    assert client.post(edit, sent).status_code == 409
    assert client.get(edit).status_code == 409
    assert client.get(new_url(meeting)).status_code == 409
    assert client.post(reverse("resolution_remove", args=[resolution.pk])).status_code == 409
    opinion = {"member": str(voters(world)[7].pk), "received_on": "2026-11-19"}
    assert client.post(reverse("opinion_add", args=[resolution.pk]), opinion).status_code == 409
    resolution.refresh_from_db()
    assert resolution.yes == 7
    page = client.get(detail_url(resolution)).content.decode()
    assert edit not in page, "no button leads there either"


def test_a_page_made_from_an_older_text_writes_nothing(
    client: Client, world: World, meeting: Meeting
) -> None:
    resolution = put(world, meeting, votes=(8,))
    sign_in(client, world.secretary)
    edit = reverse("resolution_edit", args=[resolution.pk])
    mine, theirs = shown_form(client.get(edit), yes="6"), shown_form(client.get(edit), yes="7")
    assert client.post(edit, theirs).status_code == 302
    assert client.post(edit, mine).status_code == 409
    resolution.refresh_from_db()
    assert resolution.yes == 7


def test_it_is_asked_before_a_vote_is_removed(client: Client, world: World, meeting: Meeting) -> None:
    resolution = put(world, meeting, votes=(8,))
    sign_in(client, world.secretary)
    remove = reverse("resolution_remove", args=[resolution.pk])
    assert client.get(remove).status_code == 200
    assert Resolution.objects.count() == 1
    assert client.post(remove).url == reverse("meeting_votes", args=[resolution.meeting_id])
    assert not Resolution.objects.exists()


def test_members_do_not_see_how_it_was_voted(world: World, meeting: Meeting) -> None:
    put(world, meeting, subject="只有负责人看的事项", votes=(8,))
    for page, status in (
        (reverse("meeting_votes", args=[meeting.pk]), 403),
        (f"/meetings/{meeting.pk}/", 200),
    ):
        assert "只有负责人看的事项" not in html_of(world.member, page, status)
    assert "只有负责人看的事项" in html_of(world.reviewer, f"/meetings/{meeting.pk}/")


# ---- how much it costs ----


def test_the_number_of_queries_does_not_depend_on_the_votes(world: World, meeting: Meeting) -> None:
    pages = [reverse("meeting_votes", args=[meeting.pk]), f"/meetings/{meeting.pk}/"]

    def cost() -> list[int]:
        return [queries(world.secretary, page) for page in pages]

    put(world, meeting, K.ELECTION, candidates=ballot(丁一=8))
    few = cost()
    for _number in range(2):
        put(world, meeting, K.ELECTION, candidates=ballot(丁一=8, 王二=7, 张三=7, 赵四=0))
        put(world, meeting, votes=(8,), owner=world.members[3])
    assert cost() == few
    assert few[0] <= MOST_QUERIES
