"""Package URLs: what a deployed artifact is, in one line. github.com/package-url/purl-spec"""

from dataclasses import dataclass
from urllib.parse import unquote

from bot.api.webhooks.words import is_sha
from bot.change.one_line import one_line

OF_COMMITS = frozenset({"github", "gitlab", "bitbucket", "golang", "generic"})
"""Types whose version may be a commit."""


@dataclass(frozen=True)
class Artifact:
    version: str = ""
    sha: str = ""
    repository: str = ""


def artifact(purl: str) -> Artifact:
    """What of it says which release this is; whatever is no package URL says nothing but itself.

    >>> artifact("pkg:github/acme/search@9B2C4D6E8F0A")
    Artifact(version='', sha='9b2c4d6e8f0a', repository='')
    >>> artifact("pkg:oci/search@sha256%3Aaa11?tag=3.2.0&vcs_url=git%2Bhttps://git.acme.example/search%40abcdef1")
    Artifact(version='3.2.0', sha='abcdef1', repository='https://git.acme.example/search')
    """
    scheme, _, rest = purl.partition(":")
    if scheme.lower() != "pkg":
        return Artifact(version=one_line(purl))
    path, _, qualifiers = rest.partition("#")[0].partition("?")
    kind = path.strip("/").partition("/")[0].lower()
    said = _qualifiers(qualifiers)
    repository, sha = _checkout(said.get("vcs_url", ""))
    version = one_line(unquote(path.rpartition("/")[2].partition("@")[2]))
    if kind in OF_COMMITS and is_sha(version):
        version, sha = "", sha or version.lower()
    return Artifact(version=said.get("tag", "") or version, sha=sha, repository=repository)


def _qualifiers(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return {name.lower(): one_line(unquote(value)) for name, _, value in pairs}


def _checkout(vcs_url: str) -> tuple[str, str]:
    """``git+https://…/repository.git@commit``: spdx.github.io/spdx-spec, "Package download location"."""
    place, _, commit = vcs_url.removeprefix("git+").rpartition("@")
    return (place, commit.lower()) if place and is_sha(commit) else (vcs_url.removeprefix("git+"), "")
