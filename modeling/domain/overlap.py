"""ROUGE-L and unigram F1 of one text against its reference.

Source: nlg-eval's ROUGE-L (beta 1.2, punctuation counts), which the paper's figures come from; the `rouge-score`
package's rougeL (beta 1, its own tokens), which later papers often report; unigram F1 of the authors'
re-implementation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

ROUGE_BETA = 1.2
"""How much recall weighs against precision in nlg-eval's ROUGE-L."""

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


def common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, in tokens."""
    row = [0] * (len(other) + 1)
    for token in one:
        diagonal = 0
        for j, candidate in enumerate(other, start=1):
            above = row[j]
            row[j] = diagonal + 1 if token == candidate else max(above, row[j - 1])
            diagonal = above
    return row[-1]


def rouge_l(hypothesis: Sequence[str], reference: Sequence[str], *, beta: float = ROUGE_BETA) -> float:
    """Return the longest-common-subsequence F score, 0..1; 0 where either text is empty."""
    common = common_subsequence(hypothesis, reference)
    if not common:
        return 0.0
    precision, recall = common / len(hypothesis), common / len(reference)
    return (1 + beta**2) * precision * recall / (recall + beta**2 * precision)


def rouge_score_tokens(text: str) -> list[str]:
    """Return the tokens that the `rouge-score` package compares: runs of a-z and 0-9, lower-cased, not stemmed."""
    return _NOT_ALPHANUMERIC.sub(" ", text.lower()).split()


def unigram_f1(hypothesis: Sequence[str], reference: Sequence[str]) -> float:
    """Return the F1 of the two bags of tokens, 0..1; 0 where they share none."""
    common = (Counter(hypothesis) & Counter(reference)).total()
    if not common:
        return 0.0
    return 2 * common / (len(hypothesis) + len(reference))
