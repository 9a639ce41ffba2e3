"""Papers, posts and wishes as somebody would write them who wants to break a message.

``inventing`` makes them from plain random numbers, ``holding`` says what must hold of the messages
that show them. `python -m tests.hostile` tries a hundred thousand papers, the tests a few.
"""
