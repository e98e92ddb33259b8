"""The file on paper: the words of both languages are in the PDF, accents right, on one or two pages of A4."""

from __future__ import annotations

import re
import zlib
from datetime import date

import pytest

from core.i18n.translations import LANGUAGES, Language, percent, translate
from core.records import Verdict
from core.reports.client_report import ClientReport, make_client_report
from core.reports.pdf import COLOURS, write_pdf
from core.scoring.assess import Model, assess
from pages.components.charts.palette import LIGHT
from tests.core.conftest import Thousand

TODAY = date(2026, 3, 7)
STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
CODES = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj|(\[.*?\]) TJ", re.DOTALL)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
CONTROLS = {b"n": b"\n", b"r": b"\r"}
NAMES = re.compile(rb"/(F\d+) (\d+) 0 R")
BEFORE_A_SIGN = re.compile(r"\s+(?=[:;,.])")


def sheet_of(model: Model, row: dict[str, object], language: Language, simulates: tuple[str, ...] = ()) -> ClientReport:
    return make_client_report(
        model,
        row,
        assess(model, [row], review_band=0.02),
        synthetic=True,
        today=TODAY,
        review_band=0.02,
        language=language,
        currency="€",
        simulates=simulates,
    )


def text_of(pdf: bytes, without: re.Pattern[bytes] | None = None) -> str:
    """The words of a PDF as a reader copies them out: glyphs back to letters by each font's own table.

    without: what is left out of each page's commands before its words are read.
    """
    objects = {int(number): body for number, body in re.findall(rb"(\d+) 0 obj\n(.*?)endobj", pdf, re.DOTALL)}
    tables: dict[bytes, dict[int, str]] = {}
    for name, place in NAMES.findall(pdf):
        to_letters = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(place)])
        assert to_letters
        tables[name] = {
            int(code, 16): bytes.fromhex(letters.decode()).decode("utf-16-be")
            for code, letters in CODES.findall(inflated(objects[int(to_letters[1])]))
        }
    pages = [inflated(body) for body in objects.values() if b" Tf" in inflated(body)]
    pages = [without.sub(b"", page) for page in pages] if without else pages
    text = re.sub(r"\s+", " ", " ".join(" ".join(shown(page, tables)) for page in pages))
    # Where bold ends before a comma or a full stop, a new run of glyphs begins without a blank.
    return re.sub(r" (?=[,.])", "", text)


def inflated(body: bytes) -> bytes:
    found = STREAM.search(body)
    if not found:
        return b""
    return zlib.decompress(found[1]) if b"FlateDecode" in body else found[1]


def shown(page: bytes, tables: dict[bytes, dict[int, str]]) -> list[str]:
    font: dict[int, str] = {}
    words = []
    for name, text, several in SHOWN.findall(page):
        if name:
            font = tables[name]
            continue
        for part in [text] if text else re.findall(rb"\(((?:\\.|[^\\)])*)\)", several, re.DOTALL):
            glyphs = ESCAPED.sub(lambda found: CONTROLS.get(found[1], found[1]), part)
            words.append("".join(font[int.from_bytes(glyphs[at : at + 2])] for at in range(0, len(glyphs), 2)))
    return words


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_words_of_the_sheet_are_on_the_paper(model: Model, thousand: Thousand, language: Language) -> None:
    sheet = sheet_of(model, thousand.rows[0], language)
    # Bold words end a piece of text on the paper, and the sign behind them begins the next one.
    text = BEFORE_A_SIGN.sub("", text_of(write_pdf(sheet)))
    sentences = [each for passage in sheet.sections for each in (passage.heading, *passage.sentences)]
    facts = [each for pair in sheet.facts for each in pair]
    for words in (sheet.title, sheet.solvency, sheet.opinion, *sheet.answer, *facts, *sentences, *sheet.footer):
        assert BEFORE_A_SIGN.sub("", re.sub(r"\s+", " ", words.replace("**", ""))).strip() in text, words


def test_accents_and_french_numbers_are_right(model: Model, thousand: Thousand) -> None:
    text = text_of(write_pdf(sheet_of(model, {**thousand.rows[0], "AMT_CREDIT": 1234567.0}, "fr")))
    synthetic = "Client fictif, pas une personne réelle"
    for words in ("7 mars 2026", synthetic, "Échéance du crédit", "1 234 567 €", "Modèle"):
        assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_who_what_why_what_is_known_which_model_and_when(
    model: Model, thousand: Thousand, language: Language
) -> None:
    row, found = thousand.rows[3], thousand.found
    text = text_of(write_pdf(sheet_of(model, row, language)))
    decision = found.decisions[3]
    assert translate("client.title", language, client=str(found.aligned.ids[3])) in text
    assert translate(f"verdict.{decision.verdict}", language) in text
    assert re.sub(r"\s", " ", percent(decision.solvency, language, 1)) in text
    assert translate("why.raising", language) in text
    assert translate("known.title", language) in text
    assert model.bundle.digest[:12] in text


def test_a_simulation_says_so_on_every_page_and_a_file_does_not(model: Model, thousand: Thousand) -> None:
    row = thousand.rows[0]
    assert "SIMULATION" not in text_of(write_pdf(sheet_of(model, row, "en")))
    many = tuple(f"Line {number}" for number in range(15))
    pdf = write_pdf(sheet_of(model, row, "en", simulates=many))
    assert pages_of(pdf) == 2
    assert text_of(pdf).count("SIMULATION") == 2


def test_a_cell_in_a_simulation_is_no_link(model: Model, thousand: Thousand) -> None:
    row = thousand.rows[0]
    changes = ("Kind of income: [go](https://evil.example) → Working",)
    pdf = write_pdf(sheet_of(model, row, "en", simulates=changes))
    assert b"/URI" not in pdf
    assert "[go] (https://evil.example)" in text_of(pdf)


def test_the_same_sheet_gives_the_same_bytes(model: Model, thousand: Thousand) -> None:
    sheet = sheet_of(model, thousand.rows[1], "fr")
    assert write_pdf(sheet) == write_pdf(sheet)


def test_signs_that_the_fonts_lack_are_counted_and_not_in_the_log(
    model: Model, thousand: Thousand, caplog: pytest.LogCaptureFixture
) -> None:
    row = {**thousand.rows[0], "OCCUPATION_TYPE": "会计 a\tb", "NAME_HOUSING_TYPE": "\ud800é"}
    text = text_of(write_pdf(sheet_of(model, row, "en", simulates=("Kind of income: 会 → Working",))))
    assert "\ufffd\ufffd a\ufffdb" in text
    assert "Kind of income: \ufffd → Working" in text
    said = [n for n in range(5, 20) if translate("paper.replaced", "en", n=n, sign="\ufffd") in text]
    assert len(said) == 1
    assert text.count("\ufffd") == said[0] + 1
    assert [record.name for record in caplog.records if "glyph" in record.getMessage()] == []


def test_a_file_whose_signs_the_fonts_have_says_nothing_of_them(model: Model, thousand: Thousand) -> None:
    assert "\ufffd" not in text_of(write_pdf(sheet_of(model, thousand.rows[0], "fr")))


def test_a_category_of_thousands_of_letters_does_not_make_many_pages(model: Model, thousand: Thousand) -> None:
    long = "long " * 1000
    row = {
        **thousand.rows[0],
        "OCCUPATION_TYPE": long,
        "NAME_HOUSING_TYPE": long.replace(" ", ""),
        "ORGANIZATION_TYPE": long,
    }
    pdf = write_pdf(sheet_of(model, row, "en"))
    assert pages_of(pdf) <= 2
    assert "long long…" in text_of(pdf) or "long long …" in text_of(pdf)


@pytest.mark.parametrize("place", range(0, 40, 8))
def test_one_or_two_pages_are_enough(model: Model, thousand: Thousand, place: int) -> None:
    for language in LANGUAGES:
        assert pages_of(write_pdf(sheet_of(model, thousand.rows[place], language))) <= 2


def test_a_file_of_which_little_is_known_names_what_was_assumed(model: Model) -> None:
    row: dict[str, object] = {"SK_ID_CURR": 1, "AMT_CREDIT": 4e5, "AMT_INCOME_TOTAL": 1e5, "DAYS_BIRTH": -15000}
    pdf = write_pdf(sheet_of(model, row, "en"))
    assert "Assumed, because not given" in text_of(pdf)
    assert pages_of(pdf) <= 2


def test_the_colours_are_those_of_the_screens() -> None:
    for verdict in Verdict:
        assert "#{:02X}{:02X}{:02X}".format(*COLOURS[verdict]) == LIGHT.of(verdict)


def test_impossible_value_is_no_reason_without_saying_so(model: Model, thousand: Thousand) -> None:
    row = {**thousand.rows[0], "EXT_SOURCE_1": 5, "EXT_SOURCE_2": 6, "EXT_SOURCE_3": 4}
    sheet = sheet_of(model, row, "en")
    assert sheet.opinion == "To review"
    assert translate("review.impossible_value", "en") in sheet.answer
    told = [sentence for section in sheet.sections for sentence in section.sentences]
    reasons = [sentence for sentence in told if "External score" in sentence and "points" in sentence]
    assert reasons
    assert all(sentence.endswith(translate("reason.impossible", "en")) for sentence in reasons)
    assert "External score 2: 6.000 is impossible; the value must lie between 0 and 1." in told
