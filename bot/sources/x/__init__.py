"""X API v2 (docs.x.com, OpenAPI 2.159 and 2.167), with an app's own bearer token."""

from bot.sources.x.oembed import Embedded, oembed
from bot.sources.x.source import X

__all__ = ["Embedded", "X", "oembed"]
