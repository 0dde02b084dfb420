"""What is shown elsewhere, and what a manager has to know."""

from collections.abc import Sequence

from sqlalchemy import select, update

from bot.change.model import Finding, Projection
from bot.ledger.entries import Entries, new_id
from bot.ledger.rows import finding_of
from bot.ledger.tables import FindingRow, ProjectionRow


class Shown(Entries):
    """Writes projections and findings."""

    def project(self, change_id: str, projection: Projection) -> None:
        self.session.merge(
            ProjectionRow(
                change_id=change_id,
                kind=projection.kind,
                target=projection.target,
                shown=projection.shown,
                ref=projection.ref,
                sent_at=projection.sent_at,
            )
        )
        self.session.flush()

    def find_out(
        self, kind: str, sentence: str, *, once: str, change_id: str = "", service: str = ""
    ) -> Finding | None:
        """A finding, unless it was found before."""
        if self.session.scalars(select(FindingRow.id).where(FindingRow.once == once)).first():
            return None
        row = FindingRow(
            id=new_id(),
            once=once,
            kind=kind,
            sentence=sentence,
            at=self.now,
            change_id=change_id or None,
            service=service,
        )
        row.is_open = True
        self.session.add(row)
        self.session.flush()
        self.enter("finding", change_id=change_id, finding=kind, sentence=sentence)
        return finding_of(row)

    def finding(self, finding_id: str) -> Finding:
        return finding_of(self.session.get_one(FindingRow, finding_id))

    def untold(self, kinds: Sequence[str]) -> tuple[Finding, ...]:
        """Findings of these kinds whose alarm nobody took yet, oldest first; what was told is not looked at."""
        found = select(FindingRow).where(FindingRow.kind.in_(kinds), FindingRow.told_at.is_(None))
        return tuple(finding_of(row) for row in self.session.scalars(found.order_by(FindingRow.at)))

    def take_alarm(self, finding: Finding) -> bool:
        """True for the one who takes it first."""
        done = self.session.execute(
            update(FindingRow).where(FindingRow.id == finding.id, FindingRow.told_at.is_(None)).values(told_at=self.now)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult
