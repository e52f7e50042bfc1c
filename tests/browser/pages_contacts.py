"""Contact points: the committee's list, one of them, the cadre's page, the forms, as the branch sees it."""

from collections.abc import Iterator

from django.urls import reverse

from reviews.models import Concern
from tests.browser.demo import REVIEWER, SECRETARY
from tests.browser.stops import Stop


def contact_stops() -> Iterator[Stop]:
    concern = Concern.objects.unsolved().select_related("visit__contact__organization")[0]
    visit, contact = concern.visit, concern.visit.contact
    urls = [reverse("contact_list"), reverse("contact_create")]
    urls += [reverse(name, args=[contact.pk]) for name in ("contact_detail", "contact_end", "contact_visit")]
    urls += [reverse("contact_hear", args=[visit.pk]), reverse("contact_solve", args=[concern.pk])]
    urls += [reverse("contact_cadre", args=[contact.cadre_id])]
    yield from (Stop(REVIEWER, "机关党委", url) for url in urls)
    place = contact.organization
    yield Stop(SECRETARY, place.name, reverse("contact_list"))
    yield Stop(SECRETARY, place.name, reverse("contact_detail", args=[contact.pk]))
    yield Stop(SECRETARY, place.name, reverse("branch_detail", args=[place.pk]))
