"""Who is who: people found by the strongest thing known, or written down."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.change.model import Person
from bot.ledger.entries import Entries, new_id
from bot.ledger.rows import person_of
from bot.ledger.tables import PersonRow


class People(Entries):
    """Reads and writes people."""

    def person(
        self, *, slack_team: str = "", slack_id: str = "", email: str = "", sys_user: str = "", name: str = ""
    ) -> Person:
        """Find somebody by the strongest thing known, or write them down."""
        row = self._find_person(slack_team, slack_id, sys_user, email.lower(), name)
        if row is None:
            row = self._write_down(slack_team, slack_id, email.lower(), name)
        if row is None:  # by another replica, at the same moment
            row = self._find_person(slack_team, slack_id, sys_user, email.lower(), name)
            assert row is not None, "who is known already can be found"
        row.name = row.name or name
        row.email = row.email or email.lower()
        if slack_id and not row.slack_id:
            row.slack_team, row.slack_id = slack_team, slack_id
        self.session.flush()
        return person_of(row)

    def _write_down(self, slack_team: str, slack_id: str, email: str, name: str) -> PersonRow | None:
        """None when somebody with this Slack account is known by now."""
        row = PersonRow(id=new_id(), name=name, email=email, slack_team=slack_team or None, slack_id=slack_id or None)
        row.sys_user, row.bound_by = None, ""
        try:
            with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError:
            return None
        return row

    def bind(self, person: Person, *, sys_user: str, email: str, name: str, by: str = "") -> Person:
        """This person is that ServiceNow user, from now on. by: how that is known, where not by the e-mail."""
        row = self.session.get_one(PersonRow, person.id)
        row.sys_user, row.email, row.name, row.bound_at = sys_user, email.lower(), name or row.name, self.now
        row.bound_by = by or row.bound_by
        self.session.flush()
        return person_of(row)

    def bound_to(self, sys_user: str, *, but: Person) -> Person | None:
        """Somebody else in Slack who is bound to this ServiceNow user."""
        others = (PersonRow.sys_user == sys_user, PersonRow.slack_id.is_not(None), PersonRow.id != but.id)
        row = self.session.scalars(select(PersonRow).where(*others)).first()
        return person_of(row) if row else None

    def known_in_slack(self, slack_team: str, slack_id: str) -> Person | None:
        mine = (PersonRow.slack_team == slack_team, PersonRow.slack_id == slack_id)
        row = self.session.scalars(select(PersonRow).where(*mine)).first()
        return person_of(row) if row else None

    def people(self, ids: set[str]) -> dict[str, Person]:
        rows = self.session.scalars(select(PersonRow).where(PersonRow.id.in_(ids)))
        return {row.id: person_of(row) for row in rows}

    def _find_person(self, slack_team: str, slack_id: str, sys_user: str, email: str, name: str) -> PersonRow | None:
        if slack_id:
            found = select(PersonRow).where(PersonRow.slack_id == slack_id)
            found = found.where(PersonRow.slack_team == slack_team) if slack_team else found
            if row := self.session.scalars(found).first():
                return row
        known = select(PersonRow).where(PersonRow.sys_user == sys_user)
        if sys_user and (row := self.session.scalars(known).first()):
            return row
        if email:
            # An e-mail alone identifies only somebody of whom nothing stronger is known that contradicts it.
            same = (
                select(PersonRow).where(PersonRow.email == email).order_by(PersonRow.slack_id.is_(None), PersonRow.id)
            )
            for row in self.session.scalars(same):
                if not (slack_id and row.slack_id) and not (sys_user and row.sys_user):
                    return row
        if name and not (slack_id or sys_user or email):
            # A pipeline, of which only a name is known: the same one each time.
            nothing_more = (PersonRow.email == "", PersonRow.slack_id.is_(None), PersonRow.sys_user.is_(None))
            return self.session.scalars(select(PersonRow).where(PersonRow.name == name, *nothing_more)).first()
        return None
