"""The runbook: every alarm that Cabbie raises stands in it, and none that it does not; its rules name real figures."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot import metrics
from bot.api.figures import Figures, Sockets, Sources
from bot.api.runbook_page import runbook_page
from bot.change.model import Finding
from bot.change.runbook import Runbook
from bot.clock import DONE, FAILED, LEFT
from bot.slack import alarms
from bot.story.alarm import ALARMING
from config.runbook import prometheus_rules, read_runbook, runbook_text
from tests.builders import NOW, change

BOT = Path(__file__).parents[1] / "bot"
FOR_THE_DIGEST = {"went wrong", "not linked"}
"""Findings that nobody is woken by."""


@pytest.fixture(scope="module")
def runbook() -> Runbook:
    return read_runbook()


def found_kinds() -> set[str]:
    """The kinds of all findings that the program can make, as its text has them."""
    return {kind for path in BOT.rglob("*.py") for kind in _kinds_in(ast.parse(path.read_text()))}


def _kinds_in(module: ast.Module) -> set[str]:
    words = {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = [n for n in ast.walk(module) if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "find_out"]
    return {str(a.value if isinstance(a := n.args[0], ast.Constant) else words[a.id]) for n in calls}  # type: ignore[attr-defined]


def test_every_alarm_has_an_entry_and_every_entry_is_an_alarm(runbook: Runbook) -> None:
    assert set(runbook.alarms) == set(ALARMING)


def test_every_finding_is_an_alarm_or_waits_for_the_digest() -> None:
    assert found_kinds() == set(ALARMING) | FOR_THE_DIGEST


def test_every_entry_says_what_to_do(runbook: Runbook) -> None:
    for entry in (*runbook.alarms.values(), *runbook.alerts.values()):
        assert entry.means.endswith(".") and entry.do and all(step.endswith(".") for step in entry.do), entry


# ---------------------------------------------------------------------------------------------------------- Prometheus


def told() -> dict[str, dict[str, set[str]]]:
    """Every series of a process that has every part: name → label → its values, after nothing has happened yet."""
    metrics.measured(object(), "ServiceNow")
    metrics.expect(metrics.TICKS, ["wake"], [DONE, LEFT, FAILED])
    metrics.expect(metrics.HEARD, ["press"], ["http"], ["taken", "failed"])
    sources = Sources(
        role="all",
        version="1",
        is_ready=lambda: (True, ""),
        standing=dict,
        sockets=lambda: Sockets(is_open=True, counted=1),
        lease_age=lambda: 1.0,
    )
    with metrics.calling("ServiceNow", "read"):
        text = Figures(sources).page("")[0].decode()
    found: dict[str, dict[str, set[str]]] = {}
    text = Figures(sources).page("")[0].decode()
    for sample in (sample for family in text_string_to_metric_families(text) for sample in family.samples):
        labels = found.setdefault(sample.name, {})
        for name, value in sample.labels.items():
            labels.setdefault(name, set()).add(value)
    return found


def test_the_rules_name_figures_labels_and_values_that_there_are(runbook: Runbook) -> None:
    figures = told()
    for name, alert in runbook.alerts.items():
        named = re.findall(r"(cabbie_\w+)(?:\{([^}]*)\})?", alert.expr)
        assert named or alert.expr.startswith("up{"), name
        for figure, labels in named:
            assert figure in figures, (name, figure)
            for label, how, value in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', labels):
                for one in value.split("|") if how == "=~" else [value]:
                    assert one in figures[figure].get(label, set()), (name, figure, label, one)


def test_the_readme_shows_rules_of_the_runbook(runbook: Runbook) -> None:
    shown = re.findall(r"^    (.*cabbie_.*? (?:==|>) \d+)", (BOT.parent / "README.md").read_text(), re.MULTILINE)

    assert len(shown) >= 4
    assert set(shown) <= {alert.expr for alert in runbook.alerts.values()}


def test_the_rules_are_a_file_for_prometheus(runbook: Runbook) -> None:
    (group,) = yaml.safe_load(prometheus_rules(runbook))["groups"]

    assert {rule["alert"] for rule in group["rules"]} == set(runbook.alerts)
    assert all(re.fullmatch(r"\d+[smh]", rule["for"]) for rule in group["rules"])
    assert all("{{" not in text for rule in group["rules"] for text in rule["annotations"].values()), "a template"


# ---------------------------------------------------------------------------------------------- where it can be read


def test_an_alarm_in_slack_says_what_to_do(runbook: Runbook) -> None:
    finding = Finding("f1", "stuck", "ServiceNow: it answered 503.", NOW)

    shown = alarms.message(finding, change(number="CHG0030042"), marker="m", advice=runbook.alarms)

    text = str(shown.blocks)
    assert "it answered 503" in text and "What to do" in text and "`cabbie retry CHG0030042`" in text
    assert "{change}" not in text


@pytest.mark.parametrize("kind", ALARMING)
def test_no_advice_is_cut_short(runbook: Runbook, kind: str) -> None:
    shown = alarms.message(Finding("f1", kind, "x", NOW), None, marker="m", advice=runbook.alarms)

    ends = runbook.alarms[kind].do[-1].replace("{change}", "CHG…")
    assert str(shown.blocks[-1]["text"]["text"]).endswith(ends)
    assert shown.blocks[1]["elements"][0]["text"] == runbook.alarms[kind].means


def test_the_page_and_the_text_hold_every_entry(runbook: Runbook) -> None:
    page, text = bytes(runbook_page(runbook).body).decode(), runbook_text(runbook)

    for name in (*(kind.capitalize() for kind in runbook.alarms), *runbook.alerts):
        assert f">{name}</h3>" in page and f"### {name}\n" in text
    assert "<script" not in page and "{change}" not in page + text


def test_the_command_needs_no_settings() -> None:
    command = [sys.executable, "-m", "bot", "runbook", "--rules"]

    done = subprocess.run(command, env={}, cwd=BOT.parent, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout)["groups"]
