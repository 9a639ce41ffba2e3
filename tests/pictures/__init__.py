"""Pictures of every kind of message, for the documents. See ``__main__``."""
