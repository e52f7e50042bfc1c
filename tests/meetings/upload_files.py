"""Files as people and enemies send them."""

import io
import struct
import zlib
from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from PIL import Image

TYPES = (
    b'<?xml version="1.0"?><Types xmlns="x"><Default Extension="xml" ContentType="application/xml"/></Types>'
)
MACRO_TYPES = TYPES.replace(b"application/xml", b"application/vnd.ms-word.document.macroEnabled.main+xml")
NAMES = {
    "types": "[Content_Types].xml", "main": "word/document.xml", "links": "word/_rels/document.xml.rels",
    "macros": "word/vbaProject.bin", "embedded": "word/embeddings/oleObject1.bin", "more": "word/more.xml",
}  # fmt: skip
LINK = b'<Relationships><Relationship Id="1" Type="x/%s" Target="http://a/" TargetMode="External"/></Relationships>'


def office(core: str = "word/document.xml", **more: bytes) -> bytes:
    """A small office file of the kind its main part names."""
    return packed(
        {"[Content_Types].xml": TYPES, core: b"<w/>"} | {NAMES[key]: part for key, part in more.items()}
    )


def packed(parts: dict[str, bytes], how: int = ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def photo(width: int = 60, height: int = 40, form: str = "JPEG", place: bool = True) -> bytes:
    """With the place and the camera in it, as phones write them."""
    picture = Image.new("RGB", (width, height), (200, 30, 20))
    exif = Image.Exif()
    if place:
        exif[0x010F] = "SecretCamera"
        exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, form, exif=exif)
    return out.getvalue()


def pdf(inside: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog" + inside + b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def png_bomb(side: int = 50_000) -> bytes:
    """2,500 million points in some kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def png_text_bomb() -> bytes:
    """A picture of one point with a text that unpacks to 100 MB."""
    plain = photo(1, 1, "PNG", place=False)
    data = b"t\0\0" + zlib.compress(b"\0" * 100_000_000, 9)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    return plain[:33] + chunk + plain[33:]


def lying_zip() -> bytes:
    """The directory says ten bytes, the part unpacks to 120 MB."""
    size = 120_000_000
    return office(more=b"\0" * size).replace(struct.pack("<I", size), struct.pack("<I", 10))


# Made when asked for: some take a second.
ENEMIES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "program": lambda: b"MZ\x90\0" + b"\0" * 100,
    "web page": lambda: b"<html><script>alert(1)</script></html>",
    "drawing with a script": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "old word file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "picture by name only": lambda: b"\xff\xd8\xff\xe0nothing",
    "half a picture": lambda: photo(800, 600)[:900],
    "gif": lambda: b"GIF89a" + b"\0" * 50,
    "packed files": lambda: packed({"a.txt": b"x"}),
    "bomb": lambda: office(main=b"\0" * 90_000_000),
    "larger bomb": lambda: office(more=b"\0" * 120_000_000),
    "zip that lies": lying_zip,
    "many parts": lambda: packed(
        {NAMES["main"]: b"<w/>"} | {f"{n}.xml": b"" for n in range(2001)}, ZIP_STORED
    ),
    "macros": lambda: office(macros=b"x"),
    "macros by type only": lambda: office(types=MACRO_TYPES),
    "sheet with macros": lambda: office("xl/workbook.xml", macros=b"x"),
    "embedded program": lambda: office(embedded=b"x"),
    "template from elsewhere": lambda: office(links=LINK % b"attachedTemplate"),
    "entities": lambda: office(main=b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'),
    "pdf with a script": lambda: pdf(b"/OpenAction<</S/JavaScript/JS(app.alert)>>"),
    "pdf that starts something": lambda: pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"),
    "cut pdf": lambda: b"%PDF-1.7\nnothing",
    "picture of 2,500 million points": png_bomb,
    "picture with 100 MB of text": png_text_bomb,
}
FRIENDS: dict[str, tuple[str, bytes]] = {
    "pdf": ("pdf", pdf()),
    "word": ("docx", office()),
    "excel": ("xlsx", office("xl/workbook.xml")),
    "slides": ("pptx", office("ppt/presentation.xml")),
    "word with a link": ("docx", office(links=LINK % b"hyperlink")),
    "photo": ("jpg", photo()),
    "screenshot": ("png", photo(form="PNG")),
}
