"""Which stories the commits of a release deliver, and which they take back."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.change.model import Commit
from bot.change.reverts import Said, Takebacks, said_of

_WORDS = """
    AES AMD ARM BASE BLAKE BSD CVE CWE COVID CP DDR DES DIN EC ECMA EN ES FIPS GB GHSA GPT HTML HTTP IEC IEEE IETF INT
    IPV IR ISBN ISO ISSN JDK JSR KB KOI LATIN MD MP MPEG MS NIST OAUTH P PEP PHP PKCS PR PSR PY RC RFC RSA SHA SNYK SSL
    TLS
    UC UCS UINT UTC UTF V VS WCAG WINDOWS X XML ZIP
"""
FALSE_FRIENDS = frozenset(_WORDS.split())
"""Words that look like project keys in front of a number (UTF-8, SHA-256, ISO-8601, CVE-2024-1, …)."""

# Letters of alphabets that put spaces between words; a key may stand right beside a Chinese or Japanese character.
_LETTER = r"A-Za-z0-9_\u00c0-\u052f"
# The grammar: a project key starts with a letter, then letters, digits, underscores, 2 to 255 of them
# (confluence.atlassian.com/adminjiraserver/changing-the-project-key-format); numbers have no leading zero.
# It never starts inside a word, so that a hostile text costs no more than its length.
_KEY = re.compile(
    rf"(?<![{_LETTER}])(?<![{_LETTER}]-)([A-Z][A-Z0-9_]{{1,254}})-([1-9][0-9]{{0,9}})(?![{_LETTER}]|-[0-9]|\.[0-9])"
)
_BRANCH_KEY = re.compile(r"(?<![A-Za-z0-9_])([A-Za-z0-9_]{2,255})-([1-9][0-9]{0,9})(?![A-Za-z0-9])")
_NUMBER_THEN_UNDERSCORE = re.compile(r"(-[0-9]{1,10})_")
# What git, GitHub and Bitbucket write when a branch is merged.
_MERGED = re.compile(
    r"^(?:Merge (?:remote-tracking )?branch(?:es)? (?P<git>'.*)"
    r"|Merge pull request #[0-9]+ from [^/\s]+/(?P<github>\S+)"
    r"|Merged in (?P<bitbucket>\S+) \(pull request #"
    r"|Merge in \S+ from (?P<bitbucket_server>\S+) to \S+$)",
    re.MULTILINE,
)
# Only titles that no squash merge has: such a commit brings nothing of its own.
_MERGE_TITLE = re.compile(r"Merge (?:(?:remote-tracking )?branch(?:es)? '|pull request #[0-9]+ from |tag '|commit ')")
_QUOTED = re.compile(r"'([^']+)'")


@dataclass(frozen=True)
class Deliveries:
    """What the commits between two releases come to."""

    keys: tuple[str, ...] = ()
    """Stories delivered, unique, in the order in which the work first named them (oldest commit first)."""
    reverted_keys: tuple[str, ...] = ()
    """Stories taken back and not delivered again."""
    commits_without_story: tuple[Commit, ...] = ()
    """Newest first; without those taken back, and without mere merges."""


def deliveries(commits: Sequence[Commit], projects: Collection[str], deny: Collection[str] = ()) -> Deliveries:
    """What these commits (newest first, as git tells them) deliver.

    projects: the keys of the projects whose issues count; none given means any, but for well-known false friends.
    deny: further words (``GPT``) or whole keys (``OPS-2026``) that are none; they win over ``projects``.

    >>> commits = [Commit("b" * 40, "PAY-12, OPS-7: retry"), Commit("a" * 40, "fix PAY-12 (UTF-8)")]
    >>> deliveries(commits, {"PAY", "OPS"}).keys
    ('PAY-12', 'OPS-7')
    """
    grammar = Grammar(projects, deny)
    said = [said_of(commit, grammar.keys_in) for commit in commits]
    takebacks = Takebacks(commits, said)
    delivered: dict[str, None] = {}
    reverted: dict[str, None] = {}
    for place in reversed(range(len(said))):
        delivered.update(dict.fromkeys(takebacks.delivered_by(place)))
        reverted.update(dict.fromkeys(takebacks.reverted_by(place)))
    return Deliveries(
        keys=tuple(delivered),
        reverted_keys=tuple(key for key in reverted if key not in delivered),
        commits_without_story=_without_story(commits, said, takebacks),
    )


def _without_story(commits: Sequence[Commit], said: Sequence[Said], takebacks: Takebacks) -> tuple[Commit, ...]:
    merges = [bool(_MERGE_TITLE.match(commit.subject)) for commit in commits]
    merged_work_is_here = not all(merges)
    return tuple(
        commit
        for place, commit in enumerate(commits)
        if not said[place].mentioned and not takebacks.is_settled(place) and not (merges[place] and merged_work_is_here)
    )


class Grammar:
    """What counts as an issue key: the shape, and the projects."""

    def __init__(self, projects: Collection[str], deny: Collection[str] = ()) -> None:
        self._projects = frozenset(project.upper() for project in projects)
        self._longest = max(map(len, self._projects), default=0)
        self._deny = frozenset(word.upper() for word in deny)

    def keys_in(self, text: str) -> tuple[str, ...]:
        """Unique keys in the text and in the names of the branches it merged, in order of first mention.

        >>> Grammar({"PAY", "OPS"}).keys_in("Merge branch 'fix/pay-12_OPS-7' into main")
        ('PAY-12', 'OPS-7')
        """
        named = dict.fromkeys(_KEY.findall(text))
        found = [f"{project}-{number}" for project, number in named if self._is_story(project, number)]
        if "Merge" in text:
            found += self._keys_in_branches("\n".join(_branches(text)))
        return tuple(dict.fromkeys(found))

    def _keys_in_branches(self, branches: str) -> Iterator[str]:
        """Branch names may be lower case and glued with underscores: there only known projects count."""
        named = dict.fromkeys(_BRANCH_KEY.findall(_NUMBER_THEN_UNDERSCORE.sub(r"\1 ", branches)))
        for words, number in named:
            project = self._project_at_end_of(words.upper())
            if project and self._is_story(project, number):
                yield f"{project}-{number}"

    def _project_at_end_of(self, words: str) -> str:
        """The longest known project in ``FIX_MY_PROJ``, counted from its end."""
        found, start = "", len(words)
        while start > 0:
            start = words.rfind("_", 0, start - 1) + 1 if start > 1 else 0
            if len(words) - start > self._longest:
                break
            if words[start:] in self._projects:
                found = words[start:]
        return found

    def _is_story(self, project: str, number: str) -> bool:
        if project in self._deny or f"{project}-{number}" in self._deny:
            return False
        return project in self._projects if self._projects else project not in FALSE_FRIENDS


def _branches(text: str) -> Iterator[str]:
    """The names of the branches that were merged, as the merge's title tells."""
    for match in _MERGED.finditer(text):
        if match["git"]:
            yield from _QUOTED.findall(match["git"].partition(" into ")[0])
        else:
            yield match["github"] or match["bitbucket"] or match["bitbucket_server"]
