"""The command line of the modelling room: `python -m modeling VERB`.

The verbs import torch only when they run, so that counting and scoring work where torch is not installed.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from modeling.errors import ModelingError

VERBS = ("pieces", "train", "evaluate", "answer", "score", "table", "compare")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the process's exit status: 0, or 1 after a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m modeling", description=sys.modules["modeling"].__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        module = importlib.import_module(f"modeling.commands.{verb}")
        module.add_arguments(verbs.add_parser(verb, help=module.HELP, description=module.__doc__))
    arguments = parser.parse_args(argv)
    try:
        importlib.import_module(f"modeling.commands.{arguments.verb}").run(arguments)
    except ModelingError as error:
        print(f"modeling {arguments.verb}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
