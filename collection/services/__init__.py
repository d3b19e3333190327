"""The only writers of the collection room."""
