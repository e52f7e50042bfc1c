"""The commands as people type them: one clear line and exit code 1 for every mistake."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from meetings.models import Organization
from tests.meetings.workbook_files import SAMPLES, workbook

ROOT = SAMPLES.parent.parent
ORGANIZATIONS = str(SAMPLES / "organizations.xlsx")


def typed(*arguments: str, database: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own, with nothing but DATABASE_URL set."""
    environment = {"DATABASE_URL": f"sqlite:///{database}", "PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_commands_need_nothing_but_the_database(tmp_path: Path) -> None:
    database = tmp_path / "site.sqlite3"
    assert typed("migrate", "--verbosity", "0", database=database).returncode == 0
    done = typed("import_organizations", ORGANIZATIONS, database=database)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("新增11行，更新0行，0行未变\n提示 B10 ")
    messy = typed(
        "import_roster",
        str(SAMPLES / "roster-messy.xlsx"),
        "--dry-run",
        "--format",
        "json",
        database=database,
    )
    assert (messy.returncode, messy.stderr) == (1, "")
    assert len(json.loads(messy.stdout)["errors"]) == 5
    missing = typed("import_ledger", str(tmp_path / "none.xlsx"), "--year", "2026", database=database)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert len(missing.stderr.splitlines()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "content", "more", "sentence"),
    [
        ("import_roster", b"", [], "文件是空的"),
        ("import_roster", b"hello", [], "不是Excel工作簿"),
        ("import_roster", b"PK\x03\x04hello", [], "已损坏"),
        ("import_roster", workbook([["甲", "乙"]]).getvalue(), [], "没有找到表头行"),
        ("import_ledger", workbook([["党支部", "日期"]]).getvalue(), ["--year", "2026"], "表头缺少：类型"),
        ("import_ledger", b"", ["--year", "26"], "is not a year"),
        ("import_roster", b"", ["--format", "xml"], "neither table nor json"),
    ],
)
def test_bad_input_is_told_in_one_line(
    tmp_path: Path, command: str, content: bytes, more: list[str], sentence: str
) -> None:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command(command, str(path), *more)
    assert "\n" not in str(refused.value)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["none.xlsx", "", "a\x00b"])
def test_files_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError):
        call_command("import_roster", str(tmp_path / name))


@pytest.mark.django_db
def test_errors_are_listed_for_people_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(workbook([["名称", "上级", "成立时间"], ["机关党委", None, "2026-02-30"]]).getvalue())
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_organizations", str(path), stdout=out)
    assert ended.value.code == 1
    assert out.getvalue().splitlines()[1:] == [
        "没有导入任何内容：共1处错误。",
        "错误 C2 成立时间：没有2026-02-30这一天",
    ]
    assert not Organization.objects.exists()


@pytest.mark.django_db
def test_a_dry_run_says_so() -> None:
    out = StringIO()
    call_command("import_organizations", ORGANIZATIONS, "--dry-run", stdout=out)
    assert "试运行，没有写入。" in out.getvalue()
    assert not Organization.objects.exists()
