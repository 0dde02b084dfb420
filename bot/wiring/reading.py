"""The reader of other tools' posts: the shipped formats and the team's own, as the policy in force has them."""

from collections.abc import Callable

from bot.change.policy import Policy
from bot.reading import Reader, reader_of
from config.announcements import shipped_announcements, teams_own


class CurrentReader:
    """Made anew when the policy is another one; what it needs is checked when the policy is read."""

    def __init__(self, policy: Callable[[], Policy]) -> None:
        self._policy = policy
        self._shipped = shipped_announcements()
        self._made: tuple[Policy, Reader] | None = None

    def __call__(self) -> Reader:
        policy, made = self._policy(), self._made
        if made is None or made[0] is not policy:
            own = teams_own(policy.formats, policy.names)
            made = self._made = (policy, reader_of(self._shipped, own.formats, own.names))
        return made[1]
