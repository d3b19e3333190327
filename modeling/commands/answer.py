"""`answer --checkpoint DIR`: answer turns, one line of JSON a batch, until the input ends.

The platform starts it for each checkpoint that sits in a supporter's seat. It opens no connection of any kind.
"""

# ruff: noqa: T201 - its log is its standard error

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from modeling.commands.extras import modeling_extra
from modeling.domain.turns import TurnReply, TurnRequest

HELP = "answer turns of a chat, a line of JSON in and one out (started by the platform)"
_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder `best` of a training's --out")
    parser.add_argument(
        "--numbers", choices=["fp32", "int8"], default="int8", help="on a processor (default: %(default)s)"
    )
    parser.add_argument("--threads", type=int, default=1, help="of the processor (default: %(default)s)")


def run(arguments: argparse.Namespace) -> None:
    """Load, say so, and answer line by line."""
    sys.addaudithook(_refuse_network)
    # What libraries print must not stand between the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with modeling_extra():
        from modeling.neural.answering import Answerer
    answerer = Answerer(arguments.checkpoint, numbers=arguments.numbers, threads=arguments.threads)
    _write(out, answerer.info)
    print("modeling answer: ready", file=sys.stderr, flush=True)
    decoder = msgspec.json.Decoder(list[TurnRequest])
    for line in sys.stdin.buffer:
        found = answerer.answer(decoder.decode(line))
        _write(
            out,
            {
                "replies": [reply if isinstance(reply, TurnReply) else None for reply in found],
                "errors": [None if isinstance(reply, TurnReply) else reply.sentence for reply in found],
            },
        )


def _refuse_network(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _NETWORK:
        raise PermissionError("A model in a seat reaches no network.")


def _write(out: Any, value: object) -> None:
    out.write(msgspec.json.encode(value) + b"\n")
    out.flush()
