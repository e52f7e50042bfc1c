"""Random meetings, and time that goes by."""

from datetime import date, time, timedelta

from branchlife.models import User
from meetings.enums import DISCHARGING, MeetingState
from meetings.models import (
    Meeting,
    Organization,
    PartyGroup,
)
from meetings.services.imports import ImportKind, ImportRequest, apply_import
from meetings.services.record import MeetingFacts, reschedule_meeting, schedule_meeting
from reviews.enums import Action, FindingReason
from reviews.services.records import log_meeting
from reviews.services.workflow import FindingDraft, perform
from tests.meetings.ledger_life import Life, step
from tests.meetings.workbook_files import workbook

KINDS = (
    ["general"], ["committee"], ["group"], ["lecture"], ["theme_day"], ["appraisal"],
    ["theme_day", "lecture"], ["general", "lecture"], ["organizational_life", "appraisal"],
)  # fmt: skip
HEADER = ["党支部", "党小组", "类型", "日期", "开始时间", "主题"]
NAMES = {"general": "党员大会", "theme_day": "主题党日", "lecture": "党课", "committee": "支委会"}


# --- meetings --------------------------------------------------------------------------------


def _facts(life: Life, day: date, kinds: list[str]) -> MeetingFacts:
    last_year = date(day.year - 1, 12, 31) if life.rng.random() < 0.3 else None
    return MeetingFacts(
        kinds=tuple(kinds), theme=f"会{life.number}", day=day, starts=time(15), counts_for=last_year
    )


def _bearer(life: Life, kinds: list[str]) -> tuple[Organization, PartyGroup | None]:
    if kinds == ["group"] or life.rng.random() < 0.1:
        group = life.one_of(PartyGroup.objects.all())
        return group.organization, group
    return life.branch(), None


@step
def schedule(life: Life) -> None:
    kinds = life.rng.choice(KINDS)
    branch, group = _bearer(life, kinds)
    schedule_meeting(
        organization=branch,
        group=group,
        facts=_facts(life, life.day(ahead=40), kinds),
        actor=None,
        now=life.now,
    )


@step
def hold(life: Life) -> None:
    """Put on the calendar and written down at once."""
    kinds = life.rng.choice(KINDS)
    branch, group = _bearer(life, kinds)
    facts = _facts(life, life.day(), kinds)
    meeting = schedule_meeting(organization=branch, group=group, facts=facts, actor=None, now=life.now)
    _log(life, meeting, facts)


@step
def write_down(life: Life) -> None:
    """Something on the calendar, held already or to be held again; perhaps another day or other kinds."""
    states = [MeetingState.SCHEDULED, MeetingState.HELD, MeetingState.RETURNED, MeetingState.HOLD_AGAIN]
    meeting = life.one_of(Meeting.objects.filter(state__in=states))
    kinds = meeting.kinds if life.rng.random() < 0.7 else life.rng.choice(KINDS)
    _log(life, meeting, _facts(life, life.day(), kinds))


def _log(life: Life, meeting: Meeting, facts: MeetingFacts) -> None:
    log_meeting(
        meeting=meeting,
        version=meeting.version,
        facts=facts,
        deviations={},
        actor=life.secretary(),
        now=life.now,
    )


@step
def another_day(life: Life) -> None:
    meeting = life.one_of(Meeting.objects.filter(state=MeetingState.SCHEDULED))
    reschedule_meeting(
        meeting=meeting, version=meeting.version, day=life.day(ahead=60), starts=time(9), ends=None, place="",
        actor=life.secretary(), now=life.now,
    )  # fmt: skip


@step
def cancel(life: Life) -> None:
    meeting = life.one_of(Meeting.objects.filter(state=MeetingState.SCHEDULED))
    perform(meeting, Action.CANCEL, actor=life.secretary(), comment="停电", now=life.now)


@step
def review(life: Life) -> None:
    """Handed in, and then accepted, returned, or to be held again."""
    meeting = life.one_of(Meeting.objects.filter(state__in=DISCHARGING))
    if meeting.state in (MeetingState.HELD, MeetingState.RETURNED):
        perform(meeting, Action.SUBMIT, actor=life.secretary(), now=life.now)
    action = life.rng.choice([Action.ACCEPT, Action.RETURN, Action.HOLD_AGAIN])
    findings = [FindingDraft(reason=FindingReason.UNCLEAR, field="content", sentence="过程不清")]
    reviewer = User.objects.get(pk=life.world.reviewer.pk)
    perform(meeting, action, actor=reviewer, findings=findings, now=life.now)


@step
def import_year(life: Life) -> None:
    branch, day = life.branch(), life.day()
    kinds = life.rng.sample(sorted(NAMES), life.rng.randrange(1, 3))
    row = [
        branch.name,
        None,
        "、".join(NAMES[kind] for kind in kinds),
        day.isoformat(),
        "15:00",
        f"补{life.number}",
    ]
    request = ImportRequest(kind=ImportKind.LEDGER, file=workbook([HEADER, row]), actor=None, year=day.year)
    apply_import(request=request, now=life.now)


# --- time ------------------------------------------------------------------------------------


@step
def time_goes_by(life: Life) -> None:
    """Days or months; most often the nightly run was there, sometimes nobody was for long."""
    life.model.today += timedelta(days=life.rng.choice([1, 20, 45, 100, 250]))
    if life.rng.random() < 0.7:
        life.settle()
    else:
        life.settled = False
