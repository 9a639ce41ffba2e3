"""Secrets from the environment, from files that it names, and from ``hotpapers.env``."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

import msgspec

from bot.config.secret import Secret

PREFIX = "HOTPAPERS_"
# Lines of NAME=VALUE, as systemd's EnvironmentFile and `docker run --env-file` read them too.
ENVIRONMENT_FILE = "hotpapers.env"


class Secrets(msgspec.Struct, frozen=True):
    """Each is the variable of its name in capitals, after ``HOTPAPERS_``; empty when not set."""

    discord_token: Secret = Secret("")
    x_bearer_token: Secret = Secret("")
    bluesky_app_password: Secret = Secret("")


def variables() -> list[str]:
    """The names of all secrets' variables."""
    return [PREFIX + name.upper() for name in Secrets.__struct_fields__]


def read_environment(
    folder: Path, environ: Mapping[str, str], problems: list[str]
) -> Mapping[str, str]:
    """``environ``, with what only ``hotpapers.env`` in ``folder`` says."""
    path = folder / ENVIRONMENT_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return environ
    except (OSError, UnicodeDecodeError):
        problems.append(f"{ENVIRONMENT_FILE}: it lies beside the configuration but cannot be read")
        return environ
    return {**_parse(text, problems), **environ}


def _parse(text: str, problems: list[str]) -> dict[str, str]:
    """Only our own variables; a line that is not understood is named, but never shown."""
    known = {name + ending for name in variables() for ending in ("", "_FILE")}
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        if not equals or not name.strip().isidentifier():
            problems.append(f"{ENVIRONMENT_FILE}, line {number}: is not NAME=VALUE")
        elif name.strip() in known:
            found[name.strip()] = _unquoted(value.strip())
        elif name.startswith(PREFIX):
            problems.append(
                f"{ENVIRONMENT_FILE}, line {number}: unknown variable {name.strip()} "
                f"(known: {', '.join(variables())})"
            )
    return found


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _misspelt(environ: Mapping[str, str]) -> Iterator[str]:
    """Variables that are almost ours. Others that begin like ours are somebody's own."""
    known = [name + ending for name in variables() for ending in ("", "_FILE")]
    for name in sorted(environ.keys() - set(known)):
        close = get_close_matches(name, known, n=1, cutoff=0.9) if name.startswith(PREFIX) else []
        if close:
            yield f"{name}: unknown; did you mean {close[0]}?"


def secrets(environ: Mapping[str, str], problems: list[str]) -> Secrets:
    problems += _misspelt(environ)
    found = {}
    for name, variable in zip(Secrets.__struct_fields__, variables(), strict=True):
        value = environ.get(variable, "").strip()
        file = environ.get(variable + "_FILE", "").strip()
        if file and not value:
            variable += "_FILE"
            value = _content(file, variable, problems)
        if not all(33 <= ord(c) <= 126 for c in value):
            problems.append(
                f"{variable}: holds a blank, a line break or a character that no token has"
            )
            value = ""
        found[name] = Secret(value)
    return Secrets(**found)


def _content(file: str, variable: str, problems: list[str]) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError):
        problems.append(f"{variable}: the file it names cannot be read")
        return ""
