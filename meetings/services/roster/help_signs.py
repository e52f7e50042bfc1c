"""Telling a branch early that somebody has not been seen: after three, four and five months, once each.

It is told to those who lead the branch and to nobody else, in the app and not by mail, and it says what was
counted and nothing more. As soon as the row of months has ended the notice is settled.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from meetings.models import HelpSign, Notice, Organization
from meetings.models.help_sign import HELP_MONTHS
from meetings.services.notices import secretaries_of, settle_notices_about, tell
from meetings.services.obligations import in_batches
from meetings.services.roster.absences import LOOK_BACK, HelpNeeded, help_needed

NOTICE = "help.needed"


def tell_help_needed(*, now: datetime | None = None) -> int:
    """Tell what should have been told by now; returns how many were told of. May run any number of times,
    also at once: each stage is told once."""
    now = now or timezone.now()
    return sum(_tell_batch(batch, now) for batch in in_batches())


@transaction.atomic
def _tell_batch(organizations: Collection[Organization], now: datetime) -> int:
    branches = [each.pk for each in organizations if each.is_branch]
    found = help_needed(organizations=branches, as_of=timezone.localdate(now))
    _settle(branches, found, now)
    fresh = _write_signs(found, now)
    secretaries = secretaries_of({each.organization_id for each in fresh}, timezone.localdate(now))
    for each in fresh:
        settle_notices_about(url=_url(each), now=now)
        values = {
            "name": each.member.name,
            "months": each.months,
            "since": each.since.isoformat(),
            "organization": each.organization_id,
        }
        tell(people=secretaries[each.organization_id], code=NOTICE, values=values, url=_url(each), now=now)
    return len(fresh)


def _write_signs(found: Collection[HelpNeeded], now: datetime) -> list[HelpNeeded]:
    """Those whose present stage nobody has told yet; one that was passed in the meantime is left out."""
    signs = [
        HelpSign(
            organization_id=each.organization_id, member=each.member, since=each.since,
            months=min(each.months, HELP_MONTHS[-1]), told_at=now,
        )
        for each in found
        if each.months <= LOOK_BACK  # a longer row has lost its beginning out of sight; it was told long ago
    ]  # fmt: skip
    HelpSign.objects.bulk_create(signs, ignore_conflicts=True, batch_size=500)
    ours = HelpSign.objects.filter(told_at=now, organization__in={each.organization_id for each in found})
    written = set(ours.values_list("organization", "member"))
    return [each for each in found if (each.organization_id, each.member.pk) in written]


def _settle(branches: Collection[int], found: Collection[HelpNeeded], now: datetime) -> None:
    """Whoever came, said why or caught up needs no telling any more."""
    still = {_url(each) for each in found}
    open_notices = Notice.objects.current().filter(code=NOTICE, values__organization__in=list(branches))
    open_notices.exclude(url__in=still).update(settled_at=now)


def _url(each: HelpNeeded) -> str:
    """The member's own page, where every meeting behind the number stands."""
    return reverse("member_detail", args=[each.member.pk]) + "#attendance"
