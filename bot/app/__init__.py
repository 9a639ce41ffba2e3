"""The composition root: what the program is made of, and how it starts and stops."""
