"""Everything but Discord: the archive, the one HTTP client, the sources, the daily job."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import bot
from bot import log
from bot.clock import Clock
from bot.config import Config
from bot.daily import Daily
from bot.daily.budget import StoredBudget
from bot.daily.naming import Lookup
from bot.http import Gate, Http
from bot.models import Network
from bot.sources import PaperSource, PostSource
from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.hackernews import HackerNews
from bot.sources.huggingface import HuggingFace
from bot.sources.off import Off
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


@asynccontextmanager
async def services(config: Config, clock: Clock, *, create: bool = True) -> AsyncIterator[Services]:
    """Open everything, and close it in the opposite order."""
    for name in config.secrets.__struct_fields__:
        log.hide(getattr(config.secrets, name))
    async with (
        await Archive.open(config.archive, create=create) as archive,
        _http(config, clock) as http,
    ):
        yield Services(
            config=config,
            clock=clock,
            archive=archive,
            http=http,
            daily=Daily(
                archive=archive,
                doors=doors(config, http, clock),
                networks=networks(config, http, archive, clock),
                settings=config.settings,
                clock=clock,
                lookup=_lookup(config, http),
            ),
        )


def _lookup(config: Config, http: Http) -> Lookup | None:
    x = config.settings.sources.x
    if not x.enabled or not config.secrets.x_bearer_token:
        return None
    return partial(oembed, http, x.oembed_url)


def _http(config: Config, clock: Clock) -> Http:
    settings = config.settings
    spacing = settings.arxiv.seconds_between_requests
    gate = Gate(
        spacing,
        config.archive.with_name(config.archive.name + ".gate"),
        closure=timedelta(seconds=_CLOSURE_IN_REQUESTS * spacing),
        refusals=(b"Rate exceeded",),
    )
    return Http(
        contact=settings.bot.contact,
        version=bot.__version__,
        clock=clock,
        timeout=settings.http.timeout_seconds,
        tries=settings.http.tries,
        backoff=settings.http.backoff_seconds,
        gates={ARXIV_GATE: gate},
    )


def doors(config: Config, http: Http, clock: Clock) -> list[PaperSource]:
    """arXiv's doors, the one to ask first comes first."""
    arxiv = config.settings.arxiv
    return [ArxivFeed(http, clock, arxiv.feed_url, gate=ARXIV_GATE, deferred=arxiv.deferred)]


def networks(config: Config, http: Http, archive: Archive, clock: Clock) -> list[PostSource]:
    """Every network, also those that are off, so that the day says so."""
    sources, secrets = config.settings.sources, config.secrets
    found: list[PostSource] = []
    if not sources.x.enabled:
        found.append(Off(Network.X, _SWITCHED_OFF, clock))
    elif not secrets.x_bearer_token:
        found.append(Off(Network.X, "no HOTPAPERS_X_BEARER_TOKEN", clock))
    else:
        budget = StoredBudget(archive, Network.X, sources.x.posts_per_day, clock)
        found.append(
            X(
                http,
                clock,
                sources.x,
                secrets.x_bearer_token,
                budget,
                # X ends by itself a little earlier than it would be cut off, to keep what came.
                seconds=0.9 * sources.seconds_per_source,
                exact_from=config.settings.ranking.bar / 2 / (sources.x.rate or 1),
            )
        )
    found.append(Off(Network.BLUESKY, _SWITCHED_OFF, clock))
    found.append(Off(Network.MASTODON, _SWITCHED_OFF, clock))
    if sources.hackernews.enabled:
        found.append(HackerNews(http, clock, sources.hackernews))
    else:
        found.append(Off(Network.HACKERNEWS, _SWITCHED_OFF, clock))
    if sources.huggingface.enabled:
        found.append(HuggingFace(http, clock, sources.huggingface))
    else:
        found.append(Off(Network.HUGGINGFACE, _SWITCHED_OFF, clock))
    return found


_SWITCHED_OFF = "switched off in the configuration"
