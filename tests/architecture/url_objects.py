"""Something real behind every address of the sweep: a branch in the middle of its work."""

from datetime import time, timedelta

from django.db import models
from django.utils import timezone

from branchlife.models import Job
from branchlife.models.job import JobState
from meetings.enums import MeetingKind, Period, Presence, StandingKind
from meetings.models import (
    Appointment,
    Deadline,
    Meeting,
    Member,
    Notice,
    Obligation,
    Organization,
    ReminderRule,
    Requirement,
    VoteRule,
)
from meetings.periods import next_span, span_of
from meetings.services.attendance import Deviation
from meetings.services.imports import ImportKind
from meetings.services.imports.jobs import CHECK, KIND, STEPS
from meetings.services.obligations import generate_obligations
from meetings.services.record import MeetingFacts, schedule_meeting
from meetings.services.roster.standings import set_standing
from meetings.services.roster.transfers import propose_transfer
from meetings.services.waivers import waive_obligation
from reviews.services.plans import ItemDraft, create_plan
from reviews.services.records import log_meeting
from tests.architecture.url_access_objects import access_things, attachment_things
from tests.architecture.url_closed_objects import closed_things
from tests.architecture.url_contact_objects import contact_things
from tests.architecture.url_held import held_things
from tests.architecture.url_inspection_objects import inspection_things
from tests.architecture.url_rectification import rectification_things
from tests.architecture.url_reminder_objects import reminder_things
from tests.architecture.url_review import review_things
from tests.architecture.url_votes import vote_things
from tests.world import World, build_world

Things = dict[str, models.Model]


def build_things(world: World | None = None) -> tuple[World, Things]:
    """The shared world (or the one given) with life in it; ``Things`` are what addresses speak of, by name."""
    world = world or build_world()
    today = timezone.localdate()
    generate_obligations(as_of=today)
    quarter = span_of(Period.QUARTER, today)
    item = ItemDraft(day=quarter.end, kinds=(MeetingKind.THEME_DAY,), theme="学习")
    plan = create_plan(
        organization=world.branch, span=quarter, items=[item], actor=world.secretary, submit=True
    )
    following = next_span(quarter)
    later = ItemDraft(day=following.start, kinds=(MeetingKind.THEME_DAY,), theme="学习")
    draft = create_plan(organization=world.branch, span=following, items=[later], actor=world.secretary)
    things: Things = {
        "branch": world.branch,
        "small_branch": world.small_branch,
        "colleague": world.members[2],
        "cadre": _cadre(world.members[7]),
        "appointment": Appointment.objects.get(user=world.secretary),
        "office": Appointment.objects.get(user=world.audit_officer),
        "plan": plan,
        "draft": draft,
        "coming": _coming(world),
        "group_coming": _coming(world, group=True),
        "record": _handed_in(world),
        "small_record": _handed_in(world, small=True),
        **_owed(world),
        "job": _checked_import(world),
        "notice": Notice.objects.create(
            recipient=world.secretary, code="plan.return", values={"subject": "x", "organization": "y"},
            created_at=timezone.now(),
        ),
        **_rules(world),
        **vote_things(world),
        **held_things(world),
        **access_things(world),
        **_roster(world),
        **rectification_things(world),
        **reminder_things(world),
        **review_things(world),
    }  # fmt: skip
    things |= closed_things(world) | inspection_things(world) | contact_things(world)
    things |= attachment_things(things["record"], things["coming"], world.secretary)
    for thing in things.values():
        thing.refresh_from_db()
    return world, things


def _cadre(member: Member) -> Member:
    member.is_leading_cadre = True
    member.save()
    return member


def _owed(world: World) -> Things:
    """A line nothing was held for, and one somebody was let off."""
    owed, waived = Obligation.objects.unmet().filter(organization=world.branch, kind=MeetingKind.COMMITTEE)[
        :2
    ]
    waive_obligation(obligation=waived, reason="停办", actor=world.administrator)
    return {"owed": owed, "waived": waived}


def _roster(world: World) -> Things:
    """Somebody on the way to another branch, a post, a standing, a group."""
    transfer = propose_transfer(
        member=world.members[3], to_organization=world.small_branch, day=timezone.localdate(),
        actor=world.secretary,
    )  # fmt: skip
    standing = set_standing(
        member=world.members[4], kind=StandingKind.FRAIL, day=timezone.localdate(), actor=world.secretary
    )
    things: Things = {"committee": world.committee, "transfer": transfer, "standing": standing}
    return things | {"post": world.members[1].posts.get(), "group": world.groups[0]}


def _rules(world: World) -> Things:
    things: Things = {}
    owners: dict[str, Organization] = {"local": world.committee, "other": world.other_committee}
    kinds = (
        ("rule", Requirement, "theme_day"),
        ("deadline", Deadline, "record"),
        ("vote_rule", VoteRule, "general"),
        ("reminder_rule", ReminderRule, "obligation"),
    )
    for stem, model, code in kinds:
        things[f"national_{stem}"] = national = model._default_manager.get(owner=None, code=code)
        for name, owner in owners.items():
            things[f"{name}_{stem}"] = rule = model._default_manager.get(pk=national.pk)
            rule.pk, rule.owner = None, owner
            rule.save()
    return things


def _checked_import(world: World) -> Job:
    """A roster that was uploaded and looked at by the machine, and waits for its administrator's word."""
    return Job.objects.create(
        kind=KIND, owner=world.administrator, title="花名册.xlsx", state=JobState.DONE, steps_total=STEPS,
        steps_done=STEPS, result={"errors": [], "warnings": [], "error_count": 0},
        parameters={"kind": ImportKind.ROSTER, "file": "none.xlsx", "year": None, "step": CHECK},
    )  # fmt: skip


def _coming(world: World, *, group: bool = False) -> Meeting:
    kind = MeetingKind.GROUP if group else MeetingKind.GENERAL
    facts = MeetingFacts(kinds=(kind,), theme="即将召开", day=timezone.localdate(), starts=time(9))
    return schedule_meeting(
        organization=world.branch,
        group=world.groups[0] if group else None,
        facts=facts,
        actor=world.secretary,
    )


def _handed_in(world: World, *, small: bool = False) -> Meeting:
    branch, secretary = (
        (world.small_branch, world.small_secretary) if small else (world.branch, world.secretary)
    )
    members = world.small_members if small else world.members
    facts = MeetingFacts(
        kinds=(MeetingKind.THEME_DAY,), theme="已记录", day=timezone.localdate() - timedelta(days=1),
        starts=time(9), ends=time(10), place="会议室", chair=members[0], recorder=members[1], content="学习",
    )  # fmt: skip
    meeting = schedule_meeting(organization=branch, facts=facts, actor=secretary)
    return log_meeting(
        meeting=meeting, version=meeting.version, facts=facts, actor=secretary, submit=True,
        deviations={members[3].pk: Deviation(Presence.EXCUSED, "病假")},
    )  # fmt: skip
