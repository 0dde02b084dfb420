"""One bug for each gate between another tool's words and a change."""

from tests.mutants.gates_of_hearing import MUTANTS as MUTANTS
from tests.mutants.noticing import test_a_bug_is_noticed as test_a_bug_is_noticed

SAMPLE, IS_SAMPLED = 8, True
