"""A copy of Cabbie to do harm to: one bug goes in, and is taken out again."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.mutant import Edit

COPIED = ("bot", "integrations", "config", "tests", "pyproject.toml")


class DoesNotApply(Exception):
    """The text a mutant wants to change is not there, or not only once: the mutant has to be rewritten."""


def copy_of(root: Path, to: Path) -> Path:
    """Everything that a test needs, without what was compiled from it."""
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, to / name)
    return to


@contextmanager
def with_edits(copy: Path, edits: Sequence[Edit]) -> Iterator[None]:
    """The bug is in the copy, for as long as it lasts. Raises: DoesNotApply."""
    originals = {copy / edit.file: (copy / edit.file).read_text() for edit in edits}
    texts = dict(originals)
    for edit in edits:
        texts[copy / edit.file] = edited(texts[copy / edit.file], edit)
    try:
        for path, text in texts.items():
            _write(path, text)
        yield
    finally:
        for path, text in originals.items():
            _write(path, text)


def edited(text: str, edit: Edit) -> str:
    """Raises: DoesNotApply; SyntaxError when what comes out is no Python."""
    if text.count(edit.before) != 1:
        raise DoesNotApply(f"{edit.file} holds this {text.count(edit.before)} times, not once:\n{edit.before}")
    mutated = text.replace(edit.before, edit.after)
    if edit.file.endswith(".py"):
        compile(mutated, edit.file, "exec")
    return mutated


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    # Python tells a compiled file's age in seconds only: what was compiled from the other text must not be taken.
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
