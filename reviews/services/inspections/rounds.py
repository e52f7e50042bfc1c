"""A round of inspections: opened with its sums published, drawn, closed; and the draw made again."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.enumeration import enumerated
from branchlife.models import User
from meetings.models import Organization
from meetings.services.notices import secretaries_of, tell
from reviews.draw import commitment_of, draw, frame_digest
from reviews.enums import Action
from reviews.inspection_rules import runs_inspections_of
from reviews.models import FrameEntry, Inspection, Transition, Visit
from reviews.services.inspections.frames import build_frame, visits_in
from reviews.services.workflow import StaleState, perform


@dataclass(frozen=True)
class InspectionTerms:
    """``grades`` by branch, where the committee has given some."""

    purpose: str
    kind: str
    number: int
    starts_on: date
    ends_on: date
    cap: int
    grades: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The draw made again, and whether it is what was published."""

    seed_fits: bool
    frame_fits: bool
    drawn: list[str]
    drawn_fits: bool

    @property
    def is_true(self) -> bool:
        return self.seed_fits and self.frame_fits and self.drawn_fits


@transaction.atomic
def open_inspection(
    *,
    organization: Organization,
    terms: InspectionTerms,
    actor: User,
    now: datetime | None = None,
    seed: str = "",
) -> Inspection:
    """A round whose frame is frozen and whose sums are published; nobody sees its seed before the draw.

    Raises PermissionDenied, or ValidationError by field. A seed is given only to repeat a known draw.
    """
    if not runs_inspections_of(actor, organization):
        raise PermissionDenied
    now, seed = now or timezone.now(), seed or secrets.token_hex(32)
    frame = _frame(organization, terms, timezone.localdate(now))
    inspection = Inspection(
        organization=organization, purpose=terms.purpose, kind=terms.kind, number=terms.number,
        starts_on=terms.starts_on, ends_on=terms.ends_on, cap=terms.cap, seed=seed,
        commitment=commitment_of(seed), opened_by=actor, opened_at=now,
        frame_digest=frame_digest((row.entry for row in frame if not row.barred), terms.number),
    )  # fmt: skip
    inspection.full_clean()
    _insert(inspection, frame)
    Transition.objects.create(
        inspection=inspection, action=Action.CREATE, to_state=inspection.state, actor=actor, at=now
    )
    record_event(
        actor=actor, action="inspection.create", subject=inspection, chain=organization.chain, now=now,
        difference={
            "commitment": inspection.commitment, "frame": inspection.frame_digest, "number": terms.number,
            "barred": [row.organization_id for row in frame if row.barred],
        },
    )  # fmt: skip
    return inspection


def _frame(organization: Organization, terms: InspectionTerms, today: date) -> list[FrameEntry]:
    if terms.starts_on.year != terms.ends_on.year:
        sentence = _("The days lie in one year: the cap of visits is counted by year.")
        raise ValidationError({"ends_on": sentence})
    if terms.ends_on < today:
        raise ValidationError({"ends_on": _("The day has passed already.")})
    frame = build_frame(organization, day=terms.starts_on, cap=terms.cap, grades=terms.grades)
    drawable = sum(not row.barred for row in frame)
    if terms.number > drawable:
        sentence = _("Only %(n)s branches can be drawn; the others have had their visits of the year.")
        raise ValidationError({"number": sentence % {"n": drawable}})
    return frame


def _insert(inspection: Inspection, frame: list[FrameEntry]) -> None:
    """Also where somebody else opens one in the same moment."""
    try:
        with transaction.atomic():
            inspection.save(force_insert=True)
    except IntegrityError:
        raise StaleState from None
    for row in frame:
        row.inspection = inspection
    FrameEntry.objects.bulk_create(frame)


@transaction.atomic
def draw_inspection(
    *, inspection: Inspection, version: int, actor: User, now: datetime | None = None
) -> list[Visit]:
    """Draw from the frozen frame and publish the seed. Raises StaleState, PermissionDenied, ValidationError
    when a branch has had its visits of the year since."""
    if inspection.version != version:
        raise StaleState
    now = now or timezone.now()
    perform(inspection, Action.DRAW, actor=actor, columns={"drawn_by": actor, "drawn_at": now}, now=now)
    drawn = {int(key) for key in draw_again(inspection).drawn}
    _check_caps(inspection, drawn)
    visits = Visit.objects.bulk_create(
        Visit(inspection=inspection, organization_id=branch, announced=not inspection.hides_draw)
        for branch in sorted(drawn)
    )
    Transition.objects.bulk_create(
        Transition(visit=visit, action=Action.CREATE, to_state=visit.state, actor=actor, at=now)
        for visit in visits
    )
    record_event(
        actor=actor, action="inspection.drawn", subject=inspection, chain=inspection.organization.chain,
        now=now, difference={"seed": inspection.seed, "branches": sorted(drawn)},
    )  # fmt: skip
    if not inspection.hides_draw:
        _announce(inspection, visits, now)
    return visits


def _check_caps(inspection: Inspection, drawn: set[int]) -> None:
    """Another organization's round may have reached the same branches since the frame was frozen.

    Two that draw in the same moment count one after the other.
    """
    list(Organization.objects.select_for_update(no_key=True).filter(pk__in=drawn).order_by("pk"))
    visits = visits_in(inspection.starts_on.year, drawn)
    full = [branch for branch in drawn if visits[branch] >= inspection.cap]
    if full:
        names = enumerated(Organization.objects.filter(pk__in=full).values_list("name", flat=True))
        sentence = _(
            "Meanwhile %(names)s had the visits of the year. Call this inspection off and open another one."
        )
        raise ValidationError(sentence % {"names": names})


def _announce(inspection: Inspection, visits: list[Visit], now: datetime) -> None:
    people = secretaries_of([visit.organization_id for visit in visits], timezone.localdate(now))
    names = dict(Organization.objects.filter(pk__in=people).values_list("pk", "name"))
    days = {"from_day": inspection.starts_on.isoformat(), "to_day": inspection.ends_on.isoformat()}
    for visit in visits:
        values = {"organization": names.get(visit.organization_id, ""), "subject": inspection.purpose}
        tell(
            people=people[visit.organization_id], code="inspection.drawn", values=values | days,
            url=f"/visits/{visit.pk}/", now=now,
        )  # fmt: skip


def draw_again(inspection: Inspection) -> Verdict:
    """Recompute everything from the seed and the stored frame."""
    frame = [row.entry for row in inspection.frame.all() if not row.barred]
    drawn = draw(inspection.seed, frame, inspection.number)
    visited = inspection.visits.values_list("organization", flat=True)
    return Verdict(
        seed_fits=commitment_of(inspection.seed) == inspection.commitment,
        frame_fits=frame_digest(frame, inspection.number) == inspection.frame_digest,
        drawn=drawn,
        drawn_fits=sorted(map(str, visited)) == drawn,
    )


def take_round_step(
    *,
    inspection: Inspection,
    action: Action,
    version: int,
    actor: User,
    comment: str = "",
    now: datetime | None = None,
) -> Transition:
    """Calling off and closing, from a page made from ``version``."""
    if inspection.version != version:
        raise StaleState
    return perform(inspection, action, actor=actor, comment=comment, now=now)
