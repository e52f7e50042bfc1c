"""A secret made in the data folder, for the demonstration and for commands run with nothing configured."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def local_key(file: Path) -> str:
    """Made once. Linked into its place whole, so that nobody ever reads half a key."""
    if not file.exists():
        with NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}-") as new:  # mode 0600
            new.write(secrets.token_urlsafe(50))
            new.flush()
            with suppress(FileExistsError):
                os.link(new.name, file)
    return file.read_text().strip()
