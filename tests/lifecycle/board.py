"""The board that the machine plays on: one place, what was done by hand in it, and short questions about it."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import event, func, select

from bot.change.announcement import Announcement, Completion, Press, Report, Told
from bot.change.model import Change, Person
from bot.ledger.tables import ChangeRow, EntryRow
from tests.builders import MARGARET
from tests.doubles.faults import Faults
from tests.doubles.normal_model import Held
from tests.lifecycle.place import Place, Said
from tests.story.world import PEOPLE


class Board(RuleBasedStateMachine):
    """What every part of the machine may use."""

    empty_ledger: Path
    world: Place

    def open_board(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="cabbie-")
        self.world = Place(Path(shutil.copy(self.empty_ledger, self.folder.name)))
        event.listen(self.world.ledger.database, "connect", _without_fsync)
        self.named: dict[str, set[str]] = {}
        """By the change's id: the ServiceNow users who asked for it by anybody's word, while it was not over."""
        self.seen: dict[str, Change] = {}
        """By the change's id: how it was after the step before."""
        self.by_hand: set[str] = set()
        """Numbers of changes that a person moved in ServiceNow: what it did there is not ours."""

    # ---------------------------------------------------------------------------------------------------------- saying

    def say(self, body: Announcement | Press | Report, who: Person | None = None, **wrong: Any) -> Said:
        said = self.tell(body, who, **wrong)
        if isinstance(body, Announcement) and who and said.answer.change_id:
            self.name(said.answer.change_id, who)
        self.world.settle()
        return said

    def tell(
        self, body: Announcement | Press | Report | Told | Completion, who: Person | None = None, **wrong: Any
    ) -> Said:
        """Heard, and nothing done about it yet. Every refusal is an entry."""
        before = self.count(EntryRow, EntryRow.kind == "refused")
        said = self.world.tell(body, who, **wrong)
        after = self.count(EntryRow, EntryRow.kind == "refused")
        assert after > before or not said.answer.is_refusal, f"refused, and nobody will know: {said.answer.sentence}"
        return said

    def name(self, change_id: str, *who: Person) -> None:
        """They asked for it, somebody says."""
        change = self.change(change_id)
        if not change.is_over or change.alias_of:
            self.named.setdefault(change_id, set()).update(person.sys_user for person in who)

    def unclean(self, change: Change) -> set[str]:
        """Who may not approve it: margaret, who wrote it, and whoever asked for it; under its other names too."""
        aliases = [one.id for one in self.changes() if one.alias_of in (change.id, change.number or change.id)]
        return self.makers(change).union(*(self.named.get(one, set()) for one in (change.id, *aliases)))

    def makers(self, change: Change) -> set[str]:
        """Margaret, and in whose name it was asked for first."""
        asked = change.requested_by
        first = {one.sys_user for one in PEOPLE if one.slack_id == asked.slack_id or one.email == asked.email}
        return {MARGARET.sys_user, *first}

    # ------------------------------------------------------------------------------------------------------- questions

    def change(self, change_id: str) -> Change:
        with self.world.ledger.reading() as tx:
            return tx.change(change_id)

    def count(self, table: Any, *which: Any) -> int:
        with self.world.ledger.reading() as tx:
            return tx.session.scalar(select(func.count()).select_from(table).where(*which)) or 0

    def changes(self) -> tuple[Change, ...]:
        with self.world.ledger.reading() as tx:
            ids = tx.session.scalars(select(ChangeRow.id).order_by(ChangeRow.requested_at, ChangeRow.id)).all()
            return tuple(tx.change(change_id) for change_id in ids)

    def newest(self) -> Change:
        """The last one that ServiceNow knows and we know of."""
        with self.world.ledger.reading() as tx:
            known = select(ChangeRow.id).where(ChangeRow.number.is_not(None))
            last = tx.session.scalars(known.order_by(ChangeRow.requested_at.desc(), ChangeRow.id.desc())).first()
            assert last, "asked only where one is known"
            return tx.change(last)

    def change_of(self, held: Held) -> Change | None:
        with self.world.ledger.reading() as tx:
            same = tx.session.scalars(select(ChangeRow.id).where(ChangeRow.sys_id == held.sys_id)).first()
            return tx.change(same) if same else None

    def held(self) -> list[Held]:
        return list(self.world.servicenow.changes.values())

    def faults(self) -> tuple[Faults, ...]:
        world = self.world
        return world.servicenow.faults, world.approvals.faults, world.slack.faults, world.jira.faults


def is_known(board: Any) -> bool:
    """ServiceNow knows a change, and we know of it."""
    return hasattr(board, "world") and bool(board.count(ChangeRow, ChangeRow.number.is_not(None)))


def _without_fsync(connection: Any, _: Any) -> None:
    """No power fails in here, and thousands of commits are made."""
    connection.execute("PRAGMA synchronous = OFF")
