"""Reading what people write behind a command. Every mistake is one sentence and exit code 1."""

from datetime import date

from django.core.management.base import CommandError
from django.utils import timezone

from meetings.models import Organization
from meetings.models.organization import STEP

# Outside these the calendar arithmetic, or people's patience, ends.
FIRST_YEAR, LAST_YEAR = 1950, 2200


def read_day(text: str | None, name: str = "--as-of") -> date:
    """A day; today when none is given."""
    if text is None:
        return timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{name}: {text!r} is not a day; write it like 2026-11-23.") from None
    read_year(str(day.year), name)
    return day


def read_year(text: str | None, name: str = "--year") -> int:
    """A year; this one when none is given."""
    if text is None:
        return timezone.localdate().year
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise CommandError(f"{name}: {text!r} is not a year; write it like 2026.")
    if not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise CommandError(f"{name}: {text} is not between {FIRST_YEAR} and {LAST_YEAR}.")
    return int(text)


def find_organization(text: str | None, name: str = "--organization") -> Organization:
    """One organization by its code, its name, or the names on the way to it joined by a slash.

    Real lists repeat codes under different parents: what means several organizations is refused and
    the sentence names them all.
    """
    if not text:
        raise CommandError(f"{name} is missing: give a code or a name.")
    everything = {each.path: each for each in Organization.objects.all()}
    found = [each for each in everything.values() if each.code == text]
    found = found or [each for each in everything.values() if _is_called(each, text.split("/"), everything)]
    if not found:
        raise CommandError(f"{name}: there is no organization with the code or name {text!r}.")
    if len(found) > 1:
        places = ", ".join(_way_to(each, everything) for each in found)
        raise CommandError(f"{name}: {text!r} means {len(found)} organizations: {places}. Give the name.")
    return found[0]


def _way_to(organization: Organization, everything: dict[str, Organization]) -> str:
    path = organization.path
    return "/".join(everything[path[:end]].name for end in range(STEP, len(path) + 1, STEP))


def _is_called(organization: Organization, names: list[str], everything: dict[str, Organization]) -> bool:
    return (
        organization.name == names[-1]
        and _way_to(organization, everything).split("/")[-len(names) :] == names
    )
