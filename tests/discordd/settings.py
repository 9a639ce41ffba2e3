"""What a test may choose about the server. All of it may change while it runs."""

from dataclasses import dataclass
from typing import Literal


@dataclass
class Settings:
    """`latency` is the time of each answer in seconds: half before, half after it takes effect.

    `embed_links` is what happens to embeds where the bot may not embed links: Discord has been
    seen to refuse (50013), and shows none of a person's; an app must live with either.
    `unarchive_on_send`: a message wakes an archived thread that is not locked (docs, topics/
    threads); otherwise it is refused with 50083.
    """

    token: str = "loopback-token"
    latency: float = 0.0
    openapi: bool = True
    embed_links: Literal["refuse", "strip"] = "refuse"
    unarchive_on_send: bool = True
    privileged_intents: bool = False
    shards: int = 1
    heartbeat_seconds: float = 41.25
    heartbeats_answered: bool = True
    logged_bodies: bool = True
    date_offset: float = 0.0
    """Seconds by which the `Date` of its answers is ahead of this machine's clock."""
