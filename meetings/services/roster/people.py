"""Who is in the roster: added once, corrected where something was written wrongly, turned full."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.joining import ADULT_YEARS, PARTY_FOUNDED, is_too_soon, is_too_young
from meetings.models import Member, Organization, PartyGroup
from meetings.models.organization import STEP
from meetings.pinyin import name_key
from meetings.services.roster.changes import (
    check_not_future,
    follow_ledger,
    lock_people,
    lock_places,
    record_change,
    refuse,
)
from meetings.services.roster.memberships import begin_membership

FACTS = (
    "name", "gender", "ethnicity", "born_on", "id_number", "phone", "joined_on", "full_member_on",
    "is_leading_cadre",
)  # fmt: skip
# Told as changed, never what it was: the trail is read by more people than the number.
UNTOLD = ("id_number", "phone")
DATES = frozenset({"born_on", "joined_on", "full_member_on"})
MOST_FOUND = 20


class ChangedSince(Exception):
    """Somebody corrected the same person after the page was opened."""


@dataclass(frozen=True)
class MemberFacts:
    """What is known of a person when they are added."""

    name: str
    joined_on: date
    full_member_on: date | None = None
    gender: str = ""
    ethnicity: str = ""
    born_on: date | None = None
    id_number: str = ""
    phone: str = ""
    is_leading_cadre: bool = False


def find_people(*, name: str, people: QuerySet[Member]) -> QuerySet[Member]:
    """Those of ``people`` who may be meant: called so, or called what sounds so (张三, 章三)."""
    sound = name_key(name).split("|")[0]
    alike = Q(name__icontains=name) | (Q(name_key__startswith=f"{sound}|") if sound else Q())
    return people.filter(alike).order_by("name_key", "pk")[:MOST_FOUND]


@transaction.atomic
def add_member(
    *,
    facts: MemberFacts,
    organization: Organization,
    group: PartyGroup | None = None,
    day: date,
    is_another: bool = False,
    is_as_filed: bool = False,
    actor: User,
    now: datetime | None = None,
) -> Member:
    """A new person in the roster, in this branch from a day on.

    ``is_another``: somebody has looked at the namesakes and says this is another person. ``is_as_filed``:
    the file says dates out of the ordinary. Raises ValidationError for what cannot be, and for somebody who
    may be in the roster already.
    """
    check_not_future(day, now)
    _check_full(facts.full_member_on, now)
    lock_places(_top(organization), organization)  # two equal requests at once find each other
    _refuse_twin(facts, organization, is_another, actor)
    member = Member(**asdict(facts))
    member.full_clean(exclude=["user", "name_key"])
    _check_dates(member, is_as_filed)
    member.save()
    begin_membership(member, organization, group, day)
    record_change(
        action="member.add", subject=member, places=[organization], difference={"from": day},
        actor=actor, now=now,
    )  # fmt: skip
    follow_ledger(places=[organization], since=day, now=now)
    return member


def _top(organization: Organization) -> Organization:
    top: Organization = Organization.objects.get(path=organization.path[:STEP])
    return top


def _refuse_twin(facts: MemberFacts, organization: Organization, is_another: bool, actor: User) -> None:
    """The same name under the same committee, unless the dates of birth or the ID numbers differ."""
    top = _top(organization)
    known = Member.objects.filter(name=facts.name, memberships__organization__path__startswith=top.path)
    twins = [member for member in known.distinct() if _may_be(member, facts)]
    if not twins or (is_another and not any(_is_same(member, facts) for member in twins)):
        return
    seen = Member.objects.visible_to(actor).filter(pk__in=[twin.pk for twin in twins]).first()
    if seen is None:
        sentence = _(
            "A member called %(name)s is in the roster of this committee already, outside your "
            "organizations. If it is the same person, their branch proposes a transfer."
        )
    elif is_another:
        sentence = _("%(name)s is in the roster with the same dates. Give the ID numbers to tell them apart.")
    else:
        sentence = _("%(name)s is in the roster already. If this is another person, say so below.")
    raise refuse("name", sentence % {"name": facts.name})


def _may_be(member: Member, facts: MemberFacts) -> bool:
    for one, other in ((member.id_number, facts.id_number), (member.born_on, facts.born_on)):
        if one and other and one != other:
            return False
    return True


def _is_same(member: Member, facts: MemberFacts) -> bool:
    """A form sent twice, or somebody nobody could tell apart."""
    return (member.joined_on, member.born_on, member.id_number) == (
        facts.joined_on, facts.born_on, facts.id_number,
    )  # fmt: skip


def facts_seen(member: Member) -> str:
    """A mark of the facts as a page shows them. Keyed: it says nothing about an ID number."""
    values = "\n".join(str(getattr(member, name)) for name in FACTS)
    return salted_hmac("meetings.roster.facts", values).hexdigest()[:32]


@transaction.atomic
def correct_facts(
    *,
    member: Member,
    changes: Mapping[str, Any],
    seen: str,
    is_as_filed: bool = False,
    actor: User,
    now: datetime | None = None,
) -> list[str]:
    """Mend what was written wrongly (columns named in ``FACTS``); returns what differed. ``is_as_filed`` as
    for ``add_member``.

    Raises ChangedSince when the facts are no longer those of ``seen``, ValidationError for what cannot be.
    """
    lock_people(member)
    member = Member.objects.get(pk=member.pk)
    if facts_seen(member) != seen:
        raise ChangedSince
    before = {name: getattr(member, name) for name in FACTS}
    differing = [name for name in FACTS if name in changes and changes[name] != before[name]]
    for name in differing:
        setattr(member, name, changes[name])
    if differing:
        _check_corrected(member, is_as_filed or not DATES.intersection(differing), now)
        _save_corrected(member, before, differing, actor, now)
    return differing


def _check_corrected(member: Member, is_as_filed: bool, now: datetime | None) -> None:
    _check_full(member.full_member_on, now)
    _check_joined_before_all(member)
    member.full_clean(exclude=["user", "name_key"])
    _check_dates(member, is_as_filed)


def _save_corrected(
    member: Member, before: dict[str, Any], differing: list[str], actor: User, now: datetime | None
) -> None:
    member.save()
    difference = {
        name: True if name in UNTOLD else [before[name], getattr(member, name)] for name in differing
    }
    record_change(
        action="member.correct", subject=member, places=places_of(member), difference=difference,
        actor=actor, now=now,
    )  # fmt: skip
    if "full_member_on" in differing:
        _follow_full(member, [before["full_member_on"], member.full_member_on], now)


def _check_joined_before_all(member: Member) -> None:
    first = member.memberships.order_by("start_on").first()
    if first and first.start_on < member.joined_on:
        sentence = _("%(name)s has been in a branch since %(day)s and cannot have joined later.")
        raise refuse("joined_on", sentence % {"name": member.name, "day": date_format(first.start_on)})


def _check_dates(member: Member, is_as_filed: bool) -> None:
    """The same rule as for a roster that is imported, which cannot ask and therefore only warns."""
    if member.joined_on < PARTY_FOUNDED:
        sentence = _("The Party was founded on %(day)s.")
        raise refuse("joined_on", sentence % {"day": date_format(PARTY_FOUNDED)})
    if is_as_filed:
        return
    if is_too_young(member.born_on, member.joined_on):
        sentence = _("Younger than %(years)s at joining. If the file says so, confirm it below.")
        raise refuse("joined_on", sentence % {"years": ADULT_YEARS})
    if is_too_soon(member.joined_on, member.full_member_on):
        sentence = _("Probation lasts a year. If the file says otherwise, confirm it below.")
        raise refuse("full_member_on", sentence)


def _check_full(day: date | None, now: datetime | None) -> None:
    if day:
        check_not_future(day, now, "full_member_on")


@transaction.atomic
def turn_full(*, member: Member, day: date, actor: User, now: datetime | None = None) -> Member:
    """A probationary member becomes a full one on a day. Raises ValidationError for a full one."""
    check_not_future(day, now)
    lock_people(member)
    member = Member.objects.get(pk=member.pk)
    if member.full_member_on and member.is_full_on(timezone.localdate(now)):
        sentence = _("%(name)s has been a full member since %(day)s.")
        raise refuse("", sentence % {"name": member.name, "day": date_format(member.full_member_on)})
    if day < member.joined_on:
        raise refuse("day", _("Full membership cannot begin before joining."))
    if is_too_soon(member.joined_on, day):
        sentence = _("Probation lasts a year; %(name)s joined the Party on %(day)s.")
        raise refuse("day", sentence % {"name": member.name, "day": date_format(member.joined_on)})
    before, member.full_member_on = member.full_member_on, day
    member.save(update_fields=["full_member_on", "name_key"])
    record_change(
        action="member.turn_full", subject=member, places=places_of(member)[:1], actor=actor, now=now,
        difference={"full_member_on": [before, day]},
    )  # fmt: skip
    _follow_full(member, [before, day], now)
    return member


def _follow_full(member: Member, days: list[date | None], now: datetime | None) -> None:
    """Every branch the member has been in since the earlier of the two days counts anew."""
    since = min(day for day in days if day)
    here = member.memberships.filter(Q(end_on=None) | Q(end_on__gte=since))
    places = list(Organization.objects.filter(pk__in=here.values("organization")))
    follow_ledger(places=places, since=since, now=now)


def places_of(member: Member) -> list[Organization]:
    """Where it is told: the branch the member is in, or was in last."""
    row = member.memberships.select_related("organization").order_by("-start_on").first()
    return [row.organization] if row else []
