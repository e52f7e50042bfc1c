"""Judge an uploaded file before anything opens it as a workbook.

A small .xlsx can unpack to gigabytes, so the zip directory is read first and then every part is
unpacked in pieces, counted against what the directory promised. Only a file that passes is given
to the spreadsheet reader.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from meetings.workbooks.extent import SheetExtent
from meetings.workbooks.problems import WorkbookRefused

MIB = 1024 * 1024
MAX_FILE_BYTES = 64 * MIB
MAX_PARTS = 1000
MAX_UNPACKED_BYTES = 400 * MIB
MAX_STRINGS_BYTES = 96 * MIB
# Office files shrink 5 to 20 times; what shrinks more was made to hurt. Small parts may.
MAX_RATIO = 50
RATIO_COUNTS_FROM = MIB

PIECE = 256 * 1024
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
STORED, DEFLATED = 0, 8
UNREADABLE = (
    BadZipFile,
    LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    OSError,
)
# Old drawings (.vml) are not always well-formed; no reader of sheets opens them.
XML_SUFFIXES = (".xml", ".rels")


def judge_workbook(file: BinaryIO) -> None:
    """Raise WorkbookRefused with one sentence unless ``file`` is an .xlsx that is safe to open."""
    _judge_first_bytes(file)
    try:
        file.seek(0)
        with ZipFile(file) as archive:
            parts = archive.infolist()
            _judge_parts(parts)
            for part in parts:
                _judge_content(file, part)
    except UNREADABLE:
        raise WorkbookRefused(_("The file is damaged and cannot be opened.")) from None
    finally:
        file.seek(0)


def _judge_first_bytes(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(8)
    if size == 0:
        raise WorkbookRefused(_("The file is empty."))
    if size > MAX_FILE_BYTES:
        raise WorkbookRefused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_FILE_BYTES // MIB})
    if start == OLE_MAGIC:
        raise WorkbookRefused(_ole_sentence(file))
    if not start.startswith(b"PK"):
        raise WorkbookRefused(_("The file is not an Excel workbook (.xlsx)."))


def _ole_sentence(file: BinaryIO) -> str:
    """Old .xls files and encrypted .xlsx files share one container."""
    if _contains(file, ENCRYPTED_STREAM):
        return _("The workbook is protected by a password; save it without one.")
    return _("The file is an old .xls workbook; save it as .xlsx.")


def _contains(file: BinaryIO, word: bytes) -> bool:
    file.seek(0)
    tail = b""
    while piece := file.read(PIECE):
        if word in tail + piece:
            return True
        tail = piece[-len(word) :]
    return False


def _judge_parts(parts: list[ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    if len(parts) > MAX_PARTS:
        raise WorkbookRefused(_("The file holds too many parts (%(count)s).") % {"count": len(parts)})
    if any(part.flag_bits & 0x1 for part in parts):
        raise WorkbookRefused(_("The workbook is protected by a password; save it without one."))
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise WorkbookRefused(_("The workbook contains macros; save it as .xlsx without macros."))
    if "xl/workbook.bin" in names:
        raise WorkbookRefused(_("The file is a binary .xlsb workbook; save it as .xlsx."))
    if "xl/workbook.xml" not in names or len(names) != len(parts):
        raise WorkbookRefused(_("The file is not an Excel workbook (.xlsx)."))
    _judge_sizes(parts)


def _judge_sizes(parts: list[ZipInfo]) -> None:
    """By what the directory says; ``_unpacked`` then holds each part to it."""
    too_much = sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES
    if too_much or any(_is_suspicious(part) for part in parts):
        raise WorkbookRefused(_("The file unpacks to far more than a workbook should; it was not opened."))


def _is_suspicious(part: ZipInfo) -> bool:
    if "sharedstrings" in part.filename.lower() and part.file_size > MAX_STRINGS_BYTES:
        return True
    return part.file_size > RATIO_COUNTS_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1)


def _judge_content(file: BinaryIO, part: ZipInfo) -> None:
    """Unpack one part piece by piece; sheets are measured on the way."""
    if part.filename.lower().endswith(XML_SUFFIXES):
        extent = SheetExtent()
        for piece in _unpacked(file, part):
            extent.feed(piece)
        extent.judge()
        return
    tail = b""
    for piece in _unpacked(file, part):
        # A sheet hidden behind another file name would escape the measuring.
        if b"sheetData" in tail + piece:
            raise WorkbookRefused(_("The file is not an Excel workbook (.xlsx)."))
        tail = piece[-16:]


def _unpacked(file: BinaryIO, part: ZipInfo) -> Iterator[bytes]:
    """The real content of one part. A part longer than its directory entry says is refused.

    zipfile stops silently at the promised length while the spreadsheet reader would go on, so the
    raw stream is followed here to its own end.
    """
    if part.compress_type not in (STORED, DEFLATED):
        raise BadZipFile
    _seek_to_data(file, part)
    unpacker = zlib.decompressobj(-15) if part.compress_type == DEFLATED else None
    packed_left, promised = part.compress_size, part.file_size
    while packed_left > 0:
        packed = file.read(min(PIECE, packed_left))
        if not packed:
            raise BadZipFile
        packed_left -= len(packed)
        while packed:
            piece = unpacker.decompress(packed, PIECE) if unpacker else packed
            packed = unpacker.unconsumed_tail if unpacker else b""
            promised -= len(piece)
            if promised < 0:
                raise BadZipFile
            yield piece
    if promised != 0:
        raise BadZipFile


def _seek_to_data(file: BinaryIO, part: ZipInfo) -> None:
    file.seek(part.header_offset)
    header = file.read(30)
    if header[:4] != b"PK\x03\x04":
        raise BadZipFile
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    file.seek(name_length + extra_length, 1)
