"""The commands of those who run Cabbie: try it, run it, and be told what is wrong."""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import IO, Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import logs, wiring
from bot.accounts import Seal, new_key, reseal
from bot.change.errors import Refusal
from bot.cli.announce_test import AnnounceOrTest
from bot.cli.pipeline import announce, gate
from bot.cli.said import no, out
from bot.doctor import examine, report
from bot.engine import AlreadyRunning, Queue
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.migrate import TablesInUse
from bot.ledger.reads import Reads
from bot.ports import BadCredentials, Failure, Head
from bot.rehearsal import clock_of, machine_time
from bot.sandbox import Ports, SandboxFailed, end_with_parent, sandbox
from bot.server import PortTaken
from bot.slack import digests
from bot.story.digest import compose
from bot.story.retry import retry as retry_change
from config.policy import BadPolicy, check_own_accounts, json_schema, read_policy
from config.runbook import prometheus_rules, read_runbook, runbook_text
from config.settings import BadSettings, Settings, missing_for_own_accounts, read_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Takes your deploys through change management.",
)
policy_app = typer.Typer(no_args_is_help=True, help="What the team decided.")
ledger_app = typer.Typer(no_args_is_help=True, help="What Cabbie remembers, and whether anybody touched it.")
app.add_typer(policy_app, name="policy")
app.add_typer(ledger_app, name="ledger")
keys_app = typer.Typer(no_args_is_help=True, help="What seals the tokens of people's own accounts.")
app.add_typer(keys_app, name="keys")

PORT = Annotated[int, typer.Option(min=0, max=65535, help="0 is a free one")]


def main() -> None:
    try:
        app()
    except (
        BadSettings,
        BadPolicy,
        SandboxFailed,
        AlreadyRunning,
        PortTaken,
        TablesInUse,
        wiring.BadAnchor,
        wiring.WrongRole,
    ) as error:
        no(str(error))


@app.command("sandbox")
def sandbox_command(
    page_port: PORT = 8080,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Cabbie's own")] = 3000,
    slack_port: PORT = 0,
    jira_port: PORT = 0,
    servicenow_port: PORT = 0,
    socket_mode: Annotated[bool, typer.Option(help="talk to Slack by Socket Mode instead of HTTP")] = False,
) -> None:
    """Cabbie with a Slack, a Jira and a ServiceNow of its own, and a page to try it on."""
    ports = Ports(page=page_port, slack=slack_port, jira=jira_port, servicenow=servicenow_port, bot=port)
    with sandbox(ports, socket_mode=socket_mode) as running:
        code = running.run(lambda: _tell_addresses({**running.urls, "cabbie": f"http://127.0.0.1:{port}"}))
    sys.exit(code)


def _tell_addresses(urls: dict[str, str]) -> None:
    out.print("[bold]Cabbie's sandbox[/bold]")
    for name, url in urls.items():
        out.print(f"  {name:<11}{url}")
    out.print(f"Open {urls['page']} and type /deploy payments 2.4.1. Ctrl-C ends it.")


@app.command()
def serve(
    role: Annotated[str, typer.Option(help="all, web, worker or clock")] = "all",
    exit_with_parent: Annotated[bool, typer.Option(help="end when the starting process is gone")] = False,
) -> None:
    """Run Cabbie on the systems that the environment names."""
    if exit_with_parent:
        end_with_parent()
    _service(read_settings(), role).run()


def _service(settings: Settings, role: str) -> wiring.Service:
    """Cabbie, ready to run, and to end on a signal."""
    logs.set_up(settings.log_level, settings.log_format)
    parts = wiring.build(settings)
    service = wiring.Service(parts, role)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stop())
    # Not in the signal's handler: that interrupts the main thread wherever it is, in a transaction perhaps.
    signal.signal(signal.SIGHUP, lambda *_: threading.Thread(target=parts.policy.reload, name="reload").start())
    return service


@app.command()
def migrate() -> None:
    """Bring the database to this version. Safe to run from several places at once."""
    settings = read_settings()
    logs.set_up(settings.log_level, settings.log_format)
    wiring.migrate_all(connect(settings.database_url))
    out.print("The database is up to date.")


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check each system with the calls Cabbie really makes; say what is wrong, why, and the exact fix."""
    settings = read_settings()
    logs.set_up("ERROR", settings.log_format)
    parts = wiring.build(settings)
    checks = examine(parts.tools, parts.policy(), wiring.checks_of_itself(parts), parts.tools.now())
    report(checks, as_json=as_json)
    sys.exit(1 if any(check.verdict == "wrong" for check in checks) else 0)


@policy_app.command("check")
def policy_check(path: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Whether a policy is valid; each wrong field is named by its path."""
    where = path or Path(os.environ.get("CABBIE_POLICY", wiring.DEFAULT_POLICY))
    policy = read_policy(where)
    check_own_accounts(policy, missing_for_own_accounts(os.environ))
    out.print(f"{where}: valid, {len(policy.services)} services, fingerprint {policy.fingerprint[:12]}")


@policy_app.command("schema")
def policy_schema() -> None:
    """JSON Schema of the policy, for editors."""
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")


@ledger_app.command("verify")
def ledger_verify(
    anchor: Annotated[bool, typer.Option("--anchor", help="also against what was left at CABBIE_ANCHOR")] = False,
    heads: Annotated[
        typer.FileText | None, typer.Option(help="also against lines exported from the anchor's sink; - reads them")
    ] = None,
) -> None:
    """Walk the whole chain; name the first entry that does not hold."""
    kept = _anchored(heads) if anchor or heads else ()
    count, broken = _memory().verify(kept)
    if broken:
        no(f"Entry {broken.seq} does not hold: {broken.why}.")
    out.print(f"{count} entries, every one holds." + (f" {_seen_outside(kept)}" if kept else ""))


def _anchored(exported: IO[str] | None) -> tuple[Head, ...]:
    try:
        kept = wiring.anchored_heads(exported)
    except (wiring.BadAnchor, Failure) as failure:
        no(f"The ledger cannot be held against its anchor: {failure}.")
    if not kept:
        no("Nothing of this ledger is anchored there: is CABBIE_LEDGER_NAME the one that it was anchored with?")
    return kept


def _seen_outside(kept: tuple[Head, ...]) -> str:
    last = max(kept, key=lambda head: head.seq)
    return f"{len(kept)} anchored heads agree, the last with entry {last.seq} ({last.at})."


@keys_app.command("new")
def keys_new() -> None:
    """A new key for CABBIE_TOKEN_KEYS. To rotate, put it in front of the old one, and run `cabbie keys rotate`."""
    out.print(new_key(), markup=False)


@keys_app.command("rotate")
def keys_rotate() -> None:
    """Seal every token with the newest key, once every process knows it; then the older keys can be taken away."""
    settings = read_settings()
    if not settings.token_keys:
        no("CABBIE_TOKEN_KEYS is not set.")
    try:
        count = reseal(Ledger(connect(settings.database_url), machine_time), Seal(settings.token_keys))
    except BadCredentials as lost:
        no(f"{lost.what}: nothing was changed.")
    out.print(f"{count} links are sealed with the newest key.")


@app.command()
def retry(
    number: Annotated[str, typer.Argument(help="CHG…, or Cabbie's own id of a change that has no number yet")],
) -> None:
    """Take up a change that is stopped or stuck."""
    settings = read_settings()
    database = connect(settings.database_url)
    try:
        done = retry_change(Ledger(database, clock_of(settings.cabbie_rehearsal_clock)), Queue(database), number)
    except Refusal as refusal:
        no(str(refusal))
    except SQLAlchemyError as error:
        no(f"The database cannot be used ({type(error).__name__}): is DATABASE_URL the one that Cabbie runs on?")
    out.print(done, markup=False)


@app.command()
def runbook(
    rules: Annotated[bool, typer.Option("--rules", help="the alerts as a rules file for Prometheus")] = False,
) -> None:
    """What each alarm means, and what to do; works without Cabbie and without settings."""
    sys.stdout.write(prometheus_rules(read_runbook()) if rules else runbook_text(read_runbook()))


@app.command()
def digest(
    to: Annotated[str, typer.Option(help="console, for now")] = "console",
    channel: Annotated[str, typer.Option(help="whose digest; the first one's unless given")] = "",
) -> None:
    """The change managers' digest as it would read now."""
    if to != "console":
        raise typer.BadParameter("console is the only place so far", param_hint="--to")
    settings = read_settings()
    logs.set_up("ERROR", settings.log_format)
    parts = wiring.build(settings)
    found = next((d for d in parts.policy().digests if channel in ("", d.channel)), None)
    if found is None:
        no("The policy names no digest" + (f" for {channel}." if channel else "."))
    facts, _ = compose(parts.tools, found, show=digests.message)
    out.print(digests.plain_text(facts), markup=False)


app.command(cls=AnnounceOrTest, epilog="`cabbie announce test` tells how a message of another tool is read.")(announce)
app.command()(gate)


def _memory() -> Reads:
    """What is remembered, without the systems' credentials."""
    url = os.environ.get("DATABASE_URL", wiring.DEFAULT_DATABASE)
    return Reads(Ledger(connect(url), machine_time))
