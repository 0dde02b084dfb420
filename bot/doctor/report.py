"""What the doctor found, for people at a terminal, for a log, and for machines."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from bot.ports import Check

SIGNS = {"good": ("✓", "green"), "warning": ("!", "yellow"), "wrong": ("✗", "red")}


def report(checks: Sequence[Check], *, as_json: bool = False, console: Console | None = None) -> None:
    """Colours only where a terminal shows them."""
    if as_json:
        sys.stdout.write(as_text(checks) + "\n")
        return
    console = console or Console(highlight=False, soft_wrap=True)
    for check in checks:
        console.print(_line(check))
    console.print(Text(summary(checks), style="bold"))


def as_text(checks: Sequence[Check]) -> str:
    """JSON: ``{"wrong": 1, "warning": 0, "good": 9, "checks": [{"about": …, "verdict": …, "found": …, "fix": …}]}``."""
    counted = Counter(check.verdict for check in checks)
    found = {verdict: counted[verdict] for verdict in ("wrong", "warning", "good")}
    return json.dumps({**found, "checks": [asdict(check) for check in checks]}, indent=2, ensure_ascii=False)


def summary(checks: Sequence[Check]) -> str:
    counted = Counter(check.verdict for check in checks)
    if counted["wrong"]:
        return f"{counted['wrong']} wrong, {counted['warning']} to look at, {counted['good']} good."
    if counted["warning"]:
        return f"Nothing is wrong; {counted['warning']} to look at, {counted['good']} good."
    return f"All {counted['good']} good."


def _line(check: Check) -> Text:
    sign, colour = SIGNS.get(check.verdict, ("?", "red"))
    line = Text.assemble((f"{sign} ", colour), (_printable(check.about), "bold"), ": ", _printable(check.found))
    if check.fix and check.verdict != "good":
        line.append(f"\n  → {_printable(check.fix)}")
    return line


def _printable(text: str) -> str:
    """Other systems' words must not steer a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
