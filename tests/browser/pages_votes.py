"""Votes announced and counted, leave, guests, catching up, and who is left out of the count."""

from collections.abc import Iterator

from django.urls import reverse

from meetings.enums import ExclusionState, ResolutionKind
from meetings.models import Attendance, Exclusion, Resolution
from tests.browser.demo import MEMBER, REVIEWER, SECRETARY
from tests.browser.stops import Stop

OFFICE, DATA, RETIRED = "办公室党支部", "数据中心党支部", "离退休干部党支部"


def vote_pages() -> Iterator[Stop]:
    yield from _announced()
    yield from _held()
    waiting, granted = (
        reverse("exclusion_detail", args=[Exclusion.objects.get(state=state).pk])
        for state in (ExclusionState.REQUESTED, ExclusionState.APPROVED)
    )
    requests = (reverse("exclusion_list"), reverse("exclusion_create"), waiting, granted)
    yield from (Stop(SECRETARY, RETIRED, url) for url in requests)
    yield from (Stop(REVIEWER, "机关党委", url) for url in (reverse("exclusion_list"), waiting))


def _announced() -> Iterator[Stop]:
    vote = Resolution.objects.get(kind=ResolutionKind.ADMISSION)
    pages = (
        "meeting_detail", "meeting_votes", "resolution_create", "meeting_leaves", "meeting_guests",
        "meeting_record",
    )  # fmt: skip
    urls = [reverse(name, args=[vote.meeting_id]) for name in pages]
    urls += [f"{reverse('resolution_create', args=[vote.meeting_id])}?kind={ResolutionKind.ELECTION}"]
    urls += [reverse(f"resolution_{page}", args=[vote.pk]) for page in ("detail", "edit", "remove")]
    yield from (Stop(SECRETARY, OFFICE, url) for url in urls)
    yield from (
        Stop(MEMBER, OFFICE, reverse(name, args=[vote.meeting_id]))
        for name in ("leave_ask", "meeting_detail")
    )


def _held() -> Iterator[Stop]:
    vote = Resolution.objects.filter(meeting__organization__name=DATA).earliest("pk")
    caught_up = Attendance.objects.get(meeting=vote.meeting_id, caught_up_on__isnull=False)
    urls = [reverse(name, args=[vote.meeting_id]) for name in ("meeting_detail", "meeting_votes")]
    urls += [reverse("resolution_detail", args=[vote.pk]), reverse("catch_up", args=[caught_up.pk])]
    yield from (Stop(SECRETARY, DATA, url) for url in urls)
