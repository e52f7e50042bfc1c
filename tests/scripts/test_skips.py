"""REQUIRE_ALL=1 turns skips into failures; without it a skip stays a skip with its reason."""

import os
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import ROOT

SAMPLES = {
    "test_skipped": "import pytest\n\ndef test_it():\n    pytest.skip('no tool here')\n",
    "test_module": "import pytest\n\npytest.skip('no tool there', allow_module_level=True)\n",
    "test_expected": "import pytest\n\n@pytest.mark.xfail\ndef test_it():\n    assert False\n",
}


def run(folder: Path, require_all: str) -> subprocess.CompletedProcess[str]:
    for name, text in SAMPLES.items():
        (folder / f"{name}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pytest.ini"), "-p", "tests.conftest"]
    options = ["-p", "no:cacheprovider", "--continue-on-collection-errors", "--output", str(folder / "out")]
    return subprocess.run(
        [*command, *options, str(folder)],
        cwd=ROOT,
        env=os.environ | {"REQUIRE_ALL": require_all},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_skip_fails_where_all_is_required(tmp_path: Path) -> None:
    done = run(tmp_path, "1")
    assert done.returncode == 1
    assert "1 failed, 1 xfailed, 1 error" in done.stdout
    assert done.stdout.count("allows no skips") >= 2
    assert "no tool here" in done.stdout
    assert "no tool there" in done.stdout


def test_a_skip_is_a_skip_elsewhere(tmp_path: Path) -> None:
    done = run(tmp_path, "")
    assert done.returncode == 0
    assert "2 skipped, 1 xfailed" in done.stdout
    assert "no tool here" in done.stdout
