"""/hot, /why, /paper and /help, as members use them."""

import re
from datetime import date, timedelta

import pytest
from sqlite_utils import Database

from bot.cards.actions import HotPage
from bot.cards.custom_ids import decode, encode
from bot.models import Era, Period, RankingQuery
from bot.store import blogs, days, papers
from tests.archive_world import BELOW_BAR, HOSTILE, NEWEST, NOW, RETRIEVAL, VIVIT
from tests.blog_posts import day_of_two
from tests.factories import listed
from tests.simcord_world import World, ask, press


class TestHot:
    async def test_shows_the_newest_closed_day_to_who_asked(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot")
        assert answer.private
        assert "Tuesday, 30 March 2021" in answer.words
        assert "14 of 16 papers above the bar of 50" in answer.words
        assert "Hugging Face failed (timed out after 30 s)" in answer.words
        assert answer.words.index("1. ViViT") < answer.words.index("2. Retrieval")
        assert world.posted(world.nlp, world.admin) == []

    @pytest.mark.parametrize(
        "typed", ["2021-03-29", "mon", "2 days ago", "march 29 2021", "29.3.2021"]
    )
    async def test_takes_a_date_as_people_say_it(self, world: World, typed: str) -> None:
        answer = await ask(world.member, world.nlp, "hot", date=typed)
        assert "Monday, 29 March 2021" in answer.words
        assert "Work of Monday" in answer.words

    async def test_filters_by_categories_in_any_spelling(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", category="cs.cl, CS.IR")
        assert "1. Retrieval for the Impatient" in answer.words
        assert "2. Chips That Think" in answer.words
        assert "ViViT" not in answer.words
        wild = await ask(world.member, world.nlp, "hot", category="quant-ph cond-mat")
        assert "quant-ph and cond-mat.* are not harvested here" in wild.words

    async def test_takes_a_period_and_a_top(self, world: World) -> None:
        week = await ask(world.member, world.nlp, "hot", date="2021-03-26", period="week", top=2)
        assert "Week of 22–26 March 2021" in week.words
        assert "3 of 5 listing days held" in week.words
        assert "Work of Friday" in week.words
        assert "Work of Thursday" in week.words
        assert "Work of Wednesday" not in week.words
        ever = await ask(world.member, world.nlp, "hot", period="all", top=1)
        assert "1. ViViT" in ever.words
        assert "2. " not in ever.words

    async def test_a_span_that_is_not_held_says_so_and_what_is_nearest(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", date="2020-12-31", period="year")
        assert answer.words.startswith("Nothing of 2020 is in the archive. The nearest day")
        (nearest,) = answer.buttons
        year = await press(world.member, answer, nearest)
        assert "Hot papers · 2021" in year.words

    async def test_whose_counts_are_shown_can_be_chosen(self, world: World) -> None:
        answer = await ask(
            world.member, world.nlp, "hot", period="week", counts="blog-original-posts"
        )
        assert "counted by the Hot Papers blog, original posts only is in the archive" in (
            answer.words
        )
        query = RankingQuery(NEWEST, Period.WEEK, era=Era.BLOG_ORIGINAL_POSTS)
        assert decode(encode(HotPage(query, 2)) or "") == HotPage(query, 2)

    async def test_a_day_still_counted_says_so(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", date="today")
        assert "counted so far" in answer.words
        assert "1. Of Today" in answer.words

    async def test_a_weekend_says_why_and_offers_its_neighbours(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", date="2021-03-27", category="cs.CL")
        assert "no listing dated Saturday, 27 March 2021: it lists nothing at weekends" in (
            answer.words
        )
        assert list(answer.buttons) == ["Fri 26 Mar", "Mon 29 Mar"]
        monday = await press(world.member, answer, "Mon 29 Mar")
        assert "Monday, 29 March 2021" in monday.words
        assert "cs.CL" in monday.words
        assert monday.message.id == answer.message.id

    async def test_a_day_that_has_not_come_says_so(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", date="2021-04-01")
        assert "it has not been announced yet. It closes 2 April 2021" in answer.words.replace(
            "\n", " "
        )
        assert list(answer.buttons) == ["Tue 30 Mar", "Wed 31 Mar"]

    @pytest.mark.parametrize("period", ["day", "week"])
    @pytest.mark.parametrize("listed", [0, 2])
    async def test_before_it_is_counted_a_day_says_when_it_closes(
        self, world: World, listed: int, period: str
    ) -> None:
        """Issue: "0 of 0 papers above the bar"."""
        monday = date(2021, 4, 5)
        world.clock.advance(timedelta(days=5))
        await world.services.archive.write(_uncounted, monday, listed)
        answer = await ask(
            world.member, world.nlp, "hot", date="today", period=period, category="cs.CL"
        )
        first = "2 papers of cs.CL are listed, and none is counted yet" if listed else "No paper of"
        assert first in answer.words
        assert "It closes 6 April 2021" in answer.words
        assert not re.search(r"\b0 of", answer.words)
        assert list(answer.buttons) == ["Tue 30 Mar"]
        complete = await press(world.member, answer, "Tue 30 Mar")
        assert "Retrieval for the Impatient" in complete.words

    async def test_a_day_that_is_being_harvested_says_when_it_closes(self, world: World) -> None:
        world.clock.advance(timedelta(days=5))
        answer = await ask(world.member, world.nlp, "hot", date="today")
        assert "5 April 2021 is not in the archive" in answer.words
        assert "It closes 6 April 2021" in answer.words
        assert list(answer.buttons) == ["Tue 30 Mar", "Wed 31 Mar"]

    async def test_a_day_whose_counts_are_late_does_not_close_in_the_past(
        self, world: World
    ) -> None:
        await world.services.archive.write(_uncounted, date(2021, 4, 5), 0)
        world.clock.advance(timedelta(days=8))
        answer = await ask(world.member, world.nlp, "hot", date="2021-04-05")
        assert "Its counts are late" in answer.words
        assert "closes <" not in answer.words

    async def test_a_day_that_was_not_harvested_offers_the_nearest(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", date="2020-05-05")
        assert "The listing of Tuesday, 5 May 2020 is not in the archive" in answer.words
        assert list(answer.buttons) == ["Wed 24 Mar 2021"]

    async def test_a_category_that_is_not_harvested_is_not_called_empty(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", category="hep-th")
        assert "of 0 papers" not in answer.words
        assert "Nothing reached" not in answer.words
        assert (
            "hep-th is not harvested here: only papers of cs.* and stat.ML that are cross-listed "
            "to it can be found. Whoever runs this bot can add it to categories under [arxiv]"
        ) in answer.words

    async def test_an_archive_of_which_only_shared_categories_come_is_not_harvested(
        self, world: World
    ) -> None:
        """math.NA is cs.NA as well, so a harvest of cs brings it."""
        answer = await ask(world.member, world.nlp, "hot", category="math, eess")
        assert "math.* and eess.* are not harvested here" in answer.words
        for own in ("math.NA", "eess.SY", "stat", "*"):
            answer = await ask(world.member, world.nlp, "hot", category=own)
            assert "not harvested here" not in answer.words

    async def test_a_day_that_lists_nothing_of_a_category_says_so(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", date="2021-03-29", category="cs.IR")
        assert "No paper of cs.IR is listed." in answer.words
        assert "bar" not in answer.words

    async def test_a_category_of_which_only_cross_lists_come_says_so(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", category="cs.CL, quant-ph")
        assert "papers above the bar of 50 · cs.CL or quant-ph" in answer.words
        assert "arXiv: quant-ph not harvested here" in answer.words

    async def test_a_search_in_what_is_not_harvested_says_so(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "search", query="cat:hep-th")
        assert "No paper in the archive says that." in answer.words
        assert "hep-th is not harvested here" in answer.words

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("gibberish", "Try 2021-03-30, 'yesterday', 'last tue'"),
            ("soon", "'soon' is not a date I can read."),
        ],
    )
    async def test_an_unreadable_date_is_answered_with_examples(
        self, world: World, typed: str, said: str
    ) -> None:
        answer = await ask(world.member, world.nlp, "hot", date=typed)
        assert world.errors
        assert answer.private
        assert said in answer.words
        assert "Reference" not in answer.words

    @pytest.mark.parametrize(
        ("typed", "said", "offered"),
        [
            ("29/30 mar", "is not a date", []),
            ("32 mar 2021", "is not a date", []),
            ("31 feb 2021", "February 2021 has 28 days.", ["28 February 2021"]),
            (
                "03/04/2021",
                "may be Sat 3 Apr 2021 or Thu 4 Mar 2021",
                ["3 April 2021", "4 March 2021"],
            ),
            ("mon 30 march 2021", "30 Mar 2021 is a Tuesday.", ["30 March 2021"]),
        ],
    )
    async def test_a_doubtful_date_offers_what_it_may_mean(
        self, world: World, typed: str, said: str, offered: list[str]
    ) -> None:
        answer = await ask(world.member, world.nlp, "hot", date=typed)
        assert world.errors
        assert said in answer.words
        assert list(answer.buttons) == offered
        for day in offered[:1]:  # pressing one turns the message into its day
            assert day in (await press(world.member, answer, day)).words

    async def test_a_doubtful_date_keeps_what_else_was_asked(self, world: World) -> None:
        asked = {"date": "mon 30 march 2021", "category": "cs.cl", "period": "week", "top": 1}
        answer = await ask(world.member, world.nlp, "hot", **asked)
        assert world.errors
        meant = decode(answer.buttons["30 March 2021"])
        assert meant == HotPage(RankingQuery(NEWEST, Period.WEEK, ("cs.CL",), 1))

    async def test_an_unknown_category_names_close_ones(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", category="cs.XX")
        assert world.errors
        assert "arXiv has no category 'cs.XX'" in answer.words

    async def test_works_in_a_direct_message(self, world: World) -> None:
        result = await world.member.user.slash("hot")
        assert result.response is not None

    async def test_a_hostile_title_pings_nobody_and_links_nowhere(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", category="cs.LG", top=1)
        assert "@\u200beveryone **Free** [click](https://evil.example)" in answer.words
        assert {address for text in answer.seen.texts for _, address in text.links} == {
            f"https://arxiv.org/abs/{HOSTILE}",
            f"https://arxiv.org/pdf/{HOSTILE}",
            "https://x.com/someone/status/1002",
        }

    async def test_a_quiet_category_can_be_looked_through_all_the_same(self, world: World) -> None:
        quiet = await ask(world.member, world.nlp, "hot", category="math.CO")
        assert "Nothing reached the bar of 50" in quiet.words
        assert "Unnoticed by All" not in quiet.words
        everything = await press(world.member, quiet, "Show them anyway")
        assert "All 1 paper, by score · math.CO" in everything.words
        assert "Unnoticed by All" in everything.words

    async def test_all_papers_of_a_day_come_by_score_then_those_without_posts(
        self, world: World
    ) -> None:
        page = await ask(world.member, world.nlp, "hot", min_score=0)
        assert "All 16 papers, by score" in page.words
        words = [page.words]
        for _ in range(3):
            page = await press(world.member, page, "Next")
            words.append(page.words)
        assert "Page 4 of 4" in words[-1]
        everything = "\n".join(words)
        places = [everything.index(t) for t in ("ViViT", "A Quiet Result", "Unnoticed by All")]
        assert places == sorted(places)
        assert "An Older Matter" not in everything  # only replaced, which is no news

    async def test_a_higher_bar_shows_less(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", min_score=1000)
        assert "2 of 16 papers above the bar of 1,000" in answer.words

    async def test_a_day_that_is_not_counted_shows_no_paper_as_unnoticed(
        self, world: World
    ) -> None:
        """Nobody has asked yet who talks about them."""
        await world.services.archive.write(
            lambda db: db.conn.execute(
                "UPDATE days SET counted_at = NULL WHERE day = ?", [str(NEWEST)]
            )
        )
        answer = await ask(
            world.member, world.nlp, "hot", date=str(NEWEST), category="math.CO", min_score=0
        )
        assert "Unnoticed by All" not in answer.words
        assert "1 paper is listed, and none is counted yet" in answer.words.replace(
            "of math.CO ", ""
        )

    async def test_takes_a_span_as_its_period(self, world: World) -> None:
        week = await ask(world.member, world.nlp, "hot", date="this week")
        assert "29 March" in week.words
        assert "Work of Monday" in week.words
        month = await ask(world.member, world.nlp, "hot", date="march 2021")
        assert "March 2021" in month.words
        newest = await ask(world.member, world.nlp, "hot", date="latest")
        assert "Tuesday, 30 March 2021" in newest.words

    async def test_a_search_shows_day_and_score_of_a_hit(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "search", query="impatient")
        assert "Tue 30 Mar 2021 · score" in answer.words

    async def test_a_search_without_a_hit_says_what_may_be_meant(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "search", query="impateint")
        assert "Did you mean impatient?" in answer.words

    async def test_what_is_typed_is_cleaned_first(self, world: World) -> None:
        answer = await ask(
            world.member, world.nlp, "hot", date="２０２１–０３–２９", category="cs.CL、cs.IR"
        )
        assert "Monday, 29 March 2021" in answer.words


class TestPaper:
    @pytest.mark.parametrize(
        "typed",
        [
            VIVIT,
            f"arXiv:{VIVIT}v2",
            f"https://arxiv.org/pdf/{VIVIT}.pdf",
            f"https://www.alphaxiv.org/abs/{VIVIT}",
            f"https://huggingface.co/papers/{VIVIT}",
        ],
    )
    async def test_is_found_by_id_or_any_link(self, world: World, typed: str) -> None:
        answer = await ask(world.member, world.nlp, "paper", paper=typed)
        assert answer.private
        assert "ViViT: A Video Vision Transformer" in answer.words
        assert "Listed Tuesday, 30 March 2021 · number 1 that day" in answer.words

    async def test_what_is_no_paper_is_answered_with_examples(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "why", paper="the one about video")
        assert world.errors
        assert "Try 2103.15691, hep-th/9901001" in answer.words


class TestWhy:
    async def test_shows_a_sum_that_adds_up(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "why", paper=RETRIEVAL)
        assert "X: 10 retweets + 1,211 likes = 1,221" in answer.words
        assert "Hacker News: 40 points × 2.5 = 100" in answer.words
        assert "Score 1,221 + 100 = 1,321" in answer.words

    async def test_a_paper_below_the_bar_has_its_reasons_too(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "why", paper=BELOW_BAR)
        assert "Score 13" in answer.words


async def test_help_names_every_reading_command(world: World) -> None:
    answer = await ask(world.member, world.nlp, "help")
    assert answer.private
    assert all(f"/{name}" in answer.words for name in ("hot", "why", "paper", "digest add"))


class TestSearch:
    async def test_finds_words_authors_and_categories(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "search", query="impatient cat:cs.IR")
        assert answer.private
        assert "1 paper found" in answer.words
        assert "Retrieval for the Impatient" in answer.words
        nothing = await ask(world.member, world.nlp, "search", query="impatient -retrieval")
        assert "No paper in the archive says that." in nothing.words

    async def test_pages_work_after_a_restart(self, world: World) -> None:
        first = await ask(world.member, world.nlp, "search", query='"invented study" cat:cs.LG')
        assert "10 papers found" in first.words
        await world.restart()
        second = await press(world.member, first, "Next")
        assert "Page 2 of 2" in second.words
        await press(world.member, second, "Share here")
        (shared,) = world.posted(world.nlp, world.admin)
        assert "Search: " in shared.words

    async def test_an_error_says_where(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "search", query="video autor:chen")
        assert "At “autor:chen”" not in answer.words
        assert "There is no autor: here. Did you mean author:?" in answer.words
        answer = await ask(world.member, world.nlp, "search", query="video OR images")
        assert "At “OR”: There is no OR here" not in answer.words
        answer = await ask(world.member, world.nlp, "search", query='video "vision trans')
        assert 'At “"vision”: This quotation mark is never closed.' in answer.words
        assert world.errors

    async def test_a_query_that_cannot_be_read_is_answered_with_examples(
        self, world: World
    ) -> None:
        answer = await ask(world.member, world.nlp, "search", query="cat:nonsense")
        assert world.errors
        assert "Searches look like these: speculative decoding" in answer.words


class TestImportedDays:
    """What the old blog did not print is not shown as 0, and whose counts they are is said."""

    async def test_shows_only_the_counts_that_were_printed(self, world: World) -> None:
        await world.services.archive.write(
            blogs.save, day_of_two("2016-05-04"), now=world.clock.now()
        )
        answers = {
            "hot": await ask(world.member, world.nlp, "hot", date="2016-05-04"),
            "paper": await ask(world.member, world.nlp, "paper", paper="1605.00001"),
            "why": await ask(world.member, world.nlp, "why", paper="1605.00001"),
            "search": await ask(world.member, world.nlp, "search", query="1605.00001"),
        }
        for name, answer in answers.items():
            assert "counted by the Hot Papers blog" in answer.words.replace("Counted", "counted"), (
                name
            )
            assert not re.search(r"(?<!\d)0 \w", answer.words), name
            assert "talking" not in answer.words, name
        assert "ada_muster on X" in answers["hot"].words
        assert "Wed 4 May 2016 · score 370" in answers["search"].words


def _uncounted(db: Database, day: date, count: int) -> None:
    """A day that is open, with so many papers of cs.CL."""
    days.open_day(db, day)
    new = [listed(f"2104.0{n:04}", day=day, categories=("cs.CL",)) for n in range(1, count + 1)]
    papers.save(db, new, now=NOW)
