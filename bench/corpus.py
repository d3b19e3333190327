"""Measures the corpus library: section 5's numbers and conversions, by size, in time and memory.

    python bench/corpus.py                           1k, 10k and 100k synthetic conversations
    python bench/corpus.py --sizes 1000 10000        fewer
    python bench/corpus.py --file ESConv.json        a file of one's own
    python bench/corpus.py --convokit ESConv.json    lexical features against ConvoKit's FightingWords

Each measurement runs in a process of its own. Time starts after the imports; memory is the process's peak.
The synthetic conversations are random words with the corpus's lengths, marks and mix of labels: each word is
followed by one of twenty others, so that pairs of words repeat as they do in language.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000, 100_000)
CONVERSIONS = ("esconv", "jsonl", "convokit", "csv", "parquet")
MEMORY_LIMIT_MB = 300
CONVERSATIONS_IN_THE_GOAL, SECONDS_IN_THE_GOAL = 1_300, 3.0

STRATEGY_WEIGHTS = {
    "Question": 20.7, "Restatement or Paraphrasing": 5.9, "Reflection of feelings": 7.8, "Self-disclosure": 9.3,
    "Affirmation and Reassurance": 15.4, "Providing Suggestions": 16.1, "Information": 6.6, "Others": 18.2,
}  # fmt: skip
SYLLABLES = [
    a + b for a in "bdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "el", "is", "or", "un")
]


class Speech:
    """Random sentences in an invented language of `size` words."""

    def __init__(self, *, size: int = 8_000, seed: int = 1) -> None:
        self.rng = random.Random(seed)
        self.words = ["".join(self.rng.choices(SYLLABLES, k=self.rng.randint(1, 3))) for _ in range(size)]
        weights = [1 / rank for rank in range(1, size + 1)]
        self.following = [self.rng.choices(range(size), weights=weights, k=20) for _ in range(size)]

    def utterance(self) -> str:
        """Return one to four sentences with the odd contraction, number, bracket and smile."""
        sentences = []
        for _ in range(self.rng.choice((1, 1, 2, 2, 3))):
            at, words = self.rng.randrange(len(self.words)), []
            for _ in range(self.rng.randint(2, 16)):
                words.append(
                    self.words[at] + self.rng.choices(("", "'s", "n't", ",", "..."), (90, 3, 2, 4, 1))[0]
                )
                at = self.rng.choice(self.following[at])
            sentences.append(" ".join(words).capitalize() + self.rng.choices(".?!", (6, 2, 1))[0])
        if self.rng.random() < 0.05:
            sentences.append(self.rng.choice((":)", "(it was 7.30)", '"so be it"', "10.")))
        return " ".join(sentences)


def entries(count: int) -> Iterator[dict[str, object]]:
    """Yield ESConv-shaped conversations."""
    speech = Speech()
    rng = speech.rng
    for _ in range(count):
        dialog = []
        for _ in range(rng.randint(16, 43)):
            if rng.random() < 0.52:
                annotation = {"feedback": rng.choice("34455")} if rng.random() < 0.38 else {}
                dialog.append({"speaker": "seeker", "annotation": annotation, "content": speech.utterance()})
            else:
                label = rng.choices([*STRATEGY_WEIGHTS], [*STRATEGY_WEIGHTS.values()])[0]
                dialog.append(
                    {"speaker": "supporter", "annotation": {"strategy": label}, "content": speech.utterance()}
                )
        yield {
            "experience_type": "Current Experience",
            "emotion_type": rng.choice(("anxiety", "depression", "sadness")),
            "problem_type": rng.choice(("job crisis", "ongoing depression", "academic pressure")),
            "situation": speech.utterance(),
            "survey_score": {
                "seeker": {
                    "initial_emotion_intensity": "4",
                    "empathy": "5",
                    "relevance": "5",
                    "final_emotion_intensity": "2",
                },
                "supporter": {"relevance": "5"},
            },
            "dialog": dialog,
            "seeker_question1": "",
            "seeker_question2": "",
            "supporter_question1": "",
            "supporter_question2": "",
        }


def make_file(path: Path, count: int) -> None:
    """Write `count` synthetic conversations."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write("[\n")
        for number, entry in enumerate(entries(count)):
            stream.write((",\n" if number else "") + json.dumps(entry))
        stream.write("\n]\n")


def peak_mb() -> float:
    """Return this process's peak memory in MB (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure(what: str, file: Path, out: Path) -> None:
    """Do one thing in this process and print its time and memory as JSON."""
    from corpus.conversion import convert
    from corpus.formats import CorpusFile, Format

    if what == "analyse":
        from corpus.analysis import analyse
    if what == "parquet":
        import corpus.release  # noqa: F401 - its imports are start-up too

    started, cpu = time.perf_counter(), time.process_time()
    if what == "analyse":
        analysis = analyse(CorpusFile(file))
        analysis.statistics.document(), analysis.use.document(), analysis.lexical.document()
    else:
        convert(CorpusFile(file), Format(what), out)
    took = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
        "mb": peak_mb(),
    }
    print(json.dumps(took))


def run(what: str, file: Path, out: Path) -> dict[str, float]:
    """Measure in a fresh process."""
    paths = os.pathsep.join([str(ROOT / "platform"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, __file__, "--measure", what, str(file), str(out)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths}, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def report(label: str, count: int, took: dict[str, float]) -> None:
    """Print one line."""
    each = 1e6 * took["cpu_seconds"] / count
    print(
        f"{label:<9} {count:>8,}  {took['seconds']:8.2f} s  {took['cpu_seconds']:8.2f} s CPU  {each:7.0f} µs each  "
        f"{took['mb']:6.0f} MB",
        flush=True,
    )


def by_size(sizes: list[int], conversions: list[str]) -> None:
    """Measure synthetic corpora of several sizes."""
    with tempfile.TemporaryDirectory() as folder:
        for count in sizes:
            file = Path(folder) / f"{count}.json"
            make_file(file, count)
            took = run("analyse", file, Path(folder) / "out")
            report("analyse", count, took)
            for what in conversions:
                took = run(what, file, Path(folder) / f"out.{what}")
                report(what, count, took)
                if took["mb"] > MEMORY_LIMIT_MB:
                    print(f"  over the limit of {MEMORY_LIMIT_MB} MB")
            file.unlink()


def one_file(file: Path) -> None:
    """Measure a file of one's own against the goal."""
    from corpus.formats import CorpusFile

    count = sum(1 for _ in CorpusFile(file))
    took = run("analyse", file, Path())
    report("analyse", count, took)
    projected = took["seconds"] * CONVERSATIONS_IN_THE_GOAL / count
    print(
        f"{CONVERSATIONS_IN_THE_GOAL:,} conversations: {projected:.2f} s (goal: under {SECONDS_IN_THE_GOAL:g} s)"
    )


def against_convokit(file: Path, *, limit: int, target: str = "Question") -> None:
    """Compare one strategy's ranking and time with FightingWords on the same texts, tokens and prior.

    FightingWords makes a dense matrix of texts by features, so the number of conversations is limited.
    """
    from corpus.formats import read_corpus
    from corpus.lexical import compute_lexical

    conversations = read_corpus(file)[:limit]
    said = [(u.strategy, u.text) for c in conversations for u in c.utterances if u.strategy is not None]
    started = time.perf_counter()
    ours = compute_lexical(conversations)["features"][target]
    our_seconds = time.perf_counter() - started
    theirs, their_seconds = fighting_words(said, target)

    same = [feature["ngram"] for feature in ours] == list(theirs)[: len(ours)]
    apart = max(abs(feature["z"] - theirs[feature["ngram"]]) for feature in ours)
    print(f"{len(conversations):,} conversations, {len(said):,} texts, {len(theirs):,} features")
    print(
        f"ours, all eight strategies: {our_seconds:.2f} s; FightingWords, one strategy: {their_seconds:.2f} s"
    )
    print(f"same top {len(ours)} of {target!r}: {same}; largest difference of z: {apart:.2e}")


def fighting_words(said: list[tuple[str, str]], target: str) -> tuple[dict[str, float], float]:
    """Return ConvoKit's z of every feature, highest first, and the seconds that it took."""
    import numpy as np
    from convokit import Corpus, FightingWords, Speaker, Utterance
    from sklearn.feature_extraction.text import CountVectorizer

    from corpus.lexical import ngrams_of, words_of

    counts = Counter(ngram for _, text in said for ngram in ngrams_of(text))
    vocabulary = {ngram: at for at, ngram in enumerate(sorted(counts))}
    speaker = Speaker(id="supporter")
    utterances = [
        Utterance(id=str(at), speaker=speaker, conversation_id="0", text=text, meta={"strategy": strategy})
        for at, (strategy, text) in enumerate(said)
    ]
    for before, utterance in pairwise(utterances):
        utterance.reply_to = before.id
    corpus = Corpus(utterances=utterances)
    counter = CountVectorizer(
        tokenizer=words_of, token_pattern=None, lowercase=False, ngram_range=(1, 2), vocabulary=vocabulary
    )
    started = time.perf_counter()
    words = FightingWords(
        cv=counter,
        prior=np.array([counts[ngram] for ngram in vocabulary]),
        text_func=lambda utterance: utterance.text,
    )
    words.fit(
        corpus,
        class1_func=lambda utterance: utterance.meta["strategy"] == target,
        class2_func=lambda utterance: utterance.meta["strategy"] != target,
    )
    scores = words.get_ngram_zscores()["z-score"].to_dict()
    return dict(sorted(scores.items(), key=lambda item: -item[1])), time.perf_counter() - started


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--conversions", nargs="*", default=list(CONVERSIONS))
    parser.add_argument("--file", type=Path)
    parser.add_argument("--convokit", type=Path)
    parser.add_argument("--limit", type=int, default=150, help="conversations for --convokit")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        what, file, out = arguments.measure
        measure(what, Path(file), Path(out))
    elif arguments.file:
        one_file(arguments.file)
    elif arguments.convokit:
        against_convokit(arguments.convokit, limit=arguments.limit)
    else:
        by_size(arguments.sizes, arguments.conversions)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "platform"))
    main()
