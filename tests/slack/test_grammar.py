"""What people type, and what it means."""

import pytest

from bot.change.announcement import Announcement, Report, ReportWord
from bot.change.errors import UnknownCommand
from bot.slack.grammar import (
    OpenForm,
    ShowChange,
    ShowDigest,
    ShowHelp,
    ShowQueue,
    ShowStatus,
    read_anything,
    read_change,
    read_deploy,
)

SERVICES = ("payments", "checkout", "payload-service")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", OpenForm()),
        ("   ", OpenForm()),
        ("payments", OpenForm("payments")),
        ("payments to staging", OpenForm("payments", "staging")),
        ("payments 2.4.1", Announcement("payments", "2.4.1")),
        ("PAYMENTS v2.4.1", Announcement("payments", "v2.4.1")),
        ("payload-service 1.0.0", Announcement("payload-service", "1.0.0")),
        ("payments 2.4.1 to production", Announcement("payments", "2.4.1", "production")),
        ("payments 2.4.1 to production, fix it", Announcement("payments", "2.4.1", "production", why="fix it")),
        ("payments 2.4.1 to staging fix rounding", Announcement("payments", "2.4.1", "staging", why="fix rounding")),
        ("payments 2.4.1 fix rounding", Announcement("payments", "2.4.1", why="fix rounding")),
        ("payments 2.4.1 to", Announcement("payments", "2.4.1", why="to")),
        ("payments 2.4.1 emergency", Announcement("payments", "2.4.1", is_emergency=True)),
        (
            "payments 2.4.1 to production emergency: cards fail",
            Announcement("payments", "2.4.1", "production", why="cards fail", is_emergency=True),
        ),
        ("payments\u00a02.4.1 “to stop the bleeding”", Announcement("payments", "2.4.1", why="to stop the bleeding")),
        ("payments  2.4.1\nfor <@U0ADA|ada> &amp; co", Announcement("payments", "2.4.1", why="for @ada & co")),
        (
            "payments 2.4.1 see <https://ci.example/1|ci.example/1>",
            Announcement("payments", "2.4.1", why="see ci.example/1"),
        ),
        ("payments a1b2c3d4", Announcement("payments", "a1b2c3d4")),
        ("paymnets 2.4.1", Announcement("paymnets", "2.4.1")),
        ("start CHG0030042", Report("CHG0030042", ReportWord.START)),
        ("done chg0030042", Report("CHG0030042", ReportWord.DONE)),
        ("failed CHG0030042 smoke tests red", Report("CHG0030042", ReportWord.FAILED, "smoke tests red")),
        ("rolled-back CHG0030042 it leaked", Report("CHG0030042", ReportWord.ROLLED_BACK, "it leaked")),
        ("rolled back CHG0030042", Report("CHG0030042", ReportWord.ROLLED_BACK)),
        ("rolled‑back CHG0030042", Report("CHG0030042", ReportWord.ROLLED_BACK)),
        ("cancel CHG0030042 wrong tag", Report("CHG0030042", ReportWord.CANCEL, "wrong tag")),
        ("status", ShowStatus()),
        ("status payments", ShowStatus("payments")),
        ("help", ShowHelp()),
        ("Help", ShowHelp()),
    ],
)
def test_deploy_is_understood(text, meaning):
    assert read_deploy(text, SERVICES) == meaning


@pytest.mark.parametrize(
    ("text", "nearest", "example"),
    [
        ("stauts", "/deploy status", "/deploy status"),
        ("hlep", "/deploy help", "/deploy help"),
        ("finished CHG0030042", "/deploy done CHG…", "/deploy done CHG0030042"),
        ("rollback CHG0030042", "/deploy rolled-back CHG…", "/deploy rolled-back CHG0030042"),
        ("strat CHG0030042", "/deploy start CHG…", "/deploy start CHG0030042"),
        ("done", "/deploy done CHG…", "/deploy done CHG0030042"),
        ("failed payments", "/deploy failed CHG…", "/deploy failed CHG0030042"),
        ("paymnets", "/deploy service version [to environment] [why]", "/deploy payments 2.4.1"),
        ("CHG0030042", "/deploy service version [to environment] [why]", "/deploy checkout 2.4.1"),
    ],
)
def test_what_is_not_understood_gets_the_nearest_command_and_an_example(text, nearest, example):
    with pytest.raises(UnknownCommand) as refused:
        read_deploy(text, SERVICES)

    assert f"`{nearest}`" in str(refused.value)
    assert f"For example: `{example}`" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("CHG0030042", ShowChange("CHG0030042")),
        ("chg0030042 please", ShowChange("CHG0030042")),
        ("queue", ShowQueue()),
        ("digest", ShowDigest()),
        ("help", ShowHelp()),
        ("", ShowHelp()),
    ],
)
def test_change_is_understood(text, meaning):
    assert read_change(text) == meaning


@pytest.mark.parametrize(("text", "nearest"), [("queu", "/change queue"), ("digset", "/change digest"), ("42", "CHG")])
def test_an_unknown_change_command_gets_the_nearest(text, nearest):
    with pytest.raises(UnknownCommand, match=nearest):
        read_change(text)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("deploy payments 2.4.1", Announcement("payments", "2.4.1")),
        ("/deploy payments 2.4.1", Announcement("payments", "2.4.1")),
        ("change queue", ShowQueue()),
        ("CHG0030042", ShowChange("CHG0030042")),
        ("queue", ShowQueue()),
        ("", ShowHelp()),
    ],
)
def test_a_mention_is_understood_like_a_command(text, meaning):
    assert read_anything(text, SERVICES) == meaning


def test_no_more_than_a_thousand_characters_are_read():
    meaning = read_deploy("payments 2.4.1 " + "x" * 10_000, SERVICES)

    assert isinstance(meaning, Announcement)
    assert len(meaning.why) < 1000
