"""The TOML file, table by table, with every default. docs/config.md says what each is for."""

from datetime import date
from typing import Literal

import msgspec


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the TOML file."""


class BotSection(Section, frozen=True):
    contact: str = ""  # an address or page that arXiv's operators can write to


class ArchiveSection(Section, frozen=True):
    path: str = "hotpapers.db"
    text_days: int = 30  # posts' texts are dropped after this many days; ids and counts stay


class BackupSection(Section, frozen=True):
    every: Literal["never", "day", "week"] = "never"  # into the folder backups beside the archive
    keep: int = 7


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
    count_bots: bool = True  # posts of accounts that say that they are bots count for scores


class ScheduleSection(Section, frozen=True):
    close_after_hours: float = 30.0  # counted from the mailing (20:00 New York time)
    collect_every_hours: float = 6.0
    recount_after_days: tuple[int, ...] = (3, 7)


class DiscordSection(Section, frozen=True):
    api_url: str = "https://discord.com/api/v10"
    proxy: str = ""  # in place of that under [http]
    admin_channel: int = 0  # where problems are told, once each; 0 for nowhere


class HttpSection(Section, frozen=True):
    timeout_seconds: float = 30.0
    tries: int = 3
    backoff_seconds: float = 2.0
    proxy: str = ""  # http://, socks5:// or socks4://; empty: what HTTPS_PROXY says


class WatchSection(Section, frozen=True):
    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 9464  # 0 for any free one, which the log then names


class LogSection(Section, frozen=True):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Settings(Section, frozen=True):
    """The TOML file, table by table."""

    bot: BotSection = BotSection()
    archive: ArchiveSection = ArchiveSection()
    backup: BackupSection = BackupSection()
    arxiv: ArxivSection = ArxivSection()
    sources: SourcesSection = SourcesSection()
    ranking: RankingSection = RankingSection()
    schedule: ScheduleSection = ScheduleSection()
    discord: DiscordSection = DiscordSection()
    http: HttpSection = HttpSection()
    watch: WatchSection = WatchSection()
    log: LogSection = LogSection()
