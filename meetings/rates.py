"""How a rate is said, the same on every page."""


def percent(part: int, whole: int) -> str:
    """One decimal, never rounded up: 100.0% is said only when nothing is missing. A dash for nothing."""
    if not whole:
        return "—"
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}%"
