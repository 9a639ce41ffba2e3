"""Counts and rates -> scores with their parts, each post once, in one order. Pure."""
