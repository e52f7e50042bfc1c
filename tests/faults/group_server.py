"""The robots' vendors as a process of its own that misbehaves as it is told. Standard library only.

    python group_server.py FOLDER

Port, orders and SIGUSR1 as in ``mail_server``. At HEAD (before the message) or BODY (when it is there): hang, drop,
late, drop or hang after taking, an HTTP status (``503``), or an ``errcode 45009``.
"""

import asyncio
import contextlib
import json
import sys
from pathlib import Path

from mail_server import LATE, HungUp, Server, append, main  # type: ignore[import-not-found]  # beside this file

TAKES = ("", "late", "drop after taking", "hang after taking")


class GroupServer(Server):  # type: ignore[misc]
    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.startswith("Content-Length")
        )
        await self.suffer(self.misdeed("HEAD"))
        body = await reader.readexactly(length)  # whoever dies before the last byte has said nothing
        deed = self.misdeed("BODY")
        if deed in TAKES:
            self.take(body, head.partition("?")[2].partition("=")[2].partition("&")[0].split()[0])
        await self.suffer(deed)
        await self.reply(deed, writer)

    async def greet(self, writer: asyncio.StreamWriter) -> None:
        """Nobody greets first."""

    async def suffer(self, deed: str) -> None:
        if deed.startswith("hang"):
            await asyncio.sleep(3600)
        if deed.startswith("drop"):
            raise HungUp
        if deed == "late":
            await asyncio.sleep(LATE)

    async def reply(self, deed: str, writer: asyncio.StreamWriter) -> None:
        code = int(deed.split()[1]) if deed.startswith("errcode") else 0
        content = json.dumps({"errcode": code, "errmsg": deed or "ok"}).encode()
        status = deed if deed.isdigit() else "200"
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
        await writer.drain()

    def take(self, content: bytes, to: str) -> None:
        self.number += 1
        text = json.loads(content)["text"]["content"]
        said = [line for line in text.splitlines() if line.startswith("- ")]
        row = {"id": str(self.number), "to": to, "said": said}
        append(Path(self.orders()["mailbox"]), json.dumps(row) + "\n")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(GroupServer(Path(sys.argv[1]))))
