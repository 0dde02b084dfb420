"""What people decide: claims and what became of them, and decisions that are believed."""

from bot.change.model import Claim, Decision, Recorded
from bot.ledger.changes import Overtaken
from bot.ledger.entries import Entries
from bot.ledger.tables import ClaimRow, VerdictRow


class Verdicts(Entries):
    """Writes claims and decisions."""

    def add_claim(self, claim: Claim) -> None:
        facts = {c.name: getattr(claim, c.name) for c in ClaimRow.__table__.columns if c.name != "person"}
        self.session.add(ClaimRow(person=claim.by.id, **{k: getattr(v, "value", v) for k, v in facts.items()}))
        self.session.flush()

    def settle(
        self, claim: Claim, *, progress: str, sentence: str = "", row: str = "", recorded: Recorded | None = None
    ) -> None:
        """What became of a claim, from what it was when it was read. Raises: Overtaken."""
        settled = self.session.get_one(ClaimRow, claim.id, populate_existing=True, with_for_update=True)
        if settled.progress != claim.progress:
            raise Overtaken(claim.change_id)
        settled.progress, settled.sentence, settled.row = progress, sentence or settled.sentence, row or settled.row
        settled.recorded = recorded.value if recorded else settled.recorded
        self.session.flush()

    def void(self, decision: Decision) -> None:
        """The rules do not let this person decide after all."""
        self.session.get_one(VerdictRow, decision.id).is_valid = False
        self.session.flush()

    def add_decision(self, change_id: str, decision: Decision, *, claim: str = "") -> None:
        self.session.add(
            VerdictRow(
                id=decision.id,
                change_id=change_id,
                person=decision.by.id,
                claim=claim or None,
                verdict=decision.verdict.value,
                at=decision.at,
                stage=decision.stage.value,
                recorded=decision.recorded.value,
                reason=decision.reason,
                row=decision.row,
                mod_count=decision.mod_count,
                is_valid=decision.is_valid,
            )
        )
        self.session.flush()
