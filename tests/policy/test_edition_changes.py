"""Two policies told apart in words, what may be published when, and clients' overlays (section 9, M5, S21)."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.domain.policy.edition_changes import differences, m5_publication_findings
from server.domain.policy.edition_words import NAMES, say_value
from server.domain.policy.editions import HANDBOOK, HANDBOOK_BOOK, Edition, PolicyBook
from server.domain.policy.overlays import (
    STRICTER,
    overlaid,
    parse_overlay,
    s21_overlay_findings,
    strictest,
)
from server.domain.policy.policy_documents import PARAMETERS, PolicyError, parse_policy

FIRST = "[[edition]]\neffective_from = 2019-12-20\n"
NEXT = FIRST + "[[edition]]\neffective_from = 2026-04-01\n"
TODAY = date(2026, 3, 31)


def test_every_parameter_has_its_name_and_its_value_in_both_languages() -> None:
    assert NAMES.keys() == PARAMETERS.keys()
    for name, (zh, en) in NAMES.items():
        assert zh
        assert en.isascii()
        value = getattr(HANDBOOK, name)
        assert say_value(name, value, "zh")
        assert say_value(name, value, "en").isascii()
        for choice in PARAMETERS[name].metadata.get("choices", ()):
            assert say_value(name, choice, "zh") != choice
            assert say_value(name, choice, "en").isascii()


def test_equal_policies_have_no_difference() -> None:
    assert differences(HANDBOOK_BOOK, parse_policy(FIRST)) == []
    assert differences(HANDBOOK_BOOK, parse_policy(NEXT)) == []


def test_a_difference_names_the_day_the_values_and_the_clause() -> None:
    (change,) = differences(HANDBOOK_BOOK, parse_policy(NEXT + "letter_days = 6"))
    assert change.say("zh") == "自 2026-04-01 起，留函有效期（天）：5 → 6（W2）"
    assert change.say("en") == "from 2026-04-01: days of a letter's window: 5 → 6 (W2)"
    assert change.told["from_day"] == "2026-04-01"


def test_values_are_told_as_people_read_them() -> None:
    text = NEXT + (
        'visit_hours = ["09:00", "21:00"]\nletter_opens_month = true\nmonth_end = "same_day"\n'
        'base_pay = "3200.00"\ncommission_tiers = [["0", "0.02"]]'
    )
    told = {change.name: change.say("zh") for change in differences(HANDBOOK_BOOK, parse_policy(text))}
    assert told == {
        "month_end": "自 2026-04-01 起，一个月的末日：次月对日的前一天 → 次月对日（W1）",
        "letter_opens_month": "自 2026-04-01 起，留函回款后转一个月：否 → 是（C4）",
        "visit_hours": "自 2026-04-01 起，外访和电话时段：08:00–22:00 → 09:00–21:00（V9）",
        "commission_tiers": "自 2026-04-01 起，提成档位：0% 起 1%；50% 起 3%；100% 起 4% → 0% 起 2%（F1）",
        "base_pay": "自 2026-04-01 起，底薪（元）：3000.00 → 3200.00（F2）",
    }


def test_rows_are_told_without_their_codes() -> None:
    fines = say_value("fine_catalogue", HANDBOOK.fine_catalogue, "zh")
    assert fines.split("；")[0] == "标记虚假案件状态每条 10.00 元（F4，监督：外访客服、法务组长）"
    english = say_value("fine_catalogue", HANDBOOK.fine_catalogue, "en")
    assert (
        english.split("; ")[1]
        == "sensitive call note 50.00 yuan each (F4, supervised by dispatcher, team lead)"
    )
    matrix = say_value("incident_matrix", HANDBOOK.incident_matrix, "zh").split("；")
    assert matrix[:2] == ["主动反馈、无责、已安抚：奖励 100.00 元", "主动反馈、无责、未安抚：免责"]
    assert say_value("incident_matrix", HANDBOOK.incident_matrix, "en").endswith("not pacified: dismissal")
    assert say_value(
        "compliance_factors", ((Decimal(0), Decimal(1)), (Decimal(2), Decimal("0.5"))), "zh"
    ) == ("有责 0 次起 1；有责 2 次起 0.5")
    for name in PARAMETERS:
        assert "_" not in say_value(name, getattr(HANDBOOK, name), "en"), name


def test_what_ends_again_is_told_when_it_ends() -> None:
    ended = parse_policy(NEXT + "letter_days = 6\n[[edition]]\neffective_from = 2026-05-01\n")
    (change,) = differences(HANDBOOK_BOOK, ended)
    assert change.from_day == date(2026, 4, 1)
    both = parse_policy(NEXT + "letter_days = 6\n[[edition]]\neffective_from = 2026-05-01\nletter_days = 7")
    assert [(c.from_day.month, c.before, c.after) for c in differences(HANDBOOK_BOOK, both)] == [
        (4, 5, 6),
        (5, 5, 7),
    ]


@pytest.mark.parametrize(
    ("day", "codes"),
    [("2026-03-30", ["edition_reaches_back"]), ("2026-03-31", []), ("2026-04-01", [])],
)
def test_an_edition_takes_effect_on_the_day_of_publication_or_later(day: str, codes: list[str]) -> None:
    new = parse_policy(f"{FIRST}[[edition]]\neffective_from = {day}\nletter_days = 6")
    assert [one.kind.code for one in m5_publication_findings(HANDBOOK_BOOK, new, TODAY)] == codes


@pytest.mark.parametrize(
    "text",
    [
        "[[edition]]\neffective_from = 2026-04-01\n",  # the handbook's is gone
        FIRST + "letter_days = 6\n",  # it is changed
        "letter_days = 6",
    ],
)
def test_former_editions_stay_as_they_were(text: str) -> None:
    found = m5_publication_findings(HANDBOOK_BOOK, parse_policy(text), TODAY)
    assert {one.kind.code for one in found} == {"edition_reaches_back"}


def test_what_changes_nothing_is_not_published() -> None:
    (found,) = m5_publication_findings(HANDBOOK_BOOK, parse_policy(FIRST), TODAY)
    assert found.kind.code == "edition_without_change"


# S21


def overlay(parameters: str, day: str = "2026-04-01") -> str:
    return f"[[overlay]]\neffective_from = {day}\n{parameters}"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (overlay("letter_days = 4"), "overlay[0].letter_days"),
        (overlay("hours = 4"), "overlay[0].hours"),
        (overlay("daily_calls_reached = -1"), "overlay[0].daily_calls_reached"),
        ("[[overlay]]\ndaily_calls_reached = 1", "overlay[0].effective_from"),
        ("daily_calls_reached = 1", "overlay"),
        (overlay("") + overlay(""), "overlay[1].effective_from"),
        ("x = ", ""),
    ],
)
def test_an_overlay_that_cannot_be_used_names_its_key(text: str, key: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_overlay(text)
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("parameters", "looser"),
    [
        ("daily_calls_reached = 2", False), ("daily_calls_reached = 3", False), ("daily_calls_reached = 4", True),
        ("daily_calls_unreached = 6", True), ("recall_blackout_days = 14", True), ("recall_blackout_days = 16", False),
        ("retention_years = 2", True), ("retention_years = 3", False), ("retention_years = 5", False),
        ('visit_hours = ["08:00", "22:00"]', False), ('visit_hours = ["09:00", "21:00"]', False),
        ('visit_hours = ["07:59", "20:00"]', True), ('visit_hours = ["09:00", "22:01"]', True),
    ],
)  # fmt: skip
def test_an_overlay_is_only_stricter(parameters: str, looser: bool) -> None:
    found = s21_overlay_findings(parse_overlay(overlay(parameters)), HANDBOOK_BOOK)
    assert [one.kind.code for one in found] == (["overlay_looser"] if looser else [])


def test_a_conflict_with_the_keeping_of_recordings_is_named() -> None:
    (found,) = s21_overlay_findings(parse_overlay(overlay("retention_years = 2")), HANDBOOK_BOOK)
    assert (found.field, found.params["against"]) == ("document.overlay[0].retention_years", "S7")
    assert "S7" in found.zh()


def test_an_overlay_is_asked_against_later_editions_too() -> None:
    book = parse_policy(NEXT + "daily_calls_reached = 1")
    asked = parse_overlay(overlay("daily_calls_reached = 2", "2026-03-01"))
    (found,) = s21_overlay_findings(asked, book)
    assert found.params["day"] == "2026-04-01"
    # A later edition that overtakes an overlay holds all the same: of both the stricter.
    holds = overlaid(book, asked)
    days = {1: 3, 60: 2, 91: 1}
    for day, calls in days.items():
        on = date.fromordinal(date(2026, 1, 1).toordinal() + day)
        assert holds.in_force_on(on).daily_calls_reached == calls


def test_the_policy_of_a_client_is_the_firms_where_the_overlay_is_silent() -> None:
    holds = overlaid(HANDBOOK_BOOK, parse_overlay(overlay('visit_hours = ["09:00", "21:00"]')))
    after = holds.in_force_on(date(2026, 4, 1))
    assert (after.visit_hours, after.daily_calls_reached) == ((time(9), time(21)), 3)
    assert holds.in_force_on(date(2026, 3, 31)).visit_hours == (time(8), time(22))


def test_of_several_clients_the_strictest_holds() -> None:
    one, other = Edition(daily_calls_reached=2), Edition(visit_hours=(time(9), time(23)))
    found = strictest(HANDBOOK, [one, other])
    assert (found.daily_calls_reached, found.visit_hours) == (2, (time(9), time(22)))
    assert strictest(HANDBOOK, []) is HANDBOOK
    assert STRICTER.keys() <= PARAMETERS.keys()
    assert PolicyBook([found]).in_force_on(TODAY) is found


# fieldvisit policy


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["policy", *arguments])


def test_check_names_the_first_key_at_fault(tmp_path: Path) -> None:
    good, bad = (
        write(tmp_path, "good", NEXT + "letter_days = 6"),
        write(tmp_path, "bad", NEXT + "leter_days = 6"),
    )
    stricter = write(tmp_path, "stricter", overlay("daily_calls_reached = 2"))
    looser = write(tmp_path, "looser", overlay("retention_years = 1"))
    told = run("check", good, "--overlay", stricter)
    assert (told.exit_code, told.stderr) == (0, "")
    assert "2 edition(s): 2019-12-20, 2026-04-01" in told.stdout
    told = run("check", bad)
    assert (told.exit_code, told.stdout) == (2, "")
    assert "edition[1].leter_days: is no parameter of the policy" in told.stderr
    told = run("check", good, "--overlay", looser)
    assert told.exit_code == 1
    assert "S7" in told.stderr
    assert run("check", good, "--overlay", bad).exit_code == 2
    assert run("check", str(tmp_path / "missing")).exit_code == 2


def test_diff_tells_what_is_otherwise(tmp_path: Path) -> None:
    new = write(tmp_path, "new", NEXT + "letter_days = 6")
    assert run("diff", "handbook", new).stdout == "自 2026-04-01 起，留函有效期（天）：5 → 6（W2）\n"
    assert "5 → 6" in run("diff", "handbook", new, "--language", "en").stdout
    assert run("diff", new, new).stdout == ""


def write(folder: Path, name: str, text: str) -> str:
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)
