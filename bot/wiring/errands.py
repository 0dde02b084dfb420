"""The errands beside the changes, as the engine runs them."""

from collections.abc import Callable
from functools import partial

from bot.accounts.words import REVOKE, WORD
from bot.change.runbook import Runbook
from bot.desk.proving import PROVE, hear_proven
from bot.desk.telling import ASK, SETTLED
from bot.engine import NEVER, Again
from bot.slack import alarms, answers, digests, questions
from bot.story.alarm import send_alarm
from bot.story.digest import send_digest
from bot.story.errands import run_errand
from bot.story.question import send_question, settle_question
from bot.story.word import send_word
from bot.wiring.parts import Parts


def errands(parts: Parts, runbook: Runbook) -> dict[str, Callable[..., Again]]:
    """By name, each taking what was enqueued with it."""
    tools, own = parts.tools, parts.own

    def digest(channel: str, slot: str) -> Again:
        return run_errand(partial(send_digest, tools, channel, slot, show=digests.message), "digest")

    def alarm(channel: str, finding_id: str) -> Again:
        show = partial(alarms.message, advice=runbook.alarms)
        return run_errand(partial(send_alarm, tools, channel, finding_id, show=show), "alarm")

    def word(slack_id: str, slot: str, sentence: str) -> Again:
        return run_errand(partial(send_word, tools, slack_id, slot, sentence, show=answers.word), WORD)

    def ask(channel: str, ts: str) -> Again:
        return run_errand(partial(send_question, tools, channel, ts, show=questions.question), ASK)

    def settled(channel: str, ts: str, sentence: str) -> Again:
        return run_errand(partial(settle_question, tools, channel, ts, sentence, show=questions.settled), SETTLED)

    def prove(*words: str) -> Again:
        return run_errand(partial(hear_proven, tools, parts.desk.hear, *words), PROVE)

    def revoke(link_id: str) -> Again:
        return run_errand(partial(own.hands.revoke, link_id), REVOKE) if own else NEVER

    return {"digest": digest, "alarm": alarm, WORD: word, ASK: ask, SETTLED: settled, PROVE: prove, REVOKE: revoke}
