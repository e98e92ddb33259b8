"""The template of a portfolio: the columns that matter, an example that is scored, in both languages."""

from __future__ import annotations

import pytest

from core.alignment.client_id import ID
from core.batch.export import Format, as_bytes
from core.batch.scorer import score_portfolio
from core.batch.template import EXAMPLE_ID, MAX_COLUMNS, score_template, template_columns, template_table
from core.i18n.translations import LANGUAGES, Language
from core.records import Verdict
from core.scoring.assess import Model
from tests.core import client_files as files

BAND = 0.02


def test_the_columns_are_essential_or_heavy_and_none_is_derived(model: Model) -> None:
    names = template_columns(model.bundle)
    assert names[:3] == [each.name for each in model.bundle.columns if each.essential]
    assert {"EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3", "AMT_ANNUITY", "NAME_EDUCATION_TYPE"} < set(names)
    assert "PAYMENT_RATE" not in names
    assert len(names) == MAX_COLUMNS == len(set(names))


def test_the_example_is_scored_with_its_reasons(model: Model) -> None:
    portfolio = score_template(model, review_band=BAND)
    assert portfolio.results.ids.tolist() == [EXAMPLE_ID]
    assert not portfolio.problems
    assert portfolio.results.raising.shape == (1, 3)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["csv", "excel"])
def test_the_template_as_a_file_gets_the_answer_that_the_screen_shows(
    model: Model, form: Format, language: Language
) -> None:
    content = as_bytes(template_table(model.bundle), form, language)
    read = files.read(content, vocabulary=model.aligner.vocabulary)
    names = [ID, *template_columns(model.bundle)]
    assert [*read.row(1)] == names
    found = score_portfolio(model, read, review_band=BAND)
    wanted = score_template(model, review_band=BAND)
    assert found.results.probability.tolist() == wanted.results.probability.tolist()
    assert list(Verdict)[found.results.verdict[0]] in Verdict
    assert not found.problems
