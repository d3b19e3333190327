"""A campaign's results as files."""

from __future__ import annotations

import csv
import io

from modeling.domain.answers import Answer, Choice
from modeling.domain.campaign_results import results_of
from modeling.domain.comparison import compare, parse_answers
from modeling.reports.preference_text import as_text
from modeling.reports.preferences import answers_csv, as_latex, intervals_svg

AGENTS = ("joint_1", "vanilla")
QUESTIONS = ("Fluency", "Overall")


def answers() -> list[Answer]:
    """16 of 20 prefer joint on Overall, whichever came first; everybody is undecided on Fluency."""
    made = []
    for number in range(20):
        first, second = AGENTS if number % 2 else AGENTS[::-1]
        wanted = "joint_1" if number < 16 else "vanilla"
        choice = Choice.FIRST if first == wanted else Choice.SECOND
        pair = str(number + 1)
        made.append(Answer(pair, "Fluency", Choice.SAME, first, second, "job_crisis", "fear"))
        made.append(Answer(pair, "Overall", choice, first, second, "job_crisis", "fear"))
    return made


def test_the_command_reads_the_same_table_from_the_file() -> None:
    text = answers_csv(answers(), agents=AGENTS)
    found = results_of(answers(), agents=AGENTS, questions=QUESTIONS).comparisons[0].table
    assert compare(parse_answers(text)) == found
    assert (found["Overall"].win, found["Overall"].lose) == (16, 4)


def test_a_name_that_a_spreadsheet_would_run_is_guarded() -> None:
    given = [Answer("1", "Overall", Choice.FIRST, "=1+1", "vanilla")]
    row = next(csv.DictReader(io.StringIO(answers_csv(given, agents=("=1+1", "vanilla")))))
    assert (row["one"], row["first"], row["shown_first"]) == ("'=1+1", "'=1+1", "true")


def test_the_latex_table_marks_the_larger_count_as_the_paper_does() -> None:
    found = results_of(answers(), agents=AGENTS, questions=QUESTIONS).comparisons
    lines = as_latex(found, questions=QUESTIONS).splitlines()
    assert "& \\multicolumn{3}{c}{joint\\_1 vs. vanilla} \\\\" in lines
    assert "Overall & 16$^{\\ddag}$ & 4 & 0 \\\\" in lines
    assert "Fluency & 0 & 0 & 20 \\\\" in lines
    lost = results_of(answers(), agents=AGENTS[::-1], questions=QUESTIONS).comparisons
    assert "Overall & 4 & 16$^{\\ddag}$ & 0 \\\\" in as_latex(lost, questions=QUESTIONS)


def test_a_question_without_answers_has_dashes() -> None:
    found = results_of(answers(), agents=AGENTS, questions=QUESTIONS).comparisons
    assert "Comforting & -- & -- & -- \\\\" in as_latex(found, questions=("Comforting",))


def test_the_plot_is_the_same_file_for_the_same_results() -> None:
    table = results_of(answers(), agents=AGENTS, questions=QUESTIONS).comparisons[0].table
    drawn = intervals_svg("joint against vanilla", table)
    assert drawn == intervals_svg("joint against vanilla", table)
    assert drawn.startswith(b"<?xml")
    assert b"<svg" in drawn


def test_the_text_shows_counts_p_and_interval() -> None:
    table = results_of(answers(), agents=AGENTS, questions=QUESTIONS).comparisons[0].table
    fluency, overall = as_text(table)[1:]
    assert fluency.split() == ["Fluency", "0", "0", "20", "1.0000", "1.0000", "0.00", "to", "1.00"]
    # 2 * P(X <= 4 of 20) = .011818; Holm doubles the smaller of two.
    assert overall.split() == ["Overall", "16", "4", "0", "0.0118", "0.0236", "0.56", "to", "0.94", "‡"]
