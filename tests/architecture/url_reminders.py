"""Reminders: everybody's own, except robots (who keeps the branch), undelivered letters (administrators) and the
service (the system officer)."""

from tests.architecture.url_case import Case, one

OWN = "404 404 404 200 404 404 404"
OWN_POST = "404 404 404 302 404 404 404"
KEEPER = "404 404 404 200 404 200 404"
CASES = [
    Case("reminder_list", get="200", post="405"),
    Case("reminder_settings", get="200", post="400"),
    one("reminder_snooze", of="reminder", get=OWN, post="404 404 404 400 404 404 404"),
    one("snooze_lift", of="snooze", get="405", post=OWN_POST),
    Case("calendar_make", get="405", post="302"),
    Case("calendar_revoke", get="405", post="302"),
    Case("calendar_feed", get="404", post="405", kwargs=lambda things: {"token": "guessed"}),
    Case("letter_list", get="403 403 403 403 403 200 403", post="405"),
    one("letter_again", of="dead_letter", get="405", post="403 403 403 403 403 302 403"),
    one("letter_arrived", of="held_letter", get="405", post="403 403 403 403 403 302 403"),
    one("letter_aside", of="dead_letter", get="405", post="403 403 403 403 403 302 403"),
    Case("reminder_health", get="403 403 403 403 403 403 403 | 200 403 403", post="405"),
    Case("clock_accept", get="405", post="403 403 403 403 403 403 403 | 302 403 403"),
    Case("robot_list", get="403 403 403 200 403 200 403", post="405"),
    Case("robot_create", get="403 403 403 200 403 200 403", post="403 403 403 400 403 400 403"),
    one("robot_edit", of="robot", get=KEEPER, post="404 404 404 400 404 400 404"),
    one("robot_try", of="robot", get="405", post="404 404 404 302 404 302 404"),
    one("robot_remove", of="robot", get=KEEPER, post="404 404 404 302 404 302 404"),
]
