"""A contact point of the member's: a visit there, and a problem that is not solved."""

from django.db import models
from django.utils import timezone

from reviews.services.contacts import Heard, name_contact, write_visit
from tests.world import World


def contact_things(world: World) -> dict[str, models.Model]:
    today = timezone.localdate()
    cadre = world.members[5]
    cadre.is_leading_cadre = True
    cadre.save()
    contact = name_contact(cadre=cadre, organization=world.branch, start_on=today, actor=world.reviewer)
    visit = write_visit(
        contact=contact, day=today, done="走访", heard=Heard("场地紧张", "协调", today), actor=world.reviewer
    )
    return {
        "contact": contact, "contact_cadre": cadre, "contact_visit": visit, "concern": visit.concerns.get()
    }  # fmt: skip
