"""A desk that keeps a diary of what it heard, and answers what it is told to answer."""

from bot.change.announcement import Answer, Heard
from bot.change.errors import Refusal


class DeskDouble:
    """Says "Heard." until told otherwise; hears the same ``once`` one time only, as the real one does."""

    def __init__(self) -> None:
        self.diary: list[Heard] = []
        self.refusal: Refusal | None = None
        self.breaks_with: Exception | None = None
        self._answers: dict[str, Answer] = {}

    def hear(self, heard: Heard) -> Answer:
        if self.breaks_with is not None:
            raise self.breaks_with
        if heard.once in self._answers:
            return self._answers[heard.once]
        self.diary.append(heard)
        answer = Answer(str(self.refusal), is_refusal=True) if self.refusal else Answer("Heard.")
        self._answers[heard.once] = answer
        return answer
