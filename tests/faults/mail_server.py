"""A mail server as a process of its own that misbehaves as it is told. Standard library only.

    python mail_server.py FOLDER

It writes its port to FOLDER/port and, before it answers, each message it takes to the mailbox and to the log
(as Postfix does) that FOLDER/orders.json names. SIGUSR1: hang up on everybody, as after a long silence.
"""

import asyncio
import contextlib
import email
import json
import os
import random
import signal
import sys
from email import policy
from pathlib import Path
from typing import Any

USUAL = {"HELLO": "220 relay", "EHLO": "250 relay", "QUIT": "221 bye", "DATA": "354 go on"}
LATE = 1.0  # seconds; longer than the senders of the harness wait


class HungUp(Exception):
    pass


class Server:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        self.applied: dict[int, int] = {}
        self.open: set[asyncio.StreamWriter] = set()

    def orders(self) -> dict[str, Any]:
        return json.loads((self.folder / "orders.json").read_text())

    def misdeed(self, verb: str) -> str:
        """What is to be done at this verb instead of answering; empty: nothing."""
        orders = self.orders()
        chosen = [each for each in orders["misdeeds"] if each["verb"] == verb]
        for each in chosen:
            done = self.applied.setdefault(each["number"], 0)
            if done < each["times"] and random.random() < each["chance"]:
                self.applied[each["number"]] += 1
                return str(each["deed"])
        return ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            await self.greet(writer)
            await self.talk(reader, writer)
        except (HungUp, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()

    async def greet(self, writer: asyncio.StreamWriter) -> None:
        await self.answer("HELLO", writer)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = ""
        while line := await reader.readline():
            verb = line.decode("latin-1").split(" ")[0].strip().upper()
            if verb == "RCPT":
                to = line.decode("latin-1").partition("<")[2].partition(">")[0]
            said = await self.answer(verb, writer)
            if verb == "DATA" and said.startswith("354"):
                content = await reader.readuntil(b"\r\n.\r\n")
                await self.finish(content, to, writer)
            if verb == "QUIT":
                return

    async def answer(self, verb: str, writer: asyncio.StreamWriter) -> str:
        deed = self.misdeed(verb)
        if deed == "hang":
            await asyncio.sleep(3600)
        if deed == "drop":
            raise HungUp
        if deed == "late":
            await asyncio.sleep(LATE)
        said = deed if deed[:1].isdigit() else USUAL.get(verb, "250 OK")
        writer.write(f"{said}\r\n".encode())
        await writer.drain()
        return said

    async def finish(self, content: bytes, to: str, writer: asyncio.StreamWriter) -> None:
        deed = self.misdeed(".")
        if deed in ("", "late", "drop after taking", "hang after taking"):
            self.take(content, to)
        if deed.startswith("hang"):
            await asyncio.sleep(3600)
        if deed.startswith("drop"):
            raise HungUp
        if deed == "late":
            await asyncio.sleep(LATE)
        writer.write(f"{deed if deed[:1].isdigit() else '250 taken'}\r\n".encode())
        await writer.drain()

    def take(self, content: bytes, to: str) -> None:
        message = email.message_from_bytes(content, policy=policy.default)
        self.number += 1
        orders, queue = self.orders(), f"{self.number:08X}"
        said = [line for line in message.get_content().splitlines() if line.startswith("- ")]  # type: ignore[attr-defined]
        row = {"id": message["Message-ID"].strip(), "to": to, "said": said}
        log = f"{queue}: message-id={row['id']}\n{queue}: from=<branchlife@localhost>, size=1, nrcpt=1\n"
        append(Path(orders["mailbox"]), json.dumps(row) + "\n")
        append(Path(orders["log"]), log)

    def hang_up(self) -> None:
        for writer in list(self.open):
            writer.transport.abort()
        with (self.folder / "hung-up").open("a") as file:
            file.write("x")


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


async def main(server: Server) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, server.hang_up)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = server.folder / "port"
    port.with_suffix(".new").write_text(str(listener.sockets[0].getsockname()[1]))
    os.replace(port.with_suffix(".new"), port)
    async with listener:
        await listener.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(Server(Path(sys.argv[1]))))
