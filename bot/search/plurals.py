"""Singular and plural: who looks for "transformer" means "transformers" too. Pure."""

from functools import lru_cache

from bot.search.values import Place, Term

_HISSING = ("s", "x", "z", "ch", "sh")
_SHORTEST = 3  # letters of a singular: GAN and LLM have plurals, "us" is none


@lru_cache(maxsize=4096)
def forms(term: Term) -> tuple[tuple[str, ...], ...]:
    """What may stand for the term in a title or an abstract: its words as typed, then with the last
    one in its other number. Names have none; what is in quotes, or a beginning, is as typed."""
    if term.exact or term.prefix or term.symbols or term.place is Place.AUTHOR:
        return (term.words,)
    *before, last = term.words
    return term.words, *((*before, other) for other in _other_numbers(last))


def _other_numbers(word: str) -> tuple[str, ...]:
    """By the rules of English spelling. One that is no word finds nothing and does no harm."""
    if not (word.isascii() and word.isalpha() and len(word) >= _SHORTEST):
        return ()
    found = [*_plurals(word), *(w for w in _singulars(word) if len(w) >= _SHORTEST)]
    return tuple(dict.fromkeys(found))


def _plurals(word: str) -> list[str]:
    if word.endswith("sis"):  # analysis
        return [f"{word[:-2]}es"]
    if word.endswith(("ix", "ex")):  # matrix, index
        return [f"{word[:-2]}ices", f"{word}es"]
    if word.endswith("y") and word[-2] not in "aeiou":
        return [f"{word[:-1]}ies"]
    return [f"{word}es" if word.endswith(_HISSING) else f"{word}s"]


def _singulars(word: str) -> list[str]:
    if not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return []
    found = [word[:-1]]
    if word.endswith("ies"):
        found.append(f"{word[:-3]}y")
    elif word.endswith("ices"):
        found += [f"{word[:-4]}ix", f"{word[:-4]}ex"]
    if word.endswith("ses"):
        found.append(f"{word[:-2]}is")
    if word.endswith("es") and word[:-2].endswith(_HISSING):
        found.append(word[:-2])
    return found
