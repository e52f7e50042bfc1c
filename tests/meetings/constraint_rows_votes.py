"""One right row for each name in ``constraint_cases_votes``."""

from datetime import date
from typing import Any

from meetings.models import Candidate, Exclusion, Leave, Resolution, Transfer, VoteRule, WrittenOpinion
from tests.meetings.constraint_cases import DAY, NOW
from tests.meetings.constraint_rows import Rows
from tests.world import World


def vote_rows(world: World, rows: Rows) -> Rows:
    votes = _votes(rows)
    member = rows["member"]
    return votes | {
        "reviewer": world.reviewer,
        "voterule": VoteRule.objects.get(owner=None, code="general"),
        "local_voterule": VoteRule.objects.create(
            owner=world.committee, code="general", quorum_part=2, quorum_whole=3, confidence="local",
            valid_from=date(2026, 1, 1),
        ),
        "candidate": Candidate.objects.create(resolution=votes["election"], name="张三"),
        "opinion": WrittenOpinion.objects.create(
            resolution=votes["admission"], member=member, received_on=DAY, recorded_at=NOW,
            recorded_by=world.secretary,
        ),
        "exclusion": Exclusion.objects.create(
            organization=world.branch, member=member, reason="long_ill", explanation="卧床",
            requested_by=world.secretary, requested_at=NOW,
        ),
        "transfer": Transfer.objects.create(
            member=member, from_organization=world.branch, to_organization=world.small_branch, leaves_on=DAY,
            proposed_by=world.secretary, proposed_at=NOW,
        ),
        "leave": Leave.objects.create(
            meeting=rows["meeting"], member=member, day=DAY, reason="出差", asked_at=NOW
        ),
    }  # fmt: skip


def _votes(rows: Rows) -> Rows:
    def vote(number: int, kind: str, **facts: Any) -> Resolution:
        return Resolution.objects.create(
            meeting=rows["meeting"], number=number, kind=kind, subject="事项", **facts
        )

    counted = {"yes": 6, "no": 1, "abstain": 0, "needed_present": 4, "needed_yes": 5, "outcome": "carried"}
    return {
        "resolution": vote(1, "general", expected=8, present=7, **counted),
        "announced": vote(2, "general"),
        "admission": vote(3, "admission", about="郝健", expected=8, present=7),
        "election": vote(4, "election", seats=3),
    }
