"""A vote of the meeting adopts what the upper organization approved, and only then it is in force."""

from collections.abc import Iterable
from datetime import date, datetime

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import ExclusionState
from meetings.models import Exclusion, Resolution
from meetings.services.notices import tell

ADOPTED_NOTICE = "exclusion.adopted"


def adopt_exclusions(*, resolution: Resolution, day: date, actor_id: int | None, now: datetime) -> int:
    """The vote is carried: from that day on these members are out of the count. Returns how many are new."""
    listed = Exclusion.objects.filter(resolution=resolution)
    # A record that is corrected may have moved to another day.
    listed.filter(state=ExclusionState.ADOPTED).exclude(start_on=day).update(start_on=day)
    fresh = list(listed.filter(state=ExclusionState.APPROVED).select_related("member", "organization"))
    _move(fresh, {"state": ExclusionState.ADOPTED, "start_on": day}, "exclusion.adopt", actor_id, now)
    for each in fresh:
        tell(
            people=[each.member.user_id] if each.member.user_id else [],
            code=ADOPTED_NOTICE,
            values={"organization": each.organization.name, "day": day.isoformat()},
            url=f"/exclusions/{each.pk}/",
            now=now,
        )
    return len(fresh)


def release_exclusions(*, resolution: Resolution, actor_id: int | None, now: datetime) -> int:
    """The vote is not carried after all, while its record is still open: approved, but not adopted."""
    adopted = list(Exclusion.objects.filter(resolution=resolution, state=ExclusionState.ADOPTED))
    _move(adopted, {"state": ExclusionState.APPROVED, "start_on": None}, "exclusion.release", actor_id, now)
    return len(adopted)


def _move(
    exclusions: Iterable[Exclusion],
    columns: dict[str, object],
    action: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    for each in exclusions:
        before = each.state
        if Exclusion.objects.filter(pk=each.pk, state=before).update(**columns):
            record_event(
                actor=actor, action=action, subject=each, chain=each.organization.chain, now=now,
                difference={"state": [before, columns["state"]]},
            )  # fmt: skip
