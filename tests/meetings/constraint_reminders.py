"""The same for reminders: the ledger, the letters, the ladders."""

from datetime import date

from meetings.models import CalendarFeed, Letter, Notice, Pulse, Reminder, ReminderRule, Robot, Snooze
from tests.meetings.constraint_cases import DAY, EARLIER, NOW, Case, Check, Row, Unique, rule_cases
from tests.meetings.constraint_rows import Rows
from tests.world import World

REMINDER_CASES: dict[str, Case] = {
    **rule_cases("reminderrule"),
    "reminderrule_unit_known": Check("reminderrule", {"unit": "moons"}, {"unit": "months"}),
    "reminderrule_when_unsure_known": Check(
        "reminderrule", {"when_unsure": "shrug"}, {"when_unsure": "resend"}
    ),
    "reminderrule_repeats_sensibly": Check("reminderrule", {"times": 0}, {"times": 100}),
    "reminder_source_present": Check("reminder", {"source": ""}, {"source": "record"}),
    "letter_state_known": Check("letter", {"state": "superseded"}, {"state": "dead"}),
    "letter_sent_has_time": Check(
        "letter", {"state": "sent", "sent_at": NOW}, {"state": "sent", "sent_at": NOW, "evidence": "answer"}
    ),
    "letter_claim_has_lease": Check(
        "letter", {"state": "claimed"}, {"state": "finalizing", "lease_until": NOW}
    ),
    "letter_evidence_known": Check("letter", {"evidence": "rumour"}, {"evidence": "person"}),
    "letter_to_a_person_or_a_group": Check(
        "letter", {"channel": "wecom"}, {"channel": "wecom", "recipient": None, "robot": Row("other_robot")}
    ),
    "letter_once_a_day_to_a_person": Unique(
        "letter", wrong={"message_id": "<2@x>"}, right={"message_id": "<2@x>", "day": EARLIER}
    ),
    "letter_once_a_day_to_a_group": Unique(
        "group_letter", wrong={"message_id": "<2@x>"}, right={"message_id": "<2@x>", "day": EARLIER}
    ),
    "reminder_announced_once": Unique("reminder", right={"falls_on": EARLIER}),
    "reminder_announced_once_to_a_group": Unique("group_reminder", right={"falls_on": EARLIER}),
    "reminder_state_known": Check("reminder", {"state": "claimed"}, {"state": "dead"}),
    "reminder_stage_known": Check("reminder", {"stage": "early"}, {"stage": "overdue"}),
    "reminder_reaches_somebody_somehow": Check(
        "reminder", {"channel": "email"}, {"channel": "email", "letter": Row("letter")}
    ),
    "reminder_sent_has_time": Check("reminder", {"state": "sent"}, {"state": "sent", "sent_at": NOW}),
    "robot_channel_known": Check("robot", {"channel": "email"}, {"channel": "wecom"}),
    "robot_name_present": Check("robot", {"name": ""}, {"name": "群"}),
    "robot_name_once": Unique("robot", right={"name": "又一个群"}),
    "pulse_name_present": Check("pulse", {"name": ""}, {"name": "x"}),
    "snooze_reason_present": Check("snooze", {"reason": ""}, {"reason": "换届"}),
    "snooze_ends_later": Check("snooze", {"until": DAY}, {"until": date(2100, 1, 1)}),
    "snooze_one_open": Unique("snooze", right={"lifted_at": NOW}),
    "calendar_feed_has_digest": Check("calendar_feed", {"digest": ""}, {"digest": "x"}),
}


def reminder_rows(world: World, rows: Rows) -> Rows:
    obligation = rows["obligation"]
    about = {
        "source": "obligation", "subject": obligation.pk, "due_on": DAY, "organization": world.branch,
        "stage": "due_soon", "falls_on": DAY, "planned_at": NOW,
    }  # fmt: skip
    reminder = Reminder.objects.create(recipient=world.secretary, channel="in_app", **about)
    moments = {"day": DAY, "planned_at": NOW, "due_at": NOW, "next_attempt_at": NOW}
    letter = Letter.objects.create(recipient=world.secretary, message_id="<1@localhost>", **moments)
    group = {"channel": "dingtalk", "name": "支部群", "url": "https://x"}
    group |= {"added_by": world.secretary, "added_at": NOW}
    robot = Robot.objects.create(organization=world.branch, **group)
    group_letter = Letter.objects.create(
        robot=robot, channel="dingtalk", message_id="<3@localhost>", **moments
    )
    Notice.objects.create(recipient=world.secretary, reminder=reminder, code="due", created_at=NOW)
    return {
        "reminder": reminder,
        "letter": letter,
        "robot": robot,
        "other_robot": Robot.objects.create(organization=world.small_branch, **group),
        "group_letter": group_letter,
        "group_reminder": Reminder.objects.create(
            robot=robot, channel="dingtalk", letter=group_letter, **about
        ),
        "pulse": Pulse.objects.create(name="round", at=NOW),
        "snooze": Snooze.objects.create(
            user=world.secretary, source="obligation", subject=1, due_on=DAY, until=date(2099, 1, 1),
            reason="出差", made_on=DAY, made_at=NOW,
        ),
        "calendar_feed": CalendarFeed.objects.create(user=world.secretary, digest="0", made_at=NOW),
        "reminderrule": ReminderRule.objects.get(owner=None, code="obligation"),
        "local_reminderrule": ReminderRule.objects.create(
            owner=world.committee, code="obligation", confidence="local", valid_from=date(2026, 1, 1), after=1
        ),
    }  # fmt: skip
