"""Any paper: /paper, /why and the menu of a message."""

import asyncio
import shutil
from datetime import date
from pathlib import Path

import msgspec
import pytest

from bot.app.client import HotpapersBot
from bot.clock import ManualClock
from bot.config import Config, Secrets, Settings
from bot.container import services
from bot.store import lookups
from cogs.papers import lookup
from cogs.papers.message_menu import papers_in, titles_in
from tests.archive_world import NOW, RETRIEVAL, VIVIT
from tests.discordd import LoopbackDiscord
from tests.discordd.pointing import running
from tests.factories import paper
from tests.services.arxiv_world import World as ArxivWorld
from tests.services.arxiv_world import invent
from tests.services.arxivd import ArxivD
from tests.services.base import slow
from tests.simcord_world import World, ask, choose, press

ATTENTION = "1706.03762"
UNKNOWN = "2103.99999"
MENU = "Papers in this message"


class TestCommand:
    @pytest.fixture(autouse=True)
    def _impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody asks arXiv here."""
        monkeypatch.setattr(lookup, "SOON", 0)
        monkeypatch.setattr(lookup, "PATIENCE", 0)

    @pytest.mark.parametrize("command", ["paper", "why"])
    async def test_a_paper_that_is_not_there_is_asked_for(self, world: World, command: str) -> None:
        answer = await ask(world.member, world.nlp, command, paper=ATTENTION)
        assert answer.private
        assert f"Not in the archive: {ATTENTION}. I am asking arXiv" in answer.words
        archive = world.services.archive
        assert await archive.read(lookups.waiting, 9) == [ATTENTION]
        # The button works in another process too, once arXiv has answered.
        await world.restart()
        found = paper(ATTENTION, title="A Famous Paper")
        await archive.write(lookups.store, [found], (), now=world.clock.now())
        shown = await press(world.member, answer, f"Show {ATTENTION}")
        assert "A Famous Paper" in shown.words

    async def test_whoever_asks_for_one_that_waits_waits_with_the_others(
        self, world: World
    ) -> None:
        archive = world.services.archive
        await ask(world.member, world.nlp, "paper", paper=ATTENTION)
        await ask(world.admin, world.nlp, "why", paper=f"arxiv.org/abs/{ATTENTION}v3")
        assert await archive.read(lookups.waiting, 9) == [ATTENTION]

    async def test_one_that_arxiv_does_not_know_is_said_to_be_none(self, world: World) -> None:
        archive, now = world.services.archive, world.clock.now()
        await archive.write(lookups.request, UNKNOWN, now=now)
        await archive.write(lookups.store, (), [UNKNOWN], now=now)
        answer = await ask(world.member, world.nlp, "paper", paper=UNKNOWN)
        assert world.errors
        assert f"arXiv knows no paper {UNKNOWN}" in answer.words

    async def test_a_queue_that_is_full_is_said_to_be(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lookups, "MAX_WAITING", 0)
        answer = await ask(world.member, world.nlp, "paper", paper=ATTENTION)
        assert world.errors
        assert "Ask again later." in answer.words


class TestMenu:
    @pytest.fixture(autouse=True)
    def _impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lookup, "PATIENCE", 0)

    async def test_links_ids_and_titles_come_as_cards(self, world: World) -> None:
        text = (
            f"See https://alphaxiv.org/abs/{VIVIT}v2, and \u201cRetrieval for the Impatient\u201d!"
        )
        answer = await choose(world, MENU, text)
        assert answer.private
        assert "ViViT: A Video Vision Transformer" in answer.words
        assert "Retrieval for the Impatient" in answer.words
        assert len(answer.messages) == 2

    async def test_what_is_not_there_is_looked_up(self, world: World) -> None:
        answer = await choose(world, MENU, f"{VIVIT} builds on {ATTENTION}")
        assert "ViViT" in answer.words
        assert f"Not in the archive: {ATTENTION}. I am asking arXiv" in answer.words
        assert await world.services.archive.read(lookups.waiting, 9) == [ATTENTION]

    async def test_of_many_papers_the_first_come(self, world: World) -> None:
        ids = [f"2103.15{number}" for number in range(100, 107)]
        answer = await choose(world, MENU, " ".join(ids))
        assert len(answer.messages) == 6
        assert "The message has 2 more papers." in answer.words

    async def test_a_message_without_any_says_what_is_looked_for(self, world: World) -> None:
        answer = await choose(world, MENU, "It costs 2103.99 dollars")
        assert world.errors
        assert "I find no paper in this message" in answer.words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"https://arxiv.org/pdf/{VIVIT}.pdf", [VIVIT]),
        (f"{VIVIT}", [VIVIT]),
        (f"({VIVIT}v3), {RETRIEVAL}.", [VIVIT, RETRIEVAL]),
        (f"https://huggingface.co/papers/{VIVIT}", [VIVIT]),
        (f"https://www.semanticscholar.org/arxiv/{VIVIT}", [VIVIT]),
        (f"doi:10.48550/arXiv.{VIVIT}", [VIVIT]),
        (f"<https://arxiv.org/abs/{VIVIT}> and again {VIVIT}", [VIVIT]),
        ("hep-th/9711200", []),
        ("arXiv:hep-th/9711200", ["hep-th/9711200"]),
        (f"https://vixra.org/abs/{VIVIT}", []),
        (f"${VIVIT}, {VIVIT}€, 1{VIVIT}, {VIVIT}0, v{VIVIT}", []),
        ("2113.15691 1234.5678", []),
        ("", []),
    ],
)
def test_papers_are_found_as_people_write_them(text: str, found: list[str]) -> None:
    assert papers_in(text) == found


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ('read "Attention Is All You Need" today', ["Attention Is All You Need"]),
        ("\u201eEin Titel in Gänsefüßen\u201c", ["Ein Titel in Gänsefüßen"]),
        ("\u300c注意機構だけで十分であるという論文\u300d", ["注意機構だけで十分であるという論文"]),
        ('he said "no"', []),
        ('an open " quote', []),
    ],
)
def test_titles_stand_in_quotes(text: str, titles: list[str]) -> None:
    assert titles_in(text) == titles


async def test_a_card_takes_the_place_of_the_promise_when_arxiv_has_answered(
    tmp_path: Path, filled: Path
) -> None:
    """Over the real wire, with an arXiv that is slow; a thousand members make one request."""
    world = ArxivWorld(invent(3, date(2021, 3, 26)))
    async with ArxivD(world, ManualClock(NOW)) as arxiv, LoopbackDiscord() as server:
        settings = Settings()
        settings = msgspec.structs.replace(
            settings,
            arxiv=msgspec.structs.replace(
                settings.arxiv, api_url=arxiv.url, oai_url=arxiv.url, seconds_between_requests=0.0
            ),
        )
        config = Config(settings, Secrets(), Path(shutil.copy(filled, tmp_path / "a.db")))
        guild = server.add_guild("Reading group")
        papers = server.add_channel(guild, "papers")
        members = [server.add_member(guild, f"member {number}") for number in range(20)]
        arxiv.fail("/api/query", slow(1.5))
        wanted = world.papers[0]
        async with services(config, ManualClock(NOW)) as opened:
            bot = HotpapersBot(opened, run_jobs=False)
            bot._connection.guild_ready_timeout = 0.05
            async with running(server, bot):
                task = asyncio.create_task(opened.paper_lookup.run())
                answers = await asyncio.gather(
                    *(member.slash(papers, "paper", paper=wanted.id) for member in members)
                )
                await server.wait_until(
                    lambda: all(wanted.title in answer.text for answer in answers), 20
                )
                task.cancel()
        assert all("I am asking arXiv" in answer.versions[0].text for answer in answers)
        assert len(arxiv.requests) == 1
        assert server.violations == server.illegal_answers == []
