"""`manage.py check --deploy`: a site fit for real data passes, and each fault is named alone."""

from pathlib import Path

import pytest

from branchlife.checks import QUESTIONS, check_site

FIT = {
    "SECRET_KEY_IS_EPHEMERAL": False, "SECRET_KEY": "s" * 50, "DEMO": False, "DEBUG": False, "SECURE_SITE": True,
    "AUDIT_KEY": ["2026:" + "a" * 40], "FIELD_KEYS": ["f" * 40], "INDEX_KEY": "i" * 40, "SECOND_FACTOR": True,
    "SITE_URL": "https://life.example.org", "ALLOWED_HOSTS": ["life.example.org"],
}  # fmt: skip
FAULTS = {
    "E001": {"SECRET_KEY_IS_EPHEMERAL": True},
    "E002": {"DEMO": True},
    "E003": {"AUDIT_KEY": []},
    "E004": {"DEBUG": True},
    "E005": {"MEDIA_ROOT": "STATIC"},
    "E006": {"ALLOWED_HOSTS": ["life.example.org", "*"]},
    "W001": {"SECURE_SITE": False},
    "W002": {"FIELD_KEYS": []},
    "W003": {"SECOND_FACTOR": False},
    "W004": {"INDEX_KEY": "f" * 40},
    "W005": {"INDEX_KEY": "short"},
    "W006": {"ALLOWED_HOSTS": ["other.example.org"]},
    "W007": {"DATA_DIR": "OPEN"},
}


@pytest.fixture
def fit(settings, tmp_path: Path):
    for name, value in FIT.items():
        setattr(settings, name, value)
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings


def test_a_fit_site_passes(fit) -> None:
    assert check_site(None) == []


def test_every_question_has_its_fault() -> None:
    assert set(FAULTS) == {each.number for each in QUESTIONS}


@pytest.mark.parametrize("number", FAULTS)
def test_the_fault_and_nothing_else_is_named(fit, tmp_path: Path, number: str) -> None:
    for name, value in FAULTS[number].items():
        if value == "STATIC":
            value = fit.STATIC_ROOT / "media"
        if value == "OPEN":
            value = tmp_path / "data"
            value.mkdir()
            value.chmod(0o755)
        setattr(fit, name, value)
    assert [found.id for found in check_site(None)] == [f"branchlife.{number}"]
