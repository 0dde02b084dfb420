"""One bug for each gate that stands between somebody and an approval, a record, an open gate or Implement."""

from tests.mutants import gates_of_deciding, gates_of_going, gates_of_opening
from tests.mutants.noticing import test_a_bug_is_noticed as test_a_bug_is_noticed

MUTANTS = (*gates_of_going.MUTANTS, *gates_of_deciding.MUTANTS, *gates_of_opening.MUTANTS)
SAMPLE = len(MUTANTS)
"""One in so many in the ordinary run: each takes a play to be noticed, and its test one more."""
