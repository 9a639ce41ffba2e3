"""The least bot that the library can be: what ours is compared with.

    python -m benchmarks.bare_bot API_URL TOKEN

Connects with the same intents and caches as ours, registers one command and answers it.
"""

import sys

import discord
from discord import app_commands
from discord.ext import commands


class BareBot(commands.AutoShardedBot):
    async def setup_hook(self) -> None:
        self.tree.add_command(bare)
        await self.tree.sync()


@app_commands.command(name="help", description="What this bot can do")
async def bare(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("nothing", ephemeral=True)


def main(api_url: str, token: str) -> None:
    discord.http.Route.BASE = api_url
    bot = BareBot(
        command_prefix=(),
        help_command=None,
        intents=discord.Intents(guilds=True),
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_messages=None,
    )
    bot.run(token, log_handler=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
