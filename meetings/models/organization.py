from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Substr
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from branchlife.models import User
from meetings.enums import BRANCH_KINDS, OrganizationKind
from meetings.scope import scope_of

STEP = 4  # characters of the path per level of the tree


class OrganizationQuerySet(MP_NodeQuerySet, models.QuerySet):  # the tree library is untyped
    def visible_to(self, user: User) -> Self:
        """The organizations a user answers for, and those below; group leaders see their own branch."""
        scope = scope_of(user)
        leads = [seat.organization_id for seat in scope.seats if seat.group_id]
        return self.filter(scope.within() | Q(pk__in=leads))

    def branches(self) -> Self:
        """Organizations that hold branch life themselves."""
        return self.filter(kind__in=BRANCH_KINDS)

    def below(self, organization: "Organization") -> Self:
        """The organization and everything under it, in tree order."""
        return self.filter(path__startswith=organization.path).order_by("path")

    def existing_on(self, day: date) -> Self:
        return self.filter(founded_on__lte=day).filter(Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=day))


class OrganizationManager(MP_NodeManager.from_queryset(OrganizationQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> OrganizationQuerySet:
        return OrganizationQuerySet(self.model, using=self._db).order_by("path")


class Organization(MP_Node):
    """A node of the Party's tree: committee, general branch or branch.

    Sibling names are unique. The code is what the office wrote: real lists repeat codes under
    different parents, so it identifies nothing by itself.
    """

    name = models.CharField(_("name"), max_length=100)
    code = models.CharField(_("code"), max_length=40, blank=True, db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganizationKind)
    founded_on = models.DateField(_("founded on"))
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)
    term_start_on = models.DateField(_("current term since"), null=True, blank=True)
    term_years = models.PositiveSmallIntegerField(_("years of a term"), null=True, blank=True)
    has_leading_body = models.BooleanField(
        _("has a leading body that holds democratic-life meetings"), default=False
    )
    # Where the node hangs, as a column, so that the database can keep sibling names apart.
    parent_path = models.GeneratedField(
        expression=Substr("path", 1, Length("path") - STEP),
        output_field=models.CharField(max_length=255),
        db_persist=True,
    )

    steplen = STEP
    objects = OrganizationManager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.CheckConstraint(
                name="organization_kind_known", condition=Q(kind__in=OrganizationKind.values)
            ),
            models.CheckConstraint(name="organization_name_present", condition=~Q(name="")),
            models.CheckConstraint(
                name="organization_dissolved_after_founded",
                condition=Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=F("founded_on")),
                violation_error_message=_("An organization cannot be dissolved before it was founded."),
            ),
            models.CheckConstraint(
                name="organization_term_years_sensible",
                condition=Q(term_years__isnull=True) | Q(term_years__range=(1, 10)),
            ),
            models.UniqueConstraint(
                name="organization_name_unique_among_siblings",
                fields=["parent_path", "name"],
                violation_error_message=_("There is already an organization of this name here."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_branch(self) -> bool:
        return self.kind in BRANCH_KINDS

    @property
    def chain(self) -> str:
        """The name of its audit chain: by the id, so that it goes on when the subtree moves."""
        return chain_name(self.pk)


def chain_name(organization_id: int | str) -> str:
    return f"organization:{organization_id}"


class PartyGroupQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        scope = scope_of(user)
        return self.filter(scope.within("organization__") | Q(pk__in=scope.group_ids))

    def existing_on(self, day: date) -> Self:
        return self.filter(founded_on__lte=day).filter(Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=day))


class PartyGroup(models.Model):
    """A Party group inside a branch; each owes its own group meetings."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="groups", verbose_name=_("branch")
    )
    name = models.CharField(_("name"), max_length=60)
    founded_on = models.DateField(_("founded on"))
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)

    objects = PartyGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("Party group")
        verbose_name_plural = _("Party groups")
        ordering = ["organization_id", "id"]
        constraints = [
            models.UniqueConstraint(name="group_name_unique_in_branch", fields=["organization", "name"]),
            models.CheckConstraint(name="group_name_present", condition=~Q(name="")),
            models.CheckConstraint(
                name="group_dissolved_after_founded",
                condition=Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=F("founded_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
