"""The client's file: the numbers and words are those of core.assess, and values are told as people know them."""

from __future__ import annotations

import math
import re

import pytest

from core.dictionary.lookup import label
from core.i18n.translations import Language, number, percent, signed, translate
from core.insights.completeness import column_values, outside
from core.records import ReviewReason, ValueOrigin, Verdict, digits_to_distinguish
from core.scoring.assess import Model, assess, explain_clients
from core.settings import Settings
from tests.pages import sights
from tests.pages.conftest import Open
from tests.pages.people import People

LOCALES: dict[Language, str] = {"en": "en-GB", "fr": "fr-FR"}
PENSIONER = "365243"
BAND = Settings().review_band


def nothing_odd(model: Model, row: dict[str, object]) -> bool:
    """Whether no value of a client is impossible, and none lies outside what the model has seen."""
    aligned = assess(model, [row], review_band=BAND).aligned
    return not aligned.impossible and not outside(column_values(aligned, model.bundle), model.bundle.population)


def as_number(cell: str) -> float:
    """A number as a table of the English screen writes it."""
    return float(cell.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("language", LOCALES)
def test_the_solvency_and_the_line_are_those_assessed(
    open_app: Open, people: People, verdict: Verdict, language: Language
) -> None:
    client = people.with_verdict(verdict)
    decision = people.decision(client)
    gauge = sights.figure(open_app(id=client, locale=LOCALES[language]), "gauge")
    dial, line = gauge["data"][0], gauge["layout"]["annotations"][0]["text"]
    solvency, at = 100.0 * decision.solvency, 100.0 * decision.solvency_line
    digits = digits_to_distinguish(solvency, at)
    assert dial["value"] == round(solvency, digits)
    low, high = dial["gauge"]["axis"]["range"]
    assert low <= solvency <= high
    assert (low, high) == (60, 100)
    assert dial["gauge"]["threshold"]["value"] == at
    zones = [end for step in dial["gauge"]["steps"] for end in step["range"]]
    band = (at - 100.0 * BAND, at + 100.0 * BAND)
    assert zones == pytest.approx([low, band[0], *band, band[1], high])
    assert line == translate("gauge.line", language, line=percent(decision.solvency_line, language, digits))


@pytest.mark.parametrize("language", LOCALES)
def test_the_verdict_and_the_distance_are_those_assessed(
    open_app: Open, people: People, verdict: Verdict, language: Language
) -> None:
    client = people.with_verdict(verdict)
    decision = people.decision(client)
    app = open_app(id=client, locale=LOCALES[language])
    assert sights.verdict(app) == translate(f"verdict.{verdict}", language)
    side = "below" if decision.probability > decision.threshold else "above"
    # As shown: whoever subtracts the two percentages on the screen gets these points.
    solvency, line = 100.0 * decision.solvency, 100.0 * decision.solvency_line
    points = number(abs(round(solvency, 1) - round(line, 1)), language, 1)
    told = next(
        text for text in sights.texts(app) if text.startswith(f"**{translate('distance.on', language).split()[0]}")
    )
    assert f" {points} " in told
    assert translate(f"distance.{side}", language, n=5, points="").split()[-1] in told


def test_a_verdict_comes_with_an_icon_and_a_person_decides(open_app: Open, people: People, verdict: Verdict) -> None:
    app = open_app(id=people.with_verdict(verdict))
    assert app.subheader[0].value.startswith(":material/")
    assert translate("verdict.recommendation", "en") in sights.texts(app)


def test_a_client_near_the_line_is_told_why_a_person_should_look(open_app: Open, people: People) -> None:
    client = people.first(lambda _, decision: decision.why_review == (ReviewReason.IN_BAND,))
    line = people.decision(client).solvency_line
    low, high = percent(line - BAND, "en", 1), percent(line + BAND, "en", 1)
    assert translate("review.in_band", "en", low=low, high=high) in sights.texts(open_app(id=client))


def test_a_client_far_from_the_line_gets_no_such_sentence(open_app: Open, people: People) -> None:
    texts = sights.texts(open_app(id=people.with_verdict(Verdict.FAVOURABLE)))
    assert not [text for text in texts if text.startswith("The solvency lies in the review band")]


def test_a_loaded_client_is_labelled_synthetic(open_app: Open, people: People) -> None:
    app = open_app(id=people.with_verdict(Verdict.FAVOURABLE))
    assert [text for text in sights.texts(app) if translate("first_look.synthetic", "en") in text]
    assert app.sidebar.caption[0].value == translate("sidebar.synthetic", "en", n=len(people.clients))


def test_the_panels_tell_values_as_people_know_them(open_app: Open, people: People) -> None:
    client = people.first(
        lambda row, _: (
            row["DAYS_EMPLOYED"] not in (PENSIONER, "")
            and bool(row["OCCUPATION_TYPE"] and row["CNT_CHILDREN"])
            and row["NAME_HOUSING_TYPE"] == "House / apartment"
        )
    )
    row, facts = people.row(client), sights.facts(open_app(id=client))
    assert facts["Age"] == f"{math.floor(-float(row['DAYS_BIRTH']) / 365.25)} years"
    assert facts["Loan amount"] == f"{round(float(row['AMT_CREDIT'])):,}"
    assert facts["Client’s total income"] == f"{round(float(row['AMT_INCOME_TOTAL'])):,}"
    assert facts["Number of children"] == row["CNT_CHILDREN"]
    assert facts["Type of housing"] == "House or flat"
    assert all(facts.values())


def test_who_has_no_employer_has_no_time_in_a_job(open_app: Open, people: People) -> None:
    client = people.first(lambda row, _: row["DAYS_EMPLOYED"] == PENSIONER)
    app = open_app(id=client)
    assert sights.facts(app)["Time in the current job"] == "not applicable (no employer)"
    assert not [text for text in sights.texts(app) if PENSIONER in text.replace(",", "")]


def test_no_negative_number_of_days_is_on_the_screen(open_app: Open, people: People, verdict: Verdict) -> None:
    client = people.with_verdict(verdict)
    days = [cell for name, cell in people.row(client).items() if name.startswith("DAYS_") and cell]
    texts = " ".join(sights.texts(open_app(id=client)))
    assert not [cell for cell in days if len(cell) > 3 and cell in texts]


def test_three_reasons_for_and_three_against_are_the_largest(open_app: Open, people: People, model: Model) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    found = assess(model, [people.row(client)], review_band=BAND)
    points = [each.points for each in explain_clients(model, found)[0].contributions]
    raising, lowering = sorted((p for p in points if p > 0), reverse=True)[:3], sorted(p for p in points if p < 0)[:3]
    told = [text for text in sights.texts(open_app(id=client)) if text.startswith("- **")]
    for sizes, sign in ((raising, "+"), (lowering, "−")):
        by = re.findall(rf"\{sign}([\d.]+) points?\b", " ".join(told))
        assert sorted(by, key=float, reverse=True) == [f"{abs(size):.1f}" for size in sizes]


def test_the_first_look_holds_the_three_largest_reasons_of_each_side_and_the_loan_in_a_line(
    open_app: Open, people: People, model: Model
) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    row = people.row(client)
    points = [each.points for each in explain_clients(model, assess(model, [row], review_band=BAND))[0].contributions]
    app = open_app(id=client)
    told = [str(each.value) for each in app.markdown if str(each.value).startswith("| ")]
    raising, lowering = ([line.split("|")[2].strip() for line in table.split("\n")[2:]] for table in told)
    assert raising == [signed(each, "en", 1) for each in sorted(points, reverse=True)[:3]]
    assert lowering == [signed(each, "en", 1) for each in sorted(points)[:3]]
    credit, instalment = float(row["AMT_CREDIT"]), float(row["AMT_ANNUITY"])
    line = next(each.label for each in app.expander if translate("first_look.whole", "en") in each.label)
    assert f"loan of {round(credit):,}" in line
    assert f"about {round(credit / instalment)} instalments of {round(instalment):,}" in line


def test_the_themes_add_up_and_so_do_the_columns_of_the_one_that_is_opened(open_app: Open, people: People) -> None:
    app = open_app(id=people.with_verdict(Verdict.TO_REVIEW))
    themes = sights.table(app, translate("themes.theme", "en"))
    points = [as_number(cell) for cell in themes[translate("why.points", "en")]]
    assert sum(points[:-1]) == pytest.approx(points[-1], abs=1e-9)
    app.selectbox(key="opened_theme").set_value("external_scores").run()
    scores = [
        as_number(cell) for cell in sights.table(app, translate("why.value", "en"))[translate("why.points", "en")]
    ]
    whole = themes.set_index(translate("themes.theme", "en")).loc["External scores", translate("why.points", "en")]
    assert len(scores) == 3
    assert sum(scores) == pytest.approx(as_number(str(whole)), abs=1e-9)


def test_what_is_usual_is_drawn_from_the_bundle_s_aggregates(open_app: Open, people: People, model: Model) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    app = sights.open_view(open_app(id=client), "usual")
    largest = explain_clients(model, assess(model, [people.row(client)], review_band=BAND))[0].contributions
    table = sights.table(app, translate("usual.weaker", "en"))
    assert list(table[translate("why.feature", "en")]) == [label(each.source, "en") for each in largest[:10]]
    assert list(table[translate("usual.here", "en")]) == [signed(each.points, "en", 1) for each in largest[:10]]
    levelled, plain, here = sights.figure(app, "swarm")["data"]
    assert 800 <= len(levelled["x"]) + len(plain["x"]) <= 1100
    assert len(here["x"]) == 10
    shares = sights.table(app, translate("usual.everybody", "en"))
    assert len(shares) == 10


@pytest.mark.parametrize(("log_odds", "digits"), [(False, 1), (True, 3)])
def test_the_waterfall_leads_from_the_average_client_to_this_one(
    open_app: Open, people: People, model: Model, log_odds: bool, digits: int
) -> None:
    client = people.with_verdict(Verdict.TO_REVIEW)
    explanation = explain_clients(model, assess(model, [people.row(client)], review_band=BAND))[0]
    start, end = 100.0 * explanation.base_solvency, 100.0 * people.decision(client).solvency
    if log_odds:
        probability = people.decision(client).probability
        start, end = explanation.base_log_odds, math.log(probability / (1.0 - probability))
    app = sights.open_view(open_app(id=client), "columns")
    drawn = sights.figure(app.toggle(key="log_odds").set_value(log_odds).run(), "waterfall")["data"][0]
    assert [drawn["text"][0], drawn["text"][-1]] == [number(start, "en", digits), number(end, "en", digits)]
    assert sum(drawn["x"][:-1]) == pytest.approx(end, abs=1e-9)


def test_the_waterfall_s_table_adds_up_to_its_last_decimal(open_app: Open, people: People) -> None:
    app = sights.open_view(open_app(id=people.with_verdict(Verdict.TO_REVIEW)), "columns")
    table = sights.table(app, translate("why.points", "en"))
    for column in (translate("why.points", "en"), translate("why.in_log_odds", "en")):
        cells = [as_number(cell) for cell in table[column]]
        assert sum(cells[:-1]) == pytest.approx(cells[-1], abs=1e-9)


def test_every_feature_has_a_label_a_value_and_an_origin(open_app: Open, people: People, model: Model) -> None:
    client = people.with_verdict(Verdict.FAVOURABLE)
    table = sights.table(sights.open_view(open_app(id=client), "all"), translate("features.column", "en"))
    assert list(table[translate("features.column", "en")]) == list(model.bundle.sources)
    for name in ("label", "value", "unit", "origin"):
        assert all(table[translate(f"features.{name}", "en")]), name


@pytest.mark.parametrize("typed", ["ancienneté", "ANCIENNETE", "  Ancienneté  emploi", "emploi ancienneté"])
def test_searching_the_features_takes_no_account_of_accents_or_order(
    open_app: Open, people: People, typed: str
) -> None:
    app = sights.open_view(open_app(id=people.with_verdict(Verdict.FAVOURABLE), locale="fr-FR"), "all")
    app.text_input(key="feature_search").set_value(typed).run()
    table = sights.table(app, translate("features.column", "fr"))
    assert "Ancienneté dans l’emploi" in set(table[translate("features.label", "fr")])
    assert len(table) < 12


def test_a_feature_that_is_not_there_is_said(open_app: Open, people: People) -> None:
    app = sights.open_view(open_app(id=people.with_verdict(Verdict.FAVOURABLE)), "all")
    app.text_input(key="feature_search").set_value("zzz").run()
    assert translate("features.none", "en") in sights.texts(app)


def test_what_the_model_knew_is_counted_as_aligned(open_app: Open, people: People, model: Model) -> None:
    client = people.first(lambda row, _: not row["EXT_SOURCE_1"] and nothing_odd(model, row))
    found = assess(model, [people.row(client)], review_band=BAND)
    app = sights.open_part(open_app(id=client), "known")
    share = percent(float(found.information[0]), "en")
    assert translate("report.information", "en", share=share) in sights.texts(app)
    assert translate("known.nothing_odd", "en") in sights.texts(app)
    states = [each.state for each in explain_clients(model, found)[0].contributions]
    for state, start in ((ValueOrigin.DERIVED, "Derived from"), (ValueOrigin.MISSING, "Not given")):
        n = states.count(state)
        assert sights.expander(app, start) == (translate(f"report.{state.name.lower()}", "en", n=n) if n else "")


def test_the_model_s_panel_says_where_the_line_is_and_what_it_is_not_for(open_app: Open, model: Model) -> None:
    texts = sights.texts(open_app())
    line = percent(1.0 - model.bundle.policy.threshold, "en", 1)
    card = model.bundle.card
    assert card.threshold is not None
    low, high = percent(1.0 - card.threshold.high, "en", 1), percent(1.0 - card.threshold.low, "en", 1)
    told = (
        translate("about.threshold", "en", line=line),
        translate("about.threshold_interval", "en", low=low, high=high),
    )
    assert " ".join(told) in texts
    assert translate("about.not_for", "en") in texts
