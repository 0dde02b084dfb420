"""Which commits take back which: a revert, a revert of a revert, a revert of something older than the release."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.change.model import Commit

# git writes `Revert "…"`, since 2.43 `Reapply "…"` for the revert of a revert, and always the sha below it:
# git-scm.com/docs/git-revert. A squashed or rebased revert keeps only the title.
_TITLE = re.compile(r'^(?:[*-] )?((?:(?:Revert|Reapply) ")+)(.*)$', re.MULTILINE)
_SHA = re.compile(r"This reverts commit ([0-9a-f]{7,64})\b(,\s{1,3}reversing\s{1,3}changes made to)?", re.IGNORECASE)
_PULL_REQUEST = re.compile(r" \([#!][0-9]{1,10}\)$")


@dataclass(frozen=True)
class Said:
    """What one commit says about stories and about other commits."""

    keys: tuple[str, ...]
    """Named for its own sake, outside the title of something it takes back."""
    undone: tuple[str, ...] = ()
    """Named by the title of what it takes back."""
    redone: tuple[str, ...] = ()
    """Named by the title of what it brings again (the revert of a revert)."""
    shas: tuple[str, ...] = ()
    """The commits it says it reverts, in full or abbreviated."""
    title: str = ""
    """The title of the commit it says it reverts."""
    takes_back_a_merge: bool = False

    @property
    def mentioned(self) -> tuple[str, ...]:
        return (*self.keys, *self.undone, *self.redone)


def said_of(commit: Commit, keys_in: Callable[[str], tuple[str, ...]]) -> Said:
    text = f"{commit.subject}\n{commit.body}"
    if "evert" not in text and "Reapply" not in text:
        return Said(keys_in(text))
    reverts = _SHA.findall(text)
    titles = _TITLE.findall(text)
    if not reverts and not titles:
        return Said(keys_in(text))
    undone = keys_in("\n".join(title for words, title in titles if words.count("Revert") % 2))
    redone = keys_in("\n".join(title for words, title in titles if not words.count("Revert") % 2))
    return Said(
        keys=tuple(key for key in keys_in(_TITLE.sub("", text)) if key not in {*undone, *redone}),
        undone=undone,
        redone=tuple(key for key in redone if key not in undone),
        shas=tuple(dict.fromkeys(sha.lower() for sha, _ in reverts)),
        title=_title_taken_back(commit.subject),
        takes_back_a_merge=any(reversing for _, reversing in reverts),
    )


def _title_taken_back(subject: str) -> str:
    """The subject of the commit that this one reverts, or an empty string.

    >>> _title_taken_back('Revert "PAY-1: retry (#18)" (#19)')
    'PAY-1: retry (#18)'
    >>> _title_taken_back('Reapply "PAY-1: retry"')
    'Revert "PAY-1: retry"'
    """
    bare = _PULL_REQUEST.sub("", subject)
    if bare.startswith('Revert "') and bare.endswith('"'):
        return bare[len('Revert "') : -1]
    if bare.startswith('Reapply "') and bare.endswith('"'):
        return "Revert " + bare[len("Reapply ") :]
    return ""


class Takebacks:
    """Who is taken back by whom, newest first: a commit counts unless a later one that counts takes it back."""

    def __init__(self, commits: Sequence[Commit], said: Sequence[Said]) -> None:
        self._said = said
        self._index = _Index(commits)
        self._targets: list[tuple[int, ...]] = [()] * len(said)
        self._taken_back: set[int] = set()
        self._merged_before: dict[str, int] = {}
        for place in range(len(said)):
            if place not in self._taken_back:
                self._take_back(place)

    def _take_back(self, place: int) -> None:
        said = self._said[place]
        targets = self._index.by_shas(said.shas, place) or self._index.by_title(said.title, place, self._taken_back)
        self._targets[place] = targets
        self._taken_back.update(targets)
        if said.takes_back_a_merge:
            # Which commits came with the merge is not told: those below it that work on the same stories.
            for target in targets:
                for key in self._said[target].mentioned:
                    self._merged_before[key] = min(target, self._merged_before.get(key, target))

    def delivered_by(self, place: int) -> Iterator[str]:
        """The stories this commit delivers, everything later considered."""
        if place not in self._taken_back:
            yield from (key for key in self._own(place) if not self._went_with_its_merge(key, place))

    def reverted_by(self, place: int) -> Iterator[str]:
        """The stories that this commit takes back, or that were taken back with it."""
        said = self._said[place]
        if place in self._taken_back:
            yield from self._own(place)
            return
        yield from (key for key in self._own(place) if self._went_with_its_merge(key, place))
        if not self._targets[place]:
            yield from said.undone
            if said.shas and not said.undone and not said.redone:
                yield from said.keys

    def is_settled(self, place: int) -> bool:
        """It was taken back, or does nothing but take back what is here too."""
        return place in self._taken_back or bool(self._targets[place])

    def _own(self, place: int) -> tuple[str, ...]:
        said, targets = self._said[place], self._targets[place]
        if targets:
            theirs = {key for target in targets for key in self._said[target].mentioned}
            return tuple(key for key in said.keys if key not in theirs)
        if said.shas and not said.undone and not said.redone:
            return ()  # it reverts something older, and its own words are all we know of that
        return (*said.redone, *said.keys)

    def _went_with_its_merge(self, key: str, place: int) -> bool:
        return place > self._merged_before.get(key, place)


class _Index:
    """Finds a commit by its sha, full or abbreviated, or by its title."""

    def __init__(self, commits: Sequence[Commit]) -> None:
        self._shas = sorted((c.sha.lower(), place) for place, c in enumerate(commits) if len(c.sha) >= 7)
        self._titles: dict[str, list[int]] = {}
        for place, commit in enumerate(commits):
            self._titles.setdefault(_PULL_REQUEST.sub("", commit.subject), []).append(place)
            self._titles.setdefault(commit.subject, []).append(place)

    def by_shas(self, shas: Sequence[str], place: int) -> tuple[int, ...]:
        found = (self._by_sha(sha) for sha in shas)
        return tuple(target for target in found if target is not None and target != place)

    def _by_sha(self, sha: str) -> int | None:
        at = bisect_left(self._shas, (sha, -1))
        longer = [there for known, there in self._shas[at : at + 2] if known.startswith(sha)]
        if longer:
            return longer[0] if len(longer) == 1 else None  # two commits begin like that: it says neither
        at = bisect_right(self._shas, (sha, len(self._shas))) - 1
        shorter = self._shas[at] if at >= 0 else ("-", -1)
        return shorter[1] if sha.startswith(shorter[0]) else None

    def by_title(self, title: str, place: int, taken_back: set[int]) -> tuple[int, ...]:
        """The nearest older commit of that title that still counts."""
        same = self._titles.get(title, ()) if title else ()
        return next(((older,) for older in same if older > place and older not in taken_back), ())
