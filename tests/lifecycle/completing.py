"""What people add to tools' posts, confirm and deny; rightly and wrongly, and who."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from bot.change.announcement import Completion, Question
from bot.change.model import Kind, Person, Status
from bot.change.reading import Reading
from bot.ledger.tables import ChangeRow, PostRow
from tests.builders import ADA, LINUS
from tests.lifecycle.board import Board
from tests.lifecycle.place import EVERYBODY, SPOILT, STRANGER, Said
from tests.lifecycle.telling import ACTORS, ASKS, Tools, asks

everybody = st.sampled_from([*EVERYBODY])


def is_anything_asked(board: Board) -> bool:
    return hasattr(board, "world") and bool(board.count(PostRow, PostRow.question.is_not(None)))


class Answering(Tools):
    """How a question below a post is answered."""

    def questions(self) -> list[tuple[str, str]]:
        with self.world.ledger.reading() as tx:
            rows = tx.session.execute(
                select(PostRow.channel, PostRow.ts).where(PostRow.question.is_not(None)).order_by(PostRow.ts)
            )
            return [(row.channel, row.ts) for row in rows]

    def question(self, channel: str, ts: str) -> Question:
        with self.world.ledger.reading() as tx:
            found = tx.question(channel, ts)
        assert found
        return found

    def answer(self, who: Person, said: Completion) -> Said:
        asked = self.question(said.channel, said.message_ts)
        before, changes = self.count(ChangeRow), {change.id: change for change in self.changes()}
        first = self.tell(said, who)
        assert {c.id: c.revision for c in self.changes()} == {c.id: c.revision for c in changes.values()}, "unproven"
        self.world.settle()
        if proven := self.world.said.get(f"proven:{first.heard.once}"):
            self._look_at(proven, said, asked, is_born=self.count(ChangeRow) > before)
        return first

    def _look_at(self, said: Said, body: Completion, asked: Question, *, is_born: bool) -> None:
        who, answer, reading = said.who, said.answer, asked.told.reading
        assert who is not None
        if answer.is_refusal or body.is_no_deploy:
            assert not is_born, f"{who.name} was refused or denied it, and it is opened"
            return
        assert said.was_proven, f"{who.name} is nobody who may say so: {answer.sentence}"
        assert reading.status in ASKS or not is_born, f"“{reading.status}” opens a change"
        if not answer.change_id:
            return
        change = self.change(answer.change_id)
        named = next((one for one in EVERYBODY if one.slack_id == body.requested_by), None)
        people = [person for person in (who, ACTORS[reading.actor] or named) if person]
        is_strange = who is STRANGER and STRANGER.sys_user not in self.unclean(change)
        assert reading.status in ASKS or not is_strange, f"a stranger says how {change.title} ended"
        assert ACTORS[reading.actor] or named or not is_born, "nobody asked for it, and it is opened"
        if asks(reading.status, change):
            self.name(answer.change_id, *people)


class Completing(Answering):
    """By whoever it is, with whatever they fill in."""

    @precondition(is_anything_asked)
    @rule(
        data=st.data(),
        who=everybody,
        asker=st.sampled_from([LINUS, ADA, None]),
        service=st.sampled_from(["payments", "payments", "checkout", ""]),
        environment=st.sampled_from(["production", "production", "staging", ""]),
        version=st.sampled_from(["2.4.1", "2.4.1", "v2.4.1", ""]),
    )
    def somebody_completes_it(
        self, data: st.DataObject, who: Person, asker: Person | None, service: str, environment: str, version: str
    ) -> None:
        channel, ts = data.draw(st.sampled_from(self.questions()[-3:]))
        asked = asker.slack_id if asker else ""
        self.answer(who, Completion(channel, ts, service, version, environment, asked))

    @rule(
        who=everybody,
        asker=st.sampled_from([LINUS, ADA, None]),
        status=st.sampled_from(list(Status)),
        is_guess=st.booleans(),
    )
    def what_says_too_little_is_completed(
        self, who: Person, asker: Person | None, status: Status, is_guess: bool
    ) -> None:
        spot = self.a_post()
        environment = "production" if is_guess else ""
        actor = LINUS.email if is_guess else ""
        reading = Reading("a format", status, Kind.DEPLOY, "payments", environment, "2.4.1", actor=actor)
        self.says(reading, spot, is_guess=is_guess)
        if (spot.channel, spot.ts) in self.questions():
            asked = asker.slack_id if asker else ""
            self.answer(who, Completion(spot.channel, spot.ts, environment="production", requested_by=asked))


class Denying(Answering):
    """It is no deploy, or is completed twice."""

    @precondition(is_anything_asked)
    @rule(data=st.data(), who=everybody)
    def somebody_denies_it(self, data: st.DataObject, who: Person) -> None:
        channel, ts = data.draw(st.sampled_from(self.questions()[-3:]))
        self.answer(who, Completion(channel, ts, is_no_deploy=True))

    @precondition(is_anything_asked)
    @rule(one=everybody, other=everybody)
    def two_complete_it(self, one: Person, other: Person) -> None:
        channel, ts = self.questions()[-1]
        before = self.count(ChangeRow)
        said = Completion(channel, ts, "payments", "2.4.1", "production", LINUS.slack_id)
        for who in (one, other):
            if (channel, ts) in self.questions():
                self.answer(who, said)
            elif not self.world.is_proving:
                assert self.tell(said, who).answer.is_refusal, "it was completed already"
        assert self.count(ChangeRow) <= before + 1, "two completions, two changes"


class Pretending(Answering):
    """People whose accounts are not what they were."""

    @precondition(is_anything_asked)
    @rule(who=everybody, how=st.sampled_from(SPOILT), denies=st.booleans(), comes_back=st.booleans())
    def somebody_leaves_and_answers(self, who: Person, how: str, denies: bool, comes_back: bool) -> None:
        if who.id not in self.world.spoilt:
            self.world.spoil(who, how)
        channel, ts = self.questions()[-1]
        was_refused = self.answer(who, _whole(channel, ts, denies)).answer.is_refusal
        is_asked = (channel, ts) in self.questions()
        assert was_refused or is_asked, f"{who.name} has left, and answers"
        if comes_back:
            self.world.restore()
            self.world.wait(timedelta(minutes=1))


def _whole(channel: str, ts: str, denies: bool) -> Completion:
    if denies:
        return Completion(channel, ts, is_no_deploy=True)
    return Completion(channel, ts, "payments", "2.4.1", "production", LINUS.slack_id)
