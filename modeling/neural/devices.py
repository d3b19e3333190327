"""Devices: what numbers to compute in, and what to say when memory runs out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from modeling.errors import BackboneUnsuitable, OutOfMemory


def resolve_precision(wanted: str) -> str:
    """Return Accelerate's name for the numbers to train in: `no` (fp32) or `bf16`.

    Raises:
        BackboneUnsuitable: bf16 is asked of a device that has it only in name.
    """
    if wanted == "fp32":
        return "no"
    if torch.cuda.is_available():
        return "bf16" if wanted == "bf16" or torch.cuda.is_bf16_supported() else "no"
    if wanted == "auto":
        return "no"
    if not cpu_has_fast_bf16():
        raise BackboneUnsuitable(
            'This processor computes bf16 slower than fp32; set precision = "auto" or "fp32" in the run file.'
        )
    return "bf16"


def cpu_has_fast_bf16() -> bool:
    """Whether a bf16 product is faster than an fp32 one here; measured, because a processor's flags do not tell."""
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        a = torch.randn(256, 256).to(dtype)
        a @ a
        started = time.perf_counter()
        for _ in range(3):
            a @ a
        seconds[dtype] = time.perf_counter() - started
    return seconds[torch.bfloat16] < seconds[torch.float32]


@contextmanager
def memory_said(pieces: int, *, setting: str) -> Iterator[None]:
    """Turn a device's or the machine's "out of memory" into a sentence.

    Raises:
        OutOfMemory: a batch did not fit.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate memory" in str(error):
            raise OutOfMemory(
                f"Memory ran out with {pieces} pieces at a time. Lower {setting}: it changes memory, not results. What was "
                "saved stays, and the same command goes on from there."
            ) from error
        raise
