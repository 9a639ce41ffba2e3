"""Mastodon: the tag timelines of chosen servers."""

from bot.sources.mastodon.source import Mastodon

__all__ = ["Mastodon"]
