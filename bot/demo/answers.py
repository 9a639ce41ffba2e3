"""What the bot answers to the buttons of the sample day's messages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot import cards, queries
from bot.cards import Card
from bot.cards.actions import Abstract, Action, HotPage, Share, Why
from bot.cards.custom_ids import decode
from bot.container import Services
from bot.demo.preview import PreviewMessage
from bot.errors import HotpapersError
from bot.queries import PaperView


class Answers:
    """``author`` is whose messages they are."""

    def __init__(self, services: Services, *, author: str) -> None:
        self._services = services
        self._author = author

    async def to_all_buttons(self, messages: Iterable[PreviewMessage]) -> dict[str, PreviewMessage]:
        """By custom id, for the buttons of ``messages`` and for those of the answers themselves."""
        answers: dict[str, PreviewMessage] = {}
        waiting = [custom_id for message in messages for custom_id in _custom_ids(message.payload)]
        while waiting:
            custom_id = waiting.pop()
            action = decode(custom_id)
            if custom_id not in answers and action is not None:
                answers[custom_id] = await self.to(action)
                waiting += _custom_ids(answers[custom_id].payload)
        return answers

    async def to(self, action: Action) -> PreviewMessage:
        """Raises HotpapersError for an action that no message of the sample day has."""
        card = await self._card(action)
        return PreviewMessage(
            author=self._author,
            at=self._services.clock.now(),
            payload={"components": [item.to_component_dict() for item in card.children]},
            ephemeral=not isinstance(action, Share),
            in_place=isinstance(action, HotPage),
        )

    async def _card(self, action: Action) -> Card:
        match action:
            case Abstract(arxiv_id):
                return cards.abstract((await self._paper(arxiv_id)).ranked.paper)
            case Why(arxiv_id) | Share(Why(arxiv_id)):
                shareable = not isinstance(action, Share)
                return cards.why(await self._paper(arxiv_id), shareable=shareable)
            case HotPage() as asked:
                return await self._hot(asked, shared=False)
            case Share(HotPage() as asked):
                return await self._hot(asked, shared=True)
            case _:
                raise HotpapersError(f"The sample day has no answer to {action}.")

    async def _hot(self, asked: HotPage, *, shared: bool) -> Card:
        archive, settings = self._services.archive, self._services.config.settings
        ranking = await queries.ranking(archive, settings, asked.query)
        if ranking is None:
            raise HotpapersError(f"The sample day has no ranking of {asked.query.day}.")
        query = replace(asked.query, page=asked.page)
        return cards.hot(ranking, query=query, shared=shared)

    async def _paper(self, arxiv_id: str) -> PaperView:
        archive, settings = self._services.archive, self._services.config.settings
        view = await queries.paper(archive, settings, arxiv_id)
        if view is None:
            raise HotpapersError(f"The sample day has no paper {arxiv_id}.")
        return view


def _custom_ids(component: object) -> Iterator[str]:
    """Of all buttons in a message or component, however deep."""
    if isinstance(component, Mapping):
        custom_id = component.get("custom_id")
        if isinstance(custom_id, str) and not component.get("disabled"):
            yield custom_id
        for inside in component.values():
            yield from _custom_ids(inside)
    elif isinstance(component, list):
        for inside in component:
            yield from _custom_ids(inside)
