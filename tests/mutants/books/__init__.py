"""All mutants, a book for each part of Cabbie."""

from tests.mutants.books import deciding, door, going, in_jira, in_servicenow, in_slack, memory
from tests.mutants.mutant import Mutant

BOOKS: tuple[tuple[Mutant, ...], ...] = (
    in_servicenow.MUTANTS,
    in_jira.MUTANTS,
    in_slack.MUTANTS,
    door.MUTANTS,
    deciding.MUTANTS,
    going.MUTANTS,
    memory.MUTANTS,
)
