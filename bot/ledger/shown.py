"""What is shown elsewhere, and what a manager has to know."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.change.model import Finding, Projection
from bot.ledger.entries import Entries, new_id
from bot.ledger.rows import finding_of
from bot.ledger.tables import FindingRow, OccasionRow, ProjectionRow


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

    def found_and_not_sent(self, job: str, *, kinds: Sequence[str]) -> tuple[Finding, ...]:
        """Findings of these kinds, oldest first, for which this job took no occasion yet, for whatever audience."""
        taken = select(OccasionRow.slot).where(OccasionRow.job == job)
        found = select(FindingRow).where(FindingRow.kind.in_(kinds), FindingRow.id.not_in(taken))
        return tuple(finding_of(row) for row in self.session.scalars(found.order_by(FindingRow.at)))
