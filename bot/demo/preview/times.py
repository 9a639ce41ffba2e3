"""How Discord writes a timestamp for one reader, in British English."""

from datetime import datetime
from zoneinfo import ZoneInfo

# discord.py's ``discord.utils.format_dt`` lists the styles with these examples.
_STYLES = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "{day} %B %Y",
    "f": "{day} %B %Y at %H:%M",
    "F": "%A, {day} %B %Y at %H:%M",
    "s": "%d/%m/%Y, %H:%M",
    "S": "%d/%m/%Y, %H:%M:%S",
}
_UNITS = (
    ("year", 365 * 86_400),
    ("month", 30 * 86_400),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
)


def styled(at: datetime, style: str) -> str:
    """``at``, already in the reader's zone, in one of Discord's absolute styles."""
    return at.strftime(_STYLES[style]).replace("{day}", str(at.day))


def written(unix: int, style: str, *, zone: ZoneInfo, now: datetime | None) -> str | None:
    """The moment ``unix`` (seconds) in Discord's ``style``; ``None`` when no calendar has it."""
    try:
        at = datetime.fromtimestamp(unix, zone)
    except (OverflowError, ValueError, OSError):
        return None
    if style != "R":
        return styled(at, style)
    return styled(at, "f") if now is None else _relative((at - now).total_seconds())


def _relative(seconds: float) -> str:
    """Such as "in 5 minutes" for 300.0 and "2 hours ago" for -7200.0."""
    name, size = next((unit for unit in _UNITS if abs(seconds) >= unit[1]), _UNITS[-1])
    count = int(abs(seconds) // size)
    amount = f"{count} {name}{'' if count == 1 else 's'}"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"
