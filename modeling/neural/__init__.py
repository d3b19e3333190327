"""Models: the only package that imports torch and transformers."""

from transformers.utils import logging

# Saving and loading would draw bars across the training's own.
logging.disable_progress_bar()  # type: ignore[no-untyped-call]
