"""TOML and environment -> one frozen Config. Loaded once, passed down.

All problems are reported in one go, each with its key. Secrets come from the environment, from
a file named by the variable with ``_FILE`` added, or from ``hotpapers.env`` beside the TOML file,
which holds such variables; never from the TOML file.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bot.config.environment import ENVIRONMENT_FILE, Secrets, read_environment, secrets
from bot.config.judging import judge
from bot.config.secret import Secret
from bot.config.sections import (
    ArchiveSection,
    ArxivSection,
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
from bot.config.toml import read_settings
from bot.errors import ConfigError

__all__ = [
    "ENVIRONMENT_FILE",
    "ArchiveSection",
    "ArxivSection",
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
    "load",
]


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
    found = secrets(variables, problems)
    problems += judge(settings)
    archive = folder / _at_home(Path(settings.archive.path))
    if not problems and archive.is_dir():
        problems.append(f"archive.path: {archive} is a folder; name a file in it")
    if problems:
        raise ConfigError(problems)
    return Config(settings, found, archive, path)


def _at_home(path: Path) -> Path:
    """With ``~`` and ``~name`` replaced; as it is where no such home is known."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
