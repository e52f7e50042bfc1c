from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import TransferState
from meetings.models.member import Member
from meetings.models.organization import Organization
from meetings.scope import scope_of

OPEN = Q(state=TransferState.PROPOSED)


class TransferQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Both sides see it, and the member whose transfer it is."""
        scope = scope_of(user)
        return self.filter(
            scope.within("from_organization__")
            | scope.within("to_organization__")
            | Q(member=scope.member_id)
        )

    def open(self) -> Self:
        return self.filter(OPEN)

    def touching(self, organization: Organization) -> Self:
        """Leaving this branch or on the way to it."""
        return self.filter(Q(from_organization=organization) | Q(to_organization=organization))


class Transfer(models.Model):
    """A member on the way from one branch to another.

    Proposed by the old branch, decided by the receiving one. Until the member is received the old branch
    stays responsible (Regulations on the Education and Management of Party Members, article 25), so the
    membership moves on ``received_on`` and not a day earlier.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="transfers", verbose_name=_("member"))
    from_organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="transfers_out", verbose_name=_("old branch")
    )
    to_organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="transfers_in", verbose_name=_("receiving branch")
    )
    leaves_on = models.DateField(_("transferred from"))
    received_on = models.DateField(_("first day in the receiving branch"), null=True, blank=True)
    note = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=TransferState, default=TransferState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    opinion = models.CharField(_("reason for returning it"), max_length=200, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(name="transfer_state_known", condition=Q(state__in=TransferState.values)),
            models.CheckConstraint(
                name="transfer_between_two_branches",
                condition=~Q(from_organization=F("to_organization")),
                violation_error_message=_("The member is in this branch already."),
            ),
            models.UniqueConstraint(
                name="transfer_one_open_per_member",
                fields=["member"],
                condition=OPEN,
                violation_error_message=_("A transfer of this member is under way already."),
            ),
            models.CheckConstraint(
                name="transfer_decided_has_who_and_when",
                condition=(OPEN & Q(decided_by__isnull=True, decided_at__isnull=True))
                | (~OPEN & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="transfer_accepted_has_day",
                condition=Q(
                    state=TransferState.ACCEPTED, received_on__isnull=False, received_on__gte=F("leaves_on")
                )
                | (~Q(state=TransferState.ACCEPTED) & Q(received_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="transfer_returned_has_reason",
                condition=~Q(state=TransferState.RETURNED) | ~Q(opinion=""),
                violation_error_message=_("Say why the transfer is returned."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}：{self.from_organization} → {self.to_organization}"

    @property
    def is_open(self) -> bool:
        return self.state == TransferState.PROPOSED
