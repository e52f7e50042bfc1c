"""The same for contact points: cases and the rows they try."""

from reviews.models import Concern, ContactPoint, ContactVisit
from tests.meetings.constraint_cases import DAY, EARLIER, NOW, Case, Check, Unique
from tests.meetings.constraint_rows import Rows
from tests.world import World

CONTACT_CASES: dict[str, Case] = {
    "contact_point_ends_after_start": Check("contact", {"end_on": EARLIER}, {"end_on": DAY}),
    "contact_point_open_once": Unique("contact", right={"end_on": DAY}),
    "contact_visit_once_a_day": Unique("contact_visit", right={"day": EARLIER}),
    "contact_visit_says_something": Check("contact_visit", {"done": ""}, {"done": "走访"}),
    "concern_problem_present": Check("concern", {"problem": ""}, {"problem": "难"}),
    "concern_promise_has_day": Check("concern", {"promise": "办"}, {"promise": "办", "due_on": DAY}),
    "concern_solved_says_how": Check("concern", {"solved_on": DAY}, {"solved_on": DAY, "outcome": "已办"}),
}


def contact_rows(world: World) -> Rows:
    contact = ContactPoint.objects.create(
        cadre=world.small_members[0], organization=world.branch, start_on=DAY, named_by=world.reviewer
    )
    visit = ContactVisit.objects.create(
        contact=contact, day=DAY, done="走访", written_by=world.reviewer, written_at=NOW
    )
    concern = Concern.objects.create(visit=visit, problem="场地紧张")
    return {"contact": contact, "contact_visit": visit, "concern": concern}
