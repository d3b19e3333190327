"""Responses of several systems side by side, as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from modeling.domain.pairing import same_pieces
from modeling.domain.results import Evaluation

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; }
article { border-top: 1px solid; padding: 1rem 0; }
ol { list-style: none; padding: 0; }
.who { font-weight: 600; }
.strategy { font-size: .875rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid; padding: .5rem; text-align: left; vertical-align: top; }
th { white-space: nowrap; }
"""


def as_html(evaluations: Sequence[Evaluation], *, limit: int) -> str:
    """Return a page of the first `limit` pieces, spread over the conversations.

    Raises:
        ScoresUnusable: the systems did not answer the same pieces.
    """
    same_pieces(evaluations)
    count = len(evaluations[0].pieces)
    step = max(1, count // limit)
    chosen = range(0, min(count, step * limit), step)
    articles = "\n".join(_article(evaluations, index) for index in chosen)
    names = ", ".join(escape(_name(e)) for e in evaluations)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Responses side by side</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>Responses side by side</h1>\n<p>{len(chosen)} of {count} pieces. Systems: {names}.</p>\n"
        f"{articles}\n</main>\n</body>\n</html>\n"
    )


def _article(evaluations: Sequence[Evaluation], index: int) -> str:
    piece = evaluations[0].pieces[index]
    context = "\n".join(
        f'<li><span class="who">{escape(said.speaker)}</span> {_strategy(said.strategy)} {escape(said.text)}</li>'
        for said in piece.context
    )
    rows = [_row("Reference", piece.gold, piece.reference)]
    rows += [_row(_name(e), e.pieces[index].strategy, e.pieces[index].hypothesis) for e in evaluations]
    title = f"Conversation {piece.conversation}, utterance {piece.position}"
    return (
        f"<article>\n<h2>{title}</h2>\n<ol>\n{context}\n</ol>\n"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table>\n<thead><tr><th scope="col">System</th>'
        '<th scope="col">Strategy</th><th scope="col">Response</th></tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody>\n</table></div>\n</article>"
    )


def _row(name: str, strategy: str | None, text: str) -> str:
    return f'<tr><th scope="row">{escape(name)}</th><td>{escape(strategy or "none")}</td><td>{escape(text)}</td></tr>\n'


def _strategy(strategy: str | None) -> str:
    return f'<span class="strategy">[{escape(strategy)}]</span>' if strategy else ""


def _name(evaluation: Evaluation) -> str:
    return f"{evaluation.system} ({evaluation.variant})"
