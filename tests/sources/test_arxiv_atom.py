"""What arXiv's Atom feed says, field by field, whole and broken."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.errors import Malformed, Refused
from bot.messages.problems import words_of
from bot.models import Announcement, LearntFrom, Listed
from bot.sources.arxiv.atom import parse_feed
from tests.factories import made
from tests.services.arxiv_feed import feed
from tests.services.arxiv_world import Announced, Paper, submitted_for
from tests.shared_data import SHARED, needs
from tests.words import raises_saying

TUESDAY = date(2026, 11, 17)
WEDNESDAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
SAMPLES = SHARED / "samples" / "arxiv" / "feed"


def entry(**changes: object) -> Announced:
    values: dict[str, object] = {
        "id": "2611.00001",
        "title": r"Erd\H{o}s Numbers of $\alpha$-Stable Flows",
        "categories": ("cs.SY", "eess.SY", "cs.LG"),
        "submitted": submitted_for(WEDNESDAY),
        "listed": WEDNESDAY,
    }
    return Announced("new", made(Paper, values | changes), 1)


def parsed(*rows: Announced) -> list[Listed]:
    return list(parse_feed(feed("cs.SY", WEDNESDAY, rows).encode()).listed)


class TestReading:
    def test_a_paper_is_read_with_its_raw_and_its_readable_text(self) -> None:
        row = entry(
            authors=(r"Pavol Hr\'aek", "Ada Inventa (University of Nowhere)", "Bo Fictus"),
            abstract="Half of it costs 12% & is <b> bold.",
            journal_ref="J. Invent. 3 (2026)",
            doi="10.1000/1",
        )
        [found] = parsed(row)
        paper = found.paper
        assert (found.day, found.announcement) == (WEDNESDAY, Announcement.NEW)
        assert found.learnt_from is LearntFrom.FEED
        assert (paper.arxiv_id, paper.version) == ("2611.00001", 1)
        assert paper.title == "Erdős Numbers of α-Stable Flows"
        assert paper.raw_title == row.paper.title
        assert paper.authors == ("Pavol Hráek", "Ada Inventa", "Bo Fictus")
        assert paper.raw_authors == ", ".join(row.paper.authors)
        assert paper.abstract == "Half of it costs 12% & is <b> bold."
        assert paper.categories == ("eess.SY", "cs.LG")
        assert paper.license_url == row.paper.license
        assert (paper.journal_ref, paper.doi) == ("J. Invent. 3 (2026)", "10.1000/1")
        assert paper.submitted_at is None

    @pytest.mark.parametrize("kind", list(Announcement))
    def test_every_kind_of_announcement_is_told_apart(self, kind: Announcement) -> None:
        [found] = parsed(replace(entry(), kind=kind.value, version=3))
        assert found.announcement is kind
        assert (found.paper.arxiv_id, found.paper.version) == ("2611.00001", 3)

    def test_an_old_style_id_loses_its_subject_class(self) -> None:
        [found] = parsed(entry(id="math.GT/0309136"))
        assert found.paper.arxiv_id == "math/0309136"

    def test_a_title_of_one_zero_is_a_title(self) -> None:
        [found] = parsed(entry(title="0"))
        assert found.paper.title == "0"

    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [
            ("<title>0</title>", "<title> </title>", "title"),
            ("oai:arXiv.org:2611.00002v1", "oai:arXiv.org:2613.00002v1", "id"),
            ("<dc:creator>Nobody</dc:creator>", "", "author"),
            ("Abstract:", "Extract:", "summary"),
            ('term="cs.OS"', 'term="68T01"', "category"),
            ("2026-11-18T00:00:00-05:00</published>", "soon</published>", "published"),
            (
                "2026-11-18T00:00:00-05:00</published>",
                "0001-01-01T00:00:00+00:00</published>",
                "published",
            ),
            (">new</arxiv:announce_type>", ">retracted</arxiv:announce_type>", "announce_type"),
        ],
    )
    def test_a_malformed_entry_is_named_and_the_others_stand(
        self, old: str, new: str, field: str
    ) -> None:
        odd = entry(
            id="2611.00002",
            title="0",
            authors=("Nobody",),
            abstract="Nothing much.",
            categories=("cs.OS",),
        )
        first, rest = feed("cs.OS", WEDNESDAY, [odd]).split("<entry>", 1)
        broken = first + "<entry>" + rest.replace(old, new)
        others = feed("cs.SY", WEDNESDAY, [entry()]).split("<entry>", 1)[1]
        found = parse_feed(broken.replace("</feed>", "<entry>" + others).encode())
        assert [item.paper.arxiv_id for item in found.listed] == ["2611.00001"]
        [problem] = found.problems
        assert field in problem
        assert "26" in problem

    def test_of_a_truncated_feed_the_whole_entries_are_kept(self) -> None:
        rows = [entry(id=f"2611.{n:05d}") for n in range(1, 6)]
        body = feed("cs.SY", WEDNESDAY, rows).encode()
        whole = parse_feed(body)
        assert len(whole.listed) == 5
        assert not whole.broken
        cut = parse_feed(body[: body.index(b"2611.00004") + 300])
        assert cut.broken
        assert cut.listed == whole.listed[:3]

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", "an empty body"),
            (b"Rate exceeded.", "Rate exceeded."),
            (b"<!DOCTYPE html><html><body>Back soon</body></html>", "<!DOCTYPE html>"),
            (bytes(range(255, 0, -1)), "no_feed"),
            (b"/etc/hostname", "/etc/hostname"),
        ],
    )
    def test_what_is_no_feed_is_said_to_be_none(self, body: bytes, said: str) -> None:
        with pytest.raises(Malformed, match=said) as caught:
            parse_feed(body)
        assert words_of(caught.value) == "arXiv sent no feed"

    def test_the_error_entry_of_the_api_is_no_paper(self) -> None:
        body = feed("cs.SY", WEDNESDAY, [entry()]).replace(
            "oai:arXiv.org:2611.00001v1", "https://arxiv.org/api/errors#incorrect_id_format"
        )
        with raises_saying(Refused, "arXiv refused"):
            parse_feed(body.encode())


@needs(SAMPLES)
class TestSamples:
    def test_the_atom_feed_of_2025(self) -> None:
        found = parse_feed((SAMPLES / "2025-08-20_atom_cs.AI.xml").read_bytes())
        assert (found.problems, found.broken) == ((), False)
        assert found.days == {date(2025, 8, 20)}
        assert len(found.listed) == 7
        first = found.listed[0]
        assert first.announcement is Announcement.CROSS
        assert first.paper.arxiv_id == "2508.13426"
        assert first.paper.categories == ("cs.CL", "cs.AI")
        assert first.paper.title.startswith("ALIGN: Word Association Learning")

    def test_the_rss_feed_of_2026(self) -> None:
        found = parse_feed((SAMPLES / "2026-04-27_rss_cs.AI.xml").read_bytes())
        assert not found.problems
        assert found.days == {date(2026, 4, 27)}
        assert len(found.listed) == 3
        assert found.listed[0].paper.authors == ("Michael Cooper", "Samuel Cooper")
