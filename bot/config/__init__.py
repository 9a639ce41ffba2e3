"""TOML and environment -> one frozen Config. Loaded once, passed down.

All problems are reported in one go, each with its key. Secrets come from the environment, from
a file named by the variable with ``_FILE`` added, or from ``hotpapers.env`` beside the TOML file,
which holds such variables; never from the TOML file.
"""

import os
import stat
from collections.abc import Mapping
from errno import ENAMETOOLONG
from pathlib import Path

import msgspec
from msgspec.structs import replace

from bot.config.environment import ENVIRONMENT_FILE, Secrets, read_environment, secrets
from bot.config.secret import Secret
from bot.config.sections import (
    ArchiveSection,
    ArxivSection,
    BackupSection,
    BlueskySection,
    BotSection,
    DiscordSection,
    HackerNewsSection,
    HttpSection,
    HuggingFaceSection,
    LogSection,
    MastodonSection,
    RankingSection,
    ScheduleSection,
    Section,
    Settings,
    SourcesSection,
    WatchSection,
    XSection,
)
from bot.config.toml import parse_settings, read_settings
from bot.config.validation import addresses, is_loopback, is_loopback_address, judge
from bot.errors import ConfigError

__all__ = [
    "ENVIRONMENT_FILE",
    "ArchiveSection",
    "ArxivSection",
    "BackupSection",
    "BlueskySection",
    "BotSection",
    "Config",
    "DiscordSection",
    "HackerNewsSection",
    "HttpSection",
    "HuggingFaceSection",
    "LogSection",
    "MastodonSection",
    "RankingSection",
    "ScheduleSection",
    "Secret",
    "Secrets",
    "Section",
    "Settings",
    "SourcesSection",
    "WatchSection",
    "XSection",
    "addresses",
    "is_loopback",
    "is_loopback_address",
    "judge_all",
    "load",
    "parse_settings",
]


# What other programs go by, the first that is set; in curl's order.
_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


class Config(msgspec.Struct, frozen=True):
    """Everything the program was told. ``archive`` is an absolute path."""

    settings: Settings
    secrets: Secrets
    archive: Path
    file: Path | None = None


def load(path: Path | None, environ: Mapping[str, str] | None = None) -> Config:
    """Read ``path``, or the built-in defaults when it is None.

    Raises ConfigError with every problem found. A relative archive path is taken from the folder
    of the file, so that a command finds the same archive from any working directory.
    """
    problems: list[str] = []
    folder = path.resolve().parent if path else Path.cwd()
    settings = read_settings(path, problems)
    variables = read_environment(folder, os.environ if environ is None else environ, problems)
    if not settings.http.proxy:
        http = replace(settings.http, proxy=proxy_of(variables))
        settings = replace(settings, http=http)
    found = secrets(variables, problems)
    archive = judge_all(settings, path, problems)
    if problems:
        raise ConfigError(problems)
    return Config(settings, found, archive, path)


def proxy_of(environ: Mapping[str, str]) -> str:
    """The proxy that the environment names for the whole machine; empty for none."""
    return next((environ[name] for name in _PROXY_VARIABLES if environ.get(name)), "")


def judge_all(settings: Settings, path: Path | None, problems: list[str]) -> Path:
    """The archive's place for settings that lie at ``path``. Adds what is wrong with them to
    ``problems``."""
    folder = path.resolve().parent if path else Path.cwd()
    archive = folder / _at_home(Path(settings.archive.path))
    problems += judge(settings)
    if not problems and (problem := _judge_place(archive, path)):
        problems.append(f"archive.path: {problem}")
    return archive


def _judge_place(archive: Path, path: Path | None) -> str | None:
    """Why no archive can be there, as far as that can be seen without touching it."""
    place = Path(os.path.realpath(archive))
    if path and (taken := {place, *place.parents} & _own_files(path)):
        return f"{taken.pop()} is a file of the configuration; name another"
    try:
        kind = archive.stat().st_mode
    except OSError as error:  # who uses it finds out about the others
        return f"{archive}: {error.strerror}" if error.errno == ENAMETOOLONG else None
    if stat.S_ISDIR(kind):
        return f"{archive} is a folder; name a file in it"
    return None if stat.S_ISREG(kind) else f"{archive} is no regular file"


def _own_files(path: Path) -> set[Path]:
    """A configuration and the secrets beside it, wherever links lead."""
    return {Path(os.path.realpath(one)) for one in (path, path.with_name(ENVIRONMENT_FILE))}


def _at_home(path: Path) -> Path:
    """With ``~`` and ``~name`` replaced; as it is where no such home is known."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
