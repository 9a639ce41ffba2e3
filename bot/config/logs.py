"""Logs: one line per event with its identifiers, as text or JSON, on standard error.

``harvest.done day=2021-03-30 papers=40`` in text; in JSON an object with time, level, logger,
event and the same fields. Known secrets are starred in every line, whoever wrote it.
"""

import json
import logging
import math
import re
import sys
import traceback
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal, TextIO
from urllib.parse import quote, unquote, urlsplit

from bot.config import Secret
from bot.problems import Problem

STARS = "*****"
_SHORTEST_SECRET = 4  # starring every "a" would hide nothing and spoil everything
# Most readers of JSON take numbers as doubles, which round larger ones (RFC 8259, section 6), and
# so every id of Discord.
_MAX_EXACT = (1 << 53) - 1
_QUIET = ("aiohttp", "apscheduler", "asyncio", "discord", "sqlite_utils")
# discord.py says at every start that it cannot speak. Nobody asked it to.
_VOICE = ("PyNaCl is not installed", "davey is not installed")

# What would break a line, or turn its reading direction.
_UNRULY = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

_hidden: set[str] = set()


def hide(secret: Secret | str) -> None:
    """Star this value in every later line, also where it stands quoted in a URL or in JSON."""
    value = secret.reveal() if isinstance(secret, Secret) else secret
    if len(value) >= _SHORTEST_SECRET:
        written = (repr(value), json.dumps(value), json.dumps(value, ensure_ascii=False))
        _hidden.update(text[1:-1] for text in written)
        _hidden.update((value, quote(value), quote(value, safe="")))


def hide_passwords(*urls: str) -> None:
    """Star what may stand before the @ of addresses, such as those of proxies."""
    for url in urls:
        parts = urlsplit(url)
        hide(parts.netloc.rpartition("@")[0])
        hide(unquote(parts.password or ""))


def event(
    logger: logging.Logger,
    level: int,
    name: str,
    /,
    *,
    error: BaseException | None = None,
    **fields: object,
) -> None:
    """Log ``name`` (dotted, what happened) with its identifiers.

    ``error`` becomes one line with its place, and with the whole traceback at level debug.
    """
    if logger.isEnabledFor(level):
        logger.log(level, name, extra={"fields": fields}, exc_info=error, stacklevel=2)


def configure(
    level: Literal["debug", "info", "warning", "error"], format: Literal["text", "json"]
) -> None:
    """Take over the root logger. May be called again; the last call counts."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _Standard)]:
        root.removeHandler(handler)
    handler = _Standard()
    handler.setFormatter(
        (JsonFormatter if format == "json" else TextFormatter)(whole_tracebacks=level == "debug")
    )
    handler.addFilter(_is_wanted)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)


class _Standard(logging.StreamHandler[TextIO]):
    """Looks standard error up at each line, since progress bars and tests replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class _Formatter(logging.Formatter):
    def __init__(self, *, whole_tracebacks: bool) -> None:
        super().__init__()
        self._whole_tracebacks = whole_tracebacks

    def format(self, record: logging.LogRecord) -> str:
        return starred(self.line(record))

    def line(self, record: logging.LogRecord) -> str:
        raise NotImplementedError

    def fields(self, record: logging.LogRecord) -> dict[str, object]:
        """The event's own fields, then what is known of its error. A problem is its code and its
        arguments, each a field; one that has a name of the event's own begins with the field's."""
        found: dict[str, object] = dict(getattr(record, "fields", {}))
        for name, value in list(found.items()):
            if isinstance(value, Problem):
                del found[name]
                for argument, of_problem in {"code": value.code, **value.arguments}.items():
                    found[f"{name}_{argument}" if argument in found else argument] = of_problem
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            found["error"] = error
            if not self._whole_tracebacks:
                found["at"] = place(error)
        return found

    def traceback(self, record: logging.LogRecord) -> list[str]:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not self._whole_tracebacks:
            return []
        return "".join(traceback.format_exception(error)).splitlines()


class TextFormatter(_Formatter):
    """``2026-09-24T00:11:02.120Z INFO bot.pipeline harvest.done day=2021-03-30 papers=40``.

    At level debug a traceback follows on indented lines.
    """

    def line(self, record: logging.LogRecord) -> str:
        event = _one_line(record.getMessage())
        fields = (f"{name}={_text(value)}" for name, value in self.fields(record).items())
        head = " ".join((_time(record), record.levelname, record.name, event, *fields))
        return "\n    | ".join((head, *map(_one_line, self.traceback(record))))


class JsonFormatter(_Formatter):
    """An object per line. A field that is named like one of the first four gets a ``_``."""

    def line(self, record: logging.LogRecord) -> str:
        found: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        for name, value in self.fields(record).items():
            found[f"{name}_" if name in found else name] = _plain(value)
        if lines := self.traceback(record):
            found["traceback"] = "\n".join(lines)
        return json.dumps(found)


def _is_wanted(record: logging.LogRecord) -> bool:
    return not (record.name == "discord.client" and str(record.msg).startswith(_VOICE))


def _time(record: logging.LogRecord) -> str:
    instant = datetime.fromtimestamp(record.created, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def place(error: BaseException) -> str:
    """The innermost three places, innermost first: ``client.py:88 < daily.py:31``."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))


def _plain(value: object) -> object:
    """As JSON can say it. What it does not know is printed, so a Secret becomes stars."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) > _MAX_EXACT:
        return str(value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, Collection) and not isinstance(value, bytes):
        return [_plain(v) for v in value]
    return str(value)


def _text(value: object) -> str:
    """As it stands behind ``name=``: quoted where it would not be one plain word."""
    plain = _plain(value)
    if isinstance(plain, list) and all(isinstance(v, str | int) for v in plain):
        plain = ",".join(map(str, plain))
    text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    if isinstance(plain, str) and (not text or re.search(r'[\s="]', text)):
        text = json.dumps(text, ensure_ascii=False)
    return _one_line(text)


def _one_line(text: str) -> str:
    return _UNRULY.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def starred(line: str) -> str:
    """The text with every hidden value replaced; for what strangers said, before it is kept."""
    for value in sorted(_hidden, key=len, reverse=True):
        line = line.replace(value, STARS)
    return line
