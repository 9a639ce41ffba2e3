"""TeX as it stands in titles, abstracts and names, to Unicode."""

from bot.text.tex.convert import plain

__all__ = ["plain"]
