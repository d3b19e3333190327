"""The verbs of `python -m modeling`, one module each: `add_arguments` and `run`."""
