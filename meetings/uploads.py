"""Judging an uploaded file by what is in it, whatever its name says, and making it harmless.

Pictures are drawn anew, smaller and without the place and camera written into them (EXIF). Office files
are unpacked in pieces against limits before anything else looks at them; with macros, links to outside
templates or embedded programs they are refused. Nothing is opened as a document.
"""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from meetings.enums import AttachmentKind

MIB = 1024 * 1024
MAX_BYTES = 20 * MIB
MAX_PARTS, MAX_UNPACKED, MAX_RATIO, RATIO_COUNTS_FROM = 2000, 100 * MIB, 60, MIB
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2400  # pixels; a page of paper at 200 dots an inch
LONGEST_NAME = 80
PIECE = 256 * 1024
PDF_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")
OFFICE = {
    "word/document.xml": AttachmentKind.DOCX,
    "xl/workbook.xml": AttachmentKind.XLSX,
    "ppt/presentation.xml": AttachmentKind.PPTX,
}
PROGRAMS = re.compile(r"(?i)vbaproject|vbadata|activex/|\.(?:bin|exe|dll|js|vbs|bat|cmd|scr|ps1)\Z")
# Sheets and drawings keep numbers and printer settings in .bin files of their own.
HARMLESS = re.compile(r"(?i)printersettings/|/(?:customproperty|thumbnail)")
OUTSIDE = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
UNREADABLE = (
    BadZipFile, LargeZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, OSError,
    SyntaxError, RuntimeError, Image.DecompressionBombError,
)  # fmt: skip


class UploadRefused(Exception):
    """Why, in one sentence for the person who chose the file."""


@dataclass(frozen=True)
class Upload:
    name: str
    kind: AttachmentKind
    content: bytes


def judge_upload(file: BinaryIO, name: str) -> Upload:
    """What may be kept of the file. Raises UploadRefused; at most 2 s and 256 MB, whatever comes."""
    size = file.seek(0, io.SEEK_END)
    if size == 0:
        raise UploadRefused(_("The file is empty."))
    if size > MAX_BYTES:
        raise UploadRefused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // MIB})
    file.seek(0)
    content = file.read(MAX_BYTES + 1)
    try:
        kind, kept = _judged(content)
    except UNREADABLE:
        raise UploadRefused(_("The file is damaged and cannot be opened.")) from None
    return Upload(plain_name(name, kind), kind, kept)


def plain_name(name: str, kind: AttachmentKind) -> str:
    """The name without folders and invisible characters, ending in what the file really is."""
    stem = PurePosixPath(name.replace("\\", "/")).name.rpartition(".")
    text = "".join(c for c in (stem[0] or stem[2]) if c.isprintable() and c not in '<>:"|?*/\\')
    text = " ".join(text.split()).strip(".")[:LONGEST_NAME] or _("Attachment")
    return f"{text}.{kind}"


def _judged(content: bytes) -> tuple[AttachmentKind, bytes]:
    if content.startswith(b"\xff\xd8\xff"):
        return AttachmentKind.JPG, _drawn_anew(content, "JPEG")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return AttachmentKind.PNG, _drawn_anew(content, "PNG")
    if content.startswith(b"%PDF-"):
        return AttachmentKind.PDF, _harmless_pdf(content)
    if content.startswith(b"PK\x03\x04"):
        return _harmless_office(content), content
    raise UploadRefused(
        _(
            "Files of this type are not taken; use PDF, Word, Excel or PowerPoint (the …x formats), JPG or PNG."
        )
    )


def _drawn_anew(content: bytes, form: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[form]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise UploadRefused(
                _("The picture has more than %(limit)s million points.") % {"limit": MAX_PIXELS // 1_000_000}
            )
        if form == "JPEG":
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        mode = "RGB" if form == "JPEG" or not _is_transparent(upright) else "RGBA"
        # A new picture takes over points and nothing else.
        clean = Image.new(mode, upright.size)
        clean.paste(upright.convert(mode))
        out = io.BytesIO()
        clean.save(out, form, **({"quality": 85} if form == "JPEG" else {"compress_level": 4}))
        return out.getvalue()


def _is_transparent(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def _harmless_pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise UploadRefused(_("The file is damaged and cannot be opened."))
    if PDF_ACTIVE.search(content):
        raise UploadRefused(
            _("The PDF contains scripts or other files; print it to PDF again and upload that.")
        )
    return content


def _harmless_office(content: bytes) -> AttachmentKind:
    with ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        _judge_directory(parts)
        kind = next((kind for name, kind in OFFICE.items() if name in archive.namelist()), None)
        if kind is None or "[Content_Types].xml" not in archive.namelist():
            raise UploadRefused(_("Packed files are not taken; upload the documents one by one."))
        for part in parts:
            _judge_part(archive, part)
    return kind


def _judge_directory(parts: list[ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED:
        raise _too_large()
    if any(part.flag_bits & 1 for part in parts):
        raise UploadRefused(_("The file is protected by a password; save it without one."))
    for part in parts:
        packed_too_well = part.file_size > MAX_RATIO * max(part.compress_size, 1)
        if part.file_size > RATIO_COUNTS_FROM and packed_too_well:
            raise _too_large()
        if PROGRAMS.search(part.filename) and not HARMLESS.search(part.filename):
            raise UploadRefused(_("The file contains macros or programs; save it without them."))


def _judge_part(archive: ZipFile, part: ZipInfo) -> None:
    """Unpack it for real: the directory may have lied. Text is looked at, other parts only counted."""
    is_text = part.filename.endswith((".xml", ".rels"))
    before, seen = b"", 0
    for piece in _pieces(archive, part):
        seen += len(piece)
        if seen > part.file_size:
            raise _too_large()
        if is_text:
            _judge_text(before + piece)
            before = piece[-4096:]


def _pieces(archive: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as opened:
        while piece := opened.read(PIECE):
            yield piece


def _judge_text(piece: bytes) -> None:
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
        raise UploadRefused(_("The file is damaged and cannot be opened."))
    if b"macroEnabled" in piece:
        raise UploadRefused(_("The file contains macros or programs; save it without them."))
    if any(b"/hyperlink" not in link for link in OUTSIDE.findall(piece)):
        raise UploadRefused(_("The file loads parts from elsewhere; save it with everything inside."))


def _too_large() -> UploadRefused:
    return UploadRefused(_("Unpacked, the file is far too large."))
