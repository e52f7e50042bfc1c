"""The pages about what has to be put right, in every state an item can have."""

from collections.abc import Iterator

from django.urls import reverse

from reviews.enums import RectificationState
from reviews.models import Likeness, Rectification, SitInNote
from tests.browser.demo import REVIEWER, SECRETARY
from tests.browser.stops import Stop


def rectification_stops() -> Iterator[Stop]:
    yield from _items()
    yield from _checks()


def _checks() -> Iterator[Stop]:
    """Judged, with a note and a rating; handed in, with something to be asked."""
    judged = SitInNote.objects.select_related("meeting__organization").get().meeting
    yield Stop(REVIEWER, "机关党委", reverse("meeting_check", args=[judged.pk]))
    copy = Likeness.objects.get().meeting
    yield Stop(REVIEWER, "机关党委", reverse("meeting_detail", args=[copy.pk]))
    yield Stop(SECRETARY, judged.organization.name, reverse("meeting_check", args=[judged.pk]))
    yield Stop(SECRETARY, judged.organization.name, reverse("meeting_detail", args=[judged.pk]))


def _items() -> Iterator[Stop]:
    items = {item.state: item for item in Rectification.objects.select_related("organization")}
    opened, claimed = items[RectificationState.OPEN], items[RectificationState.CLAIMED]
    for name in ("rectification_list", "rectification_create"):
        yield Stop(REVIEWER, "机关党委", reverse(name))
    yield Stop(
        REVIEWER, "机关党委", f"{reverse('rectification_create')}?organization={claimed.organization_id}"
    )
    yield Stop(REVIEWER, "机关党委", reverse("rectification_detail", args=[claimed.pk]))
    yield Stop(REVIEWER, "机关党委", reverse("rectification_step", args=[claimed.pk, "reopen"]))
    yield Stop(REVIEWER, "机关党委", reverse("rectification_causes"))
    noticed = Rectification.objects.filter(notice__isnull=False).first()
    assert noticed
    yield Stop(REVIEWER, "机关党委", reverse("rectification_notice", args=[noticed.notice_id]))
    yield Stop(REVIEWER, "机关党委", reverse("rectification_notice_create", args=[opened.organization_id]))
    place = opened.organization.name
    yield Stop(SECRETARY, place, reverse("rectification_list"))
    yield Stop(SECRETARY, place, reverse("rectification_detail", args=[opened.pk]))
    yield Stop(SECRETARY, place, reverse("rectification_edit", args=[opened.pk]))
    yield Stop(SECRETARY, place, reverse("rectification_step", args=[opened.pk, "claim"]))
