"""The same rows for contact points: the branch's, one of a member elsewhere, the sister branch's."""

from django.db import models

from meetings.models import Member, Organization
from reviews.models import ContactPoint
from tests.meetings.visible_rows import DAY, Rows
from tests.world import World

CONTACTS_EXPECTED: dict[type[models.Model], dict[str, str]] = {
    # "small" belongs to the ordinary member of the branch, as a leading cadre.
    ContactPoint: {
        "member": "small",
        "secretary": "own",
        "small_secretary": "small own",
        "reviewer": "own small",
        "administrator": "own small",
        "other_secretary": "other",
        "other_reviewer": "other",
    },
}


def contact_rows_seen(world: World) -> Rows:
    """The sister branch's secretary is the cadre who looks after the branch."""

    def contact(cadre: Member, branch: Organization) -> ContactPoint:
        return ContactPoint.objects.create(
            cadre=cadre, organization=branch, start_on=DAY, named_by=world.reviewer
        )

    return {
        ContactPoint: {
            "own": contact(world.small_members[0], world.branch),
            "small": contact(world.members[5], world.small_branch),
            "other": contact(world.other_members[1], world.other_branch),
        }
    }
