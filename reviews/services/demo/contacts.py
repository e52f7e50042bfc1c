"""Which leading cadres of the made-up committee look after which branch, and what they heard there."""

from datetime import datetime, timedelta

from django.utils import timezone

from meetings.models import Member
from reviews.services.contacts import Heard, name_contact, solve_concern, write_visit
from reviews.services.demo.roster import Cast

ONE_DAY = timedelta(days=1)
DONE = "列席支委会，走访三名党员，了解远程办公人员参加组织生活的情况。"


def write_contacts(*, cast: Cast, now: datetime) -> None:
    """Written by the reviewer for the cadres; of what was heard one thing is solved, one is promised."""
    today, at = timezone.localdate(now), now - timedelta(minutes=20)
    cadres = Member.objects.filter(is_leading_cadre=True).order_by("pk")
    for cadre, key in zip(cadres, ("data", "joint"), strict=False):
        name_contact(
            cadre=cadre, organization=cast.branches[key].organization, start_on=today - 200 * ONE_DAY,
            actor=cast.administrator, now=at,
        )  # fmt: skip
    contact = cast.branches["data"].organization.contact_points.get()
    first = write_visit(
        contact=contact, day=today - 70 * ONE_DAY, done="调研党员教育，给全体党员讲党课。", actor=cast.reviewer,
        heard=Heard("学习资料更新慢", "由宣传处每月统一配送", today - 30 * ONE_DAY), now=at,
    )  # fmt: skip
    solve_concern(
        concern=first.concerns.get(), solved_on=today - 40 * ONE_DAY, outcome="已按月配送，党员反映及时",
        actor=cast.reviewer, now=at,
    )  # fmt: skip
    write_visit(
        contact=contact, day=today - 12 * ONE_DAY, done=DONE, actor=cast.reviewer, now=at,
        heard=Heard("外派党员参加会议不便", "协调开通视频会议室", today + 9 * ONE_DAY),
    )  # fmt: skip
