"""``/deploy`` and ``/change``: read, told to the desk, answered after the commit."""

from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.change.errors import Refusal
from bot.ports import Message
from bot.slack import forms
from bot.slack.answers import Spoken, answer, plainly
from bot.slack.grammar import Meaning, OpenForm, read_change, read_deploy
from bot.slack.speakers import Body, commander
from bot.slack.tools import Tools

NO_FORM = "The form did not open; try again, or type it: `/deploy payments 2.4.1 to production why`."


def listen(app: App, tools: Tools) -> None:
    @app.command("/deploy")
    def deploy(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        services = [s.service for s in tools.policy.services]
        say(ack, _answered(tools, body, context, lambda text: read_deploy(text, services)))

    @app.command("/change")
    def change(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        say(ack, _answered(tools, body, context, read_change))


def say(ack: Ack, message: Message) -> None:
    """Answer the person alone. Without words the command just goes."""
    if not message.text:
        ack()
    elif message.blocks:
        ack(text=message.text, blocks=[dict(block) for block in message.blocks], response_type="ephemeral")
    else:
        ack(text=message.text, response_type="ephemeral")


def _answered(tools: Tools, body: Body, context: BoltContext, read: Any) -> Message:
    try:
        meaning: Meaning = read(str(body.get("text") or ""))
    except Refusal as refusal:
        return plainly(str(refusal))
    if isinstance(meaning, OpenForm):
        return _with_a_form(tools, body, meaning)
    return answer(tools, meaning, _spoken(body, context))


def _with_a_form(tools: Tools, body: Body, meaning: OpenForm) -> Message:
    view = forms.deploy_form(
        tools.policy,
        service=meaning.service,
        environment=meaning.environment,
        channel=str(body.get("channel_id") or ""),
    )
    return Message("" if forms.opened(tools.web, str(body["trigger_id"]), view) else NO_FORM)


def _spoken(body: Body, context: BoltContext) -> Spoken:
    return Spoken(
        by=commander(body, context),
        once=f"command:{body['trigger_id']}",
        channel=str(body.get("channel_id") or ""),
        response_url=str(body.get("response_url") or ""),
    )
