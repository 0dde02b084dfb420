"""One test, one process: each is forked from one that has loaded other people's libraries, and nothing of Cabbie's.

Started in a copy of Cabbie as ``python -m tests.mutants.hatchery``; takes orders and gives reports as lines of JSON."""

import gc
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LIBRARIES = (
    *("_pytest.doctest", "alembic.command", "alembic.config", "apscheduler.schedulers.background"),
    *("cryptography.fernet", "dbos", "fastapi", "hypothesis", "jira", "logging.config", "prometheus_client", "psycopg"),
    *("pydantic_settings", "pysnow", "requests", "rfc8785", "rich.console", "slack_bolt"),
    *("slack_bolt.adapter.socket_mode.builtin", "slack_sdk.socket_mode.builtin", "sqlalchemy.dialects.sqlite"),
    *("sqlalchemy.orm", "starlette.applications", "structlog", "typer", "uvicorn.protocols.http.h11_impl", "vcr"),
    *("websockets", "yaml"),
)
QUICK = ("-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:threadexception")
"""The last two search all memory at the end, five times over."""
CABBIE = ("bot", "config", "integrations", "tests")
LOOK_EVERY = 0.01


class Witness:
    """Notes what became of the test, and why."""

    def __init__(self) -> None:
        self.phases: list[dict[str, str]] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Iterator[Any]:
        report = yield
        error = call.excinfo.type if call.excinfo else None
        where = str(call.excinfo.traceback[-1].path) if call.excinfo else ""
        self.phases.append(
            {
                "when": report.when,
                "outcome": report.outcome,
                "error": f"{error.__module__}.{error.__qualname__}" if error else "",
                "is_in_test": str(Path(where).is_relative_to(Path.cwd() / "tests")),
                "text": report.longreprtext[-6000:],
                "printed": "".join(text for _, text in report.sections)[-6000:],
            }
        )
        return report


def strangers() -> list[str]:
    """Modules of Cabbie's that do not come from this copy."""
    here = Path.cwd()
    ours = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in CABBIE}
    files = {name: getattr(module, "__file__", None) for name, module in ours.items()}
    return sorted(name for name, file in files.items() if file and not Path(file).is_relative_to(here))


def run(order: dict[str, Any]) -> None:
    """The test in this process, which ends with it."""
    os.setsid()
    os.environ.update(order["environment"])
    sys.dont_write_bytecode = order["environment"].get("PYTHONDONTWRITEBYTECODE") == "1"
    with open(f"{order['report']}.out", "wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    witness, start = Witness(), time.monotonic()
    options = ["-q", *QUICK, "-o", "addopts=", f"--basetemp={order['report']}.tmp"]
    code = pytest.main([order["test"], *options], plugins=[witness])
    found = {
        "code": int(code),
        "phases": witness.phases,
        "strangers": strangers(),
        "seconds": round(time.monotonic() - start, 1),
        "busy": round(time.process_time(), 1),
    }
    Path(order["report"]).write_text(json.dumps(found))
    os._exit(0)  # whatever still runs in threads has nothing to add


def wait_for(pid: int, seconds: float) -> bool:
    """Whether it ended in time; its own children never outlive it."""
    end, ended = time.monotonic() + seconds, False
    while not ended and time.monotonic() < end:
        ended = os.waitpid(pid, os.WNOHANG)[0] == pid
        time.sleep(LOOK_EVERY)
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return ended
    if not ended:
        os.waitpid(pid, 0)
    return ended


def main() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.freeze()  # what is here already is nobody's garbage, and its memory stays shared
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            run(order)
        print(json.dumps({"in_time": wait_for(pid, order["seconds"])}), flush=True)


if __name__ == "__main__":
    main()
