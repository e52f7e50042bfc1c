"""What should be there, compared with what is: the mail server's box, the letters, the notices."""

from collections import Counter
from dataclasses import dataclass, field

from branchlife.models import User
from meetings.models import Letter, Notice, Obligation, Reminder, Robot
from meetings.notices import describe
from tests.faults.scene import Scene

# Under the policy ``resend`` a letter that may have arrived is sent once more, and is marked.
MOST_EXTRA = 1


@dataclass
class Verdict:
    """``flagged``: what the administrator sees (unknown or refused), and second copies sent on purpose."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    flagged: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled)


def judge(scene: Scene, may_die: bool = False) -> Verdict:
    """Every notice exactly once, every line of every letter exactly once at its reader's. ``may_die``: the
    mail server refused for good, which the reader is told in the app."""
    verdict = Verdict()
    arrived = Counter((each.to, line) for each in scene.relay.taken() for line in each.said)
    expected: set[tuple[str, str]] = set()
    for person, lines in scene.owed().items():
        for line in lines:
            _judge_notice(verdict, person, line)
            sentence = _sentence(person, line)
            expected.add((person.email, sentence))
            _judge_mail(verdict, scene, (person, line), arrived[person.email, sentence], may_die)
    verdict.doubled += [f"never owed: {key}" for key in arrived if key not in expected]
    _judge_groups(verdict, scene, may_die)
    verdict.lost += [f"still moving: {each}" for each in Letter.objects.filter(state="claimed")]
    return verdict


def judge_mail_only(scene: Scene) -> Verdict:
    """For reminders that keep no ledger: only what their readers got counts."""
    verdict = Verdict()
    arrived = Counter((each.to, line) for each in scene.relay.taken() for line in each.said)
    for person, lines in scene.owed().items():
        for line in lines:
            number = arrived[person.email, f"- {line.pk}"]
            verdict.lost += [f"{person} {line.pk}"] * (number == 0)
            verdict.doubled += [f"{person} {line.pk}"] * (number > 1)
    return verdict


def _judge_notice(verdict: Verdict, person: User, line: Obligation) -> None:
    about = {"reminder__source": "obligation", "reminder__subject": line.pk}
    number = Notice.objects.current().filter(recipient=person, **about).count()
    verdict.lost += [f"notice to {person}: {line}"] * (number == 0)
    verdict.doubled += [f"notice to {person}: {line}"] * (number > 1)


def _judge_mail(
    verdict: Verdict, scene: Scene, to: tuple[User, Obligation], number: int, may_die: bool
) -> None:
    person, line = to
    name = f"mail to {person}: {line}"
    copies = Reminder.objects.filter(channel="email", recipient=person, subject=line.pk)
    row = copies.select_related("letter").exclude(state="superseded").first()
    letter = row.letter if row else None
    if number == 0:
        states = {"held"} if scene.policy != "reconcile" else set()
        states |= {"dead"} if may_die else set()
        seen = row and letter and row.state == letter.state and letter.state in states
        (verdict.flagged if seen else verdict.lost).append(name)
    elif number > 1:
        extra = scene.policy == "resend" and letter is not None and letter.unsure >= 1
        (verdict.flagged if extra and number <= 1 + MOST_EXTRA else verdict.doubled).append(name)


def _judge_groups(verdict: Verdict, scene: Scene, may_die: bool) -> None:
    """Every line a branch owes, exactly once in each of its groups. No vendor gives a log: what is not known is
    held, or sent once more."""
    arrived = Counter((each.to, line) for each in scene.groups.taken() for line in each.said)
    for robot in Robot.objects.all():
        for line in robot.organization.obligations.all():
            name, row = (
                f"group {robot}: {line}",
                Reminder.objects.filter(robot=robot, subject=line.pk).first(),
            )
            notice = Notice.objects.filter(reminder__subject=line.pk, reminder__stage="overdue").first()
            said = f"- {describe(notice.code, notice.values)}" if notice else ""
            number = arrived[robot.url.partition("=")[2], said]
            letter = row.letter if row else None
            if number == 0:
                states = {"held", "dead"} if may_die else {"held"}
                seen = row and letter and row.state == letter.state and letter.state in states
                (verdict.flagged if seen else verdict.lost).append(name)
            elif number > 1:
                extra = scene.policy == "resend" and letter is not None and letter.unsure >= 1
                (verdict.flagged if extra and number <= 1 + MOST_EXTRA else verdict.doubled).append(name)


def _sentence(person: User, line: Obligation) -> str:
    """As it stands in the person's notice, which the letter repeats."""
    about = {"reminder__source": "obligation", "reminder__subject": line.pk}
    notice = Notice.objects.filter(recipient=person, **about).first()
    return f"- {describe(notice.code, notice.values)}" if notice else ""
