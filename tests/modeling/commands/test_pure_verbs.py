"""The verbs that need no torch: `pieces`, `score`, `compare`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from modeling.__main__ import main
from tests.modeling.corpora import make_corpus, write_corpus

GOLDEN = [
    ("i am sorry to hear that . how long have you felt this way ?", "i am so sorry to hear about that . how long has this been going on ?"),
    ("have you tried to talk to your friend about it ?", "have you talked to your friend about how you feel ?"),
    ("i understand how you feel .", "it sounds like you are very tired of all this work ."),
    ("you are welcome ! have a great day !", "you are very welcome ! take care !"),
    ("maybe you could take a short walk every day", "perhaps taking a walk each day could help you a little"),
    ("yes", "yes , i do ."),
]  # fmt: skip
"""Texts written for a test of metrics; the values below are those of nlg-eval and NLTK on them."""


def test_pieces_follows_its_contract(tmp_path: Path) -> None:
    corpus = write_corpus(make_corpus(3, rounds=3), tmp_path / "corpus.json")
    assert main(["pieces", str(corpus), "--json", str(tmp_path / "out.json")]) == 0
    counts = json.loads((tmp_path / "out.json").read_text())
    # Each conversation is seeker, supporter, three times: responses at 1, 3, 5 with contexts of 1, 3, 4.
    assert counts["pieces"] == 9
    assert counts["conversations"] == 3
    assert counts["by_size"] == {"2": 3, "3": 0, "4": 3, "5": 3}
    assert sum(counts["by_strategy"].values()) == 9
    assert set(counts) == {"pieces", "by_size", "by_strategy", "conversations"}


def score(tmp_path: Path, *extra: str) -> dict[str, object]:
    (tmp_path / "hyp").write_text("".join(f"{h}\n" for h, _ in GOLDEN))
    (tmp_path / "ref").write_text("".join(f"{r}\n" for _, r in GOLDEN))
    files = ["--hypotheses", str(tmp_path / "hyp"), "--references", str(tmp_path / "ref")]
    assert main(["score", *files, "--json", str(tmp_path / "out.json"), *extra]) == 0
    scores: dict[str, object] = json.loads((tmp_path / "out.json").read_text())
    return scores


def test_score_gives_the_published_implementations_values(tmp_path: Path) -> None:
    scores = score(tmp_path)
    expected = {
        "bleu_1": 0.4710738567,
        "bleu_2": 0.3120165353,
        "bleu_3": 0.2112779816,
        "bleu_4": 0.1429570371,
        "bleu_2_method3": 0.3086064161,
        "rouge_l": 0.4521020664,
        "unigram_f1": 0.494609081,
        "distinct_1": 0.7058823529,
        "distinct_2": 0.9777777778,
    }
    for name, value in expected.items():
        assert scores[name] == pytest.approx(value, abs=1e-9), name
    assert scores["extrema"] is None
    assert scores["texts"] == 6
    intervals = scores["intervals"]
    assert isinstance(intervals, dict)
    assert intervals["bleu_2"][0] < 0.3120165353 < intervals["bleu_2"][1]


def test_score_computes_extrema_when_vectors_are_given(tmp_path: Path) -> None:
    (tmp_path / "vectors.txt").write_text("yes 1 0\n, 0 1\n")
    value = score(tmp_path, "--vectors", str(tmp_path / "vectors.txt"))["extrema"]
    assert isinstance(value, float)
    assert 0 < value <= 1


def test_score_keeps_empty_lines_as_empty_texts(tmp_path: Path) -> None:
    (tmp_path / "hyp").write_text("\nyes\n")
    (tmp_path / "ref").write_text("hello\nyes\n")
    files = ["--hypotheses", str(tmp_path / "hyp"), "--references", str(tmp_path / "ref")]
    assert main(["score", *files, "--json", str(tmp_path / "out.json")]) == 0
    assert json.loads((tmp_path / "out.json").read_text())["rouge_l"] == 0.5


def test_score_refuses_files_of_different_lengths(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hyp").write_text("a\nb\n")
    (tmp_path / "ref").write_text("a\n")
    assert main(["score", "--hypotheses", str(tmp_path / "hyp"), "--references", str(tmp_path / "ref")]) == 1
    assert "2 hypotheses and 1 references" in capsys.readouterr().err


def test_compare_follows_its_contract(tmp_path: Path) -> None:
    answers = ["win"] * 54 + ["lose"] * 34 + ["tie"] * 12
    (tmp_path / "answers.csv").write_text("question,answer\n" + "".join(f"comforting,{a}\n" for a in answers))
    assert main(["compare", str(tmp_path / "answers.csv"), "--json", str(tmp_path / "out.json")]) == 0
    table = json.loads((tmp_path / "out.json").read_text())
    assert table == {"comforting": {"win": 54, "lose": 34, "tie": 12, "p": pytest.approx(0.042211, abs=1e-6)}}


@pytest.mark.parametrize(
    ("content", "because"),
    [("{", "not a released corpus"), ("[]", "holds no conversation"), (None, "cannot be read")],
)
def test_a_corpus_that_cannot_be_used_gives_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, because: str
) -> None:
    path = tmp_path / "corpus.json"
    if content is not None:
        path.write_text(content)
    assert main(["pieces", str(path)]) == 1
    assert because in capsys.readouterr().err


def test_pieces_refuses_an_unknown_strategy_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_corpus(make_corpus(1), tmp_path / "corpus.json")
    document = json.loads(path.read_text())
    document[0]["dialog"][1]["annotation"]["strategy"] = "Hugging"
    path.write_text(json.dumps(document))
    assert main(["pieces", str(path)]) == 1
    assert "dialog[1].annotation.strategy: expected one of the eight strategies" in capsys.readouterr().err


def test_the_pure_verbs_do_not_import_torch(tmp_path: Path) -> None:
    corpus = write_corpus(make_corpus(1), tmp_path / "corpus.json")
    program = (
        "import sys\n"
        "from modeling.__main__ import main\n"
        f"status = main(['pieces', {str(corpus)!r}])\n"
        "assert not {'torch', 'transformers', 'django'} & sys.modules.keys()\n"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=_paths(), check=False
    )
    assert done.returncode == 0, done.stderr
    assert "pieces of 1 conversations" in done.stdout


def _paths() -> dict[str, str]:
    root = Path(__file__).parents[3]
    return {"PYTHONPATH": f"{root}:{root / 'platform'}", "PATH": "/usr/bin:/bin"}
