"""Evaluating checkpoints: variants, splits, int8, and the whole chain from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from corpus.labels import STRATEGIES
from modeling.__main__ import main
from modeling.corpus_file import CorpusFile, read_corpus
from modeling.domain.results import figures
from modeling.domain.runfile import Run, run_to_dict
from modeling.domain.variants import Variant
from modeling.errors import CheckpointUnusable, QuantizationRefused
from modeling.neural import evaluation as evaluating
from modeling.neural.evaluation import evaluate, load_system, pieces_to_evaluate
from modeling.neural.quantisation import accept_quantised, quantise
from modeling.neural.setup import Prepared
from modeling.neural.training import train
from tests.modeling.corpora import make_corpus, write_corpus
from tests.modeling.runs import make_run


@pytest.fixture(scope="module")
def joint(corpus: CorpusFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("joint")
    train(make_run(epochs=2), corpus, out)
    return out / "best"


@pytest.fixture(scope="module")
def vanilla(corpus: CorpusFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("vanilla")
    train(make_run(variant="vanilla"), corpus, out)
    return out / "best"


def evaluate_as(checkpoint: Path, variant: Variant, corpus: CorpusFile, *, engine: str = "fp32", **options):
    settings = {"seed": 0, "batch_size": 4, **options}
    return evaluate(load_system(checkpoint, variant, engine=engine), corpus, "test", **settings)


def test_the_split_is_the_one_that_the_checkpoint_did_not_see(joint: Path, corpus: CorpusFile) -> None:
    manifest = json.loads((joint / "manifest.json").read_text())
    evaluation = evaluate_as(joint, Variant.JOINT, corpus)
    assert sorted({p.conversation for p in evaluation.pieces}) == manifest["split"]["test"]
    assert not set(manifest["split"]["test"]) & set(manifest["split"]["train"])
    assert len(evaluation.pieces) == 16


def test_joint_oracle_and_random_share_their_likelihood_and_differ_in_strategy(
    joint: Path, corpus: CorpusFile
) -> None:
    found = {v: evaluate_as(joint, v, corpus) for v in (Variant.JOINT, Variant.ORACLE, Variant.RANDOM)}
    nlls = {tuple(p.nll for p in e.pieces) for e in found.values()}
    assert len(nlls) == 1
    assert all(p.strategy == p.gold for p in found[Variant.ORACLE].pieces)
    drawn = {v: [p.strategy for p in e.pieces] for v, e in found.items()}
    assert drawn[Variant.RANDOM] != drawn[Variant.ORACLE]
    assert all(s in STRATEGIES for strategies in drawn.values() for s in strategies)


def test_vanilla_has_no_strategy_and_every_perplexity(vanilla: Path, corpus: CorpusFile) -> None:
    evaluation = evaluate_as(vanilla, Variant.VANILLA, corpus)
    assert all(p.strategy is None and p.logprobs == () for p in evaluation.pieces)
    ppl = figures(evaluation)["ppl"]
    assert ppl is not None
    assert ppl.value > 1


def test_batch_size_changes_no_figure(joint: Path, corpus: CorpusFile) -> None:
    one, many = (evaluate_as(joint, Variant.JOINT, corpus, batch_size=b) for b in (1, 16))
    assert [p.hypothesis for p in one.pieces] == [p.hypothesis for p in many.pieces]
    assert [p.nll for p in one.pieces] == pytest.approx([p.nll for p in many.pieces], abs=1e-4)


def test_a_checkpoint_is_not_evaluated_as_what_it_is_not(joint: Path, vanilla: Path) -> None:
    with pytest.raises(CheckpointUnusable, match="as joint, oracle or random"):
        load_system(joint, Variant.VANILLA)
    with pytest.raises(CheckpointUnusable, match="as vanilla"):
        load_system(vanilla, Variant.JOINT)


def test_another_corpus_has_no_part_and_may_be_taken_whole(joint: Path, tmp_path: Path) -> None:
    other = read_corpus(write_corpus(make_corpus(3, seed=5), tmp_path / "other.json"))
    system = load_system(joint, Variant.JOINT)
    with pytest.raises(CheckpointUnusable, match="--split all"):
        pieces_to_evaluate(system, other, "test")
    assert len(pieces_to_evaluate(system, other, "all")) == 12


def test_int8_stays_close_to_fp32(either: Prepared) -> None:
    model, quantised = either.backbone.model, quantise(either.backbone.model)
    ids = torch.tensor([either.train[0].source])
    inputs = {
        "input_ids": ids,
        **({"decoder_input_ids": torch.tensor([[1, 5, 6]])} if either.backbone.encoder_decoder else {}),
    }
    with torch.inference_mode():
        expected, found = (m(**inputs).logits.log_softmax(-1) for m in (model, quantised))
    kept = float((expected.exp() * (expected - found)).sum(-1).mean())  # Kullback-Leibler divergence, nats
    assert 0 < kept < 1e-3
    assert model.get_output_embeddings().weight.dtype == torch.float32, "the original is untouched"


def test_int8_is_evaluated_when_it_is_good_enough(joint: Path, corpus: CorpusFile) -> None:
    fp32 = evaluate_as(joint, Variant.JOINT, corpus)
    int8 = evaluate_as(joint, Variant.JOINT, corpus, engine="int8")
    assert int8.engine == "int8"
    one, other = (figures(e)["ppl"].value for e in (fp32, int8))
    assert other == pytest.approx(one, rel=0.01)
    assert other != one


def test_int8_is_refused_when_it_is_worse_by_more_than_a_hundredth(
    joint: Path, corpus: CorpusFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept_quantised(fp32_perplexity=20.0, int8_perplexity=20.19)
    with pytest.raises(QuantizationRefused, match="use the fp32 model"):
        accept_quantised(fp32_perplexity=20.0, int8_perplexity=20.21)
    with pytest.raises(QuantizationRefused):
        accept_quantised(fp32_perplexity=20.0, int8_perplexity=float("nan"))

    def spoiled(model):
        copy = quantise(model)
        with torch.no_grad():
            copy.final_logits_bias += 5 * torch.randn(copy.final_logits_bias.shape)
        return copy

    monkeypatch.setattr(evaluating, "quantise", spoiled)
    with pytest.raises(QuantizationRefused):
        evaluate_as(joint, Variant.JOINT, corpus, engine="int8")


def as_toml(run: Run) -> str:
    """Write a run as TOML."""
    lines, tables = [], []
    for key, value in run_to_dict(run).items():
        (tables if isinstance(value, dict) else lines).append((key, value))
    text = [f"{k} = {json.dumps(v)}" for k, v in lines if v is not None]
    for name, table in tables:
        nested = {k: v for k, v in table.items() if isinstance(v, dict)}
        text += [
            f"[{name}]",
            *(f"{k} = {json.dumps(v)}" for k, v in table.items() if k not in nested and v is not None),
        ]
        for inner, values in nested.items():
            text += [f"[{name}.{inner}]", *(f"{k} = {json.dumps(v)}" for k, v in values.items())]
    return "\n".join(text)


def test_train_evaluate_table_and_score_from_the_command_line(
    corpus_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for variant in ("joint", "vanilla"):
        (tmp_path / f"{variant}.toml").write_text(as_toml(make_run(variant=variant)))
        options = ["--run", str(tmp_path / f"{variant}.toml"), "--corpus", str(corpus_path)]
        assert main(["train", *options, "--out", str(tmp_path / variant)]) == 0
        evaluated = [
            "--checkpoint",
            str(tmp_path / variant / "best"),
            "--variant",
            variant,
            "--corpus",
            str(corpus_path),
        ]
        written = [
            "--json",
            str(tmp_path / f"{variant}.json"),
            "--responses",
            str(tmp_path / f"{variant}.txt"),
        ]
        assert main(["evaluate", *evaluated, "--split", "test", *written]) == 0
    assert "best validation perplexity" in capsys.readouterr().out
    assert main(["table", str(tmp_path / "joint.json"), str(tmp_path / "vanilla.json")]) == 0
    assert "blenderbot-small from scratch  Vanilla" in capsys.readouterr().out
    document = json.loads((tmp_path / "joint.json").read_text())
    (tmp_path / "refs.txt").write_text(
        "".join(f"{p['reference']}\n" for p in document["evaluation"]["pieces"])
    )
    files = ["--hypotheses", str(tmp_path / "joint.txt"), "--references", str(tmp_path / "refs.txt")]
    assert main(["score", *files, "--json", str(tmp_path / "score.json")]) == 0
    assert json.loads((tmp_path / "score.json").read_text())["bleu_2"] == pytest.approx(document["bleu_2"])


def test_what_is_wrong_is_one_sentence(corpus_path: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "run.toml").write_text(as_toml(make_run()).replace("top_k", "top_q"))
    options = ["--corpus", str(corpus_path), "--out", str(tmp_path / "out")]
    assert main(["train", "--run", str(tmp_path / "run.toml"), *options]) == 1
    assert "top_q" in capsys.readouterr().err
    assert main(["train", "--run", str(tmp_path / "none.toml"), *options]) == 1
    assert "modeling/runs/" in capsys.readouterr().err
    small = write_corpus(make_corpus(1), tmp_path / "small.json")
    (tmp_path / "run.toml").write_text(as_toml(make_run()))
    arguments = ["--run", str(tmp_path / "run.toml"), "--corpus", str(small), "--out", str(tmp_path / "out")]
    assert main(["train", *arguments]) == 1
    assert "too few to divide" in capsys.readouterr().err


@pytest.mark.slow
def test_two_processes_train_the_weights_of_one(corpus_path: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    (tmp_path / "run.toml").write_text(as_toml(make_run(micro_batch_size=3)))
    root = Path(__file__).parents[3]
    for name, launcher in (
        ("one", ["-m", "modeling"]),
        (
            "two",
            ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "--", "modeling"],
        ),
    ):
        arguments = [
            "--run",
            str(tmp_path / "run.toml"),
            "--corpus",
            str(corpus_path),
            "--out",
            str(tmp_path / name),
        ]
        command = [sys.executable, *launcher, "train", *arguments]
        environment = {
            "PYTHONPATH": f"{root}:{root / 'platform'}",
            "PATH": "/usr/bin:/bin",
            "OMP_NUM_THREADS": "1",
            "ACCELERATE_USE_CPU": "true",
        }
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=root)
        assert done.returncode == 0, done.stderr
    one, two = (load_file(tmp_path / name / "best" / "model.safetensors") for name in ("one", "two"))
    for name in one:
        assert torch.allclose(one[name], two[name], atol=2e-5), name
