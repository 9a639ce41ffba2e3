"""Bluesky: found by Jetstream and by search, counted by getPosts."""

from bot.sources.bluesky.jetstream import Cursor, JetstreamListener, Keep, Pace
from bot.sources.bluesky.source import Bluesky

__all__ = ["Bluesky", "Cursor", "JetstreamListener", "Keep", "Pace"]
