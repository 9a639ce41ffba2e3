"""TOML and environment -> one frozen Config. Loaded once, passed down.

All problems are reported in one go, each with its key. Secrets come from the environment, or
from a file named by the variable with ``_FILE`` added; never from the TOML file.
"""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from bot.arxiv import taxonomy
from bot.errors import ConfigError, UnknownCategory


class Secret:
    """A value that prints as stars. ``reveal()`` is called only where it is sent."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret('*****')"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the TOML file."""


S = TypeVar("S", bound=Section)


class BotSection(Section, frozen=True):
    contact: str = ""  # an address or page that arXiv's operators can write to


class ArchiveSection(Section, frozen=True):
    path: str = "hotpapers.db"
    text_days: int = 30  # posts' texts are dropped after this many days; ids and counts stay


class ArxivSection(Section, frozen=True):
    categories: tuple[str, ...] = ("cs", "stat.ML")
    feed_url: str = "https://rss.arxiv.org"
    listing_url: str = "https://arxiv.org"
    oai_url: str = "https://oaipmh.arxiv.org"
    api_url: str = "https://export.arxiv.org"
    # arXiv's terms of use ask for one request per three seconds over all its interfaces, its
    # robots.txt for fifteen seconds between pages. Lower values are for loopback servers only.
    seconds_between_requests: float = 3.0
    seconds_between_pages: float = 15.0
    deferred: tuple[date, ...] = ()  # announcement evenings that arXiv skips, beyond the table


class XSection(Section, frozen=True):
    enabled: bool = True
    rate: float = 1.0
    url: str = "https://api.x.com"
    oembed_url: str = "https://publish.x.com"
    mode: Literal["filtered", "exact", "full"] = "filtered"
    exact_candidates: bool = False
    min_likes: int = 10
    min_reposts: int = 5
    posts_per_day: int = 2000  # posts read per UTC day; each costs $0.005


class BlueskySection(Section, frozen=True):
    enabled: bool = True
    rate: float = 2.0
    appview_url: str = "https://public.api.bsky.app"
    pds_url: str = "https://bsky.social"
    jetstream_url: str = "wss://jetstream2.us-east.bsky.network"
    jetstream: bool = True
    handle: str = ""  # with HOTPAPERS_BLUESKY_APP_PASSWORD: search as well as Jetstream


class MastodonSection(Section, frozen=True):
    enabled: bool = True
    rate: float = 2.0
    servers: tuple[str, ...] = ("https://mastodon.social",)
    tags: tuple[str, ...] = ("arxiv", "machinelearning")


class HackerNewsSection(Section, frozen=True):
    enabled: bool = True
    rate: float = 2.5
    url: str = "https://hn.algolia.com"


class HuggingFaceSection(Section, frozen=True):
    enabled: bool = True
    rate: float = 5.0
    url: str = "https://huggingface.co"


class SourcesSection(Section, frozen=True):
    x: XSection = XSection()
    bluesky: BlueskySection = BlueskySection()
    mastodon: MastodonSection = MastodonSection()
    hackernews: HackerNewsSection = HackerNewsSection()
    huggingface: HuggingFaceSection = HuggingFaceSection()
    seconds_per_source: float = 300.0  # a source that takes longer is cut off and named


class RankingSection(Section, frozen=True):
    bar: float = 50.0
    split_links: bool = False  # a post that links N papers gives each 1/N of its counts


class ScheduleSection(Section, frozen=True):
    close_after_hours: float = 30.0  # counted from the mailing (20:00 New York time)
    collect_every_hours: float = 6.0
    recount_after_days: tuple[int, ...] = (3, 7)


class DiscordSection(Section, frozen=True):
    api_url: str = "https://discord.com/api/v10"
    proxy: str = ""
    admin_channel: int = 0  # where problems are told, once each; 0 for nowhere


class HttpSection(Section, frozen=True):
    timeout_seconds: float = 30.0
    tries: int = 3
    backoff_seconds: float = 2.0


class LogSection(Section, frozen=True):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Settings(Section, frozen=True):
    """The TOML file, table by table."""

    bot: BotSection = BotSection()
    archive: ArchiveSection = ArchiveSection()
    arxiv: ArxivSection = ArxivSection()
    sources: SourcesSection = SourcesSection()
    ranking: RankingSection = RankingSection()
    schedule: ScheduleSection = ScheduleSection()
    discord: DiscordSection = DiscordSection()
    http: HttpSection = HttpSection()
    log: LogSection = LogSection()


class Secrets(msgspec.Struct, frozen=True):
    discord_token: Secret = Secret("")
    x_bearer_token: Secret = Secret("")
    bluesky_app_password: Secret = Secret("")


class Config(msgspec.Struct, frozen=True):
    """Everything the program was told. ``archive`` is an absolute path."""

    settings: Settings
    secrets: Secrets
    archive: Path
    file: Path | None = None


ENVIRONMENT_PREFIX = "HOTPAPERS_"


def load(path: Path | None, environ: Mapping[str, str] | None = None) -> Config:
    """Read ``path``, or the built-in defaults when it is None.

    Raises ConfigError with every problem found. A relative archive path is taken from the folder
    of the file, so that a command finds the same archive from any working directory.
    """
    problems: list[str] = []
    table = _read(path, problems)
    settings = _convert(Settings, table, "", problems)
    secrets = _secrets(os.environ if environ is None else environ, problems)
    problems += _judge(settings)
    if problems:
        raise ConfigError(problems)
    folder = path.resolve().parent if path else Path.cwd()
    return Config(settings, secrets, folder / Path(settings.archive.path).expanduser(), path)


def _read(path: Path | None, problems: list[str]) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{path}: cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        problems.append(f"{path}: is not UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path}: is not valid TOML: {error}")
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
        if name not in fields:
            problems.append(f"{where}: unknown key (known here: {', '.join(sorted(fields))})")
        elif isinstance(fields[name].type, type) and issubclass(fields[name].type, Section):
            values[name] = _convert(fields[name].type, value, where, problems)
        else:
            try:
                values[name] = msgspec.convert(value, type=fields[name].type)
            except msgspec.ValidationError as error:
                problems.append(f"{where}: {error}")
    return kind(**values)


def _secrets(environ: Mapping[str, str], problems: list[str]) -> Secrets:
    found = {}
    for name in Secrets.__struct_fields__:
        variable = ENVIRONMENT_PREFIX + name.upper()
        value = environ.get(variable, "")
        file = environ.get(variable + "_FILE", "")
        if file and not value:
            try:
                value = Path(file).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                problems.append(f"{variable}_FILE: the file it names cannot be read")
        found[name] = Secret(value.strip())
    return Secrets(**found)


def _judge(settings: Settings) -> list[str]:
    """What types cannot say."""
    return [
        *_judge_arxiv(settings.arxiv),
        *_judge_urls(settings),
        *_judge_numbers(settings),
    ]


def _judge_arxiv(arxiv: ArxivSection) -> list[str]:
    problems = []
    if not arxiv.categories:
        problems.append('arxiv.categories: name at least one, such as "cs.CL" or "cs"')
    for text in arxiv.categories:
        try:
            taxonomy.resolve_pattern(text)
        except UnknownCategory as error:
            problems.append(f"arxiv.categories: {error}")
    local = all(
        _is_loopback(url)
        for url in (arxiv.feed_url, arxiv.listing_url, arxiv.oai_url, arxiv.api_url)
    )
    if arxiv.seconds_between_requests < 3 and not local:
        problems.append(
            "arxiv.seconds_between_requests: arXiv's terms ask for at least 3 "
            "(less is for loopback servers only)"
        )
    if arxiv.seconds_between_pages < 15 and not local:
        problems.append(
            "arxiv.seconds_between_pages: arXiv's robots.txt asks for at least 15 "
            "(less is for loopback servers only)"
        )
    return problems


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _judge_urls(settings: Settings) -> list[str]:
    problems = []
    for key, url in _urls(settings):
        schemes = ("ws", "wss") if key.endswith("jetstream_url") else ("http", "https")
        parts = urlsplit(url)
        if parts.scheme not in schemes or not parts.hostname:
            problems.append(f"{key}: {url!r} is not a {schemes[1]}:// address")
    return problems


def _urls(section: Section, key: str = "") -> list[tuple[str, str]]:
    found = []
    for field in section.__struct_fields__:
        value = getattr(section, field)
        where = f"{key}.{field}" if key else field
        if isinstance(value, Section):
            found += _urls(value, where)
        elif field == "url" or field.endswith("_url"):
            found.append((where, value))
        elif field == "servers":
            found += [(where, url) for url in value]
    return found


def _judge_numbers(settings: Settings) -> list[str]:
    problems = []
    sources = settings.sources
    positive = {
        "archive.text_days": settings.archive.text_days,
        "schedule.close_after_hours": settings.schedule.close_after_hours,
        "schedule.collect_every_hours": settings.schedule.collect_every_hours,
        "sources.seconds_per_source": sources.seconds_per_source,
        "http.timeout_seconds": settings.http.timeout_seconds,
        "http.tries": settings.http.tries,
    }
    not_negative = {
        "ranking.bar": settings.ranking.bar,
        "sources.x.posts_per_day": sources.x.posts_per_day,
        "sources.x.min_likes": sources.x.min_likes,
        "sources.x.min_reposts": sources.x.min_reposts,
        "http.backoff_seconds": settings.http.backoff_seconds,
        "arxiv.seconds_between_requests": settings.arxiv.seconds_between_requests,
        "arxiv.seconds_between_pages": settings.arxiv.seconds_between_pages,
        **{
            f"sources.{name}.rate": getattr(sources, name).rate
            for name in ("x", "bluesky", "mastodon", "hackernews", "huggingface")
        },
    }
    problems += [f"{k}: must be more than 0, not {v}" for k, v in positive.items() if not v > 0]
    problems += [f"{k}: must be 0 or more, not {v}" for k, v in not_negative.items() if not v >= 0]
    return problems
