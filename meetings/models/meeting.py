from datetime import date
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branchlife.enumeration import enumerated
from branchlife.joined import hand_over
from branchlife.models import User
from meetings.enums import (
    DISCHARGING,
    RECORD_OPEN,
    ContentCategory,
    MeetingKind,
    MeetingState,
    RecordSource,
)
from meetings.models.attendance import Attendance
from meetings.models.member import Member, Post
from meetings.models.organization import Organization, PartyGroup
from meetings.scope import Scope, scope_of

PART_COLUMNS = ("id", "kind", "counts_for")


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Meetings of the organizations a user answers for and of the groups one leads; a member sees
        those one is expected at, and what is coming in one's own branch: the branch committee's
        meetings only when sitting on it."""
        scope = scope_of(user)
        coming = Q(state=MeetingState.SCHEDULED) & _meant_for(scope, timezone.localdate())
        return self.filter(
            scope.within("organization__") | Q(group__in=scope.group_ids) | coming | _attended_by(scope)
        )

    def expecting(self, user: User) -> Self:
        """Those the user is expected at as a member, whatever else one may look at or keeps the record of."""
        scope = scope_of(user)
        return self.filter(_meant_for(scope, OuterRef("day")) | _attended_by(scope))

    def of_kind(self, kind: str) -> Self:
        return self.filter(Exists(MeetingPart.objects.filter(meeting=OuterRef("pk"), kind=kind)))

    def discharging(self) -> Self:
        return self.filter(state__in=DISCHARGING)

    def to_record(self, as_of: date) -> Self:
        """The day has come and the branch still has to write it down (or correct it)."""
        return self.filter(state__in=RECORD_OPEN, day__lte=as_of)


def _meant_for(scope: Scope, day: Any) -> Q:
    """Of the own branch: what is for all members, for the own group, and the branch committee's meetings for
    those who hold a post on ``day``."""
    for_all = MeetingPart.objects.filter(meeting=OuterRef("pk")).exclude(kind=MeetingKind.COMMITTEE)
    post = Post.objects.on(day).filter(member=scope.member_id, organization=OuterRef("organization"))
    own_group = Q(group__isnull=True) | Q(group=scope.group_id)
    return Q(organization=scope.branch_id) & own_group & (Exists(for_all) | Exists(post))


def _attended_by(scope: Scope) -> Exists:
    """Written down with a line for this member, who came or did not."""
    return Exists(Attendance.objects.filter(meeting=OuterRef("pk"), member=scope.member_id))


class Meeting(models.Model):
    """One event of organizational life, from its date in the plan to its archived record.

    Day and times are civil time where the branch is, as people write them: 23:30 on the last day
    of a quarter belongs to that quarter whatever the server's clock thinks.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="meetings", verbose_name=_("branch")
    )
    group = models.ForeignKey(
        PartyGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("Party group"),
    )
    theme = models.CharField(_("theme"), max_length=200)
    problem = models.CharField(_("problem to solve"), max_length=200, blank=True)
    category = models.CharField(_("content category"), max_length=20, choices=ContentCategory, blank=True)
    day = models.DateField(_("day"))
    starts = models.TimeField(_("begins"), null=True, blank=True)
    ends = models.TimeField(_("ends"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    chair = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="chaired", verbose_name=_("chair")
    )
    recorder = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="recorded", verbose_name=_("recorder")
    )
    content = models.TextField(_("what was said and done"), blank=True)
    decisions = models.TextField(_("decisions"), blank=True)
    spent = models.PositiveIntegerField(
        _("spent (yuan)"), null=True, blank=True, validators=[MaxValueValidator(9_999_999)]
    )
    # Present without being expected and without a vote; one on a line.
    guests = models.TextField(_("guests without a vote"), blank=True)
    # Members may say themselves that they are there, by scanning a code. Never asked of anybody.
    self_check_in = models.BooleanField(_("check-in by scanning a code"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=MeetingState, default=MeetingState.SCHEDULED)
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=10, choices=RecordSource, default=RecordSource.WEB)
    # Set by the server when the record is first written; how late it was is shown openly.
    recorded_at = models.DateTimeField(_("recorded at"), null=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(name="meeting_state_known", condition=Q(state__in=MeetingState.values)),
            models.CheckConstraint(name="meeting_theme_present", condition=~Q(theme="")),
            models.CheckConstraint(
                name="meeting_category_known", condition=Q(category__in=[*ContentCategory.values, ""])
            ),
            models.CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gt=F("starts")),
                violation_error_message=_("The meeting ends before it begins."),
            ),
            models.CheckConstraint(
                name="meeting_record_time_known_when_held",
                condition=Q(state__in=[MeetingState.SCHEDULED, MeetingState.CANCELLED])
                | Q(recorded_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-day"], name="meeting_branch_day"),
            models.Index(fields=["state", "day"], name="meeting_state_day"),
        ]

    def __str__(self) -> str:
        return self.theme

    @property
    def kinds(self) -> list[str]:
        return [part.kind for part in self.parts.all()]

    @property
    def kinds_label(self) -> str:
        """The kinds as people write them, such as "主题党日、党课"."""
        return enumerated(MeetingKind(kind).label for kind in self.kinds)


class MeetingPartQuerySet(models.QuerySet):
    def with_company(self) -> Self:
        """Adds ``in_company``: whether the event was of another kind, too."""
        others = MeetingPart.objects.filter(meeting=OuterRef("meeting")).exclude(pk=OuterRef("pk"))
        return self.annotate(in_company=Exists(others))


class MeetingPart(models.Model):
    """One kind that an event was. An event that is both theme day and lecture has two parts.

    ``counts_for`` is a day of the period the meeting counts for: usually the day it was held, but
    last year's appraisal held in January counts for last year.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="parts")
    kind = models.CharField(_("kind of meeting"), max_length=30, choices=MeetingKind)
    counts_for = models.DateField(_("counts for the period of"))

    objects = MeetingPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of a meeting")
        verbose_name_plural = _("kinds of a meeting")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="meeting_part_kind_once", fields=["meeting", "kind"]),
            models.CheckConstraint(name="meeting_part_kind_known", condition=Q(kind__in=MeetingKind.values)),
        ]
        indexes = [models.Index(fields=["kind", "counts_for"], name="meeting_part_counts")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


def with_parts(meetings: "models.QuerySet[Meeting]") -> list[Meeting]:
    """The meetings in their order, each with its kinds. One query where prefetching takes two; a slice goes
    into a subquery first, because a meeting of two kinds is two rows here."""
    columns = {f"part_{name}": F(f"parts__{name}") for name in PART_COLUMNS}
    found: dict[int, Meeting] = {}
    parts: dict[int, list[MeetingPart]] = {}
    for row in meetings.annotate(**columns):
        facts = {name: getattr(row, f"part_{name}") for name in PART_COLUMNS}
        known = parts.setdefault(row.pk, [])
        if facts["id"]:
            known.append(MeetingPart(meeting_id=row.pk, **facts))
        found.setdefault(row.pk, row)
    for pk, meeting in found.items():
        hand_over(meeting, "parts", sorted(parts[pk], key=lambda part: part.pk))
    return list(found.values())
