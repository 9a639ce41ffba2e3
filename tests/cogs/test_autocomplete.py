"""What is offered while an option is typed: days, categories, papers."""

from datetime import date, timedelta

import pytest

from bot.models import Language
from bot.store import blogs, papers
from cogs.shared import transformers
from tests import factories
from tests.archive_world import RETRIEVAL
from tests.blog_posts import day_of_two
from tests.simcord_world import World, ask, complete


class TestCompletion:
    async def test_days_show_their_state_and_their_papers(self, world: World) -> None:
        found = await complete(world.member, world.nlp, "hot", "date", "")
        assert found[:3] == [
            ("Wed 31 Mar 2021 · 1 ranked so far", "2021-03-31"),
            ("Tue 30 Mar 2021 · 14 ranked", "2021-03-30"),
            ("Mon 29 Mar 2021 · 1 ranked", "2021-03-29"),
        ]
        assert len(found) == 6

    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("last tue", ("Tue 30 Mar 2021 · 14 ranked", "2021-03-30")),
            ("sat", ("Sat 27 Mar 2021 · no listing", "2021-03-27")),
            ("2021-03-22", ("Mon 22 Mar 2021 · not in the archive", "2021-03-22")),
            ("2021-04-01", ("Thu 1 Apr 2021 · not announced yet", "2021-04-01")),
            ("mar 2", ("Tue 2 Mar 2021 · not in the archive", "2021-03-02")),
            ("fri 2", ("Fri 26 Mar 2021 · 1 ranked", "2021-03-26")),
        ],
    )
    async def test_a_day_is_completed(
        self, world: World, typed: str, first: tuple[str, str]
    ) -> None:
        assert (await complete(world.member, world.nlp, "hot", "date", typed))[0] == first

    @pytest.mark.parametrize(
        ("language", "typed", "first"),
        [
            (Language.GERMAN, "gest", "Di., 30. März 2021 · 14 bewertet"),
            (Language.JAPANESE, "3月31日", "2021年3月31日(水) · 現在1件を集計"),
            (Language.FRENCH, "same", "sam. 27 mars 2021 · pas de listing"),
        ],
    )
    async def test_a_reader_sees_and_types_the_own_language(
        self,
        world: World,
        monkeypatch: pytest.MonkeyPatch,
        language: Language,
        typed: str,
        first: str,
    ) -> None:
        """SimCord's members all have an English client."""
        monkeypatch.setattr(transformers, "language_of", lambda _: language)
        [(name, day), *_] = await complete(world.member, world.nlp, "hot", "date", typed)
        assert name == first
        for text in (day, name.partition(" · ")[0]):
            answer = await ask(world.member, world.nlp, "hot", date=text)
            assert f"{date.fromisoformat(day):%-d} March 2021" in answer.words

    async def test_nonsense_has_no_day(self, world: World) -> None:
        assert await complete(world.member, world.nlp, "hot", "date", "xyzzy") == []

    async def test_an_old_archive_is_completed_from_its_own_days(self, world: World) -> None:
        world.clock.advance(timedelta(days=2000))
        found = await complete(world.member, world.nlp, "hot", "date", "mar 3")
        assert ("Tue 30 Mar 2021 · 14 ranked", "2021-03-30") in found
        assert (await complete(world.member, world.nlp, "hot", "date", ""))[0][1] == "2021-03-31"

    async def test_the_blogs_days_are_offered_beside_ours(self, world: World) -> None:
        for day in ("2016-05-04", "2017-03-30"):
            await world.services.archive.write(blogs.save, day_of_two(day), now=world.clock.now())
        found = await complete(world.member, world.nlp, "hot", "date", "")
        assert found[-1] == ("Wed 4 May 2016 · 2 ranked", "2016-05-04")
        typed = await complete(world.member, world.nlp, "hot", "date", "2017")
        assert typed == [("Thu 30 Mar 2017 · 2 ranked", "2017-03-30")]
        by_month = await complete(world.member, world.nlp, "hot", "date", "may")
        assert [value for _, value in by_month] == ["2016-05-04"]

    async def test_categories_have_their_names(self, world: World) -> None:
        found = await complete(world.member, world.nlp, "hot", "category", "cs.cl")
        assert found == [("cs.CL – Computation and Language", "cs.CL")]
        by_name = await complete(world.member, world.nlp, "hot", "category", "language")
        assert ("cs.CL – Computation and Language", "cs.CL") in by_name

    async def test_a_whole_archive_is_offered(self, world: World) -> None:
        found = await complete(world.member, world.nlp, "hot", "category", "cond-mat")
        whole = "cond-mat.* – all of Condensed Matter (10 categories) · not harvested here"
        assert found[0] == (whole, "cond-mat.*")

    async def test_the_last_of_several_categories_is_completed(self, world: World) -> None:
        found = await complete(world.member, world.nlp, "hot", "category", "cs.CL, ir")
        assert found[0] == ("cs.CL, cs.IR – Information Retrieval", "cs.CL, cs.IR")
        assert all(len(name) <= 100 and len(value) <= 100 for name, value in found)

    @pytest.mark.parametrize(
        ("typed", "first"),
        [("nlp", "cs.CL"), ("vision", "cs.CV"), ("ml", "cs.LG"), ("all", "*"), ("-nlp", "-cs.CL")],
    )
    async def test_categories_are_known_by_what_people_call_them(
        self, world: World, typed: str, first: str
    ) -> None:
        assert (await complete(world.member, world.nlp, "hot", "category", typed))[0][1] == first

    async def test_the_harvested_categories_come_first_and_none_twice(self, world: World) -> None:
        found = await complete(world.member, world.nlp, "hot", "category", "cs.CL, ")
        values = [value for _, value in found]
        assert "cs.CL, cs.CL" not in values
        assert len(values) == len(set(values))
        foreign = ["not harvested" in name for name, _ in found]
        assert foreign == sorted(foreign)
        assert not foreign[0]

    @pytest.mark.parametrize("typed", ["gogus", "GÖĞÜŞ", "cafe gog", "1912.0"])
    async def test_papers_are_found_in_the_whole_archive_without_accents(
        self, world: World, typed: str
    ) -> None:
        older = factories.listed(
            "1912.01234", day=date(2019, 12, 4), title="A Café", authors=("Ersin Göğüş",)
        )
        await world.services.archive.write(papers.save, [older], now=world.clock.now())
        found = await complete(world.member, world.nlp, "why", "paper", typed)
        assert [value for _, value in found] == ["1912.01234"]

    async def test_papers_are_found_by_words_of_their_title(self, world: World) -> None:
        found = await complete(world.member, world.nlp, "why", "paper", "impatient")
        assert found == [(f"Retrieval for the Impatient · {RETRIEVAL}", RETRIEVAL)]
