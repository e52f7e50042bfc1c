"""Procedure checklists by kind of meeting, as they stand in the preset."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from meetings.enums import MeetingKind, StepPhase

FORMAT = "branchlife-procedures/1"
PRESET = Path(__file__).resolve().parent / "presets" / "procedures.json"


@dataclass(frozen=True)
class ProcedureStep:
    """One step. ``position`` orders the steps of all kinds among each other."""

    kind: str
    code: str
    phase: str
    title: str
    position: int


def steps_for(kinds: Iterable[str]) -> list[ProcedureStep]:
    """The steps of an event of these kinds, in their order; most kinds have none."""
    wanted = set(kinds)
    return [step for step in _shipped() if step.kind in wanted]


def read_procedures(content: dict[str, Any]) -> tuple[ProcedureStep, ...]:
    """The steps of a preset. Raises ValueError naming what it does not know."""
    if content.get("format") != FORMAT:
        raise ValueError(f"format must be {FORMAT}")
    listed = [(MeetingKind(each["kind"]), step) for each in content["procedures"] for step in each["steps"]]
    steps = tuple(
        ProcedureStep(kind.value, step["code"], StepPhase(step["phase"]).value, step["title"], position)
        for position, (kind, step) in enumerate(listed, 1)
    )
    if len({(step.kind, step.code) for step in steps}) < len(steps):
        raise ValueError("a code stands twice in one procedure")
    return steps


@cache
def _shipped() -> tuple[ProcedureStep, ...]:
    return read_procedures(json.loads(PRESET.read_text(encoding="utf-8")))
