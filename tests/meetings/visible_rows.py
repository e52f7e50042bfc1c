"""Rows of every scoped model, own and other people's, by the names that ``test_visible_to`` uses."""

from datetime import UTC, date, datetime, timedelta

from django.db import models

from branchlife.models import User
from meetings.enums import AttachmentKind, MeetingKind, MeetingState
from meetings.models import (
    Appointment,
    Attachment,
    Attendance,
    Deadline,
    Delegation,
    Exclusion,
    Leave,
    Letter,
    Meeting,
    MeetingPart,
    Member,
    Membership,
    Notice,
    Obligation,
    Organization,
    PartyGroup,
    ReminderRule,
    Requirement,
    Resolution,
    Robot,
    Snooze,
    Transfer,
    VoteRule,
)  # fmt: skip
from reviews.enums import PlanState
from reviews.models import GoodCase, Plan, Rectification, RectificationNotice, ReviewChain
from tests.world import World

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAY = date(2026, 11, 20)
Rows = dict[type[models.Model], dict[str, models.Model]]


def build_rows(world: World) -> Rows:
    people = _people(world)
    moved = _moved_away(world, people["left"])
    meetings = _meetings(world)
    return {
        Organization: {
            "committee": world.committee, "own": world.branch, "small": world.small_branch,
            "other_committee": world.other_committee, "other": world.other_branch,
        },
        PartyGroup: {"g1": world.groups[0], "g2": world.groups[1], "other": _other_group(world)},
        Member: people,
        Membership: {name: who.memberships.get() for name, who in people.items() if name != "left"} | moved,
        Appointment: {seat.user.username: seat for seat in Appointment.objects.select_related("user")},
        Meeting: meetings,
        Attendance: _attendances(meetings, people),
        Obligation: _obligations(world),
        Notice: {
            user.username: Notice.objects.create(recipient=user, code="plan.return", created_at=NOW)
            for user in User.objects.all()
        },
        Plan: _plans(world),
        Requirement: _rules(world, Requirement, code="lecture"),
        Deadline: _rules(world, Deadline, code="record"),
        VoteRule: _rules(world, VoteRule, code="general"),
        Resolution: {
            name: Resolution.objects.create(meeting=meeting, number=1, kind="general", subject="事")
            for name, meeting in meetings.items()
        },
        Leave: {
            f"{meeting}/{name}": Leave.objects.create(
                meeting=meetings[meeting], member=people[name], day=DAY, reason="病", asked_at=NOW
            )
            for meeting, name in (
                ("coming", "g1"), ("coming", "g2-self"), ("g1-coming", "g1-leader"),
                ("small-coming", "small"), ("other-coming", "other"),
            )
        },
        Exclusion: {
            name: Exclusion.objects.create(
                organization=people[name].memberships.get(end_on=None).organization, member=people[name],
                reason="long_ill", explanation="卧床", requested_by=world.secretary, requested_at=NOW,
            )
            for name in ("g1", "g2-self", "small", "other")
        },
        Transfer: _transfers(world, people),
        **_reminding(world, meetings),
        **_review(world, people, meetings),
    }  # fmt: skip


def _reminding(world: World, meetings: dict[str, Meeting]) -> Rows:
    people = {"secretary": world.secretary, "other_secretary": world.other_secretary}
    robots = {
        name: Robot.objects.create(
            organization=place, channel="dingtalk", name="群", url="https://x", added_by=world.secretary,
            added_at=NOW,
        )
        for name, place in (("own", world.branch), ("other", world.other_branch))
    }  # fmt: skip
    times = {"day": DAY, "planned_at": NOW, "due_at": NOW, "next_attempt_at": NOW}
    letters = {
        name: Letter.objects.create(recipient=user, message_id=f"<{name}@x>", **times)
        for name, user in people.items()
    }
    robot = Letter.objects.create(robot=robots["own"], channel="dingtalk", message_id="<robot@x>", **times)
    return {
        Letter: letters | {"robot": robot},
        Robot: robots,
        ReminderRule: _rules(world, ReminderRule, code="obligation"),
        Snooze: {
            name: Snooze.objects.create(
                user=user, source="obligation", subject=1, due_on=DAY, until=DAY + timedelta(days=3),
                reason="出差", made_on=DAY, made_at=NOW,
            )
            for name, user in people.items()
        },
        Attachment: {
            name: Attachment.objects.create(
                meeting=meetings[held], name="照片", kind=AttachmentKind.values[0], digest="0" * 64, size=1,
                uploaded_by=world.secretary, uploaded_at=NOW,
            )
            for name, held in (("own", "held"), ("other", "other-held"))
        },
    }  # fmt: skip


def _people(world: World) -> dict[str, Member]:
    return {
        "g1-leader": world.members[1], "g1": world.members[2], "g2-self": world.members[5],
        "left": world.small_members[3], "small": world.small_members[1], "other": world.other_members[1],
    }  # fmt: skip


def _rules(world: World, model: type[models.Model], code: str) -> dict[str, models.Model]:
    national = model._default_manager.get(owner=None, code=code)
    owners = {"committee": world.committee, "own": world.branch, "other_committee": world.other_committee}
    rows = {"national": national}
    for name, owner in owners.items():
        rows[name] = model._default_manager.get(pk=national.pk)
        rows[name].pk, rows[name].owner = None, owner
        rows[name].save()
    return rows


def _moved_away(world: World, member: Member) -> dict[str, Membership]:
    """Somebody who went from the branch to its sister: each keeps the time that was its own."""
    now = member.memberships.get()
    before = Membership.objects.create(
        member=member, organization=world.branch, start_on=date(2012, 1, 1), end_on=date(2015, 12, 31)
    )
    return {"left-own": before, "left-small": now}


def _other_group(world: World) -> PartyGroup:
    return PartyGroup.objects.create(
        organization=world.other_branch, name="外单位党小组", founded_on=date(2020, 1, 1)
    )


def _meetings(world: World) -> dict[str, Meeting]:
    g1, g2 = world.groups
    places = {
        "": (world.branch, None), "g1-": (world.branch, g1), "g2-": (world.branch, g2),
        "small-": (world.small_branch, None), "other-": (world.other_branch, None),
        "board-": (world.branch, None),
    }  # fmt: skip
    coming = {
        f"{name}coming": Meeting.objects.create(organization=branch, group=group, theme=f"{name}来", day=DAY)
        for name, (branch, group) in places.items()
    }
    for name, meeting in coming.items():
        kind = {"board-coming": MeetingKind.COMMITTEE}.get(name, MeetingKind.GENERAL)
        MeetingPart.objects.create(meeting=meeting, kind=kind, counts_for=DAY)
    held = {
        f"{name}held": Meeting.objects.create(
            organization=places[name][0], group=places[name][1], theme=f"{name}开", day=DAY,
            state=MeetingState.HELD, recorded_at=NOW,
        )
        for name in ("", "g1-", "small-", "other-")
    }  # fmt: skip
    return coming | held


def _attendances(meetings: dict[str, Meeting], people: dict[str, Member]) -> dict[str, Attendance]:
    present = {
        "held": ("g1-leader", "g1", "g2-self"), "g1-held": ("g1-leader", "g1"), "small-held": ("small",),
        "other-held": ("other",),
    }  # fmt: skip
    return {
        f"{meeting}/{name}": _attendance(meetings[meeting], people[name])
        for meeting, names in present.items()
        for name in names
    }


def _attendance(meeting: Meeting, member: Member) -> Attendance:
    own = {"meeting": meeting, "member": member, "organization": meeting.organization, "day": DAY}
    return Attendance.objects.create(**own, hard_bound=True, has_vote=True)


def _obligations(world: World) -> dict[str, Obligation]:
    rule = Requirement.objects.get(owner=None, code="theme_day")
    bearers = {
        "own": (world.branch, None), "g1": (world.branch, world.groups[0]),
        "g2": (world.branch, world.groups[1]),
        "small": (world.small_branch, None), "other": (world.other_branch, None),
    }  # fmt: skip
    return {
        name: Obligation.objects.create(
            requirement=rule, organization=branch, group=group, kind="theme_day", period="month", needed=1,
            period_start=date(2026, 11, 1), period_end=date(2026, 11, 30), due_on=date(2026, 11, 30),
        )
        for name, (branch, group) in bearers.items()
    }  # fmt: skip


def _review(world: World, people: dict[str, Member], meetings: dict[str, Meeting]) -> Rows:
    given = _delegation(world.reviewer, world.small_secretary)
    elsewhere = _delegation(world.other_reviewer, world.other_secretary)
    return {
        GoodCase: {
            "shared": _case(world.committee, world.reviewer, meetings["held"]),
            "other": _case(world.other_committee, world.other_reviewer, meetings["other-held"]),
        },
        Delegation: {"given": given, "other": elsewhere},
        ReviewChain: _rules(world, ReviewChain, code="plan"),
        Rectification: _rectifications(world, people),
        RectificationNotice: _rectification_notices(world),
    }


def _case(owner: Organization, marked_by: User, meeting: Meeting) -> GoodCase:
    return GoodCase.objects.create(
        meeting=meeting, owner=owner, title="好", reason="好", lines=[], marked_by=marked_by, marked_at=NOW
    )


def _delegation(grantor: User, deputy: User) -> Delegation:
    """Over by now, so that it changes nobody's scope."""
    return Delegation.objects.create(
        appointment=grantor.appointments.get(), grantor=grantor, deputy=deputy, start_on=DAY, end_on=DAY,
        given_at=NOW, revoked_at=NOW,
    )  # fmt: skip


def _plans(world: World) -> dict[str, Plan]:
    def plan(branch: Organization, quarter: int, state: PlanState) -> Plan:
        first = date(2026, quarter * 3 - 2, 1)
        return Plan.objects.create(
            organization=branch, period="quarter", period_start=first, period_end=first + timedelta(days=89),
            state=state, author=world.secretary, submitted_at=None if state == PlanState.DRAFT else NOW,
        )  # fmt: skip

    return {
        "own-draft": plan(world.branch, 4, PlanState.DRAFT),
        "own-submitted": plan(world.branch, 3, PlanState.SUBMITTED),
        "small-approved": plan(world.small_branch, 4, PlanState.APPROVED),
        "other-draft": plan(world.other_branch, 4, PlanState.DRAFT),
        "other-submitted": plan(world.other_branch, 3, PlanState.SUBMITTED),
    }


def _transfers(world: World, people: dict[str, Member]) -> dict[str, Transfer]:
    """Out of the branch to its sister, within a strange committee, and of the member who looks."""

    def transfer(member: Member, start: Organization, end: Organization) -> Transfer:
        return Transfer.objects.create(
            member=member, from_organization=start, to_organization=end, leaves_on=DAY,
            proposed_by=world.secretary, proposed_at=NOW,
        )  # fmt: skip

    return {
        "to-small": transfer(people["g1"], world.branch, world.small_branch),
        "of-self": transfer(people["g2-self"], world.branch, world.other_branch),
        "within-other": transfer(people["other"], world.other_branch, world.other_committee),
    }


def _rectifications(world: World, people: dict[str, Member]) -> dict[str, Rectification]:
    def item(branch: Organization, owner: Member | None = None, openness: str = "kept") -> Rectification:
        return Rectification.objects.create(
            organization=branch, source="hand", cause="other", problem="事", due_on=DAY, owner=owner,
            openness=openness, raised_by=world.secretary, raised_at=NOW,
        )  # fmt: skip

    return {
        "own": item(world.branch),
        "own-shared": item(world.branch, openness="branch"),
        "own-of-g2-self": item(world.branch, people["g2-self"]),
        "own-of-g1": item(world.branch, people["g1"]),
        "small": item(world.small_branch, people["small"]),
        "other": item(world.other_branch, openness="branch"),
    }


def _rectification_notices(world: World) -> dict[str, RectificationNotice]:
    places = {
        "own": (world.committee, world.branch), "small": (world.committee, world.small_branch),
        "other": (world.other_committee, world.other_branch),
    }  # fmt: skip
    return {
        name: RectificationNotice.objects.create(
            issuer=issuer, organization=branch, year=2026, number=number, occasion="检查", issued_on=DAY,
            reply_by=DAY, issued_by=world.reviewer,
        )
        for number, (name, (issuer, branch)) in enumerate(places.items())
    }  # fmt: skip
