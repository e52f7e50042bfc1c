"""The import pages: upload, preview, confirm, discard; whose they are and what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from branchlife.celery import app
from branchlife.models import AuditEvent, Job
from branchlife.models.job import JobState
from meetings.enums import Role
from meetings.models import Member, Organization
from meetings.services.imports import jobs as imports
from meetings.services.imports.preview import ImportKind, preview_of
from meetings.workbooks.blank import blank_workbook
from meetings.workbooks.columns import LEDGER, ORGANIZATIONS, ROSTER
from meetings.workbooks.headers import find_header
from meetings.workbooks.sheet import read_sheets
from tests.meetings.workbook_files import ID_NUMBERS, workbook
from tests.world import World, appoint, build_world, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
HEADER = ["姓名", "所在党支部", "入党时间", "转正时间", "身份证号"]
GOOD = ["张三", "办公室党支部", "2010-7-1", "2011-7-1", ID_NUMBERS[0]]
BAD = ["李四", "没有的党支部", "2026-02-30", "2011-7-1", ID_NUMBERS[1]]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def administrator(world: World, client: Client) -> Client:
    client.force_login(world.administrator)
    return client


def upload(client: Client, content: bytes, **more: object) -> HttpResponse:
    file = SimpleUploadedFile("党员花名册.xlsx", content)
    return client.post("/imports/", {"kind": "roster", "file": file} | more)  # type: ignore[return-value]


def roster(*rows: list[str]) -> bytes:
    return workbook([HEADER, *rows]).getvalue()


def kept_files() -> list[Path]:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    return list(folder.iterdir()) if folder.exists() else []


def page(client: Client, job: Job) -> str:
    response = client.get(f"/imports/{job.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_an_upload_is_shown_before_anything_is_written(administrator: Client) -> None:
    before = Member.objects.count()
    response = upload(administrator, roster(GOOD))
    job = Job.objects.get()
    assert response.headers["Location"] == f"/imports/{job.pk}/"
    text = page(administrator, job)
    assert "党员花名册.xlsx" in text
    assert "待确认" in text
    assert "导入1行" in text
    assert "张三" in text
    assert ID_NUMBERS[0] not in text
    assert Member.objects.count() == before
    (path,) = kept_files()
    assert path.stat().st_mode & 0o077 == 0
    assert "花名册" not in path.name


def test_confirming_imports_and_deletes_the_file(administrator: Client) -> None:
    upload(administrator, roster(GOOD))
    job = Job.objects.get()
    assert administrator.post(f"/imports/{job.pk}/confirm/").status_code == 302
    assert "处理中" in page(administrator, job)
    assert administrator.get(f"/imports/{job.pk}/progress/").json() == {
        "finished": False,
        "done": 0,
        "total": 3,
    }
    assert imports.run_waiting_imports() == 1
    assert Member.objects.filter(id_number=ID_NUMBERS[0]).exists()
    assert administrator.get(f"/imports/{job.pk}/progress/").json()["finished"] is True
    text = page(administrator, job)
    assert "已导入" in text
    # The preview holds personal data and has done its work.
    assert "张三" not in text
    assert kept_files() == []
    actions = list(AuditEvent.objects.order_by("id").values_list("action", "actor__username"))
    assert [action for action, _ in actions] == ["import.upload", "import.confirm", "import.roster"]
    assert {actor for _, actor in actions} == {"administrator"}


def test_errors_are_listed_by_cell_and_keep_everything_out(administrator: Client) -> None:
    upload(administrator, roster(GOOD, BAD))
    job = Job.objects.get()
    text = page(administrator, job)
    assert "B3" not in text  # an unreadable row is not compared with what is known
    assert "C3" in text
    assert "入党时间：没有2026-02-30这一天" in text
    assert "导入无误的1行" in text
    assert administrator.post(f"/imports/{job.pk}/confirm/").status_code == 409
    assert imports.run_waiting_imports() == 0
    administrator.post(f"/imports/{job.pk}/confirm/", {"skip_invalid": "1"})
    assert imports.run_waiting_imports() == 1
    job.refresh_from_db()
    assert (job.result["created"], job.result["bad_rows"]) == (1, 1)


def test_what_changed_since_the_check_is_shown_again(administrator: Client, world: World) -> None:
    upload(administrator, roster(GOOD))
    job = Job.objects.get()
    administrator.post(f"/imports/{job.pk}/confirm/")
    Organization.objects.filter(pk=world.branch.pk).update(name="改名党支部")
    imports.run_waiting_imports()
    text = page(administrator, job)
    assert "检查之后情况有变化" in text
    assert "没有名为“办公室党支部”的党支部" in text
    assert not Member.objects.filter(id_number=ID_NUMBERS[0]).exists()
    assert len(kept_files()) == 1


def test_a_kind_that_may_not_change_is_shown_at_its_cell(administrator: Client, world: World) -> None:
    header = ["党组织名称", "上级党组织", "党组织类别", "成立时间"]
    sheet = workbook([header, ["督查室党支部", "市直机关党委", "党总支", "2026-11-1"]]).getvalue()
    upload(administrator, sheet, kind="organizations")
    job = Job.objects.get()
    text = page(administrator, job)
    assert "C2" in text and "在系统中为党支部，已有党员或会议，不能改为其他类别" in text
    assert "D2" in text and "晚于本组织最早有党员或会议的日期2016年1月1日" in text
    assert administrator.post(f"/imports/{job.pk}/confirm/").status_code == 409
    assert Organization.objects.get(pk=world.small_branch.pk).kind == "branch"


def test_a_role_that_ended_before_the_worker_came_imports_nothing(
    administrator: Client, world: World
) -> None:
    upload(administrator, roster(GOOD))
    job = Job.objects.get()
    administrator.post(f"/imports/{job.pk}/confirm/")
    world.administrator.appointments.all().delete()
    imports.run_waiting_imports()
    assert not Member.objects.filter(id_number=ID_NUMBERS[0]).exists()


def test_a_second_click_is_told(administrator: Client) -> None:
    upload(administrator, roster(GOOD))
    job = Job.objects.get()
    administrator.post(f"/imports/{job.pk}/confirm/")
    assert administrator.post(f"/imports/{job.pk}/confirm/").status_code == 409
    Job.objects.update(state=JobState.RUNNING)
    assert administrator.post(f"/imports/{job.pk}/discard/").status_code == 409
    assert AuditEvent.objects.filter(action="import.discard").count() == 0


@pytest.mark.django_db(transaction=True)
def test_discarding_forgets_row_and_file() -> None:
    client, world = Client(), build_world()
    client.force_login(world.administrator)
    upload(client, roster(GOOD))
    job = Job.objects.get()
    response = client.post(f"/imports/{job.pk}/discard/", follow=True)
    assert "已放弃导入“党员花名册.xlsx”" in response.content.decode()
    assert not Job.objects.exists()
    assert kept_files() == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "空文件"),
        (b"hello", "不是Excel工作簿"),
        (b"PK\x03\x04", "已损坏"),
    ],
)
def test_bad_files_are_refused_in_the_form(administrator: Client, content: bytes, sentence: str) -> None:
    response = upload(administrator, content)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Job.objects.exists()
    assert kept_files() == []


def test_a_large_file_is_refused(administrator: Client, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    response = upload(administrator, roster(GOOD))
    assert response.status_code == 400
    assert not Job.objects.exists()


def test_a_workbook_without_a_table_says_why(administrator: Client) -> None:
    upload(administrator, workbook([["只是", "一些字"]]).getvalue())
    text = page(administrator, Job.objects.get())
    assert "没有找到表头行" in text
    assert administrator.post(f"/imports/{Job.objects.get().pk}/confirm/").status_code == 409


def test_a_ledger_asks_for_its_year(administrator: Client) -> None:
    content = workbook([["党支部", "类型", "日期"], ["督查室党支部", "党课", "2026-3-4"]]).getvalue()
    for year in ("", "不详", "1234", "9999", "２０２６年 "):
        response = upload(administrator, content, kind="ledger", year=year)
        assert response.status_code == (302 if "６" in year else 400), year
    assert Job.objects.get().parameters["year"] == 2026


def test_a_large_file_waits_for_the_worker(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHECKED_AT_ONCE", 10)
    upload(administrator, roster(GOOD))
    job = Job.objects.get()
    assert "正在检查工作簿" in page(administrator, job)
    imports.run_waiting_imports()
    assert "待确认" in page(administrator, job)


def test_a_job_whose_worker_died_is_taken_up_again(administrator: Client) -> None:
    upload(administrator, roster(GOOD))
    job = Job.objects.get()
    administrator.post(f"/imports/{job.pk}/confirm/")
    began = datetime.now(UTC)
    Job.objects.update(state=JobState.RUNNING, started_at=began)
    assert imports.run_waiting_imports(now=began + timedelta(minutes=5)) == 0
    assert imports.run_waiting_imports(now=began + timedelta(minutes=30)) == 1
    assert Member.objects.filter(id_number=ID_NUMBERS[0]).exists()


def test_the_clock_comes_by_for_what_a_lost_message_left(settings: Settings) -> None:
    app.loader.import_default_modules()
    assert settings.CELERY_BEAT_SCHEDULE["run-imports"]["task"] in app.tasks


def test_a_lost_file_fails_the_job(administrator: Client) -> None:
    upload(administrator, roster(GOOD))
    job = Job.objects.get()
    administrator.post(f"/imports/{job.pk}/confirm/")
    kept_files()[0].unlink()
    imports.run_waiting_imports()
    assert "导入失败，没有写入任何内容。" in page(administrator, job)


def test_what_nobody_confirms_is_forgotten(administrator: Client) -> None:
    upload(administrator, roster(GOOD))
    now = datetime.now(UTC)
    imports.run_waiting_imports(now=now + timedelta(days=6))
    assert Job.objects.exists()
    imports.run_waiting_imports(now=now + timedelta(days=8))
    assert not Job.objects.exists()
    assert kept_files() == []


def test_only_administrators_and_only_their_own_imports(world: World) -> None:
    clients = {}
    colleague = make_user("colleague")
    appoint(colleague, world.committee, Role.ADMINISTRATOR)
    for user in (
        world.administrator,
        colleague,
        world.secretary,
        world.reviewer,
        world.member,
        world.outsider,
    ):
        clients[user.username] = Client()
        clients[user.username].force_login(user)
    upload(clients["administrator"], roster(GOOD))
    job = Job.objects.get()
    for name in ("secretary", "reviewer", "member", "outsider"):
        assert clients[name].get("/imports/").status_code == 403
        assert upload(clients[name], roster(GOOD)).status_code == 403
        assert clients[name].get("/imports/template/roster.xlsx").status_code == 403
    reading: list[Callable[[Client], HttpResponse]] = [
        lambda client: client.get(f"/imports/{job.pk}/"),
        lambda client: client.get(f"/imports/{job.pk}/progress/"),
        lambda client: client.post(f"/imports/{job.pk}/confirm/"),
        lambda client: client.post(f"/imports/{job.pk}/discard/"),
    ]
    for name in ("colleague", "secretary", "reviewer", "member", "outsider"):
        assert [ask(clients[name]).status_code for ask in reading] == [404] * 4
    assert "党员花名册.xlsx" not in clients["colleague"].get("/imports/").content.decode()
    assert "党员花名册.xlsx" in clients["administrator"].get("/imports/").content.decode()
    assert Client().get("/imports/").status_code == 302


def test_the_list_asks_the_same_number_of_questions_for_one_row_and_for_three(administrator: Client) -> None:
    numbers = []
    for more in (1, 2):
        for _ in range(more):
            upload(administrator, roster(GOOD))
        with CaptureQueriesContext(connection) as queries:
            administrator.get("/imports/")
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 12


@pytest.mark.parametrize(
    ("kind", "columns"), [("roster", ROSTER), ("organizations", ORGANIZATIONS), ("ledger", LEDGER)]
)
def test_empty_workbooks_are_understood(administrator: Client, kind: str, columns: tuple) -> None:
    response = administrator.get(f"/imports/template/{kind}.xlsx")
    assert response.status_code == 200
    assert response.content[:2] == b"PK"
    _sheet, header, _others = find_header(read_sheets(BytesIO(blank_workbook(columns, title="表"))), columns)
    own = {column.field for column in columns}
    assert set(header.headings) == own
    assert [heading.text for heading in header.headings.values()] == [
        column.heading for column in columns
    ] or own
    assert administrator.get("/imports/template/nothing.xlsx").status_code == 404


def test_an_organization_has_another_kind_of_name_than_a_person() -> None:
    assert preview_of(ImportKind.ORGANIZATIONS, []).headings[0] == "名称"
    assert preview_of(ImportKind.ROSTER, []).headings[0] == "姓名"


def test_get_never_writes(administrator: Client) -> None:
    upload(administrator, roster(GOOD))
    job = Job.objects.get()
    with CaptureQueriesContext(connection) as queries:
        for path in ("", f"{job.pk}/", f"{job.pk}/progress/"):
            administrator.get(f"/imports/{path}")
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert administrator.get(f"/imports/{job.pk}/confirm/").status_code == 405
    assert administrator.get(f"/imports/{job.pk}/discard/").status_code == 405
