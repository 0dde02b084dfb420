"""A policy means what its reviewer read: no bomb, no object, no second meaning; anything else is refused by name."""

import re

import pytest

from config.policy import BadPolicy, parse_policy
from tests.config.test_policy import GOOD

BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) or 'x'}]\n" for n in range(12)).replace("*a-1", "x")
REFUSED = {
    "a bomb": (BOMB, "aliases come to more than"),
    "a quiet bomb": (f"{GOOD}issue_deny_list: &x [{'a, ' * 999}a]\nannouncers: [{'*x, ' * 99}*x]", "aliases come to"),
    "a snake that eats itself": ("services: &x [*x]", "contains itself"),
    "deep lists": ("services: " + "[" * 500 + "]" * 500, "nested too deep"),
    "deep maps": ("services: " + "{a: " * 500 + "}" * 500, "nested too deep"),
    "an object": ("!!python/object/apply:os.system [id]", "could not determine a constructor"),
    "a module": (f"{GOOD}managers: !!python/module:os", "could not determine a constructor"),
    "a name": (f"{GOOD}managers: !!python/name:os.system", "could not determine a constructor"),
    "a local tag": (f"{GOOD}managers: !env SLACK_BOT_TOKEN", "could not determine a constructor"),
    "a key twice": (f"{GOOD}    owner: a\n    owner: b\n", r"“owner” is there twice \(line 11, column 5\)"),
    "a policy twice": (f"{GOOD}team: T0RIVAL\n", "“team” is there twice"),
    "an approval twice": (
        f"{GOOD}approval: {{record: deep link, record: recorded on behalf}}",
        "“record” is there twice",
    ),
    "a second document": (f"{GOOD}---\nteam: T0RIVAL\n", "found another document"),
    "a day that is none": (f"{GOOD}managers: 2026-99-99", "a value is not what it says"),
    "an endless number": (f"{GOOD}managers: {'9' * 5000}", "a value is not what it says"),
    "no number": (f"{GOOD}managers: !!int x", "a value is not what it says"),
    "a map as a name": (f"{GOOD}managers: {{2026-01-01: x, 1: y}}", "managers: Input should be a valid string"),
    "a list as a key": (f"{GOOD}? [a]\n: b\n", "unhashable key"),
    "half a character": (f'{GOOD}managers: "\\ud83d"', "half a character"),
    "nothing between": (f'{GOOD}managers: "a\\0b"', "half a character"),
    "an escape sequence": (f"{GOOD}managers: \x1b[31m", "special characters are not allowed"),
    "a merge of what is not known": (f"{GOOD}approval: {{<<: {{recorded: x}}}}", "approval.recorded: Unexpected"),
    "a merge that lets somebody record": (
        f"{GOOD}approval: {{<<: {{record: recorded on behalf}}}}",
        "approval.on_behalf_accepted_by",
    ),
    "an attribute": (f"{GOOD}    backout_plan: 'Back to {{version.__class__}}'\n", "backout_plan: only .*__class__"),
    "an item": (f"{GOOD}    backout_plan: 'Back to {{version[0]}}'\n", "backout_plan: only"),
    "a wide format": (f"{GOOD}    test_plan: '{{sha:>999999999}}'\n", "test_plan: only .*not sha:>9"),
    "a conversion": (f"{GOOD}    test_plan: '{{sha!r}}'\n", "test_plan: only"),
    "a number in braces": (f"{GOOD}    test_plan: 'see {{0}}'\n", "test_plan: only"),
    "nothing in braces": (f"{GOOD}    test_plan: 'see {{}}'\n", "test_plan: only"),
    "one brace": (f"{GOOD}    test_plan: 'see {{'\n", "test_plan: only"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_a_reviewer_would_not_see_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        parse_policy(text)

    assert re.search(said, str(refused.value)), refused.value
    assert all(len(line) < 1000 for line in refused.value.wrong)


def test_an_alias_that_saves_typing_is_fine() -> None:
    policy = parse_policy(f"approval: &strict {{expires_after: PT2H}}\n{GOOD}    approval: *strict\n")

    assert policy.services[0].approval == policy.approval


def test_plans_may_name_what_is_deployed_and_hold_braces() -> None:
    policy = parse_policy(f"{GOOD}    test_plan: 'run {{{{x}}}} for {{version}}, {{sha}}'\n")

    assert policy.services[0].test_plan.format(version="2.4.1", sha="ab") == "run {x} for 2.4.1, ab"
