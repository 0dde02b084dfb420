"""A Jira in memory: issues, their links and their comments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.change.model import Found, Story
from bot.ports import Check, NotThere, RemoteLink
from tests.doubles.faults import Faults


@dataclass(frozen=True)
class Comment:
    id: str
    text: str
    marker: str


class TrackerDouble:
    """Knows the stories it was given; everything else is missing."""

    def __init__(self, *stories: Story, projects: frozenset[str] = frozenset(), diary: list[str] | None = None) -> None:
        self.diary = [] if diary is None else diary
        self.faults = Faults()
        self.links: dict[str, dict[str, RemoteLink]] = defaultdict(dict)
        self.comments: dict[str, list[Comment]] = defaultdict(list)
        self.checks: tuple[Check, ...] = (Check("Jira", "good", "it answers"),)
        self._stories = {story.key: story for story in stories}
        self._projects = projects or frozenset(story.key.partition("-")[0] for story in stories)

    def read(self, keys: Sequence[str]) -> tuple[Story, ...]:
        with self.faults.around("read"):
            return tuple(self._stories.get(key, Story(key, found=Found.MISSING)) for key in keys)

    def link(self, key: str, link: RemoteLink) -> None:
        with self.faults.around("link"):
            self._must_know(key)
            self.links[key][link.global_id] = link
            self.diary.append(f"linked {key}: {link.icon}")

    def linked(self, key: str, global_id: str) -> RemoteLink | None:
        with self.faults.around("linked"):
            return self.links[key].get(global_id)

    def comment(self, key: str, text: str, marker: str) -> str:
        with self.faults.around("comment"):
            self._must_know(key)
            comment = Comment(str(10_000 + sum(map(len, self.comments.values()))), text, marker)
            self.comments[key].append(comment)
            self.diary.append(f"commented on {key}")
            return comment.id

    def find_comment(self, key: str, marker: str) -> str:
        with self.faults.around("find_comment"):
            return next((comment.id for comment in reversed(self.comments[key]) if comment.marker == marker), "")

    def find_comments(self, key: str, marker: str) -> tuple[str, ...]:
        with self.faults.around("find_comment"):
            return tuple(comment.id for comment in self.comments[key] if comment.marker == marker)

    def rewrite_comment(self, key: str, comment: str, text: str) -> None:
        with self.faults.around("rewrite_comment"):
            self.comments[key] = [replace(c, text=text) if c.id == comment else c for c in self.comments[key]]

    def projects(self) -> frozenset[str]:
        with self.faults.around("projects"):
            return self._projects

    def check(self) -> tuple[Check, ...]:
        with self.faults.around("check"):
            return self.checks

    def _must_know(self, key: str) -> None:
        if key not in self._stories:
            raise NotThere("Jira", f"{key} is gone or hidden")
