"""What a withdrawal leaves."""

TOMBSTONE = "[withdrawn]"
"""What stands where words were erased whose place must stay: transcripts keep their order, decisions their rows."""
