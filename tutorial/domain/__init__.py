"""The rules of the training: pure functions without Django, clock or database."""
