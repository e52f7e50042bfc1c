"""A stand-in for the vendors' servers: it checks the signature as DingTalk's manual says, answers as it is told,
and keeps what it took."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TAKEN = {"errcode": 0, "errmsg": "ok"}
WRONG_SIGN = {"errcode": 310000, "errmsg": "sign not match"}


@dataclass
class Vendor:
    """``answers``: status and JSON (or text), used up one by one; afterwards the message is taken."""

    secret: str = ""
    answers: list[tuple[int, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    origin: str = ""

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        self.paths.append(path)
        try:
            message = json.loads(body)
        except ValueError:
            return 200, {"errcode": 40035, "errmsg": "not json"}
        if self.secret and not self.is_signed(path):
            return 200, WRONG_SIGN
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(message)
        return 200, TAKEN

    def is_signed(self, path: str) -> bool:
        query = parse_qs(urlsplit(path).query)
        moment = query.get("timestamp", [""])[0]
        digest = hmac.new(self.secret.encode(), f"{moment}\n{self.secret}".encode(), hashlib.sha256).digest()
        return query.get("sign") == [base64.b64encode(digest).decode()]


@contextmanager
def serving(vendor: Vendor) -> Iterator[Vendor]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                return  # whoever called hung up in the middle
            status, said = vendor.answer(self.path, body)
            text = said if isinstance(said, str) else json.dumps(said)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    vendor.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
