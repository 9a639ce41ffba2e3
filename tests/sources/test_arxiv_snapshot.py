"""arXiv's snapshot file, as Kaggle offers it."""

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from bot.errors import InputError
from bot.sources.arxiv.record import Record
from bot.sources.arxiv.snapshot import Part, Snapshot, parse_line
from tests.words import raises_saying


def row(**changes: object) -> dict[str, object]:
    """A line in Kaggle's shape, with invented people and texts."""
    return {
        "id": "2103.00001",
        "submitter": "Ada Inventa",
        "authors": r"Ada Inventa, Pavol Hr\'aek (University of Nowhere)",
        "title": "Searching in $O(n^2)$\n  for Erd\\H{o}s",
        "comments": "9 pages,\n  2 figures",
        "journal-ref": "J. Invent. 3 (2021)",
        "doi": "10.1000/1",
        "report-no": None,
        "categories": "cs.SY eess.SY cs.LG",
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "abstract": "  We invent a thing and\nmeasure it.\n",
        "versions": [
            {"version": "v1", "created": "Mon, 1 Mar 2021 18:00:25 GMT"},
            {"version": "v2", "created": "Tue, 6 Apr 2021 08:00:00 GMT"},
        ],
        "update_date": "2021-04-07",
        "authors_parsed": [["Inventa", "Ada", ""]],
    } | {name.replace("_", "-"): value for name, value in changes.items()}


def line(**changes: object) -> bytes:
    return msgspec.json.encode(row(**changes))


def parts(path: Path, offset: int = 0) -> list[Part]:
    with Snapshot(path).open(offset) as found:
        return list(found)


def ids(found: list[Part]) -> list[str]:
    return [record.arxiv_id for part in found for record in part.records]


class TestReading:
    def test_a_line_is_a_record_with_the_time_of_its_first_version(self) -> None:
        record = parse_line(line())
        assert record == Record(
            arxiv_id="2103.00001",
            changed=date(2021, 4, 7),
            categories=("eess.SY", "cs.LG"),
            submitted_at=datetime(2021, 3, 1, 18, 0, 25, tzinfo=UTC),
            version=2,
            title="Searching in $O(n^2)$\n  for Erd\\H{o}s",
            authors=r"Ada Inventa, Pavol Hr\'aek (University of Nowhere)",
            abstract="We invent a thing and\nmeasure it.",
            comment="9 pages, 2 figures",
            journal_ref="J. Invent. 3 (2021)",
            doi="10.1000/1",
            license_url="http://creativecommons.org/licenses/by/4.0/",
        )
        assert record.paper().title == "Searching in O(n²) for Erdős"
        assert record.paper().authors == ("Ada Inventa", "Pavol Hráek")

    def test_old_ids_lose_their_subject_class(self) -> None:
        assert parse_line(line(id="math.GT/0309136")).arxiv_id == "math/0309136"

    def test_fields_that_are_often_null_may_be_null(self) -> None:
        record = parse_line(line(comments=None, journal_ref=None, doi=None, license=None))
        assert (record.comment, record.doi, record.license_url) == (None, None, None)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"id": "2113.00001"}, "id"),
            ({"title": " "}, "title"),
            ({"title": None}, "title"),
            ({"categories": "68T01"}, "categories"),
            ({"versions": []}, "versions"),
            ({"versions": [{"version": "v1", "created": "yesterday"}]}, "versions"),
            ({"versions": [{"version": "v0", "created": "Mon, 1 Mar 2021 18:00:25 GMT"}]}, "v0"),
            ({"versions": [{"version": "v1", "created": "Fri, 31 Dec 9999 23:0:0 GMT"}]}, "999"),
            ({"versions": [{"version": "one", "created": "Mon, 1 Mar 2021 18:00:25 GMT"}]}, "v"),
        ],
    )
    def test_what_is_wrong_is_named_by_its_field(
        self, changes: dict[str, object], field: str
    ) -> None:
        with pytest.raises(ValueError, match=field):
            parse_line(line(**changes))


class TestFiles:
    def test_a_file_is_read_in_parts_that_say_how_far_they_are(self, tmp_path: Path) -> None:
        file = tmp_path / "snapshot.json"
        file.write_bytes(b"\n".join(line(id=f"2103.{n:05d}") for n in range(1, 5001)) + b"\n")
        found = parts(file)
        assert len(found) > 1
        assert ids(found) == [f"2103.{n:05d}" for n in range(1, 5001)]
        assert found[-1].offset == found[-1].size == file.stat().st_size
        assert [part.last for part in found] == [*[False] * (len(found) - 1), True]
        assert ids(parts(file, found[0].offset)) == ids(found[1:])

    def test_a_zip_file_is_read_as_kaggle_sends_it(self, tmp_path: Path) -> None:
        file = tmp_path / "archive.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("notes.txt", "hello")
            archive.writestr("arxiv-metadata-oai-snapshot.json", line() + b"\n" + line())
        [part] = parts(file)
        assert (len(part.records), part.last) == (2, True)

    def test_a_bad_line_costs_only_itself(self, tmp_path: Path) -> None:
        file = tmp_path / "snapshot.json"
        lines = [line(id="2103.00001"), b'{"id": "2103.00002", "title', b"", line(id="2103.00003")]
        file.write_bytes(b"\n".join(lines))
        [part] = parts(file)
        assert ids([part]) == ["2103.00001", "2103.00003"]
        [problem] = part.problems
        assert "2103.00002" in problem

    @pytest.mark.parametrize("body", [b"", b"hello\n", b"\x00\xff" * 100, b'{"a": 1}\n'])
    def test_another_file_is_refused_with_its_name(self, tmp_path: Path, body: bytes) -> None:
        file = tmp_path / "other.json"
        file.write_bytes(body)
        with raises_saying(InputError, r"other\.json is not arXiv's snapshot"):
            parts(file)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with raises_saying(InputError, r"none\.json cannot be read"):
            parts(tmp_path / "none.json")
