"""What is the matter with the archive, its copies and its lock, and what mends it."""

from collections.abc import Callable

from bot.problems import Code

WORDS: dict[Code, str | Callable[..., str]] = {}
