"""Every verb, run key and metric of the modelling room is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeling.__main__ import VERBS
from modeling.domain import runfile
from modeling.domain.results import figures
from tests.modeling.evaluations import make_evaluation

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "modeling.md").read_text()
SECTIONS = [s for s in runfile.Section.__subclasses__() if s is not runfile.Run]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_documented(verb: str) -> None:
    assert f"`{verb} " in REFERENCE


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.__name__)
def test_every_key_of_a_run_file_is_documented(section: type[runfile.Section]) -> None:
    keys = set(section.__struct_fields__) - {"scratch"}
    assert sorted(key for key in keys if f"`{key}`" not in REFERENCE) == []


def test_every_metric_is_documented() -> None:
    names = set(figures(make_evaluation())) - {"bleu_2", "bleu_3"}  # within the row from bleu_1 to bleu_4
    assert sorted(name for name in names if f"`{name}`" not in REFERENCE) == []
