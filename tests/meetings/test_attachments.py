"""Files beside a record: judged by their content, kept out of reach, given out to those who may, removed."""

import hashlib
import io
import resource
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from branchlife.models import AuditEvent
from meetings.enums import AttachmentKind
from meetings.models import Attachment, Meeting
from meetings.services.attachments import MOST, add_attachment, forget_orphans, path_of
from meetings.uploads import MAX_BYTES, UploadRefused, judge_upload, plain_name
from tests.held import hold
from tests.meetings.upload_files import ENEMIES, FRIENDS, pdf, photo
from tests.world import World

TWO_SECONDS, MIB = 2.0, 1024 * 1024


def judge(content: bytes, name: str = "x.docx"):
    return judge_upload(io.BytesIO(content), name)


class TestJudged:
    @pytest.mark.parametrize("kind", ENEMIES)
    def test_refused_at_once_with_a_sentence(self, kind: str) -> None:
        content = ENEMIES[kind]()
        begin, room = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(UploadRefused) as refusal:
            judge(content, "照片.jpg")
        assert any("\u4e00" <= character <= "\u9fff" for character in str(refusal.value))
        assert time.process_time() - begin < TWO_SECONDS
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - room < 256 * 1024  # KiB

    @pytest.mark.parametrize("name", FRIENDS)
    def test_taken(self, name: str) -> None:
        kind, content = FRIENDS[name]
        assert judge(content).kind == kind

    def test_too_large(self) -> None:
        with pytest.raises(UploadRefused, match="20"):
            judge(pdf() + b"\0" * MAX_BYTES)

    @pytest.mark.parametrize("form", ["JPEG", "PNG"])
    def test_pictures_lose_place_and_camera(self, form: str) -> None:
        content = photo(form=form)
        assert b"SecretCamera" in content
        kept = judge(content).content
        assert b"SecretCamera" not in kept
        with Image.open(io.BytesIO(kept)) as picture:
            assert not picture.getexif()
            assert not set(picture.info) & {"exif", "comment", "icc_profile", "XML:com.adobe.xmp"}

    def test_what_hangs_behind_a_picture_falls_off(self) -> None:
        assert b"<script>" not in judge(photo() + b"<script>alert(1)</script>").content

    def test_large_pictures_become_small(self) -> None:
        with Image.open(io.BytesIO(judge(photo(5000, 1000)).content)) as picture:
            assert picture.size == (2400, 480)

    def test_a_picture_lying_on_its_side_is_set_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        out = io.BytesIO()
        Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)
        with Image.open(io.BytesIO(judge(out.getvalue()).content)) as picture:
            assert picture.size == (40, 60)

    @pytest.mark.parametrize(
        ("name", "kept"),
        [
            ("会议.docx", "会议.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\temp\\a.PDF", "a.pdf"),
            ("a\u202efdp.exe", "afdp.pdf"),
            ('<img src=x>"; rm.pdf', "img src=x; rm.pdf"),
            ("...", "附件.pdf"),
            ("长" * 300 + ".pdf", "长" * 80 + ".pdf"),
        ],
    )
    def test_names_are_only_names(self, name: str, kept: str) -> None:
        assert plain_name(name, AttachmentKind.PDF) == kept


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def meeting(world: World) -> Meeting:
    return hold(world.branch, "theme_day", date(2026, 11, 2))


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def send(client: Client, meeting: Meeting, content: bytes, name: str = "纪要.pdf"):
    return client.post(f"/meetings/{meeting.pk}/attachments/", {"file": SimpleUploadedFile(name, content)})


@pytest.mark.django_db
class TestKept:
    def test_up_and_down(self, client: Client, world: World, meeting: Meeting, media: Path) -> None:
        client.force_login(world.secretary)
        answer = send(client, meeting, pdf())
        assert (answer.status_code, answer.url) == (302, f"/meetings/{meeting.pk}/attachments/")
        row = Attachment.objects.get()
        assert (row.name, row.kind, row.size) == ("纪要.pdf", "pdf", len(pdf()))
        assert row.digest == hashlib.sha256(pdf()).hexdigest()
        assert files(media) == [path_of(meeting.pk, row.digest)]
        answer = client.get(f"/attachments/{row.pk}/")
        assert b"".join(answer.streaming_content) == pdf()
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "纪要.pdf" in client.get(f"/meetings/{meeting.pk}/").content.decode()
        assert list(AuditEvent.objects.filter(action__startswith="attachment")) != []

    @pytest.mark.parametrize("kind", ["web page", "macros", "half a picture", "empty"])
    def test_of_a_refused_file_nothing_is_left(
        self, client: Client, world: World, meeting: Meeting, media: Path, kind: str
    ) -> None:
        client.force_login(world.secretary)
        answer = send(client, meeting, ENEMIES[kind]())
        assert answer.status_code == 400
        assert not Attachment.objects.exists()
        assert files(media) == []

    def test_when_writing_the_row_fails_the_file_goes(
        self, world: World, meeting: Meeting, media: Path
    ) -> None:
        meeting.organization.path = "x" * 300  # the audit trail cannot hold it
        with pytest.raises(Exception):  # noqa: B017 - whatever goes wrong
            add_attachment(meeting=meeting, file=io.BytesIO(pdf()), name="a.pdf", actor=world.reviewer)
        assert files(media) == []

    def test_the_same_twice_and_too_many(
        self, client: Client, world: World, meeting: Meeting, media: Path
    ) -> None:
        client.force_login(world.secretary)
        send(client, meeting, pdf())
        assert send(client, meeting, pdf()).status_code == 400
        assert len(files(media)) == 1, "the first one stays"
        row = Attachment.objects.get()
        for number in range(MOST - 1):
            row.pk, row.digest = None, f"{number:064}"
            row.save()
        assert send(client, meeting, pdf(b"/A 1")).status_code == 400

    def test_removed_while_the_record_is_open(
        self, client: Client, world: World, meeting: Meeting, media: Path, django_capture_on_commit_callbacks
    ) -> None:
        client.force_login(world.secretary)
        send(client, meeting, pdf())
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(f"/attachments/{Attachment.objects.get().pk}/remove/").status_code == 302
        assert files(media) == []

    @pytest.mark.parametrize("state", ["submitted", "accepted", "archived"])
    def test_afterwards_it_stays(self, client: Client, world: World, meeting: Meeting, state: str) -> None:
        client.force_login(world.secretary)
        send(client, meeting, pdf())
        Meeting.objects.filter(pk=meeting.pk).update(state=state)
        assert send(client, meeting, pdf(b"/A 1")).status_code == 409
        assert client.post(f"/attachments/{Attachment.objects.get().pk}/remove/").status_code == 409
        page = client.get(f"/meetings/{meeting.pk}/attachments/").content.decode()
        assert "纪要.pdf" in page
        assert "文件名" in page
        assert "姓名" not in page
        assert 'type="file"' not in page

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            ("secretary", 200),
            ("reviewer", 200),
            ("administrator", 200),
            ("member", 404),
            ("small_secretary", 404),
            ("other_reviewer", 404),
            ("outsider", 404),
        ],
    )
    def test_who_gets_it(
        self, client: Client, world: World, meeting: Meeting, role: str, status: int
    ) -> None:
        row = add_attachment(meeting=meeting, file=io.BytesIO(pdf()), name="a.pdf", actor=world.secretary)
        client.force_login(getattr(world, role))
        assert client.get(f"/attachments/{row.pk}/").status_code == status

    def test_the_server_itself_gives_out_nothing(
        self, client: Client, world: World, meeting: Meeting
    ) -> None:
        row = add_attachment(meeting=meeting, file=io.BytesIO(pdf()), name="a.pdf", actor=world.secretary)
        client.force_login(world.secretary)
        for address in (
            f"/media/attachments/{meeting.pk}/{row.digest}",
            f"/static/attachments/{meeting.pk}/{row.digest}",
        ):
            assert client.get(address).status_code == 404

    def test_never_required(self, world: World, client: Client) -> None:
        coming = hold(world.branch, "theme_day", date(2026, 11, 2), state="scheduled")
        client.force_login(world.secretary)
        assert 'type="file"' not in client.get(f"/meetings/{coming.pk}/record/").content.decode()


@pytest.mark.django_db
def test_what_a_killed_process_left_is_tidied_away(world: World, meeting: Meeting, media: Path) -> None:
    row = add_attachment(meeting=meeting, file=io.BytesIO(pdf()), name="a.pdf", actor=world.secretary)
    folder = path_of(meeting.pk, row.digest).parent
    (folder / ".unfinished").write_bytes(b"x")
    assert forget_orphans() == 0, "somebody may be writing it right now"
    assert forget_orphans(timezone.now() + timedelta(days=2)) == 1
    assert files(media) == [path_of(meeting.pk, row.digest)]
