"""What the codes of the audit trail are called on the screen. Each app declares its own when it is ready."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext

READ = "read"  # the last part of every code that says something sensitive was opened

# Lazy texts: area → name, and area → last part of the code → name.
_areas: dict[str, Any] = {}
_steps: dict[str, dict[str, Any]] = {}
# Key of a difference → name, where it is no field of the subject or is called otherwise there.
_parts: dict[str, Any] = {}
STEPS = "steps"  # what a key such as ``theme_day.notice`` is called: a step of a procedure


def declare_actions(area: str, name: Any, steps: Mapping[str, Any]) -> None:
    """``area`` is the first part of a code; several apps may add steps to one."""
    _areas.setdefault(area, name)
    _steps.setdefault(area, {}).update(steps)


def name_of_action(code: str) -> str:
    """``plan.submit`` is "Plan: Submit". A code nobody declared is shown as it is: the trail outlives releases."""
    area, _dot, step = code.partition(".")
    if step not in _steps.get(area, ()):
        return code
    return gettext("%(area)s: %(step)s") % {"area": _areas[area], "step": _steps[area][step]}


def name_of_subject(label: str) -> str:
    """``meetings.meeting`` is "meeting"; a kind there is no more is shown as it is."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def declare_parts(names: Mapping[str, Any]) -> None:
    _parts.update(names)


def names_of_parts(subject: str, keys: Iterable[str]) -> list[str]:
    """What was changed, each name once: as declared, else as the field of the subject is called."""
    return list(dict.fromkeys(_name_of_part(subject, key) for key in keys))


def _name_of_part(subject: str, key: str) -> str:
    declared = _parts.get(STEPS if "." in key else key)
    if declared:
        return str(declared)
    try:
        return str(apps.get_model(subject)._meta.get_field(key).verbose_name)
    except (AttributeError, FieldDoesNotExist, LookupError, ValueError):
        return key


def is_named(code: str) -> bool:
    area, _dot, step = code.partition(".")
    return step in _steps.get(area, ())


def named_actions() -> Iterator[tuple[str, Any, list[tuple[str, Any]]]]:
    """Area, its name, and the codes in it with their names."""
    for area, steps in _steps.items():
        yield area, _areas[area], [(f"{area}.{step}", name) for step, name in steps.items()]
