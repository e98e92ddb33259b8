"""The letter: what it says, what it never says, what must be true before it is kept, and its PDF."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.decisions.draft import make_draft
from core.decisions.entry import Entry, Outcome
from core.decisions.journal import Journal
from core.errors import InputRefused, JournalError, SettingError
from core.i18n.translations import LANGUAGES, Language, translate
from core.letters.check import check_letter
from core.letters.layout import write_letter_pdf
from core.letters.letter import Basis, Sender, make_basis, own_reason, reasons_block, sender_of, write_letter
from core.letters.reasons import Telling
from core.letters.template import REQUIRED, check_templates, fill, read_template
from core.records import Verdict
from core.scoring.assess import Model
from core.settings import Settings, read_settings
from tests.core.conftest import Thousand
from tests.core.decisions.drafts import chosen
from tests.core.reports.test_pdf import NAMES, text_of

TODAY = date(2026, 11, 30)
OWN = "Your present instalments and this one together exceed a third of your income."
BANK = Sender("Bank of Three", "1 High Street;Threetown", "complaints@three.example", "the Ombudsman", "the Agency")
Refusal = Callable[..., Entry]


@pytest.fixture(scope="module")
def refusal(model: Model, thousand: Thousand) -> Refusal:
    """A recorded refusal of the first client with this verdict."""

    def refusal(verdict: Verdict = Verdict.UNFAVOURABLE, **changes: Any) -> Entry:
        place = next(n for n, each in enumerate(thousand.found.decisions) if each.verdict is verdict)
        taken = chosen(Outcome.REFUSED, **{"reason": "policy", "words": "as agreed", **changes})
        return Journal().append(make_draft(model, thousand.rows[place], taken, review_band=0.02, synthetic=True)).entry

    return refusal


@pytest.fixture(scope="module")
def basis(model: Model, refusal: Refusal) -> Basis:
    return make_basis(refusal(), lambda _: model)


def written(basis: Basis, language: Language = "en", **changes: Any) -> str:
    whole: dict[str, Any] = {"own": "", "language": language, "currency": "€", "today": TODAY, "specimen": False}
    return write_letter(basis, BANK, read_template("", language), **(whole | changes))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_says_decision_reasons_dates_contest_and_appeal(basis: Basis, language: Language) -> None:
    text = written(basis, language, own=OWN)
    for words in (BANK.name, "Threetown", BANK.contact, BANK.appeal, basis.entry.client, "30", "2026", OWN):
        assert words in text
    assert f"1. {OWN}" in text
    assert "\n2. " in text
    assert "\n5. " not in text
    assert "{" not in text
    assert "\n\n\n" not in text
    assert "as agreed" not in text


def test_an_external_score_is_named_with_whom_to_ask(basis: Basis) -> None:
    assert any(each.code == "scores" for each in basis.telling.reasons)
    assert translate("letter.scores", "en", contact=BANK.scores) in written(basis)
    without = replace(basis, telling=Telling(share=1.0))
    assert BANK.scores not in written(without, own=OWN)


def test_what_would_have_changed_the_outcome_is_there_where_the_offers_have_it(
    model: Model, thousand: Thousand
) -> None:
    heading = translate("letter.alternatives", "en", amount="", instalment="", payments="").partition("\n")[0]
    seen: set[bool] = set()
    for place, decision in enumerate(thousand.found.decisions):
        if decision.verdict is Verdict.UNFAVOURABLE and len(seen) < 2:
            taken = chosen(Outcome.REFUSED)
            draft = make_draft(model, thousand.rows[place], taken, review_band=0.02, synthetic=True)
            basis = make_basis(Journal().append(draft).entry, lambda _: model)
            offered = basis.loans is not None and basis.loans.nearest is not None
            assert (heading in written(basis, own=OWN)) is offered
            seen.add(offered)
    assert seen == {True, False}


def test_where_the_model_spoke_for_the_loan_the_letter_gives_the_own_reason_alone(
    model: Model, refusal: Refusal
) -> None:
    basis = make_basis(refusal(Verdict.FAVOURABLE), lambda _: model)
    assert basis.needs_own_reason
    assert reasons_block(basis, OWN, "en", "") == f"1. {OWN}"
    with pytest.raises(InputRefused) as raised:
        check_letter(basis, BANK, written(basis), own="", language="en")
    assert raised.value.code == "letter_without_reason"


def test_where_age_is_among_the_strongest_no_letter_is_kept_without_the_own_reason(basis: Basis) -> None:
    aged = replace(basis, telling=replace(basis.telling, age_withheld=True))
    with pytest.raises(InputRefused) as raised:
        check_letter(aged, BANK, written(aged), own="", language="en")
    assert raised.value.code == "letter_without_reason"
    with pytest.raises(InputRefused) as raised:
        check_letter(aged, BANK, written(aged), own=OWN, language="en")
    assert raised.value.code == "letter_lacks_reason"
    assert OWN in check_letter(aged, BANK, written(aged, own=OWN), own=OWN, language="en")


def test_the_officers_notes_are_no_reason_and_policy_alone_says_nothing(refusal: Refusal) -> None:
    assert own_reason(refusal(), "en") == ""
    assert own_reason(refusal(reason="documents"), "en") == translate("letter.own_documents", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_while_one_of_the_banks_own_words_is_empty(language: Language) -> None:
    words = {f"LETTER_{name}": f"the {name}" for name in ("NAME", "ADDRESS", "CONTACT", "APPEAL", "SCORES")}
    assert sender_of(read_settings(words), language, specimen=False).appeal == "the APPEAL"
    for name in words:
        with pytest.raises(InputRefused) as raised:
            sender_of(read_settings({**words, name: ""}), language, specimen=False)
        assert raised.value.problems[0].facts == {"names": name}
    invented = sender_of(Settings(), language, specimen=True)
    assert all((invented.name, invented.address, invented.contact, invented.appeal, invented.scores))


def test_a_refusal_that_was_erased_or_answers_otherwise_gets_no_letter(model: Model, refusal: Refusal) -> None:
    entry = refusal()
    other = msgspec.structs.replace(entry.body, probability=entry.body.probability + 0.001)
    granted = msgspec.structs.replace(entry.body, outcome=Outcome.GRANTED)
    for changed, code in (
        (replace(entry, parts={}), "letter_erased"),
        (replace(entry, body=other), "letter_other_answer"),
        (replace(entry, body=granted), "letter_no_refusal"),
    ):
        with pytest.raises(JournalError) as raised:
            make_basis(changed, lambda _: model)
        assert raised.value.problem.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text + "\n\nline" * 120, "letter_long"),
        (lambda text: text + "x" * 100_000, "letter_long"),
        (lambda text: text + "\n家 👩", "letter_signs"),
        (lambda text: text + "\x07", "decision_words_signs"),
        (lambda text: text.replace(BANK.appeal, ""), "letter_lacks_sender"),
    ],
)
def test_what_a_letter_cannot_hold_or_lacks_is_one_sentence(
    basis: Basis, change: Callable[[str], str], code: str
) -> None:
    with pytest.raises(InputRefused) as raised:
        check_letter(basis, BANK, change(written(basis, own=OWN)), own=OWN, language="en")
    assert [each.code for each in raised.value.problems] == [code]


def test_signs_that_the_font_lacks_are_named_with_their_line(basis: Basis) -> None:
    with pytest.raises(InputRefused) as raised:
        check_letter(basis, BANK, f"家\n{written(basis, own=OWN)}", own=OWN, language="en")
    assert raised.value.problems[0].facts == {"line": 1, "signs": "U+5BB6"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("specimen", [False, True])
def test_the_pdf_holds_what_was_kept_and_nothing_else(basis: Basis, language: Language, specimen: bool) -> None:
    kept = check_letter(basis, BANK, written(basis, language, own=OWN, specimen=specimen), own=OWN, language=language)
    pdf = write_letter_pdf(kept, language=language, title="x", written=TODAY, specimen=specimen)
    assert pdf == write_letter_pdf(kept, language=language, title="x", written=TODAY, specimen=specimen)
    shown = text_of(pdf)
    mark = translate("letter.watermark", language)
    assert shown.startswith(mark) is specimen
    assert squeezed(shown.removeprefix(mark) if specimen else shown) == squeezed(kept)


@pytest.mark.parametrize(
    "line",
    [
        "1. Your debts exceed a third of your income",
        "Too many debts…",
        "« trop de dettes »",
        "Invented Bank (example)",
        "x" * 91,
    ],
)
def test_a_reason_that_stands_alone_is_no_heading(line: str) -> None:
    text = f"Why we refused\n\n{line}\n\nIf you disagree\n\nwrite to us.\n\nThe bank"
    pdf = write_letter_pdf(text, language="en", title="x", written=TODAY, specimen=False)
    assert squeezed(bold_of(pdf)) == "WhywerefusedIfyoudisagree"


@pytest.mark.parametrize("lines", range(38, 52))
def test_a_page_begins_with_no_name_alone_and_ends_with_no_heading(lines: int) -> None:
    before = "\n".join(["line."] * lines)
    text = f"{before}\n\nIf you disagree\n\nwrite to us.\n\nYours faithfully,\n\nBank of Three"
    shown = squeezed(text_of(write_letter_pdf(text, language="en", title="x", written=TODAY, specimen=True)))
    mark = translate("letter.watermark", "en")
    assert shown.replace(mark, "") == squeezed(text)
    assert f"disagree{mark}" not in shown
    assert f"faithfully,{mark}" not in shown
    assert f"us.{mark}" not in shown


def test_a_paragraph_longer_than_a_page_begins_on_the_first() -> None:
    text = "\n".join(["line."] * 80) + "\n\nend."
    pdf = write_letter_pdf(text, language="en", title="x", written=TODAY, specimen=True)
    pages = squeezed(text_of(pdf)).split(translate("letter.watermark", "en"))[1:]
    assert [each.count("line.") for each in pages] == [53, 27]


def bold_of(pdf: bytes) -> str:
    """The words of a PDF that stand in bold."""
    objects = dict(re.findall(rb"(\d+) 0 obj\n(.*?)endobj", pdf, re.DOTALL))
    plain = [name for name, place in NAMES.findall(pdf) if b"Bold" not in objects[place]]
    assert plain
    unbold = re.compile(rb"/(?:%s) [\d.]+ Tf.*?(?=/F\d+ [\d.]+ Tf|\Z)" % b"|".join(plain), re.DOTALL)
    return text_of(pdf, without=unbold)


def squeezed(text: str) -> str:
    """The text without blanks, for a line may break anywhere between words."""
    return "".join(text.split())


def test_a_template_of_ones_own_takes_the_place_of_avals(basis: Basis, tmp_path: Path) -> None:
    assert read_template(tmp_path, "en") == read_template("", "en")
    own = " ".join(f"{{{name}}}" for name in REQUIRED)
    (tmp_path / "refusal.en.txt").write_text(f"\ufeffOurs\r\n\r\n{own}\r\n", encoding="utf-8")
    assert read_template(tmp_path, "en") == f"Ours\n\n{own}"
    assert read_template(tmp_path, "fr") == read_template("", "fr")
    text = write_letter(
        basis, BANK, read_template(tmp_path, "en"), own=OWN, language="en", currency="", today=TODAY, specimen=False
    )
    assert text.startswith(f"Ours\n\n{basis.entry.client} ")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{client} {nobody}", "letter_template_names"),
        (b"{client.__class__}", "letter_template_names"),
        (b"{client!r}", "letter_template_names"),
        (b"{", "letter_template_names"),
        (b"{client}", "letter_template_lacks"),
        (b"\xff\xfe\x00", "letter_template_unreadable"),
        (b"x" * 70_000, "letter_template_unreadable"),
    ],
)
def test_a_template_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "refusal.en.txt").write_bytes(content)
    with pytest.raises(InputRefused) as raised:
        read_template(tmp_path, "en")
    assert raised.value.code == code
    assert raised.value.problems[0].facts["file"] == "refusal.en.txt"


def test_a_named_pipe_for_a_template_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "refusal.en.txt")
    with pytest.raises(InputRefused) as raised:
        read_template(tmp_path, "en")
    assert raised.value.code == "letter_template_unreadable"


@pytest.mark.parametrize("name", ["nowhere", "x" * 5000])
def test_a_folder_of_templates_that_is_not_there_is_said_in_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingError) as raised:
        check_templates(str(tmp_path / name))
    assert raised.value.name == "LETTER_TEMPLATES"


def test_a_paragraph_with_nothing_in_it_is_left_out() -> None:
    assert fill("a\n\n{scores}\n\nb {{c}}", {"scores": ""}) == "a\n\nb {c}\n"
