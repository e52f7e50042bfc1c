from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import Role
from meetings.models.robot import Robot
from meetings.reminder_enums import ROBOTS, Channel, DeliveryState, Evidence
from meetings.scope import scope_of

UNFINISHED = (DeliveryState.PENDING, DeliveryState.CLAIMED)
# What an administrator looks at: it did not arrive, or nobody knows.
TROUBLED = (DeliveryState.DEAD, DeliveryState.HELD)
# Longer than the longest pause and the longest row of days off: a letter put off further was put off by
# a clock that stood wrong.
FURTHEST = timedelta(days=32)


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """For administrators: to people who have a part or a place below, and to the robots there."""
        scope = scope_of(user)
        administrator = (Role.ADMINISTRATOR,)
        people = User.objects.filter(
            scope.within("appointments__organization__", administrator)
            | scope.within("member__memberships__organization__", administrator)
        )
        robots = Robot.objects.filter(scope.within("organization__", administrator))
        return self.filter(Q(recipient__in=people.values("pk")) | Q(robot__in=robots.values("pk")))

    def sendable(self, now: datetime, lease: timedelta) -> Self:
        """Letters that wait to go out, or whose sender died while holding them; also those a clock that
        stood wrong has put off out of reach."""
        due = Q(next_attempt_at__lte=now) | Q(next_attempt_at__gt=now + FURTHEST)
        left = _lease_is_over(now, lease)
        return self.filter(Q(state=DeliveryState.PENDING) & due | Q(state=DeliveryState.CLAIMED) & left)

    def unanswered(self, now: datetime, lease: timedelta) -> Self:
        """Handed over by a sender that is gone."""
        return self.filter(_lease_is_over(now, lease), state=DeliveryState.FINALIZING)

    def troubled(self) -> Self:
        return self.filter(state__in=TROUBLED)

    def late(self, now: datetime) -> Self:
        """Not out although its time has come."""
        return self.filter(state__in=UNFINISHED, next_attempt_at__lte=now)


def _lease_is_over(now: datetime, lease: timedelta) -> Q:
    """Or it was given by a clock that stood far ahead. One a little ahead is a colleague's, who read it a moment
    later or on another machine: taken for a wrong one, a letter on its way would be held, or sent twice."""
    return Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * lease)


class Letter(models.Model):
    """One message to one person or chat group: everything that is told there on one day. It is the unit that
    is claimed, sent and tried again.

    ``token`` grows with every claim: a sender that slept past its lease holds an old token and can no
    longer finish the letter. ``finalizing`` is committed right before the step that cannot be taken back:
    a letter found in that state was handed over and never answered for.
    """

    channel = models.CharField(max_length=20, choices=Channel, default=Channel.EMAIL)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="letters")
    robot = models.ForeignKey(Robot, models.CASCADE, null=True, related_name="letters")
    day = models.DateField()
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.PENDING)
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    token = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=12, choices=Evidence, blank=True)
    # How often it was handed over without an answer, and sent once more because of it.
    unsure = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    is_put_aside = models.BooleanField(default=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.CheckConstraint(
                name="letter_state_known",
                condition=Q(state__in=[s for s in DeliveryState.values if s != DeliveryState.SUPERSEDED]),
            ),
            models.CheckConstraint(
                name="letter_to_a_person_or_a_group",
                condition=Q(channel=Channel.EMAIL, recipient__isnull=False, robot__isnull=True)
                | Q(channel__in=[*ROBOTS], recipient__isnull=True, robot__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_sent_has_time",
                condition=~Q(state=DeliveryState.SENT) | (Q(sent_at__isnull=False) & ~Q(evidence="")),
            ),
            models.CheckConstraint(
                name="letter_evidence_known", condition=Q(evidence__in=[*Evidence.values, ""])
            ),
            models.CheckConstraint(
                name="letter_claim_has_lease",
                condition=~Q(state__in=[DeliveryState.CLAIMED, DeliveryState.FINALIZING])
                | Q(lease_until__isnull=False),
            ),
            models.UniqueConstraint(
                name="letter_once_a_day_to_a_person",
                fields=["recipient", "day", "channel"],
                condition=Q(recipient__isnull=False),
            ),
            models.UniqueConstraint(
                name="letter_once_a_day_to_a_group", fields=["robot", "day"], condition=Q(robot__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="letter_unfinished",
                condition=Q(state__in=[*UNFINISHED, DeliveryState.FINALIZING]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to} · {self.day}"

    @property
    def to(self) -> User | Robot:
        to = self.recipient or self.robot
        assert to is not None  # the database refuses a letter to nobody
        return to
