"""The stories that Cabbie is killed in: how each is told, what its team decided, and what people do in it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash import managers, own_hand, people, tools
from tests.crash.memory import Memory
from tests.crash.people import Bystander
from tests.stories.telling import policy_file
from tests.stories.town import Town

Tell = Callable[[Town, Memory, Bystander], None]
Rules = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Story:
    """From its beginning until nothing moves any more."""

    tell: Tell
    rules: Rules = lambda policy: None

    def environment(self, directory: Path) -> dict[str, str]:
        return {"CABBIE_POLICY": policy_file(directory, self.rules)}


MAIN = "main"
STORIES = {
    MAIN: Story(people.tell),
    "question": Story(tools.tell_question, tools.waiting_at_the_gate),
    "alarm": Story(tools.tell_alarm, tools.waiting_for_nobody),
    "digest": Story(managers.tell_digest, managers.no_digest_yet),
    "own": Story(own_hand.tell),
}
