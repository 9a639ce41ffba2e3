"""Text for people: readable from TeX, harmless in Discord, inside its limits. Pure functions.

Raw text from a service goes through ``plain``, ``title``, ``name`` or ``split_authors`` once, at
harvest. When it is shown it goes through ``escape`` or ``escape_to`` (Markdown), ``links.linked``
(the label of a masked link) or ``label`` (no Markdown). What people type goes through
``clean_typed`` once, where it enters. Lengths are UTF-16 code units (``length``).
"""

from bot.text.author_names import name, split_authors
from bot.text.markdown import escape, escape_to
from bot.text.tex import plain, title
from bot.text.truncate import cut, label, length
from bot.text.typed import clean_typed

__all__ = [
    "clean_typed",
    "cut",
    "escape",
    "escape_to",
    "label",
    "length",
    "name",
    "plain",
    "split_authors",
    "title",
]
