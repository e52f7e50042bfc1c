"""Whatever is sent to the record page and its steps: an answer, never an exception, never half a record."""

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.enums import MeetingKind, MeetingState
from meetings.models import Meeting
from tests.reviews.recording import at, complete, put_on_calendar, record_url, returned, sign_in, step_url
from tests.world import build_world

FIELDS = (
    "theme", "kinds", "day", "starts", "ends", "place", "chair", "recorder", "problem", "category",
    "for_last_year", "anew", "absentees", "content", "decisions", "version", "draft",
)  # fmt: skip
EMOJI = "\U0001f600"
ODD = (
    "", " ", "\x00", "\u200b", "０", "１２", "２０２６-１１-２０", "2026-11-20", "2026-11-23", "2015-07-01",
    "0001-01-01", "9999-12-31", "2026-02-30", "99999999999999999999", "-1", "1e9", "∞", "١٢", "½", "15:00",
    "24:00", "下午3点半", "张三 病假", "陈军（病假", "陈军、陈军", "((((", "theme_day", "group", "on",
    "present", "excused", "exempt", "absent", "<script>alert(1)</script>", "'; --", "%s%(x)s", "{{ 7 }}",
    EMOJI, "学" * 300, "\r\n\r\n", "\u2028", "\ufeff", "e\u0301",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(ODD),
    st.text(max_size=30),
    st.sampled_from(MeetingKind.values),
    st.lists(st.sampled_from(ODD), max_size=3),
)
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.django_db
def test_any_record_gets_an_answer(client: Client) -> None:
    world = build_world()
    sign_in(client, world.secretary)
    scheduled, back = put_on_calendar(world), returned(world)
    cards = [f"person-{member.pk}-{part}" for member in world.members[:4] for part in ("status", "reason")]
    names = st.sampled_from((*FIELDS, *cards, "person-99999999999999999999-status", "person-x-status"))
    seen: set[int] = set()
    with at():
        filled = {meeting.pk: complete(client, meeting) for meeting in (scheduled, back)}

    @FUZZ
    @given(meeting=st.sampled_from([scheduled, back]), typed=st.dictionaries(names, VALUES, max_size=5))
    def send(meeting: Meeting, typed: dict[str, object]) -> None:
        with at(), transaction.atomic():
            answer = client.post(record_url(meeting), filled[meeting.pk] | typed)
            seen.add(answer.status_code)
            now = Meeting.objects.get(pk=meeting.pk)
            written = now.version != meeting.version
            assert answer.status_code in ({302} if written else {302, 400, 409})
            if written:
                assert now.state in (MeetingState.HELD, MeetingState.SUBMITTED, MeetingState.RETURNED)
                assert now.attendances.count() == now.organization.memberships.count() or now.kinds == [
                    "committee"
                ]
            transaction.set_rollback(True)

    send()
    assert {302, 400} <= seen, "some are accepted, some refused"


@pytest.mark.django_db
def test_any_step_gets_an_answer(client: Client) -> None:
    world = build_world()
    meeting = returned(world)
    sign_in(client, world.secretary)
    names = st.sampled_from(
        ("version", "comment", "findings-TOTAL_FORMS", "findings-0-field", "findings-0-sentence")
    )
    actions = st.sampled_from(
        ("submit", "withdraw", "accept", "return", "hold_again", "cancel", "x", "record")
    )

    @FUZZ
    @given(action=actions, typed=st.dictionaries(names, VALUES, max_size=4), reviews=st.booleans())
    def send(action: str, typed: dict[str, object], reviews: bool) -> None:
        with at(), transaction.atomic():
            sign_in(client, world.reviewer if reviews else world.secretary)
            answer = client.post(step_url(meeting, action), {"version": str(meeting.version)} | typed)
            assert answer.status_code in (302, 400, 403, 404, 409)
            transaction.set_rollback(True)

    send()


@pytest.mark.django_db
def test_any_question_to_the_lists_gets_an_answer(client: Client) -> None:
    world = build_world()
    put_on_calendar(world)
    sign_in(client, world.secretary)
    pages = st.sampled_from(("/meetings/", "/members/", "/meetings/new/"))
    names = st.sampled_from(
        [
            *("from", "to", "period", "kind", "kinds", "day", "state", "organization"),
            *("group", "before", "after", "page", "name", "standing"),
        ]
    )
    texts = st.one_of(
        st.sampled_from(ODD), st.text(max_size=20), st.sampled_from(("2026Q4", "2026", "2026Q9"))
    )

    @FUZZ
    @given(path=pages, asked=st.dictionaries(names, texts, max_size=4))
    def ask(path: str, asked: dict[str, str]) -> None:
        with at():
            assert client.get(path, asked).status_code in (200, 400)

    ask()
