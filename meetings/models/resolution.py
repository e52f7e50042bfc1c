from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchlife.models import User
from meetings.enums import ABOUT_ONE_PERSON, RECORD_OPEN, Outcome, ResolutionKind
from meetings.models.meeting import Meeting
from meetings.models.member import Member
from meetings.pinyin import name_key
from meetings.scope import scope_of
from meetings.strokes import surname_strokes

COUNTED = Q(yes__isnull=False, no__isnull=False, abstain__isnull=False)
NOT_COUNTED = Q(yes__isnull=True, no__isnull=True, abstain__isnull=True)
ELECTION = Q(kind=ResolutionKind.ELECTION)
# Resolutions that somebody has to carry out by some day.
CARRIED_OUT = (ResolutionKind.GENERAL, ResolutionKind.COMMITTEE, ResolutionKind.DEMOCRATIC_LIFE)
ONE_PERSON = Q(kind__in=ABOUT_ONE_PERSON)


class ResolutionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the meetings a user answers for and of the groups one leads."""
        scope = scope_of(user)
        return self.filter(scope.within("meeting__organization__") | Q(meeting__group__in=scope.group_ids))

    def without_result(self) -> Self:
        return self.filter(outcome="")

    def with_candidate_counts(self) -> Self:
        """Adds how many stand, reached the votes needed, and were elected; nothing else has to be read."""
        return self.annotate(
            standing=Count("candidates", filter=Q(candidates__written_in=False)),
            enough=Count("candidates", filter=Q(candidates__yes__gte=F("needed_yes"))),
            elected=Count("candidates", filter=Q(candidates__elected=True)),
        )


class Resolution(models.Model):
    """One matter put to the vote, from its announcement before the meeting to its result.

    Expected and present voters are taken from the frozen attendance, never typed. What was needed and how
    it ended is kept with them, so that neither the roster nor the rule book can change an old vote.
    ``written`` are the opinions handed in beforehand by voters who stayed away.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="resolutions")
    number = models.PositiveSmallIntegerField(pgettext_lazy("vote", "number"))
    kind = models.CharField(_("kind of vote"), max_length=20, choices=ResolutionKind)
    subject = models.CharField(pgettext_lazy("vote", "subject"), max_length=200)
    text = models.TextField(_("text of the resolution"), blank=True)
    about = models.CharField(_("person"), max_length=60, blank=True)
    is_secret = models.BooleanField(_("secret ballot"), default=False)
    seats = models.PositiveSmallIntegerField(_("seats"), null=True, blank=True)
    expected = models.PositiveSmallIntegerField(_("expected voters"), null=True)
    present = models.PositiveSmallIntegerField(pgettext_lazy("vote", "voters present"), null=True)
    written = models.PositiveSmallIntegerField(_("written opinions"), default=0)
    yes = models.PositiveSmallIntegerField(_("in favour"), null=True, blank=True)
    no = models.PositiveSmallIntegerField(_("against"), null=True, blank=True)
    abstain = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    needed_present = models.PositiveSmallIntegerField(_("voters needed"), null=True)
    needed_yes = models.PositiveSmallIntegerField(_("votes needed"), null=True)
    outcome = models.CharField(_("result"), max_length=10, choices=Outcome, blank=True)
    owner = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resolutions",
        verbose_name=_("responsible"),
    )
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        ordering = ["meeting_id", "number"]
        constraints = [
            models.UniqueConstraint(name="resolution_number_once", fields=["meeting", "number"]),
            models.UniqueConstraint(
                name="resolution_one_vote_a_person",
                fields=["meeting", "kind", "about"],
                condition=ONE_PERSON,
                violation_error_message=_("This person is put to the vote at this meeting already."),
            ),
            models.CheckConstraint(name="resolution_kind_known", condition=Q(kind__in=ResolutionKind.values)),
            models.CheckConstraint(name="resolution_subject_present", condition=~Q(subject="")),
            models.CheckConstraint(
                name="resolution_about_one_person",
                condition=(ONE_PERSON & ~Q(about="")) | (~ONE_PERSON & Q(about="")),
                violation_error_message=_("Admission and turning full are voted on one person at a time."),
            ),
            models.CheckConstraint(
                name="resolution_seats_of_an_election",
                condition=(ELECTION & Q(seats__isnull=False, seats__gte=1))
                | (~ELECTION & Q(seats__isnull=True)),
                violation_error_message=_("An election has at least one seat."),
            ),
            models.CheckConstraint(
                name="resolution_voters_known_together",
                condition=Q(expected__isnull=True, present__isnull=True, written=0)
                | Q(expected__isnull=False, present__isnull=False),
            ),
            models.CheckConstraint(
                name="resolution_present_within_expected",
                condition=Q(expected__isnull=True) | Q(present__lte=F("expected")),
                violation_error_message=_("More voters present than expected."),
            ),
            models.CheckConstraint(
                name="resolution_written_by_absent_voters",
                condition=Q(expected__isnull=True) | Q(written__lte=F("expected") - F("present")),
                violation_error_message=_("Written opinions come from absent voters only."),
            ),
            # Election Regulations, article 24: no written vote, no proxy.
            models.CheckConstraint(
                name="resolution_written_for_one_person_only",
                condition=Q(written=0) | ONE_PERSON,
                violation_error_message=_("Written opinions do not count in this vote."),
            ),
            models.CheckConstraint(
                name="resolution_votes_counted_together",
                condition=NOT_COUNTED | (COUNTED & Q(present__isnull=False) & ~ELECTION),
            ),
            models.CheckConstraint(
                name="resolution_votes_within_voters",
                condition=Q(yes__isnull=True)
                | Q(yes__lte=F("present") + F("written") - F("no") - F("abstain")),
                violation_error_message=_("More votes than voters present."),
            ),
            models.CheckConstraint(name="resolution_outcome_known", condition=Q(outcome__in=["", *Outcome])),
            models.CheckConstraint(
                name="resolution_outcome_rests_on_votes",
                condition=Q(outcome="")
                | Q(present__isnull=False, needed_present__isnull=False, needed_yes__isnull=False)
                & (ELECTION | COUNTED),
            ),
            models.CheckConstraint(
                name="resolution_carried_by_votes",
                condition=~Q(outcome=Outcome.CARRIED)
                | Q(present__gte=F("needed_present")) & (ELECTION | Q(yes__gte=F("needed_yes"))),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_election(self) -> bool:
        return self.kind == ResolutionKind.ELECTION

    @property
    def is_about_one_person(self) -> bool:
        return self.kind in ABOUT_ONE_PERSON

    @property
    def lacks_follow_up(self) -> bool:
        """Carried and to be carried out, and nobody or no day is named. On persons nothing is carried out."""
        is_due = self.kind in CARRIED_OUT and self.outcome == Outcome.CARRIED
        return is_due and not (self.owner_id and self.due_on)

    @property
    def is_open(self) -> bool:
        """Whether the record of its meeting can still be written."""
        return self.meeting.state in RECORD_OPEN


class Candidate(models.Model):
    """Somebody to be elected. Whoever voters write in themselves ("another") is ``written_in``."""

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="candidates")
    name = models.CharField(_("name"), max_length=60)
    yes = models.PositiveSmallIntegerField(_("in favour"), null=True, blank=True)
    no = models.PositiveSmallIntegerField(_("against"), default=0)
    abstain = models.PositiveSmallIntegerField(_("abstentions"), default=0)
    written_in = models.BooleanField(_("written in by voters"), default=False)
    elected = models.BooleanField(_("elected"), default=False)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["resolution_id", "id"]
        constraints = [
            models.CheckConstraint(name="candidate_name_present", condition=~Q(name="")),
            models.UniqueConstraint(
                name="candidate_once_an_election",
                fields=["resolution", "name"],
                violation_error_message=_("This candidate stands on the list already."),
            ),
            models.CheckConstraint(
                name="candidate_elected_by_votes",
                condition=Q(elected=False) | Q(yes__isnull=False, yes__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name


def stroke_key(candidate: Candidate) -> tuple[bool, int, str]:
    """By strokes of the surname, then by pinyin; those written in by voters come last."""
    return candidate.written_in, surname_strokes(candidate.name), name_key(candidate.name)


class WrittenOpinion(models.Model):
    """An opinion formally handed in before the meeting by a full member who cannot come.

    Only that and when it was handed in is kept, never what it says: the ballot is secret. It counts if
    the member then did not come (Rules on Admitting Party Members (2026), article 20).
    """

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="opinions")
    member = models.ForeignKey(Member, models.PROTECT, related_name="written_opinions")
    received_on = models.DateField(_("handed in on"))
    recorded_at = models.DateTimeField(editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("written opinion")
        verbose_name_plural = _("written opinions")
        ordering = ["resolution_id", "received_on", "id"]
        constraints = [
            models.UniqueConstraint(
                name="written_opinion_once_a_member",
                fields=["resolution", "member"],
                violation_error_message=_("This member has handed in an opinion already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.received_on:%Y-%m-%d}"

    def was_before(self, day: date) -> bool:
        """On the day itself it was in time as well: it is handed in before the meeting begins."""
        return self.received_on <= day
