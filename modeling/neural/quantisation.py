"""int8 copies of a model for processors: half the time, and refused where they are worse.

Weights become int8 once, activations on the fly; embeddings and layer norms stay fp32.
"""

from __future__ import annotations

import copy
import warnings

import torch
from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from modeling.errors import QuantizationRefused

WORSE_AT_MOST = 1.01
"""The int8 perplexity over the fp32 one, at most."""


def quantise(model: PreTrainedModel) -> PreTrainedModel:
    """Return an int8 copy of the model for the processor; the original is untouched."""
    copied = copy.deepcopy(model).cpu()
    copied.eval()  # type: ignore[no-untyped-call]
    _use_linear_layers(copied)
    with warnings.catch_warnings():
        # torch 2.13 announces a successor in another package, which is slower on processors without AVX-512.
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=UserWarning, message="(?s).*quantize.*deprecated")
        quantised: PreTrainedModel = torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]
            copied, {nn.Linear}, dtype=torch.qint8, inplace=True
        )
    return quantised


def _use_linear_layers(module: nn.Module) -> None:
    """Turn GPT-2's transposed layers into linear ones, which is what the quantiser knows."""
    for name, child in module.named_children():
        if isinstance(child, Conv1D):
            linear = nn.Linear(child.weight.shape[0], child.weight.shape[1])
            linear.weight = nn.Parameter(child.weight.detach().T.contiguous())
            linear.bias = nn.Parameter(child.bias.detach().clone())
            setattr(module, name, linear)
        else:
            _use_linear_layers(child)


def accept_quantised(*, fp32_perplexity: float, int8_perplexity: float) -> None:
    """Check that the int8 copy is good enough to serve.

    Raises:
        QuantizationRefused: its perplexity is more than 1 % worse.
    """
    if not int8_perplexity <= WORSE_AT_MOST * fp32_perplexity:
        raise QuantizationRefused(
            f"The int8 copy's perplexity is {int8_perplexity:.3f}, more than 1 % above the model's {fp32_perplexity:.3f}; "
            "use the fp32 model."
        )
