from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.chain import instant, seal

SEAL = 64  # characters of a seal


class AuditEventQuerySet(models.QuerySet):
    def of_chains(self, names: Iterable[str]) -> Self:
        return self.filter(chain__in=names)


class AuditEvent(models.Model):
    """One thing somebody did, written in the same transaction as the thing itself. Never edited, never
    deleted: triggers refuse both, and each event is sealed together with the seal of the one before it.
    """

    at = models.DateTimeField(_("time"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
        db_index=False,
    )
    # Who that was then: an account that is renamed must not rename the past.
    actor_label = models.CharField(max_length=220, blank=True)
    action = models.CharField(_("action"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(_("subject"), max_length=200)
    # One chain for each organization, one ("") for what belongs to none; the floor above names them.
    chain = models.CharField(max_length=255, blank=True)
    number = models.PositiveBigIntegerField()
    difference = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=36, blank=True)
    key_id = models.CharField(max_length=40)
    previous = models.CharField(max_length=SEAL, blank=True)
    digest = models.CharField(max_length=SEAL)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        constraints = [models.UniqueConstraint(name="audit_number_once_a_chain", fields=["chain", "number"])]
        indexes = [
            models.Index(fields=["chain", "id"], name="audit_chain"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["actor", "id"], name="audit_actor"),
            models.Index(fields=["action", "id"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject_label}"


# Everything an event says is under its seal; the row's own id is not, it says nothing.
SEALED = (
    "chain", "number", "previous", "at", "actor_id", "actor_label", "action", "subject_type", "subject_id",
    "subject_label", "difference", "address", "request_id",
)  # fmt: skip


# In the difference of an event that was told after it happened (``audit.telling_history``).
HISTORY = "history"


def event_seal(row: dict[str, Any]) -> str:
    """What the digest of an event with these columns must be. Raises UnknownKey."""
    facts = {name: row[name] for name in SEALED}
    return seal("event", facts | {"at": instant(row["at"])}, row["key_id"])


class AuditHead(models.Model):
    """The last event of a chain: the row everybody who appends to it locks, and what tells a cut tail."""

    chain = models.CharField(max_length=255, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=SEAL, blank=True)
    key_id = models.CharField(max_length=40, blank=True)
    seal = models.CharField(max_length=SEAL, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audit_head_sealed", condition=Q(number=0, seal="") | (Q(number__gt=0) & ~Q(seal=""))
            )
        ]

    def __str__(self) -> str:
        return f"{self.chain or '–'}: {self.number}"

    def expected_seal(self) -> str:
        facts = {"chain": self.chain, "number": self.number, "digest": self.digest}
        return seal("head", facts, self.key_id)


class AuditAnchor(models.Model):
    """Where every chain stood at one moment, itself chained and sealed; a copy of each lies outside the
    database. Holds the chains that grew since the anchor before; ``root`` is the digest over all of them.
    """

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(_("time"))
    heads = models.JSONField(default=dict)  # chain → [number, digest]
    chains = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()
    root = models.CharField(max_length=SEAL)
    key_id = models.CharField(max_length=40)
    previous = models.CharField(max_length=SEAL, blank=True)
    digest = models.CharField(max_length=SEAL)

    class Meta:
        verbose_name = _("audit anchor")
        verbose_name_plural = _("audit anchors")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} · {self.at:%Y-%m-%d}"

    def facts(self) -> dict[str, Any]:
        """What is under the seal, as it is written to the copy outside the database as well."""
        names = ("number", "heads", "chains", "events", "root", "previous")
        return {name: getattr(self, name) for name in names} | {"at": instant(self.at)}

    def expected_digest(self) -> str:
        return seal("anchor", self.facts(), self.key_id)
