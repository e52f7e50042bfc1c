"""What is closed: a record in the archive with its correction, and the check of printed minutes."""

from collections.abc import Iterator

from django.urls import reverse

from meetings.enums import MeetingState
from meetings.models import Addendum, Meeting
from tests.browser.demo import REVIEWER, SECRETARY
from tests.browser.stops import Stop


def closed_pages() -> Iterator[Stop]:
    corrected = Addendum.objects.earliest("pk").meeting
    place = corrected.organization.name
    yield Stop(SECRETARY, place, reverse("meeting_detail", args=[corrected.pk]))
    yield Stop(SECRETARY, place, reverse("addendum_create", args=[corrected.pk]))
    yield Stop(SECRETARY, place, reverse("record_verify"))
    yield Stop(SECRETARY, place, f"{reverse('record_verify')}?digest={corrected.archive.digest}")
    yield Stop(SECRETARY, place, f"{reverse('record_verify')}?digest={'0' * 16}")
    accepted = Meeting.objects.filter(
        organization=corrected.organization, state=MeetingState.ACCEPTED
    ).latest("day")
    yield Stop(REVIEWER, "机关党委", reverse("meeting_detail", args=[accepted.pk]))
