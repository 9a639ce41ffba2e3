"""Past days in and out: posts of the old blog into the archive, days of the archive into files."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from bot import blog, output, queries
from bot.config import Settings
from bot.errors import BlogFormatError, HotpapersError, InputError
from bot.messages.problems import words_of
from bot.models import Era, Ranking, RankingQuery
from bot.output import json
from bot.problems import Code, Problem
from bot.store import Archive, blogs, files
from bot.store.blogs import Saved

# The longest post of the blog that is known has 53 kB.
MAX_BYTES = 8 << 20
_FRONT_BYTES = 4096  # the title stands in them


class Format(StrEnum):
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"
    BIBTEX = "bibtex"


# --- in -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file. ``day`` and ``papers`` are those of the post, when it was read."""

    file: Path
    saved: Saved | None  # None when it was refused
    refusal: str = ""
    day: date | None = None
    papers: int = 0


def posts_in(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """The files to import, and those in folders that are no posts of this blog.

    A file that is named is imported, whatever its name. In a folder, and in those inside it, a
    post is a ``.md`` file named as the blog names them (``2021-03-30---Hot-Papers.md``), or one
    whose title says so. Links to folders are not followed.
    """
    posts: dict[Path, None] = {}
    others: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            posts[path] = None
            continue
        for file in sorted(path.rglob("*.md")):
            (posts if _is_post(file) else others)[file] = None
    return list(posts), list(others)


def _is_post(file: Path) -> bool:
    if file.is_dir() or file.is_fifo():
        return False
    if file.name.endswith("Hot-Papers.md"):
        return True
    try:
        with file.open("rb") as opened:
            return b"title: Hot Papers" in opened.read(_FRONT_BYTES)
    except OSError:  # reading it again will say why
        return True


def _content(file: Path) -> bytes:
    """Raises OSError, and BlogFormatError for a file that cannot be a post for its size."""
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BlogFormatError(Problem(Code.BLOG_TOO_LARGE, megabytes=MAX_BYTES >> 20), 1)
    return content


async def take(archive: Archive, files: Sequence[Path], *, now: datetime) -> AsyncIterator[Taken]:
    """Store post after post, each whole or not at all, and tell of each."""
    came_from: dict[date, Path] = {}
    for file in files:
        yield await _take(archive, file, came_from, now)


async def _take(archive: Archive, file: Path, came_from: dict[date, Path], now: datetime) -> Taken:
    try:
        content = await asyncio.to_thread(_content, file)
        post = blog.parse(content, file.name)
    except OSError as error:
        return Taken(file, None, f"cannot be read: {error.strerror}")
    except BlogFormatError as error:
        return Taken(file, None, words_of(error))
    earlier = came_from.setdefault(post.day, file)
    if earlier is not file and await _differs(archive, post):
        return Taken(file, None, f"{post.day} has just come from {earlier}, and is another there")
    saved = await archive.write(blogs.save, post, now=now)
    return Taken(file, saved, day=post.day, papers=len(post.papers))


async def _differs(archive: Archive, post: blog.BlogPost) -> bool:
    known = await archive.read(blogs.get, post.day)
    return known is None or blog.write(known) != blog.write(post)


# --- out ----------------------------------------------------------------------------------------


async def days_of(archive: Archive, start: date, end: date, era: Era | None) -> list[date]:
    """The days from ``start`` to ``end`` that can be exported, oldest first."""
    return await archive.read(blogs.days_of, start, end, era)


async def rankings(
    archive: Archive, settings: Settings, wanted: Iterable[date], era: Era | None
) -> list[Ranking]:
    found = [await queries.ranking(archive, settings, RankingQuery(day, era=era)) for day in wanted]
    return [ranking for ranking in found if ranking is not None]


async def posts(
    archive: Archive, settings: Settings, wanted: Iterable[date], era: Era | None
) -> dict[str, str]:
    """The days as posts of the blog, by the names that their files have."""
    found = {day: await queries.blog_post(archive, settings, day, era=era) for day in wanted}
    return {
        file_name(day, day, Format.MARKDOWN): blog.write(post)
        for day, post in found.items()
        if post is not None
    }


def text_of(found: Sequence[Ranking], form: Format, first: date, last: date) -> str:
    """JSON, CSV or BibTeX. The JSON of one day is the document that ``hot`` prints."""
    match form:
        case Format.JSON:
            days = [json.ranking(ranking) for ranking in found]
            several = {"from": first.isoformat(), "to": last.isoformat(), "days": days}
            document = days[0] if first == last else several
            return msgspec.json.format(msgspec.json.encode(document)).decode() + "\n"
        case Format.CSV:
            return output.csv_text(found)
        case Format.BIBTEX:
            return output.bibtex(entry.paper for ranking in found for entry in ranking.papers)
        case Format.MARKDOWN:
            raise InputError("A post of the blog holds one day.")


_ENDINGS = {Format.JSON: "json", Format.CSV: "csv", Format.BIBTEX: "bib"}


def file_name(first: date, last: date, form: Format) -> str:
    if form is Format.MARKDOWN:
        return f"{first}---Hot-Papers.md"
    return f"hot-papers-{first if first == last else f'{first}-{last}'}.{_ENDINGS[form]}"


def put(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises HotpapersError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, text, rights=0o666)  # nothing in it is private
    except OSError as error:
        raise HotpapersError(f"{path} cannot be written: {error.strerror}.") from error


def refused(results: Collection[Taken]) -> list[Taken]:
    return [result for result in results if result.saved is None]
