"""`make faults`: what both databases' runs have said is printed, and the worse of their exit codes is given."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

sys.path.append(str(ROOT / "scripts"))

import fault_runs
from supervisor import Child, Supervisor

pytestmark = pytest.mark.services
TABLE = "print('| **all** | {number} | {lost} | 0 | 0 |'); raise SystemExit({lost})"


@pytest.mark.parametrize("lost", [0, 1])
def test_both_tables_are_printed_and_a_loss_is_told(
    lost: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fault_runs, "LOGS", tmp_path)
    supervisor = Supervisor(lambda text: None)
    with supervisor.ending():
        children = {"SQLite": child("SQLite", 7, lost), "PostgreSQL": child("PostgreSQL", 8, 0)}
        assert fault_runs.together(supervisor, children) == lost
    said = capsys.readouterr().out
    for name, number, code in (("SQLite", 7, lost), ("PostgreSQL", 8, 0)):
        assert f"{name}, exit code {code} ─────\n| **all** | {number} | {code} |" in said


def child(name: str, number: int, lost: int) -> Child:
    program = [sys.executable, "-c", TABLE.format(number=number, lost=lost)]
    return Child(name, program, os.environ, ROOT, stdout=subprocess.PIPE)
