"""What real tools post, and what it means: every file of a collection reads as it says.

The collection is not part of this repository: CABBIE_CONFORMANCE names a folder with ``announcements`` in it.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.reading import guess, read, reader_of
from config.announcements import shipped_announcements

ROOT = os.environ.get("CABBIE_CONFORMANCE", "")
FOLDER = Path(ROOT) / "announcements"
pytestmark = pytest.mark.skipif(
    not ROOT or not FOLDER.is_dir(), reason="CABBIE_CONFORMANCE names no folder with tools' own announcements"
)

READER = reader_of(shipped_announcements())
PRINTED = ("service", "environment", "version", "ref", "sha", "status", "kind", "actor")


def files(pattern: str) -> list[Any]:
    return [pytest.param(path, id=path.stem) for path in sorted(FOLDER.glob(pattern))] if ROOT else []


def facts(path: Path) -> dict[str, Any]:
    read_facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read_facts


def differences(expected: dict[str, Any], reading: Any) -> Iterator[str]:
    """Field by field; ``incomplete`` is that service or environment was not said."""
    for name, value in expected.items():
        found = not (reading.service and reading.environment) if name == "incomplete" else getattr(reading, name)
        found = list(found) if isinstance(found, tuple) else found
        if (found or None) != (value or None):
            yield f"{name}: {found!r}, not {value!r}"


@pytest.mark.parametrize("path", files("*.json"))
def test_it_reads_as_it_says(path: Path):
    ruling = read(facts(path)["message"], READER)

    assert ruling.reading is not None, ruling.why
    assert not list(differences(facts(path)["expected"], ruling.reading))


@pytest.mark.parametrize("path", files("negative/*.json"))
def test_what_is_no_deploy_is_neither_heard_nor_asked_about(path: Path):
    message = facts(path)["message"]
    words = {word.strip(".,:/") for word in json.dumps(message).replace('"', " ").replace("/", " ").split()}

    assert read(message, READER).reading is None
    assert guess(message, ["checkout", "serverlablpollo", "acme-prod"], ["production", "test", "staging"]) is None
    assert guess(message, words - {"production", "test"}, ["production", "test"]) is None


@pytest.mark.parametrize("path", files("*.json")[:1])
def test_the_command_says_so(path: Path):
    result = CliRunner().invoke(app, ["announce", "test", "--json"], input=path.read_text(encoding="utf-8"))

    printed = json.loads(result.stdout)
    expected = {name: facts(path)["expected"].get(name, printed[name]) for name in PRINTED}
    assert (result.exit_code, printed["heard"]) == (0, True)
    assert {name: printed[name] for name in PRINTED} == expected


@pytest.mark.parametrize("path", files("negative/*.json")[:1])
def test_the_command_says_no(path: Path):
    result = CliRunner().invoke(app, ["announce", "test", "--json"], input=path.read_text(encoding="utf-8"))

    assert (result.exit_code, json.loads(result.stdout)["heard"]) == (1, False)
