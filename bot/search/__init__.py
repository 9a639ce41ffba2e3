"""The small language of a search: what a person types, what it means, what answers it. Pure.

::

    speculative decoding          papers that say both words, in title, abstract or authors
    "speculative decoding"        just these words side by side; a hyphen joins words too (GPT-4)
    transform*                    a word that begins so, from four letters on
    title:attention               in the title
    author:chen                   an author with this name; author:"yann lecun", author:"y lecun"
    cat:cs.CL                     a category; cat:cs.CL,cs.IR is any of them, cat:cond-mat.* all
    after:2021-03-01              listed later than that day; before: earlier, on: then. Also a
                                  month (2021-03), a year (2021), yesterday, "last tue"
    -survey  -author:chen         without it; also -"a phrase" and -cat:cs.CV
    2103.15691, or a link         that paper, whatever else is typed

A field counts only directly before its value: "On: the way" and "CAT: Cross Attention" are words.
Everything must hold at once. Words are whole words, blind to case, accents and TeX (``fold``), and
outside quotes and names to singular and plural (``forms``). A word with symbols is found as just
that: C++, C#, A*, k^2, H_0 (``fold_symbols``).
``parse`` says where a query breaks this (QueryError, with its position and an example). The
search in the archive, follow rules and the keywords and exclusions of digests share one Query;
``matches`` is its meaning.
"""

from bot.search.matching import matches
from bot.search.normalize import fold
from bot.search.parsing import parse
from bot.search.plurals import forms
from bot.search.relevance import Hit, Snippet, attention_part, reasons, snippet, text_part
from bot.search.suggest import suggest
from bot.search.values import Place, Query, Term

__all__ = [
    "Hit",
    "Place",
    "Query",
    "Snippet",
    "Term",
    "attention_part",
    "fold",
    "forms",
    "matches",
    "parse",
    "reasons",
    "snippet",
    "suggest",
    "text_part",
]
