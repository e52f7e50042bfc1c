"""The keeper's screen, what a phone opens, and what a copied link is worth."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import time_machine
import zxingcpp
from django.test import Client
from django.urls import reverse
from PIL import Image

from branchlife.models import User
from meetings.models import CheckIn, Meeting
from meetings.services.check_in import code_word, offer_check_in
from tests.meetings.test_check_in import clock
from tests.meetings.voting import write
from tests.reviews.pages import MOST_QUERIES, html_of, queries, words
from tests.reviews.recording import NOW, TODAY, put_on_calendar, record_url, write_down
from tests.world import World, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@contextmanager
def at_clock(text: str) -> Iterator[datetime]:
    with time_machine.travel(clock(text), tick=False):
        yield clock(text)


@pytest.fixture
def meeting(world: World) -> Meeting:
    made = put_on_calendar(world, day=TODAY, starts=time(15), ends=time(16, 30))
    return offer_check_in(meeting=made, offered=True, actor=world.secretary, now=NOW)


def phone_of(user: User | None = None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def address(name: str, meeting: Meeting, *more: str) -> str:
    return reverse(name, args=[meeting.pk, *more])


def read_code(user: User, meeting: Meeting) -> str:
    """What a phone's camera would find in the picture."""
    answer = phone_of(user).get(address("check_in_code", meeting))
    assert answer["Content-Type"] == "image/png"
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(answer.content)))
    return urlsplit(found.text).path


def test_scan_question_answer(world: World, meeting: Meeting) -> None:
    with at_clock("14:50"):
        phone = phone_of(world.member)
        asked = phone.get(read_code(world.secretary, meeting), follow=True)
        assert "黄峰浩，您好。点一下即表示您已到会" in words(asked.content.decode())
        assert not CheckIn.objects.exists()  # looking writes nothing
        done = phone.post(address("check_in", meeting), follow=True)
        assert "您已于 14:50 签到" in words(done.content.decode())
        assert CheckIn.objects.get().member == world.members[5]
        again = phone.post(address("check_in", meeting))
        assert again.status_code == 200
        assert CheckIn.objects.count() == 1


def test_signing_in_to_the_site_may_take_a_while(world: World, meeting: Meeting) -> None:
    phone = phone_of()
    with at_clock("14:50"):
        link = read_code(world.secretary, meeting)
        asked = phone.get(link, follow=True)
        assert asked.redirect_chain[-1][0] == f"/sign-in/?next={address('check_in', meeting)}"
    with at_clock("14:54"):  # the code itself is long gone
        phone.force_login(world.member)
        assert phone.post(address("check_in", meeting)).status_code == 302
    assert CheckIn.objects.exists()


def test_a_link_sent_to_somebody_else_is_worth_nothing_a_minute_later(world: World, meeting: Meeting) -> None:
    with at_clock("14:50"):
        link = read_code(world.secretary, meeting)
    with at_clock("14:51"):
        elsewhere = phone_of(world.member)
        refused = elsewhere.get(link, follow=True)
        assert refused.status_code == 409
        assert "此签到码已失效（每半分钟更换一次）" in words(refused.content.decode())
        assert elsewhere.post(address("check_in", meeting)).status_code == 409
    assert not CheckIn.objects.exists()


def test_what_a_phone_remembers_of_a_scan_ends_too(world: World, meeting: Meeting) -> None:
    phone = phone_of(world.member)
    with at_clock("14:50"):
        phone.get(read_code(world.secretary, meeting))
    with at_clock("14:56"):
        assert phone.post(address("check_in", meeting)).status_code == 409


def test_without_a_scan_or_with_the_memory_of_another_meeting(world: World, meeting: Meeting) -> None:
    other = put_on_calendar(world, day=TODAY, theme="另一次")
    offer_check_in(meeting=other, offered=True, actor=world.secretary, now=NOW)
    with at_clock("14:50") as now:
        phone = phone_of(world.member)
        assert phone.post(address("check_in", meeting)).status_code == 409
        phone.get(address("check_in_scan", other, code_word(other.pk, now)))
        cookie = phone.cookies["check_in"]
        phone.cookies["check_in"] = cookie.value  # sent everywhere, as a forger would
        assert phone.post(address("check_in", meeting)).status_code == 409
        assert phone.post(address("check_in", other)).status_code == 302


def test_a_valid_scan_after_the_meeting_is_refused(world: World, meeting: Meeting) -> None:
    with at_clock("16:31") as now:
        phone = phone_of(world.member)
        answer = phone.get(address("check_in_scan", meeting, code_word(meeting.pk, now)), follow=True)
        assert answer.status_code == 409
        assert "会议已结束，不能再签到" in words(answer.content.decode())


def test_somebody_not_expected_is_refused_with_a_sentence(world: World, meeting: Meeting) -> None:
    with at_clock("14:50") as now:
        link = address("check_in_scan", meeting, code_word(meeting.pk, now))
        above = phone_of(world.reviewer).get(link, follow=True)
        assert above.status_code == 403
        assert "您不在本次会议应到会人员之列" in words(above.content.decode())
        assert phone_of(world.small_secretary).get(link, follow=True).status_code == 404


def test_the_picture_is_for_the_keeper_and_for_the_window(world: World, meeting: Meeting) -> None:
    picture = address("check_in_code", meeting)
    with at_clock("14:50"):
        assert phone_of(world.member).get(picture).status_code == 403
        assert phone_of(world.reviewer).get(picture).status_code == 403
        shown = phone_of(world.secretary).get(picture)
        assert "no-store" in shown["Cache-Control"]
    for moment in ("14:29", "16:31"):
        with at_clock(moment):
            assert phone_of(world.secretary).get(picture).status_code == 409


def test_the_code_on_the_screen_changes_every_half_minute(world: World, meeting: Meeting) -> None:
    with at_clock("14:50"):
        first = read_code(world.secretary, meeting)
        assert read_code(world.secretary, meeting) == first
    with time_machine.travel(clock("14:50") + timedelta(seconds=30), tick=False):
        assert read_code(world.secretary, meeting) != first


def test_turning_it_on_and_off(world: World) -> None:
    plain = put_on_calendar(world, day=TODAY, starts=time(15), ends=time(16, 30))
    screen, offer = address("check_in_screen", plain), address("check_in_offer", plain)
    with at_clock("14:50"):
        page = html_of(world.secretary, f"/meetings/{plain.pk}/")
        assert screen in page
        assert "未启用，到会情况由您登记" in words(page)
        assert "默认不启用，也不作要求" in words(html_of(world.secretary, screen))
        secretary = phone_of(world.secretary)
        assert secretary.post(offer, {"offer": "1"}).url == screen
        opened = html_of(world.secretary, screen)
        assert address("check_in_code", plain) in opened
        assert '<noscript><meta http-equiv="refresh" content="12"></noscript>' in opened
        assert "已签到 0 人，应到 9 人" in words(opened)
        secretary.post(offer, {"offer": "0"})
        assert address("check_in_code", plain) not in html_of(world.secretary, screen)
    for page in (f"/meetings/{plain.pk}/", "/me/"):
        assert "check-in" not in html_of(world.member, page)


def test_without_a_time_to_begin_there_is_no_button(world: World) -> None:
    untimed = put_on_calendar(world, day=TODAY, starts=None)
    with at_clock("14:50"):
        page = html_of(world.secretary, address("check_in_screen", untimed))
        assert address("check_in_offer", untimed) not in page
        refused = phone_of(world.secretary).post(address("check_in_offer", untimed), {"offer": "1"})
        assert refused.status_code == 409


def test_after_the_record_the_screen_says_so(world: World, meeting: Meeting) -> None:
    write(world, meeting)
    with at_clock("15:30"):
        page = html_of(world.secretary, address("check_in_screen", meeting))
        assert "本次会议考勤已登记" in words(page)
        assert address("check_in_offer", meeting) not in page
        assert phone_of(world.secretary).post(address("check_in_offer", meeting)).status_code == 409


def test_it_stands_beside_the_name_on_the_record_and_in_the_list(world: World, meeting: Meeting) -> None:
    with at_clock("15:10") as now:
        phone = phone_of(world.member)
        phone.get(address("check_in_scan", meeting, code_word(meeting.pk, now)))
        phone.post(address("check_in", meeting))
        form = html_of(world.secretary, record_url(meeting))
        assert "黄峰浩 15:10 签到" in words(form)
        assert "黄峰浩 15:10 迟到" in words(html_of(world.secretary, address("check_in_screen", meeting)))
        assert "您已于 15:10 签到" in words(html_of(world.member, f"/meetings/{meeting.pk}/"))
    write_down(world, meeting, submit=False)
    assert "扫码签到" not in words(html_of(world.reviewer, f"/meetings/{meeting.pk}/"))


def test_the_source_is_shown_where_the_recorder_agreed(world: World, meeting: Meeting) -> None:
    with at_clock("14:55") as now:
        phone = phone_of(world.member)
        phone.get(address("check_in_scan", meeting, code_word(meeting.pk, now)))
        phone.post(address("check_in", meeting))
    write_down(world, meeting, submit=False)
    assert "黄峰浩 扫码签到" in words(html_of(world.reviewer, f"/meetings/{meeting.pk}/"))


def test_the_number_of_queries_does_not_depend_on_who_came(world: World, meeting: Meeting) -> None:
    def come(index: int) -> None:
        member = world.members[index]
        member.user = member.user or make_user(f"m{index}")
        member.save()
        CheckIn.objects.create(
            meeting=meeting, member=member, day=TODAY, presence="present", checked_in_at=clock("14:40")
        )

    pages = [
        (world.secretary, address("check_in_screen", meeting)),
        (world.secretary, f"/meetings/{meeting.pk}/"),
        (world.secretary, record_url(meeting)),
        (world.member, f"/meetings/{meeting.pk}/"),
    ]
    with at_clock("14:50"):
        come(1)
        few = [queries(user, page) for user, page in pages]
        come(2)
        come(3)
        assert [queries(user, page) for user, page in pages] == few
    assert max(few) <= MOST_QUERIES
