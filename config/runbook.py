"""The runbook, read from its YAML; and as rules for Prometheus."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ConfigDict, TypeAdapter, with_config

from bot.change.runbook import Advice, Alert, Runbook

PATH = Path(__file__).with_name("runbook.yaml")

for _part in (Advice, Alert, Runbook):
    with_config(ConfigDict(extra="forbid"))(_part)
RUNBOOK = TypeAdapter(Runbook)


def read_runbook() -> Runbook:
    return RUNBOOK.validate_python(yaml.safe_load(PATH.read_text()))


def runbook_text(runbook: Runbook) -> str:
    """As Markdown, which a terminal shows as well as a wiki."""
    parts = ["# Cabbie's runbook", "## Alarms in Slack"]
    parts += [_entry(kind.capitalize(), advice.means, advice.do) for kind, advice in runbook.alarms.items()]
    parts += ["## Alerts of Prometheus"]
    parts += [_entry(name, f"`{alert.expr}`\n\n{alert.means}", alert.do) for name, alert in runbook.alerts.items()]
    return "\n\n".join(parts) + "\n"


def _entry(name: str, means: str, do: tuple[str, ...]) -> str:
    steps = "\n".join(f"{n}. {step.replace('{change}', 'CHG…')}" for n, step in enumerate(do, 1))
    return f"### {name}\n\n{means}\n\n{steps}"


def prometheus_rules(runbook: Runbook) -> str:
    """A rules file, for Prometheus' ``rule_files``."""
    rules = [_rule(name, alert) for name, alert in runbook.alerts.items()]
    rules_file = {"groups": [{"name": "cabbie", "rules": rules}]}
    return yaml.safe_dump(rules_file, sort_keys=False, allow_unicode=True, width=1000)


def _rule(name: str, alert: Alert) -> dict[str, Any]:
    return {
        "alert": name,
        "expr": alert.expr,
        "for": alert.lasts,
        "labels": {"severity": alert.severity},
        "annotations": {"summary": alert.means, "description": "\n".join(f"- {step}" for step in alert.do)},
    }
