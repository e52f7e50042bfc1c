from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from branchlife.sealing import Mark, SealedField
from meetings.enums import Gender, PostTitle, StandingKind
from meetings.models.dated import Dated, DatedQuerySet, ends_after_start, on_day
from meetings.models.organization import Organization, PartyGroup
from meetings.pinyin import name_key
from meetings.scope import scope_of


def full_before(day: date | F, lookup: str = "") -> Q:
    """``Member.is_full_before`` as a condition, for members reached by ``lookup``."""
    return Q(**{f"{lookup}full_member_on__lt": day})


class MemberQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Members of the organizations a user answers for, of the groups one leads, and oneself."""
        scope = scope_of(user)
        seen = Membership.objects.filter(
            scope.within("organization__") | Q(group__in=scope.group_ids), member=OuterRef("pk")
        )
        return self.filter(Exists(seen) | Q(pk=scope.member_id))

    def of_branch(self, organization: Organization, day: date) -> Self:
        """The members of one branch on a day, in the order of their names."""
        return self.filter(on_day(day, "memberships__"), memberships__organization=organization).order_by(
            "name_key"
        )


class Member(models.Model):
    """A Party member. Where, in which standing and with which post is dated in rows of its own."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="member"
    )
    # Names are kept byte-exact apart from NFC: rare characters must survive.
    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(_("sorting key"), max_length=200, db_index=True, editable=False)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender, blank=True)
    ethnicity = models.CharField(_("ethnicity"), max_length=20, blank=True)
    born_on = models.DateField(_("born on"), null=True, blank=True)
    id_number = SealedField(_("ID number"), max_length=18, blank=True)
    phone = SealedField(_("phone"), max_length=30, blank=True)
    joined_on = models.DateField(_("joined the Party on"))
    full_member_on = models.DateField(_("full member since"), null=True, blank=True)
    is_leading_cadre = models.BooleanField(_("leading cadre"), default=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["name_key", "id"]
        constraints = [
            models.CheckConstraint(name="member_name_present", condition=~Q(name="")),
            models.CheckConstraint(
                name="member_full_after_joining",
                condition=Q(full_member_on__isnull=True) | Q(full_member_on__gte=F("joined_on")),
                violation_error_message=_("Full membership cannot begin before joining."),
            ),
            models.CheckConstraint(
                name="member_born_before_joining",
                condition=Q(born_on__isnull=True) | Q(born_on__lt=F("joined_on")),
                violation_error_message=_("Nobody joins before being born."),
            ),
            models.UniqueConstraint(
                Mark("id_number"),
                name="member_id_number_unique",
                condition=~Q(id_number=""),
                violation_error_message=_("There is already a member with this ID number."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)

    def is_full_on(self, day: date) -> bool:
        return self.full_member_on is not None and self.full_member_on <= day

    def is_full_before(self, day: date) -> bool:
        """Whether somebody can vote at a meeting of that day: the meeting that makes a member full is held on
        their first day, and nobody votes on themself."""
        return self.full_member_on is not None and self.full_member_on < day


class MembershipQuerySet(DatedQuerySet):
    def visible_to(self, user: User) -> Self:
        scope = scope_of(user)
        return self.filter(
            scope.within("organization__") | Q(group__in=scope.group_ids) | Q(member=scope.member_id)
        )


class Membership(Dated):
    """Where a member belongs: one branch at a time, and inside it at most one group."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    group = models.ForeignKey(PartyGroup, models.PROTECT, null=True, blank=True, related_name="memberships")
    ended_because = models.CharField(_("reason for the end"), max_length=200, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["member_id", "start_on"]
        constraints = [
            ends_after_start("membership_ends_after_start"),
            models.UniqueConstraint(
                name="membership_one_open_per_member", fields=["member"], condition=Q(end_on__isnull=True)
            ),
            models.UniqueConstraint(name="membership_one_start_per_day", fields=["member", "start_on"]),
        ]
        indexes = [models.Index(fields=["organization", "start_on", "end_on"], name="membership_branch_days")]

    def __str__(self) -> str:
        return f"{self.member} · {self.organization}"


class Standing(Dated):
    """A dated circumstance that changes duties or rights. Suspensions rest on a decision, never on a guess."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="standings")
    kind = models.CharField(_("standing"), max_length=30, choices=StandingKind)
    reason = models.CharField(_("reason or decision"), max_length=200, blank=True)
    ended_because = models.CharField(_("reason for the end"), max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        constraints = [
            ends_after_start("standing_ends_after_start"),
            models.CheckConstraint(name="standing_kind_known", condition=Q(kind__in=StandingKind.values)),
            models.UniqueConstraint(
                name="standing_one_open_of_a_kind",
                fields=["member", "kind"],
                condition=Q(end_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.get_kind_display()}"


class Post(Dated):
    """A post inside a branch; those who hold one form the branch committee."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="posts")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="posts")
    title = models.CharField(_("post"), max_length=20, choices=PostTitle)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            ends_after_start("post_ends_after_start"),
            models.CheckConstraint(name="post_title_known", condition=Q(title__in=PostTitle.values)),
            models.UniqueConstraint(
                name="post_one_secretary_at_a_time",
                fields=["organization"],
                condition=Q(title=PostTitle.SECRETARY, end_on__isnull=True),
                violation_error_message=_("The branch already has a secretary."),
            ),
            models.UniqueConstraint(
                name="post_held_once",
                fields=["member", "organization", "title"],
                condition=Q(end_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.get_title_display()}"
