"""Where one checks in, what a leading cadre's two strands are, and who needs help."""

from collections.abc import Iterator

from django.urls import reverse

from meetings.enums import MeetingState
from meetings.models import Meeting, Member, Organization
from tests.browser.demo import REVIEWER, SECRETARY
from tests.browser.stops import Stop


def attendance_pages() -> Iterator[Stop]:
    office = Organization.objects.get(name="办公室党支部")
    coming = Meeting.objects.filter(organization=office, state=MeetingState.SCHEDULED).earliest("day", "pk")
    yield Stop(SECRETARY, office.name, reverse("check_in_screen", args=[coming.pk]))
    yield Stop(SECRETARY, office.name, reverse("forecast_list"))
    cadre = Member.objects.filter(is_leading_cadre=True).earliest("pk")
    yield Stop(REVIEWER, "机关党委", reverse("dual_life_list"))
    yield Stop(REVIEWER, "机关党委", reverse("dual_life_detail", args=[cadre.pk]))
