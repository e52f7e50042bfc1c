"""Canaries: a word of its own in every free text there is, so that it tells what was let out wherever it is met.

A cage is one field of the records of one place, such as ``meetings.leave.reason own``; every row of it gets a
word of its own. The places: ``own`` (the branch most roles belong to), ``small`` (its sister), ``committee``
above both, ``other`` (the branch of another tree), ``elsewhere`` (a second world with the same life),
``nowhere`` (what belongs to no organization), or the user name of the person a thing belongs to.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from branchlife.models import AuditEvent, User
from branchlife.sealing import SealedField
from meetings.models import Addendum, Attendance, Candidate, Leave, Meeting, Member, Organization
from reviews.enums import PlanState
from reviews.models import (
    Evaluation,
    EvaluationMark,
    Inspection,
    Plan,
    RectificationNote,
    SitInNote,
    Visit,
)
from tests.architecture.url_objects import Things
from tests.world import World

ELSEWHERE = "elsewhere"

WORD = re.compile(r"qz[a-z]{5}zq")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# No free text: what the application makes itself.
CODES = {
    "above", "address", "before", "channel", "code", "commitment", "digest", "fixed", "frame_digest", "from_state",
    "grade", "key", "kind", "language", "message_id", "name_key", "path", "seal", "source", "state", "to_state",
    "tree", "unit", "url", "when_unsure",
}  # fmt: skip
GROUND_FLOOR = {
    "branchlife.user": ("name", "email"),
    "branchlife.auditevent": ("actor_label", "subject_label", "difference"),
    "branchlife.job": ("title", "message", "result"),
    "branchlife.opensession": ("browser",),
}
# Told to nobody by a text, but by numbers and codes: facts of visits, of stays.
ONLY_FIGURES = {
    "reviews.visitanswer.facts",
    "reviews.stay.ahead",
    "meetings.pulse.facts",
    "meetings.voterule.leaves_out",
}
PATHS_TO_PLACE = (
    "organization", "meeting", "plan", "item", "visit", "inspection", "resolution", "contact", "evaluation",
    "transition", "rectification", "from_organization", "robot", "recipient", "cadre", "member", "owner", "user",
)  # fmt: skip


@dataclass
class Aviary:
    """What was planted: by word the cage it belongs to."""

    cages: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def new_word(self, cage: str) -> str:
        """Letters only: no markup, no escaping and no encoding changes it."""
        letters, rest = "", next(self._numbers)
        for _place in range(5):
            letters, rest = chr(97 + rest % 26) + letters, rest // 26
        word = f"qz{letters}zq"
        self.cages[word] = cage
        return word

    def found_in(self, text: str) -> set[str]:
        return {self.cages[word] for word in WORD.findall(text) if word in self.cages}


def write_the_rest(world: World, things: Things) -> None:
    """One row of each kind that the addresses can do without: judgements, notes, corrections, candidates."""
    record, now, reviewer = things["record"], timezone.now(), world.reviewer
    judged = Evaluation.objects.create(meeting=record, evaluator=reviewer, at=now)
    EvaluationMark.objects.create(
        evaluation=judged,
        kind="theme_day",
        code="notice",
        position=1,
        title="通知",
        verdict="missing",
        sentence="缺",
    )
    SitInNote.objects.create(meeting=record, author=reviewer, leader="周", text="好", at=now)
    Addendum.objects.create(
        meeting=things["archived"],
        number=1,
        text="更正",
        author=reviewer,
        author_name="周",
        written_at=now,
        digest="0" * 64,
    )
    RectificationNote.objects.create(item=things["item_open"], text="在办", author=reviewer, at=now)
    Candidate.objects.create(resolution=things["vote"], name="候选人")


def free_texts(model: type[models.Model]) -> list[models.Field]:
    label = model._meta.label_lower
    if label.startswith("branchlife."):
        return [model._meta.get_field(name) for name in GROUND_FLOOR.get(label, ())]  # type: ignore[misc]
    return [
        each
        for each in model._meta.concrete_fields
        if isinstance(each, models.CharField | models.TextField | models.JSONField)
        and not each.choices
        and (each.name not in CODES or isinstance(each, SealedField))
        and f"{label}.{each.name}" not in ONLY_FIGURES
    ]


def fields_with_words() -> Iterator[tuple[type[models.Model], models.Field]]:
    for app in ("branchlife", "meetings", "reviews"):
        for model in apps.get_app_config(app).get_models():
            for each in free_texts(model):
                yield model, each


def plant(world: World) -> Aviary:
    """In every row the database lets have one. Call with the triggers away: what is archived has words, too."""
    aviary, place_of = Aviary(), places_of(world)
    for model, each in fields_with_words():
        for row in model._default_manager.order_by("pk"):
            _plant_one(aviary, row, each, f"{model._meta.label_lower}.{each.name} {place_of(row)}")
    return aviary


def _plant_one(aviary: Aviary, row: models.Model, each: models.Field, cage: str) -> None:
    old = getattr(row, each.name)
    if isinstance(each, models.JSONField):
        value = _with_words(old, lambda: aviary.new_word(cage))
    else:
        value = aviary.new_word(cage) + ("@example.org" if each.name == "email" else "")
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**{each.name: value})
    except IntegrityError:
        pass  # a sentence may not stand there, such as the reason of a waiver that was not granted


def _with_words(value: Any, new_word: Callable[[], str]) -> Any:
    """A JSON value with its Chinese texts replaced; codes, days and numbers stay what they are."""
    if isinstance(value, dict):
        return {key: _with_words(each, new_word) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_words(each, new_word) for each in value]
    return new_word() if isinstance(value, str) and CHINESE.search(value) else value


def places_of(world: World) -> Callable[[models.Model], str]:
    named = {
        world.branch.pk: "own", world.small_branch.pk: "small", world.committee.pk: "committee",
        world.other_branch.pk: "other", world.other_committee.pk: "other",
    }  # fmt: skip
    people = {user.pk: name for name, user in vars(world).items() if isinstance(user, User)}

    def place(row: models.Model) -> str:
        if isinstance(row, Organization):
            return named.get(row.pk, ELSEWHERE)
        if isinstance(row, User):
            return people.get(row.pk, ELSEWHERE)
        if isinstance(row, Member):
            found = place(row.memberships.get(end_on=None).organization)
        elif isinstance(row, AuditEvent):
            pk = row.chain.partition(":")[2]
            return named.get(int(pk), ELSEWHERE) if pk else "nowhere"
        else:
            others = (getattr(row, name, None) for name in PATHS_TO_PLACE)
            found = next((place(other) for other in others if isinstance(other, models.Model)), "nowhere")
        return found if found == ELSEWHERE else found + _what_matters(row, people)

    return place


def _what_matters(row: models.Model, people: dict[int, str]) -> str:
    """What else decides who may read it, besides the place."""
    if isinstance(row, Plan) and row.state == PlanState.DRAFT:
        return " draft"
    if isinstance(row, Inspection):
        return f" {row.kind}"
    if isinstance(row, Visit):
        return " announced" if row.announced else f" {row.state}"
    if isinstance(row, Meeting) and row.group_id:
        return " group"
    owner = row if isinstance(row, Member) else getattr(row, "member", None)
    if isinstance(row, Member | Attendance | Leave) and owner.user_id in people:
        return f" {people[owner.user_id]}"
    return ""
