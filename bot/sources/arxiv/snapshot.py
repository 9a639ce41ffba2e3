"""arXiv's snapshot of all metadata, as Kaggle offers it: JSON lines, zipped or not. Read in parts.

Fields: id, authors, title, comments, journal-ref, doi, categories (separated by spaces), license,
abstract, versions (each with a ``created`` time in GMT), update_date
(www.kaggle.com/datasets/Cornell-University/arxiv).
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

import msgspec

from bot.arxiv import ids, taxonomy
from bot.errors import InputError
from bot.problems import Code, Problem
from bot.sources import text_limits
from bot.sources.arxiv.record import Record, version_number, version_time

# Bytes in one part, about a thousand lines: little is lost when the program is killed.
PART = 2**21


class _Version(msgspec.Struct):
    version: str
    created: str


class _Row(msgspec.Struct, rename={"journal_ref": "journal-ref"}):
    id: str
    title: str
    categories: str
    versions: list[_Version]
    authors: str | None = None
    abstract: str | None = None
    comments: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    license: str | None = None
    update_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some lines of the file. ``offset`` is where the next part begins, ``size`` the whole file,
    both in bytes. ``problems`` name the lines that were left out, with the field at fault.
    """

    records: tuple[Record, ...]
    problems: tuple[str, ...]
    offset: int
    size: int

    @property
    def last(self) -> bool:
        return self.offset >= self.size


def parse_line(line: bytes) -> Record:
    """Raises ValueError naming the field."""
    try:
        row = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error
    times = dict(map(_version, row.versions))
    if not times:
        raise ValueError("versions: none")
    categories = taxonomy.canonical(row.categories.split())
    if not categories:
        raise ValueError("categories: none that arXiv has")
    if not row.title.strip():
        raise ValueError("title: missing")
    arxiv_id = _identifier(row.id)
    return Record(
        arxiv_id=arxiv_id,
        changed=_changed(row.update_date),
        categories=categories,
        submitted_at=times[min(times)],
        version=max(times),
        title=text_limits.within(arxiv_id, "title", row.title.strip()),
        authors=text_limits.within(arxiv_id, "authors", (row.authors or "").strip()),
        abstract=text_limits.within(arxiv_id, "abstract", (row.abstract or "").strip()),
        comment=text_limits.line(arxiv_id, "comments", row.comments),
        journal_ref=text_limits.line(arxiv_id, "journal-ref", row.journal_ref),
        doi=text_limits.line(arxiv_id, "doi", row.doi),
        license_url=text_limits.line(arxiv_id, "license", row.license),
    )


_DECODER = msgspec.json.Decoder(_Row)


def parse_part(lines: list[bytes], offset: int, size: int) -> Part:
    """``offset`` is where the part after these lines begins."""
    records: list[Record] = []
    problems: list[str] = []
    for line in lines:
        if not line.strip():
            continue
        try:
            records.append(parse_line(line))
        except ValueError as error:
            start = line[:40].decode("utf-8", "replace").strip()
            problems.append(f"{start!r}...: {error}")
    return Part(records=tuple(records), problems=tuple(problems), offset=offset, size=size)


class Snapshot:
    """A file that stays open. Raises InputError when it cannot be read or is something else."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def open(self, offset: int = 0) -> Iterator[Iterator[Part]]:
        """The parts from ``offset`` on; each is read when it is asked for."""
        try:
            with _opened(self._path) as (file, size):
                file.seek(offset)
                yield self._parts(file, size)
        except (OSError, zipfile.BadZipFile) as error:
            problem = Problem(Code.SNAPSHOT_UNREADABLE, path=self._path, error=error)
            raise InputError(problem) from error

    def _parts(self, file: IO[bytes], size: int) -> Iterator[Part]:
        if size == 0:
            raise InputError(Problem(Code.SNAPSHOT_EMPTY, path=self._path))
        at_start = file.tell() == 0
        while lines := file.readlines(PART):
            part = parse_part(lines, file.tell(), size)
            if at_start and not part.records:
                first = part.problems[0] if part.problems else ""
                raise InputError(
                    Problem(Code.SNAPSHOT_WITHOUT_RECORDS, path=self._path, line=first)
                )
            at_start = False
            yield part


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """The lines and their size in bytes; of a zip file, those of its largest member."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield file, path.stat().st_size
        return
    with zipfile.ZipFile(path) as archive:
        member = max(archive.infolist(), key=lambda info: info.file_size)
        with archive.open(member) as lines:
            yield lines, member.file_size


def _identifier(spelt: str) -> str:
    try:
        return ids.normalise(spelt)
    except InputError as error:
        raise ValueError(f"id: {error}") from error


def _version(version: _Version) -> tuple[int, datetime]:
    try:
        return version_number(version.version), version_time(version.created)
    except ValueError as error:
        raise ValueError(f"versions: {error}") from error


def _changed(spelt: str | None) -> date | None:
    try:
        return date.fromisoformat(spelt or "")
    except ValueError:
        return None
