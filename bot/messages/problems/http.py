"""What kept a service from answering."""

from collections.abc import Callable

from bot.problems import Code

WORDS: dict[Code, str | Callable[..., str]] = {}
