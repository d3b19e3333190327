"""How fast the chat is, beside a textbook consumer and a bare relay, in one run on this machine.

    python -m bench.chat                               throughput of 100 rooms, every target, three times
    python -m bench.chat latency --rooms 300 --rate 500
    python -m bench.chat --targets platform,relay-insert --repeat 1 --json run.json

Starts a private PostgreSQL (that waits for its disk) and Redis, and a fresh server for every run, all on loopback.
Targets take turns. Quote ratios of one run: what a message costs depends on the machine and on who else uses it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import Load, percentile
from bench.targets import TARGETS, Servers
from tests.support import servers
from tests.support.stack import server_port

TICKS = os.sysconf("SC_CLK_TCK")
FIGURES = (
    "messages/s",
    "p50 ms",
    "p99 ms",
    "cpu s/1000",
    "rss MB",
    "undelivered",
    "doubled",
    "astray",
    "sockets lost",
)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_megabytes(pid: int) -> float:
    """Return the memory that a process holds."""
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@contextmanager
def serving(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server."""
    process = subprocess.Popen(
        [sys.executable, *command], env=os.environ | environment, start_new_session=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=10)


async def measure(name: str, running: Servers, options: argparse.Namespace) -> dict[str, Any]:
    """Start one target, load it, and return its figures."""
    port = server_port()
    spec = TARGETS[name](running, port)
    target = await asyncio.to_thread(spec.prepare, options.rooms)
    with serving(spec.command, spec.environment) as process:
        await _until_listening(port)
        load = Load(target=target, rooms=options.rooms)
        await load.connect()

        def meter() -> float:
            return cpu_seconds(process.pid)

        if options.workload == "throughput":
            passed, before, after = await load.throughput(seconds=options.seconds, meter=meter)
        else:
            passed, before, after = await load.latency(
                seconds=options.seconds, rate=options.rate, seed=options.seed, meter=meter
            )
        figures = {
            "messages/s": round(load.delivered / passed, 1),
            "p50 ms": percentile(load.delays, 0.5),
            "p99 ms": percentile(load.delays, 0.99),
            "cpu s/1000": round((after - before) / max(1, load.delivered) * 1000, 3),
            "rss MB": round(memory_megabytes(process.pid), 1),
            "undelivered": load.sent - load.delivered if options.workload == "latency" else 0,
            "doubled": load.doubled,
            "astray": load.astray,
            "sockets lost": load.lost_sockets,
        }
        await load.close()
    return figures


async def _until_listening(port: int) -> None:
    for _attempt in range(600):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise TimeoutError(f"Nothing listens on port {port}.")


def summary(runs: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Return the median of each figure by target."""
    return {
        name: {figure: median(r[figure] for r in rows if r[figure] is not None) for figure in FIGURES}
        for name, rows in runs.items()
        if rows
    }


def table(medians: dict[str, dict[str, Any]]) -> str:
    """Return the figures as a Markdown table, with the platform's ratio to each."""
    own = medians.get("platform", {}).get("messages/s")
    lines = ["| target | " + " | ".join(FIGURES) + " | platform × |", "|" + " --- |" * (len(FIGURES) + 2)]
    for name, row in medians.items():
        ratio = f"{own / row['messages/s']:.2f}" if own and row["messages/s"] else ""
        lines.append(f"| {name} | " + " | ".join(f"{row[figure]:g}" for figure in FIGURES) + f" | {ratio} |")
    return "\n".join(lines)


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("workload", nargs="?", choices=("throughput", "latency"), default="throughput")
    line.add_argument("--targets", default=",".join(TARGETS))
    line.add_argument("--rooms", type=int, default=100)
    line.add_argument("--seconds", type=float, default=10)
    line.add_argument("--rate", type=float, default=200, help="messages a second in all (latency)")
    line.add_argument("--repeat", type=int, default=3)
    line.add_argument("--seed", type=int, default=1)
    line.add_argument("--json", type=Path)
    return line


def main(arguments: list[str] | None = None) -> None:
    """Run the targets in turns and print the table."""
    options = parser().parse_args(arguments)
    names = options.targets.split(",")
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        with (
            servers.postgres(folder / "postgres", durable=True) as host,
            servers.redis(folder, port=(port := server_port())),
        ):
            running = Servers(postgres_host=host, redis_url=f"redis://127.0.0.1:{port}/0", folder=folder)
            for number in range(options.repeat):
                for name in names:
                    figures = asyncio.run(measure(name, running, options))
                    runs[name].append(figures)
                    print(f"{number + 1}/{options.repeat} {name}: {figures}", flush=True)
    medians = summary(runs)
    print(f"\n{options.workload}, {options.rooms} rooms, {options.seconds:g} s, medians of {options.repeat}")
    print(f"load average of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(table(medians))
    if options.json:
        about = {k: v for k, v in vars(options).items() if k != "json"} | {
            "at": time.time(),
            "load": os.getloadavg(),
        }
        options.json.write_text(json.dumps({"about": about, "medians": medians, "runs": runs}, indent=1))


if __name__ == "__main__":
    main()
