"""Takes away what the platform stands on, while people talk, and counts what they lost.

    python bench/chaos.py                        every fault, three seeds, 10 pairs
    python bench/chaos.py --faults redis web     some of them
    python bench/chaos.py --json OUT

Each fault meets real processes: two daphnes, a Celery worker and beat on a private PostgreSQL that waits for the disk and a private
Redis; or the embedded default on an SQLite file. Clients are written from the protocol's page. After each fault the auditor reads every
stored row. To reach (docs/explanation/promises.md): nothing lost, doubled or missing, everybody back within five seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

import httpx  # noqa: E402
import psutil  # noqa: E402

from tests.support import stack as stacks  # noqa: E402
from tests.support.conversing import converse, counts  # noqa: E402
from tests.support.proxy import Proxy  # noqa: E402
from tests.support.stack import ProductionStack, Stack, server_port  # noqa: E402

MESSAGES = 25
SECONDS = 180.0
Fault = Callable[[ProductionStack, random.Random], Awaitable[None]]


@dataclass
class Row:
    """What one fault did with one seed."""

    fault: str
    seed: int
    acked: int
    lost: int
    doubled: int
    holes: int
    refused: int
    closed: int
    slowest_resume: float
    seconds: float
    audit: str


async def web_killed(stack: ProductionStack, rng: random.Random) -> None:
    """kill -9 of one of two web servers, back after two seconds."""
    await asyncio.sleep(rng.uniform(1, 2))
    _address, web = rng.choice(stack.web)
    web.kill()
    await asyncio.sleep(2)
    web.start()


async def rolling_restart(stack: ProductionStack, rng: random.Random) -> None:
    """Both web servers are asked to go, one after the other."""
    for address, web in stack.web:
        await asyncio.sleep(rng.uniform(0.5, 1.5))
        await asyncio.to_thread(web.terminate)
        web.start()
        await asyncio.to_thread(stack.wait_until_answered, address)


async def redis_lost(stack: ProductionStack, rng: random.Random) -> None:
    """Redis dies and comes back empty after three seconds."""
    await asyncio.sleep(rng.uniform(1, 2))
    await asyncio.to_thread(stack.redis.stop)
    await asyncio.sleep(3)
    await asyncio.to_thread(stack.redis.start)


async def postgres_stopped(stack: ProductionStack, rng: random.Random) -> None:
    """PostgreSQL stops as if the power went, and starts again after two seconds."""
    await asyncio.sleep(rng.uniform(1, 2))
    await asyncio.to_thread(stack.postgres.stop)
    await asyncio.sleep(2)
    await asyncio.to_thread(stack.postgres.start)


async def disk_slow(stack: ProductionStack, rng: random.Random) -> None:
    """Six times, PostgreSQL stands still for most of a second, as on a disk that does not keep up."""
    for _time in range(6):
        await asyncio.sleep(rng.uniform(0.3, 0.6))
        mine = [p for p in psutil.process_iter(["cmdline"]) if _is_of(p, stack.folder / "postgres")]
        family = {q for p in mine for q in [p, *p.children(recursive=True)]}
        for process in family:
            with suppress(psutil.Error):
                process.suspend()
        await asyncio.sleep(rng.uniform(0.5, 0.9))
        for process in family:
            with suppress(psutil.Error):
                process.resume()


def _is_of(process: psutil.Process, folder: Path) -> bool:
    return str(folder) in (process.info["cmdline"] or [])


async def worker_killed(stack: ProductionStack, rng: random.Random) -> None:
    """kill -9 of the Celery worker with its children, back after three seconds; the sweeps have to run again."""
    await asyncio.sleep(rng.uniform(1, 2))
    stack.worker.kill()
    await asyncio.sleep(3)
    stack.worker.start()
    end = time.monotonic() + 60
    while "warning: collection.sweep_deadlines" in httpx.get(f"{stack.web[0][0]}/readyz").text:
        assert time.monotonic() < end, "nobody sweeps"
        await asyncio.sleep(1)


async def beat_twice(stack: ProductionStack, rng: random.Random) -> None:
    """A second beat, as after a deployment that forgot the first."""
    second = stack.launch_beat(f"beat-{rng.random()}")
    await asyncio.sleep(6)
    second.kill()


FAULTS: dict[str, Fault] = {
    "web": web_killed,
    "rolling": rolling_restart,
    "redis": redis_lost,
    "postgres": postgres_stopped,
    "slow-disk": disk_slow,
    "worker": worker_killed,
    "beat": beat_twice,
}


def summarise(fault: str, seed: int, sides: list[object], stack: Stack, started: float) -> Row:
    """Count what happened, and let the auditor read the rows."""
    found = counts(sides)  # type: ignore[arg-type]
    return Row(
        fault=fault,
        seed=seed,
        acked=sum(len(side.acked) for side in sides),  # type: ignore[attr-defined]
        refused=sum(len(side.refusals) for side in sides),  # type: ignore[attr-defined]
        closed=sum(side.connections - 1 for side in sides),  # type: ignore[attr-defined]
        slowest_resume=round(max((s for side in sides for s in side.resumes), default=0.0), 2),  # type: ignore[attr-defined]
        seconds=round(time.monotonic() - started, 1),
        audit=stack.audit().strip().splitlines()[-1],
        **found,
    )


def meet(stack: ProductionStack, fault: str, seed: int, *, pairs: int) -> Row:
    """Let one fault happen while pairs talk."""
    rng, started = random.Random(f"{fault}{seed}"), time.monotonic()
    proxied = fault in {"rolling", "web"}
    talk = converse(
        stack,
        pairs=pairs,
        messages=MESSAGES,
        seconds=SECONDS,
        outage=lambda: FAULTS[fault](stack, rng),
        proxied=proxied,
    )
    return summarise(fault, seed, asyncio.run(talk), stack, started)


def bad_network(stack: ProductionStack, seed: int, *, pairs: int) -> Row:
    """Latency, a third of the connections silent for 15 seconds, then all of them reset, behind one port."""
    started = time.monotonic()
    upstreams = [("127.0.0.1", int(address.rsplit(":", 1)[1])) for address, _web in stack.web]
    with Proxy(stack.front_port, upstreams) as proxy:

        async def outage() -> None:
            proxy.delay_seconds = 0.15
            await asyncio.sleep(2)
            proxy.stall_some(0.3, seed=seed)
            await asyncio.sleep(15)
            proxy.release()
            await asyncio.sleep(1)
            proxy.reset_all()
            proxy.delay_seconds = 0.0

        talk = converse(
            stack,
            pairs=pairs,
            messages=MESSAGES,
            seconds=SECONDS,
            outage=outage,
            through=f"http://127.0.0.1:{stack.front_port}",
        )
        return summarise("network", seed, asyncio.run(talk), stack, started)


def embedded_killed(seed: int, *, pairs: int) -> Row:
    """kill -9 of the one process of the embedded default, twice."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, stacks.embedded(Path(folder), port=server_port()) as stack:
        _address, web = stack.web[0]

        async def outage() -> None:
            for _time in range(2):
                await asyncio.sleep(1.5)
                web.kill()
                web.start()

        talk = converse(stack, pairs=pairs, messages=MESSAGES, seconds=SECONDS, outage=outage)
        return summarise("embedded", seed, asyncio.run(talk), stack, started)


def show(rows: list[Row]) -> None:
    """Print the table."""
    print(
        f"{'fault':<10}{'seed':>5}{'acked':>7}{'lost':>6}{'doubled':>9}{'holes':>7}{'refused':>9}{'closed':>8}{'resume':>8}  audit"
    )
    for row in rows:
        print(
            f"{row.fault:<10}{row.seed:>5}{row.acked:>7}{row.lost:>6}{row.doubled:>9}{row.holes:>7}{row.refused:>9}"
            f"{row.closed:>8}{row.slowest_resume:>7.2f}s  {row.audit}",
            flush=True,
        )


def main() -> None:
    """Run the faults that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [*FAULTS, "network", "embedded"]
    parser.add_argument("--faults", nargs="+", choices=names, default=names)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[Row] = []
    with ExitStack() as cleanup:
        stack: ProductionStack | None = None
        for fault in options.faults:
            for seed in range(1, options.seeds + 1):
                if fault == "embedded":
                    row = embedded_killed(seed, pairs=options.pairs)
                else:
                    stack = stack or _production(cleanup)
                    row = (
                        bad_network(stack, seed, pairs=options.pairs)
                        if fault == "network"
                        else meet(stack, fault, seed, pairs=options.pairs)
                    )
                rows.append(row)
                show([row])
    print()
    show(rows)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    if any(row.lost or row.doubled or row.holes or "hold" not in row.audit for row in rows):
        raise SystemExit("A promise was broken.")


def _production(cleanup: ExitStack) -> ProductionStack:
    folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o755)
    front = server_port()
    return cleanup.enter_context(
        stacks.production(
            folder,
            ports=(server_port(), server_port()),
            redis_port=server_port(),
            origins=[f"http://127.0.0.1:{front}"],
            front_port=front,
        )
    )


if __name__ == "__main__":
    main()
