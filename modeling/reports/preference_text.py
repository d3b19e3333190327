"""Table 5 as plain text."""

from __future__ import annotations

from collections.abc import Mapping

from modeling.domain.comparison import Preference


def as_text(table: Mapping[str, Preference]) -> list[str]:
    """Return the table's lines: counts, p-values, the interval of the share of wins, and the paper's mark."""
    lines = [
        f"{'question':<20}{'win':>6}{'lose':>6}{'tie':>6}{'p':>10}{'Holm':>10}   share of wins, 95 %",
    ]
    for question, row in table.items():
        counts = f"{row.win:>6}{row.lose:>6}{row.tie:>6}"
        share = f"{row.share_low:.2f} to {row.share_high:.2f}"
        lines.append(f"{question:<20}{counts}{row.p:>10.4f}{row.p_holm:>10.4f}   {share} {row.mark}".rstrip())
    return lines
