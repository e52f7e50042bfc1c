"""Files that must not be opened: each is refused with its own sentence, quickly and in little memory."""

import struct
import zlib
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from meetings.workbooks import archive, extent
from meetings.workbooks.archive import judge_workbook
from meetings.workbooks.problems import WorkbookRefused
from meetings.workbooks.sheet import read_sheets
from tests.meetings.workbook_files import sample, workbook

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData>{}</worksheet>"
)


def parts_of(file: BytesIO) -> dict[str, bytes]:
    with ZipFile(file) as box:
        return {name: box.read(name) for name in box.namelist()}


def packed(parts: dict[str, bytes]) -> BytesIO:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as box:
        for name, content in parts.items():
            box.writestr(name, content)
    file.seek(0)
    return file


def with_part(name: str, content: bytes | str) -> BytesIO:
    """An honest workbook with one part added or replaced."""
    data = content.encode() if isinstance(content, str) else content
    return packed(parts_of(workbook([["姓名", "入党时间"]])) | {name: data})


def with_sheet(cells: str, after: str = "") -> BytesIO:
    return with_part("xl/worksheets/sheet1.xml", SHEET.format(cells, after))


def refusal(file: BytesIO) -> str:
    with pytest.raises(WorkbookRefused) as refused:
        read_sheets(file)
    return str(refused.value)


@pytest.mark.parametrize(
    "name", ["organizations.xlsx", "roster-clean.xlsx", "roster-messy.xlsx", "ledger-2026.xlsx"]
)
def test_honest_workbooks_pass(name: str) -> None:
    file = sample(name)
    judge_workbook(file)
    assert file.tell() == 0


def test_an_empty_file() -> None:
    assert refusal(BytesIO()) == "文件是空的。"


@pytest.mark.parametrize("content", [b"<html></html>", "姓名,入党时间".encode(), b"%PDF-1.7", b"\x00" * 100])
def test_what_is_no_zip(content: bytes) -> None:
    assert refusal(BytesIO(content)) == "文件不是Excel工作簿（.xlsx）。"


def test_a_word_document() -> None:
    assert refusal(packed({"word/document.xml": b"<w/>"})) == "文件不是Excel工作簿（.xlsx）。"


def test_a_cut_file() -> None:
    whole = sample("roster-clean.xlsx").getvalue()
    assert refusal(BytesIO(whole[: len(whole) // 2])) == "文件已损坏，无法打开。"


def test_old_and_encrypted_workbooks() -> None:
    old = archive.OLE_MAGIC + b"\x00" * 600
    assert ".xls" in refusal(BytesIO(old))
    assert "密码" in refusal(BytesIO(old + archive.ENCRYPTED_STREAM + b"\x00" * 100))


def test_an_encrypted_zip() -> None:
    data = bytearray(packed({"xl/workbook.xml": b"<w/>"}).getvalue())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    assert "密码" in refusal(BytesIO(bytes(data)))


def test_macros_and_binary_workbooks() -> None:
    assert "宏" in refusal(with_part("xl/vbaProject.bin", b"x"))
    assert ".xlsb" in refusal(with_part("xl/workbook.bin", b"x"))


def test_too_many_parts() -> None:
    assert "1002" in refusal(packed({f"xl/{n}.xml": b"<a/>" for n in range(archive.MAX_PARTS + 2)}))


def test_a_bomb_is_refused_by_its_directory() -> None:
    assert "远远超过" in refusal(with_part("xl/sharedStrings.xml", b"0" * 20_000_000))


def test_a_bomb_that_lies_about_its_size() -> None:
    """The directory promises 100 bytes; the stream goes on for 20 million."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = stream.compress(b"<a>" + b" " * 20_000_000) + stream.flush()
    name = b"xl/workbook.xml"
    sizes = struct.pack("<LLL", zlib.crc32(b"<a>" + b" " * 97), len(content), 100)
    local = (
        b"PK\x03\x04"
        + struct.pack("<HHHHH", 20, 0, 8, 0, 0)
        + sizes
        + struct.pack("<HH", len(name), 0)
        + name
    )
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
    entry += struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(entry), len(local + content), 0)
    assert refusal(BytesIO(local + content + entry + end)) == "文件已损坏，无法打开。"


def test_two_cells_in_opposite_corners() -> None:
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "相距太远" in refusal(with_sheet(corners))


def test_styled_but_empty_cells_far_away_do_no_harm() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    (sheet,) = read_sheets(with_sheet(far))
    assert len(list(sheet.rows())) == 1


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "MAX_CELLS", 20)
    assert "相距太远" in refusal(workbook([["姓名"] * 7] * 3))


def test_too_many_merged_cells() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 3001))
    merges = "".join('<mergeCell ref="A1:A3000"/>' for _ in range(1000))
    assert "合并单元格" in refusal(with_sheet(rows, f"<mergeCells>{merges}</mergeCells>"))


def test_entities_and_endless_tags() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><worksheet>&b;</worksheet>'
    assert refusal(with_part("xl/worksheets/sheet1.xml", bomb)) == "文件已损坏，无法打开。"
    noise = Random(1).randbytes(3_000_000).hex().encode()
    assert (
        refusal(with_part("xl/worksheets/sheet1.xml", b'<worksheet a="' + noise)) == "文件已损坏，无法打开。"
    )


def test_a_sheet_under_another_name_is_not_let_through() -> None:
    assert (
        refusal(with_part("xl/media/image1.png", b"<worksheet><sheetData/>"))
        == "文件不是Excel工作簿（.xlsx）。"
    )


def test_broken_parts() -> None:
    assert refusal(with_part("xl/worksheets/sheet1.xml", "<worksheet><row")) == "文件已损坏，无法打开。"
    assert refusal(with_part("xl/workbook.xml", "<workbook>")) == "文件已损坏，无法打开。"
