"""Every hostile string into every place it can be written to, read back by somebody else's reader: text, or refused."""

import html
import io
import json
import logging
import re
import subprocess
from contextlib import redirect_stderr
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import structlog
import yaml

from bot import logs
from bot.api.link_pages import confirm_page, done_page, refusal_page
from bot.change.linking import Owner
from bot.change.model import Found
from bot.ledger.chain import fingerprint_of
from bot.ledger.storable import storable, storable_body
from bot.ports import Declined, Head, Member, NotThere, RemoteLink
from bot.slack.blocks import link, mention, plain_text, section
from bot.slack.text import ZERO_WIDTH, plain, said, sentence
from config.policy import BadPolicy, parse_policy
from integrations.anchor.lines import heads_in, line_of
from integrations.git.client import GitHistory
from integrations.jira.client import JiraTracker
from integrations.servicenow.client import ServiceNowChanges
from integrations.servicenow.fields import journal, text, title
from integrations.servicenow.query import among, equals
from integrations.servicenow.sandbox.data.query import Condition, parse
from integrations.slack.sandbox.blockkit import block_problems
from tests.hostile.words import HOSTILE, looks_secret

every_word = pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE.keys())
LINK = RemoteLink("servicenow=x&sys_id=y", "https://x.example/", "CHG0030042", "a", "b", False)
NOWHERE = "http://127.0.0.1:9"


# --------------------------------------------------------------------------------------------------------------- Slack


@every_word
def test_in_slack_it_reads_as_it_was_written(word: str) -> None:
    shown = said(word, 3000)

    assert not set("<>") & set(shown)
    assert html.unescape(shown).replace(ZERO_WIDTH, "") == plain(word, 3000)
    assert not list(
        block_problems([section(shown or "–"), {"type": "header", "text": plain_text(word, 150)}], "message")
    )
    assert html.unescape(sentence(word)).count("<") == word.count("<")


@every_word
def test_a_link_leads_where_it_says_or_is_none(word: str) -> None:
    for url in (word, f"https://ci.example/{word}", f"https://{word}"):
        shown = link(url, "label")
        if shown != "label":
            address, _, label = shown.removeprefix("<").removesuffix(">").partition("|")
            assert label == "label" and not set('<>| \n\r"') & set(address)
            assert re.match(r"https?://[^/]", address, re.IGNORECASE) and address.isascii()
    assert "<" not in mention(word)


# --------------------------------------------------------------------------------------------------------- ServiceNow


@every_word
def test_a_query_asks_for_one_thing_or_is_refused(word: str) -> None:
    try:
        asked = equals("email", word)
    except Declined:
        return

    query = parse(asked, lambda _: True, lambda script: pytest.fail(f"it would run {script}"))
    assert query.alternatives == (((Condition("email", "=", word),),),)
    assert not query.order and not query.dropped


@every_word
def test_no_list_of_ids_holds_it(word: str) -> None:
    with pytest.raises(NotThere):
        among("sys_id", ["ab" * 16, f"{word} {word}"])


@every_word
def test_what_servicenow_is_given_is_text(word: str) -> None:
    assert "\n" not in title(word) and len(title(word).encode("utf-16-le")) <= 320
    for written in (text(word), journal(word)):
        assert len(written.encode("utf-16-le")) <= 8000
        assert json.loads(json.dumps(written)) == written and "\0" not in written
    assert "[code]" not in journal(word).lower()


@every_word
def test_an_address_in_servicenow_holds_it_as_one_value(word: str) -> None:
    changes = ServiceNowChanges("https://sn.example", user="cabbie", password="x")
    whole = word.encode("utf-8", "replace").decode()

    page = urlsplit(changes.page_of_query(whole))
    assert (page.scheme, page.netloc, page.path, page.fragment) == ("https", "sn.example", "/nav_to.do", "")
    inner = parse_qs(page.query, strict_parsing=True, keep_blank_values=True)["uri"]
    assert [unquote(one.partition("sysparm_query=")[2]) for one in inner] == [whole]
    with pytest.raises(NotThere):
        changes.page(f"{word} {word}")


# ---------------------------------------------------------------------------------------------------------------- Jira


@every_word
def test_jira_is_asked_nothing_about_what_is_no_key(word: str) -> None:
    jira = JiraTracker(NOWHERE, token="x")

    assert [story.found for story in jira.read([word, f"PAY-1{word}!"])] == [Found.MISSING] * 2
    for key in (word, f"PAY-1/{word}", f"PAY-1?{word}"):
        with pytest.raises(NotThere, match="no issue key"):
            jira.comment(key, "x", "marker")
        with pytest.raises(NotThere, match="no issue key"):
            jira.link(key, LINK)


# ----------------------------------------------------------------------------------------------------- git and policy


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> GitHistory:
    root = tmp_path_factory.mktemp("repositories")
    subprocess.run(["git", "init", "--quiet", "--bare", str(root / "payments.git")], check=True, timeout=30)
    return GitHistory(root)


@every_word
def test_git_takes_it_for_a_name_and_does_nothing(
    history: GitHistory, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    for repository, version in (("payments.git", word[:300]), ("payments.git", f"refs/{word[:200]}"), (word, "v1")):
        with pytest.raises(NotThere):
            history.resolve(repository, version)
    assert list(tmp_path.iterdir()) == []


@every_word
def test_in_a_policy_it_is_that_string_or_the_policy_is_refused(word: str) -> None:
    service = {"service": "payments", "channel": "C0", "repository": "r", "configuration_item": word,
               "assignment_group": word, "projects": ["PAY"], "affected": word, "test_plan": word}  # fmt: skip
    written = yaml.safe_dump({"team": "T0ACME", "managers": word, "services": [service]})

    try:
        policy = parse_policy(written)
    except BadPolicy as refused:
        assert "{" in word or "\0" in word or "\ud83d" in word, refused
    else:
        assert policy.managers == policy.services[0].affected == policy.services[0].configuration_item == word
    with pytest.raises(BadPolicy):
        parse_policy(f"team: T0ACME\nservices: {word}\n")


# --------------------------------------------------------------------------------------------------------- pages, logs


class Reader(HTMLParser):
    """What a browser makes of a page: its elements, with their attributes, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values += [value or "" for name, value in attrs if name == "value"]

    def handle_data(self, data: str) -> None:
        self.words += data


@every_word
def test_a_page_shows_it_and_has_no_element_more(word: str) -> None:
    word = storable(word)
    plain_one, hostile = Member("U0ADA", "T0ACME", "Ada", "a@b.example"), Member("U0ADA", "T0ACME", word, word)
    owner = Owner("s", word or "x", word, "", may_sign_in=True)

    for shown, wanted in (
        (confirm_page(hostile, word), confirm_page(plain_one, "ticket")),
        (done_page(owner), done_page(Owner("s", "ada", "Ada", "", may_sign_in=True))),
        (refusal_page(word, 400), refusal_page("no", 400)),
    ):
        read, usual = Reader(bytes(shown.body).decode()), Reader(bytes(wanted.body).decode())
        assert (read.elements, read.attributes) == (usual.elements, usual.attributes)
        assert word in read.words
    assert Reader(bytes(confirm_page(hostile, word).body).decode()).values == [word]


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_log_has_one_line_for_each_event(form: str) -> None:
    before, out = logging.getLogger().handlers[:], io.StringIO()
    with redirect_stderr(out):
        logs.set_up("INFO", form)
    try:
        for word in HOSTILE.values():
            structlog.get_logger("cabbie").info("it.happened", why=word)
        for secret in looks_secret().values():
            structlog.get_logger("cabbie").info("it.happened", why=secret)
    finally:
        logging.getLogger().handlers[:] = before
        structlog.reset_defaults()

    lines = out.getvalue().split("\n")[:-1]
    assert len(lines) == len(HOSTILE) + len(looks_secret())
    assert all("it.happened" in line and "\x1b" not in line and "\r" not in line for line in lines)
    if form == "json":
        assert {json.loads(line)["event"] for line in lines} == {"it.happened"}


# -------------------------------------------------------------------------------------------------------------- ledger


@every_word
def test_the_ledger_keeps_it_and_its_fingerprint_is_that_of_what_is_kept(word: str) -> None:
    kept = storable_body({"sentence": word, word or "x": [word, {"deep": word}]})

    assert json.loads(json.dumps(kept, ensure_ascii=False).encode()) == kept
    assert fingerprint_of(kept) == fingerprint_of(json.loads(json.dumps(kept)))
    assert kept["sentence"] == word or {"\0", "\ud83d"} & set(word)


@every_word
def test_an_anchored_head_is_one_line_and_names_its_ledger(word: str) -> None:
    head = Head(3, "ab" * 32, "2026-03-02T09:00:00+00:00")
    line = line_of(head, word)

    assert "\n" not in line
    assert list(heads_in([word, line], word)) == [head]
    assert list(heads_in([line], f"{word} another")) == []
