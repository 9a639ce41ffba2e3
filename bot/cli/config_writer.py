"""What ``hotpapers init`` writes: config.toml and hotpapers.env, for their owner's eyes only."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.config import Secret, Section, Settings
from bot.config.environment import PREFIX
from bot.errors import HotpapersError
from bot.store import files

TOKEN_VARIABLE = f"{PREFIX}DISCORD_TOKEN"

_INTRODUCTION = """\
# Made by `hotpapers init`. Whatever is left out has its default; config.example.toml and
# docs/config.md list everything. Secrets are in hotpapers.env, never here.
"""
_SECRETS = """\
# Secrets of hotpapers, which reads this file beside its config.toml. Keep it to yourself.
# With a key, X is counted too; it bills by the post read, so set a spending limit first:
# HOTPAPERS_X_BEARER_TOKEN=
# With an app password (and sources.bluesky.handle), Bluesky is searched as well:
# HOTPAPERS_BLUESKY_APP_PASSWORD=
"""


def config_text(settings: Settings) -> str:
    """The TOML of every setting that differs from its default."""
    tables = (f"\n[{key}]\n{''.join(lines)}" for key, lines in _tables(settings, Settings()))
    return _INTRODUCTION + "".join(tables)


def _tables(section: Section, default: Section, key: str = "") -> Iterator[tuple[str, list[str]]]:
    lines = []
    for name in section.__struct_fields__:
        value, usual = getattr(section, name), getattr(default, name)
        if isinstance(value, Section):
            yield from _tables(value, usual, f"{key}.{name}" if key else name)
        elif value != usual:
            lines.append(f"{name} = {_toml(value)}\n")
    if lines:
        yield key, lines


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    # JSON's strings, numbers and booleans are TOML's too, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def environment_text(token: Secret, before: str = "") -> str:
    """``before`` with its line of the token replaced; everything else in it stays."""
    kept = [
        line
        for line in (before or _SECRETS).splitlines()
        if line.lstrip().removeprefix("export ").partition("=")[0].strip()
        not in (TOKEN_VARIABLE, f"{TOKEN_VARIABLE}_FILE")
    ]
    return "\n".join([*kept, f"{TOKEN_VARIABLE}={token.reveal()}", ""])


def write_private(path: Path, text: str) -> None:
    """Raises HotpapersError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, text)
    except OSError as error:
        raise HotpapersError(
            f"{path} cannot be written: {error.strerror}. Begin in a folder that you may write in, "
            "or name another with `hotpapers --config FILE init`."
        ) from error


def make_folder(path: Path) -> None:
    """For its owner only: what members follow will be in it. One that is there stays as it is."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HotpapersError(
            f"The folder {path} cannot be made: {error.strerror}. Name another with --data, "
            "or give the user that runs hotpapers the right to write there."
        ) from error
