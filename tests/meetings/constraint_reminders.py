"""The same for reminders: the ledger, the letters, the ladders."""

from datetime import date

from meetings.models import Letter, Notice, Reminder, ReminderRule
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
    "letter_sent_has_time": Check("letter", {"state": "sent"}, {"state": "sent", "sent_at": NOW}),
    "letter_claim_has_lease": Check(
        "letter", {"state": "claimed"}, {"state": "finalizing", "lease_until": NOW}
    ),
    "reminder_announced_once": Unique("reminder", right={"falls_on": EARLIER}),
    "reminder_state_known": Check("reminder", {"state": "claimed"}, {"state": "dead"}),
    "reminder_stage_known": Check("reminder", {"stage": "early"}, {"stage": "overdue"}),
    "reminder_by_mail_has_letter": Check(
        "reminder", {"channel": "email"}, {"channel": "email", "letter": Row("letter")}
    ),
    "reminder_sent_has_time": Check("reminder", {"state": "sent"}, {"state": "sent", "sent_at": NOW}),
}


def reminder_rows(world: World, rows: Rows) -> Rows:
    obligation = rows["obligation"]
    reminder = Reminder.objects.create(
        source="obligation", subject=obligation.pk, due_on=DAY, organization=world.branch,
        recipient=world.secretary, stage="due_soon", falls_on=DAY, channel="in_app", planned_at=NOW,
    )  # fmt: skip
    letter = Letter.objects.create(
        recipient=world.secretary, message_id="<1@localhost>", planned_at=NOW, next_attempt_at=NOW
    )
    Notice.objects.create(recipient=world.secretary, reminder=reminder, code="due", created_at=NOW)
    return {
        "reminder": reminder,
        "letter": letter,
        "reminderrule": ReminderRule.objects.get(owner=None, code="obligation"),
        "local_reminderrule": ReminderRule.objects.create(
            owner=world.committee, code="obligation", confidence="local", valid_from=date(2026, 1, 1), after=1
        ),
    }
