"""A small discord.py bot with one of everything, for the server's own tests."""

import re
from typing import Any, Self

import discord
from discord import app_commands, ui

DATES = ("2021-03-26", "2021-03-29", "2021-03-30")


class WhyButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"b1:why:(?P<paper>[0-9.]+)"):
    """Works in any process that has registered it, whoever sent the message."""

    def __init__(self, paper: str) -> None:
        super().__init__(ui.Button(label=f"Why {paper}?", custom_id=f"b1:why:{paper}"))
        self.paper = paper

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,
        item: ui.Item[discord.ui.View | ui.LayoutView],
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(match["paper"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"because of {self.paper}", ephemeral=True)


def card(paper: str) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    box: ui.Container[ui.LayoutView] = ui.Container(ui.TextDisplay(f"# {paper}"))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    row.add_item(WhyButton(paper))
    row.add_item(ui.Button(label="abs", url=f"https://arxiv.org/abs/{paper}"))
    box.add_item(row)
    view.add_item(box)
    return view


class Ask(ui.Modal, title="Ask"):
    question: ui.Label["Ask"] = ui.Label(text="Question", component=ui.TextInput(max_length=100))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        field = self.question.component
        assert isinstance(field, ui.TextInput)
        await interaction.response.send_message(f"asked: {field.value}")


class Sizes(ui.View):
    @ui.select(placeholder="how many", options=[discord.SelectOption(label=x) for x in "123"])
    async def chosen(self, interaction: discord.Interaction, select: "ui.Select[Sizes]") -> None:
        await interaction.response.edit_message(content=f"chose {select.values[0]}", view=None)


@app_commands.command(description="The papers of a day")
async def hot(interaction: discord.Interaction, date: str, top: int = 10) -> None:
    await interaction.response.send_message(f"{top} papers of {date}")


@hot.autocomplete("date")
async def complete_date(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"day {one}", value=one) for one in DATES if typed in one]


@app_commands.command(description="Takes its time")
async def slow(interaction: discord.Interaction) -> None:
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send("here it is")
    await interaction.edit_original_response(content="here it is, corrected")
    await interaction.followup.send("and more", ephemeral=True)


@app_commands.command(description="A card")
async def show(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(view=card("2103.15691"))


@app_commands.command(description="A modal")
async def ask(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Ask())


@app_commands.command(description="A select")
async def size(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("how many?", view=Sizes())


@app_commands.command(description="Never answers")
async def mute(_: discord.Interaction) -> None:
    return


@app_commands.default_permissions(manage_guild=True)
class Digest(app_commands.Group, name="digest", description="Digests"):
    @app_commands.command(description="Adds one")
    async def add(
        self,
        interaction: discord.Interaction,
        channel: discord.TextChannel,
        hour: app_commands.Range[int, 0, 23],
    ) -> None:
        await interaction.response.send_message(f"{channel.mention} at {hour}", ephemeral=True)


COMMANDS: tuple[app_commands.Command[Any, ..., None], ...] = (hot, slow, show, ask, size, mute)


class SampleBot(discord.AutoShardedClient):
    """With the intents and caches of the real one."""

    def __init__(self, *, sync: bool = True) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=0.05,
            max_ratelimit_timeout=60,
        )
        self.tree = app_commands.CommandTree(self)
        for command in COMMANDS:
            self.tree.add_command(command)
        self.tree.add_command(Digest())
        self.gone: list[str] = []
        self.interactions: list[discord.Interaction] = []
        self._sync = sync

    async def setup_hook(self) -> None:
        self.add_dynamic_items(WhyButton)
        if self._sync:
            await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Does without the five seconds between the IDENTIFYs of shards."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.interactions.append(interaction)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self.gone.append(channel.name)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.gone.append(guild.name)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self.gone.append(f"{guild.name} for now")

    def text_channel(self, channel_id: int) -> discord.TextChannel:
        channel = self.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        return channel
