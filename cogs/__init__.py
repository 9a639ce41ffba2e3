"""The commands of the Discord bot, one file per group."""

PROGRAM = "hotpapers"  # hotpapers.py knows the package by this line
