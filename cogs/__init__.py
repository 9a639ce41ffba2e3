"""The commands of the Discord bot, one file per group."""
