"""The import contracts of pyproject.toml, run with the rest of the tests."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.source import ROOT


def test_the_contracts_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout
