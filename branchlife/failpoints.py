"""Named places in the middle of a piece of work where a test may kill, stop or trip the process.

On a site nothing is ever armed and ``reach`` costs one look into an empty table; only the settings module
of the fault tests calls ``arm``.
"""

from collections.abc import Callable

Action = Callable[[], None]

_armed: dict[str, Action] = {}


def reach(name: str) -> None:
    """The work has come to this place."""
    if _armed and (action := _armed.get(name)):
        action()


def arm(name: str, action: Action) -> None:
    _armed[name] = action


def disarm() -> None:
    _armed.clear()
