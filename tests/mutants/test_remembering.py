"""Bugs in what is remembered: the ledger, what happens once, the policy in force, the log."""

from tests.mutants.mutant import Mutant
from tests.mutants.noticing import test_a_bug_is_noticed as test_a_bug_is_noticed

STORY = "tests/mutants/story_of_telling.py"

MUTANTS = (
    Mutant(
        "an entry that follows from nothing",
        "Entries can be taken out of the ledger, and it still holds.",
        "bot/ledger/chain.py",
        "        previous=head.fingerprint,",
        "        previous=GENESIS,",
        f"{STORY}::test_the_ledger_holds_and_a_touched_entry_is_found",
    ),
    Mutant(
        "a chain never looked at",
        "Whoever changes an entry is not found.",
        "bot/ledger/chain.py",
        "        if entry.fingerprint != link_of(entry):",
        "        if not entry.fingerprint:",
        f"{STORY}::test_the_ledger_holds_and_a_touched_entry_is_found",
    ),
    Mutant(
        "a digest for each clock",
        "Each replica, and each tick, sends the managers another digest.",
        "bot/clock.py",
        "        slot = is_due(digest, tools.now())\n",
        "        slot = is_due(digest, tools.now()) and tools.now()\n",
        f"{STORY}::test_the_digest_is_sent_once_by_two_clocks",
    ),
    Mutant(
        "a secret in the log",
        "Whoever reads the log signs in to ServiceNow.",
        "integrations/servicenow/session.py",
        '    form = {"grant_type": "client_credentials", **client}\n',
        """    form = {"grant_type": "client_credentials", **client}
    import logging

    logging.getLogger("integrations.servicenow").warning("signing in with %s", form)
""",
        f"{STORY}::test_no_credential_is_in_the_log",
    ),
    Mutant(
        "a library's secret in the log",
        "A library's error message carries a token, and the log keeps it.",
        "bot/logs.py",
        "        redact,\n    ]",
        "    ]",
        "tests/test_logs.py::test_what_a_library_says_of_a_secret_does_not_get_out[xoxb-{}]",
    ),
    Mutant(
        "an invalid policy in force",
        "A slip in the policy lets Cabbie record for others without anybody having accepted that.",
        "config/policy.py",
        "    if wrong := list(_beyond_types(policy)):\n        raise BadPolicy(wrong)\n",
        "",
        f"{STORY}::test_a_policy_that_is_not_valid_changes_nothing_and_is_said_aloud",
    ),
    Mutant(
        "an invalid policy kept quiet",
        "The policy on disk is not the one in force, and nobody knows.",
        "bot/wiring/policy.py",
        "kept=self._policy.fingerprint)\n            if self._ledger:\n",
        "kept=self._policy.fingerprint)\n            if not self._policy:\n",
        f"{STORY}::test_a_policy_that_is_not_valid_changes_nothing_and_is_said_aloud",
    ),
)
