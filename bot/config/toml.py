"""The TOML file -> Settings, whatever is wrong with it."""

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from bot.config.environment import PREFIX
from bot.config.sections import Section, Settings
from bot.config.validation import walk

S = TypeVar("S", bound=Section)

_EXPECTED = re.compile(r"Expected `(?P<wanted>.+)`, got `(?P<given>.+?)`(?P<inside> - at .+)?")
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}

# What somebody calls a key that holds a secret.
_SECRET_WORDS = ("token", "password", "secret", "api_key", "bearer")


# Keys of earlier versions: the value that says what is done anyway, and what to say of any other.
_REMOVED: dict[str, tuple[object, str]] = {
    "sources.x.mode": (
        "filtered",
        "is gone: X is searched for posts with some interest; min_likes = 0 asks for every post",
    ),
    "sources.x.exact_candidates": (
        False,
        "is gone: X is searched for posts with some interest; remove the key",
    ),
}

# A line with thousands of dotted keys takes tomllib minutes and gigabytes.
_MAX_DOTS = 500


def read_settings(path: Path | None, problems: list[str]) -> Settings:
    """Every problem is added to ``problems``; what is wrong keeps its default."""
    try:
        return parse_settings(path.read_bytes() if path else b"", f"{path}", problems)
    except FileNotFoundError as error:
        problems.append(f"{path}: cannot be read ({error.strerror}); `hotpapers init` writes one")
    except OSError as error:
        problems.append(f"{path}: cannot be read ({error.strerror})")
    return Settings()


def parse_settings(content: bytes, named: str, problems: list[str]) -> Settings:
    """As ``read_settings``, of a file's content."""
    return _convert(Settings, _parse(content, named, problems), "", problems)


def _parse(content: bytes, named: str, problems: list[str]) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        if any(line.count(".") > _MAX_DOTS for line in text.split("\n")):
            problems.append(f"{named}: a line has more than {_MAX_DOTS} dots")
        else:
            return tomllib.loads(text)
    except UnicodeDecodeError:
        problems.append(f"{named}: is not UTF-8 text")
    except ValueError as error:  # TOML's own, and that for endless numbers
        problems.append(f"{named}: is not valid TOML: {error}")
    except RecursionError:
        problems.append(f"{named}: is not valid TOML: nested too deeply")
    return {}


def _convert(kind: type[S], table: object, key: str, problems: list[str]) -> S:
    """Field by field, so that one wrong value does not hide the next."""
    if not isinstance(table, dict):
        problems.append(f"[{key}]: must be a table")
        return kind()
    values: dict[str, object] = {}
    fields = {f.encode_name: f for f in msgspec.structs.fields(kind)}
    for name, value in table.items():
        where = f"{key}.{name}" if key else name
        if where in _REMOVED:
            still_so, problem = _REMOVED[where]
            if value != still_so:
                problems.append(f"{where}: {problem}")
        elif name not in fields:
            problems.append(_unknown(where, name, fields))
        elif isinstance(fields[name].type, type) and issubclass(fields[name].type, Section):
            values[name] = _convert(fields[name].type, value, where, problems)
        else:
            try:
                values[name] = msgspec.convert(value, type=fields[name].type)
            except msgspec.ValidationError as error:
                problems.append(f"{where}: {_plainly(str(error), fields[name].type)}")
    return kind(**values)


def _plainly(said: str, kind: object) -> str:
    """msgspec's complaint about a value, in words of the file."""
    if found := _EXPECTED.fullmatch(said):
        wanted = " or ".join(_KINDS.get(one, one) for one in found["wanted"].split(" | "))
        inside = "every item " if found["inside"] else ""
        return f"{inside}must be {wanted}, not {_KINDS.get(found['given'], found['given'])}"
    if get_origin(kind) is Literal:
        return f"must be one of {', '.join(map(str, get_args(kind)))}"
    return "must hold dates such as 2027-12-24" if "date" in said else said


def _unknown(where: str, name: str, known: dict[str, Any]) -> str:
    """A value is never shown: it may be a secret in the wrong place."""
    if any(word in name.lower() for word in _SECRET_WORDS):
        return (
            f"{where}: unknown key. A secret does not belong into this file, but into an "
            f"environment variable such as {PREFIX}DISCORD_TOKEN"
        )
    elsewhere = {key.rpartition(".")[2]: key for key, _ in walk(Settings())}
    if close := get_close_matches(name, known, n=1):
        meant = f"; did you mean {close[0]}?"
    elif close := get_close_matches(name, elsewhere, n=1, cutoff=0.8):
        meant = f"; did you mean {elsewhere[close[0]]}?"
    else:
        meant = ""
    return f"{where}: unknown key{meant} (known here: {', '.join(sorted(known))})"
