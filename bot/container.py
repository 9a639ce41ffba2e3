"""Everything but Discord: the archive, the one HTTP client, the sources, the daily job."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import bot
from bot.clock import Clock
from bot.config import Config, logs
from bot.http import Http, RateLimiter
from bot.models import Network
from bot.pipeline import Daily
from bot.pipeline.author_lookup import Lookup
from bot.pipeline.budget import StoredBudget
from bot.pipeline.cursor import FoundPosts, StoredCursor
from bot.pipeline.paper_lookup import PaperLookup
from bot.pipeline.validators import StoredValidators
from bot.problems import Code, Problem
from bot.sources import PaperSource, PostSource
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.arxiv.listing import Catchup, ListingNew
from bot.sources.arxiv.oai import ArxivOai
from bot.sources.bluesky import Bluesky, JetstreamListener
from bot.sources.disabled import Off
from bot.sources.hackernews import HackerNews
from bot.sources.huggingface import HuggingFace
from bot.sources.mastodon import Mastodon
from bot.sources.x import X, oembed
from bot.store import Archive

ARXIV_GATE = "arxiv"
# A host that says "too fast" is left alone for so many requests' time: two minutes at 3 s.
_CLOSURE_IN_REQUESTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What commands and jobs work with."""

    config: Config
    clock: Clock
    archive: Archive
    http: Http
    daily: Daily
    paper_lookup: PaperLookup  # its ``run`` goes on beside the bot
    listener: JetstreamListener | None  # to be run beside the bot; None where it is off


@asynccontextmanager
async def services(config: Config, clock: Clock, *, create: bool = True) -> AsyncIterator[Services]:
    """Open everything, and close it in the opposite order."""
    for name in config.secrets.__struct_fields__:
        logs.hide(getattr(config.secrets, name))
    logs.hide_passwords(config.settings.http.proxy, config.settings.discord.proxy)
    async with (
        await Archive.open(config.archive, create=create) as archive,
        _http(config, clock, archive) as http,
    ):
        listener = _listener(config, http, archive, clock)
        yield Services(
            config=config,
            clock=clock,
            archive=archive,
            http=http,
            daily=Daily(
                archive=archive,
                doors=doors(config, http, clock),
                networks=networks(config, http, archive, clock, listener),
                settings=config.settings,
                clock=clock,
                lookup=_lookup(config, http),
            ),
            paper_lookup=PaperLookup(
                archive,
                ArxivApi(http, config.settings.arxiv.api_url, gate=ARXIV_GATE),
                records(config, http, clock),
                clock,
                config.settings.arxiv.seconds_between_requests,
            ),
            listener=listener,
        )


def _lookup(config: Config, http: Http) -> Lookup | None:
    x = config.settings.sources.x
    if not x.enabled or not config.secrets.x_bearer_token:
        return None
    return partial(oembed, http, x.oembed_url)


def _http(config: Config, clock: Clock, archive: Archive) -> Http:
    settings = config.settings
    spacing = settings.arxiv.seconds_between_requests
    gate = RateLimiter(
        spacing,
        config.archive.with_name(config.archive.name + ".gate"),
        closure=timedelta(seconds=_CLOSURE_IN_REQUESTS * spacing),
        refusals=(b"Rate exceeded",),
    )
    return Http(
        contact=settings.bot.contact,
        version=bot.__version__,
        clock=clock,
        seconds_per_try=settings.http.timeout_seconds,
        tries=settings.http.tries,
        backoff=settings.http.backoff_seconds,
        proxy=settings.http.proxy,
        gates={ARXIV_GATE: gate},
        validators=StoredValidators(archive),
    )


def doors(config: Config, http: Http, clock: Clock) -> list[PaperSource]:
    """arXiv's doors, the one to ask first comes first."""
    arxiv = config.settings.arxiv
    listing = partial(
        ListingNew, gate=ARXIV_GATE, spacing=arxiv.seconds_between_pages, deferred=arxiv.deferred
    )
    catchup = partial(
        Catchup, gate=ARXIV_GATE, spacing=arxiv.seconds_between_pages, deferred=arxiv.deferred
    )
    return [
        ArxivFeed(http, clock, arxiv.feed_url, gate=ARXIV_GATE, deferred=arxiv.deferred),
        listing(http, clock, arxiv.listing_url),
        catchup(http, clock, arxiv.listing_url),
        records(config, http, clock),
    ]


def records(config: Config, http: Http, clock: Clock) -> ArxivOai:
    """arXiv's own records: the last door of a day, and what a backfill reads."""
    arxiv = config.settings.arxiv
    return ArxivOai(
        http,
        clock,
        arxiv.oai_url,
        gate=ARXIV_GATE,
        deferred=arxiv.deferred,
        backoff=config.settings.http.backoff_seconds,
    )


def networks(
    config: Config,
    http: Http,
    archive: Archive,
    clock: Clock,
    listener: JetstreamListener | None,
) -> list[PostSource]:
    """Every network, also those that are off, so that the day says so."""
    sources, secrets = config.settings.sources, config.secrets
    # A source ends by itself a little earlier than it would be cut off, to keep what came.
    seconds = 0.9 * sources.seconds_per_source

    def x() -> PostSource:
        if not secrets.x_bearer_token:
            return Off(Network.X, Problem(Code.X_WITHOUT_TOKEN), clock)
        return X(
            http,
            clock,
            sources.x,
            secrets.x_bearer_token,
            StoredBudget(archive, Network.X, sources.x.posts_per_day, clock),
            seconds=seconds,
        )

    def bluesky() -> PostSource:
        password = secrets.bluesky_app_password
        return Bluesky(http, clock, sources.bluesky, password, listener, seconds=seconds)

    made: dict[Network, tuple[bool, Callable[[], PostSource]]] = {
        Network.X: (sources.x.enabled, x),
        Network.BLUESKY: (sources.bluesky.enabled, bluesky),
        Network.MASTODON: (
            sources.mastodon.enabled,
            lambda: Mastodon(http, clock, sources.mastodon, seconds=seconds),
        ),
        Network.HACKERNEWS: (
            sources.hackernews.enabled,
            lambda: HackerNews(http, clock, sources.hackernews, seconds=seconds),
        ),
        Network.HUGGINGFACE: (
            sources.huggingface.enabled,
            lambda: HuggingFace(http, clock, sources.huggingface, seconds=seconds),
        ),
    }
    return [
        make() if enabled else Off(network, Problem(Code.SWITCHED_OFF), clock)
        for network, (enabled, make) in made.items()
    ]


def _listener(
    config: Config, http: Http, archive: Archive, clock: Clock
) -> JetstreamListener | None:
    bluesky = config.settings.sources.bluesky
    if not (bluesky.enabled and bluesky.jetstream):
        return None

    cursor = StoredCursor(archive, "bluesky.jetstream", clock)
    keep = FoundPosts(archive, Network.BLUESKY, clock)
    return JetstreamListener(http, clock, bluesky.jetstream_url, cursor, keep)
