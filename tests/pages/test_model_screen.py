"""The model's screen: four tabs from the bundle's aggregates, a threshold to try, and a file against training."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from streamlit.testing.v1 import AppTest

from core.i18n.translations import LANGUAGES, Language, percent, translate
from core.monitoring.available import monitoring_of
from core.monitoring.figure_words import in_percent, plain_figure
from core.monitoring.policy import rates
from core.monitoring.ranking import ranking_figures
from core.scoring.assess import Model
from pages.components import resources
from tests.core import client_files as files
from tests.core.monitoring.examples import by_hand
from tests.core.monitoring.test_departures import fill
from tests.core.monitoring.test_drift import draw
from tests.pages import sights
from tests.pages.conftest import Open

LOCALES: dict[Language, str] = {"en": "en-GB", "fr": "fr-FR"}
FEW: dict[Language, tuple[str, str, str]] = {
    "en": (
        "10 clients are too few to say whether the population has changed; it takes at least 50. What is missing or "
        "was never seen is listed.",
        "TARGET is known for 10 clients, of whom 3 had payment difficulties (30.0%).",
        "10 outcomes are not many: the intervals are wide.",
    ),
    "fr": (
        "10 clients ne suffisent pas pour dire si la population a changé\u202f: il en faut au moins 50. Ce qui manque "
        "ou n’a jamais été vu est indiqué.",
        "TARGET est connue pour 10 clients, dont 3 ont eu des difficultés de paiement (30,0\u202f%).",
        "Avec 10 clients seulement, les intervalles sont larges.",
    ),
}
"""What is said of ten rows, three of whom defaulted."""


def tab(app: AppTest, name: str) -> AppTest:
    return app.segmented_control(key="model_tab").set_value(name).run()


def view(app: AppTest, name: str) -> AppTest:
    return app.segmented_control(key="quality_view").set_value(name).run()


def words(app: AppTest) -> str:
    return " ".join(sights.texts(app)).replace("\\", "")


def upload(app: AppTest, rows: list[dict[str, object]]) -> AppTest:
    names = list(dict.fromkeys(name for row in rows for name in row))
    content = files.as_csv([{name: row.get(name) for name in names} for row in rows])
    app.file_uploader(key="portfolio_file").set_value(("branch.csv", content, "text/csv")).run()
    while app.get("progress"):
        time.sleep(0.1)
        app.run()
    return app


def shrink(model: Model, monkeypatch: pytest.MonkeyPatch, small: set[tuple[str, str]]) -> None:
    """Serves the model with three people in each of these groups, (attribute, value), one of whom defaulted."""
    three = by_hand((0.0, 0.1, 1.0), good=(2, 0), bad=(0, 1))
    monitoring = model.bundle.monitoring
    groups = tuple(
        structs.replace(each, outcomes=three) if (each.attribute, each.value) in small else each
        for each in monitoring.groups
    )
    bundle = replace(model.bundle, monitoring=structs.replace(monitoring, groups=groups))
    monkeypatch.setattr(resources, "model", lambda: replace(model, bundle=bundle))


def test_figures_stand_with_their_sample_and_beside_the_twin_and_the_baseline(open_app: Open, model: Model) -> None:
    app = open_app("model")
    card, outcomes = model.bundle.card, monitoring_of(model.bundle).outcomes
    assert outcomes is not None
    locked = translate("quality.locked", "en", n=f"{card.locked_rows:,}")
    every = translate("quality.every", "en", n=f"{card.trained_rows:,}")
    figures = sights.table(app, locked).set_index(translate("about.figure", "en"))
    gini = translate("figure.gini", "en")
    assert figures.loc[gini, locked] == plain_figure(card.figures["gini"], "en")
    assert figures.loc[gini, every] == plain_figure(ranking_figures(outcomes)["gini"], "en")
    others = sights.table(app, translate("quality.auc", "en"))[translate("quality.model", "en")]
    assert list(others) == [
        translate(f"quality.model_{name}", "en") for name in ("shipped", "application_only", "logistic")
    ]


@pytest.mark.parametrize("name", ["calibration", "decisions", "columns", "card"])
def test_every_view_of_how_good_opens(open_app: Open, name: str) -> None:
    app = view(open_app("model"), name)
    assert not app.exception
    assert app.table or app.dataframe or app.expander


def test_groups_are_compared_and_a_stricter_threshold_is_seen_at_once(open_app: Open, model: Model) -> None:
    app = tab(open_app("model"), "groups")
    assert translate("group.not_seen", "en") in words(app)
    accepted = translate("group.approval", "en")
    before = sights.table(app, accepted)
    app.select_slider(key="group_threshold").set_value(92.0).run()
    after = sights.table(app, accepted)
    assert list(before[accepted]) != list(after[accepted])
    assert translate("group.change", "en") in after.columns
    app.segmented_control(key="group_attribute").set_value("age").run()
    assert translate("group.seen", "en") in words(app)
    assert translate("age.under_30", "en") in words(app)


def test_the_threshold_tried_stands_beside_the_present_one(open_app: Open, model: Model) -> None:
    app = tab(open_app("model"), "threshold")
    present = model.bundle.policy.threshold
    outcomes = monitoring_of(model.bundle).outcomes
    assert outcomes is not None
    column = translate("threshold.present", "en", line=percent(1 - present, "en", 1))
    first = sights.table(app, column).set_index(translate("threshold.what", "en"))
    accepted = translate("threshold.approval", "en")
    assert first.loc[accepted, column] == in_percent(rates(outcomes, present).approval, "en")
    app.select_slider(key="policy_threshold").set_value(90.0).run()
    tried = translate("threshold.tried", "en", line="90.0%")
    assert sights.table(app, tried).set_index(translate("threshold.what", "en")).loc[accepted, tried] == in_percent(
        rates(outcomes, 0.1).approval, "en"
    )
    app.number_input(key="cost_refusal").set_value(40.0).run()
    assert not app.exception
    assert "set-threshold 0.1 --because" in words(app)


def test_a_portfolio_says_which_clients_would_change(open_app: Open, model: Model) -> None:
    app = upload(tab(open_app("model"), "drift"), draw(model, 60, 1))
    app = tab(app, "threshold")
    app.select_slider(key="policy_threshold").set_value(97.0).run()
    assert translate("threshold.becomes", "en") in words(app)
    assert "Of 60 clients" in words(app)


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_a_file_with_target_is_compared_and_has_outcomes(open_app: Open, model: Model, locale: str) -> None:
    language = "fr" if locale.startswith("fr") else "en"
    rows = draw(model, 80, 2)
    for place, row in enumerate(rows):
        row["TARGET"] = int(place % 8 == 0) if place else "maybe"
    app = upload(tab(open_app("model", locale=locale), "drift"), rows)
    assert not app.exception
    assert translate("drift.title", "fr" if language == "fr" else "en", name="branch.csv") in words(app)
    assert translate("outcome.title", "fr" if language == "fr" else "en") in words(app)
    assert translate("outcome.other", "fr" if language == "fr" else "en", n=1) in words(app)
    for name in ("calibration", "decisions"):
        app.segmented_control(key="outcome_view").set_value(name).run()
        assert not app.exception


def test_outcomes_are_matched_with_the_journal(
    open_app: Open, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    resources.settings.clear()
    resources.journal.clear()
    fill(resources.journal())
    rows = draw(model, 60, 5)
    for place, row in enumerate(rows):
        row["TARGET"] = int(place in (9, 11, 12))
    app = tab(open_app("model"), "threshold")
    app.number_input(key="cost_refusal").set_value(40.0).run()
    app = upload(tab(app, "drift"), rows)
    advice, profit = translate("departure.advice", "en"), translate("threshold.profit", "en")
    shown = sights.table(app, advice).set_index(advice)[profit]
    # Two good loans of 250,000 at 40 %, less two lost ones.
    assert shown[translate("verdict.unfavourable", "en")].startswith("−0.3\u00a0M (")
    assert "4 loans were granted against an unfavourable opinion: 50.0% (15.0 to 85.0) defaulted" in words(app)
    assert translate("departure.refusals", "en") in words(app)


def test_a_file_of_one_class_shows_what_it_can(open_app: Open, model: Model) -> None:
    app = upload(tab(open_app("model"), "drift"), draw(model, 20, 3, TARGET=0))
    assert not app.exception
    assert translate("outcome.all_good", "en") in words(app)
    assert "20 clients are too few" in words(app)


def test_a_file_without_target_says_so(open_app: Open, model: Model) -> None:
    app = upload(tab(open_app("model"), "drift"), draw(model, 60, 4))
    assert translate("drift.no_target", "en") in words(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_rows_with_target_are_too_few_for_drift_and_their_figures_are_shown_with_a_warning(
    open_app: Open, model: Model, language: Language
) -> None:
    rows = draw(model, 10, 6)
    for place, row in enumerate(rows):
        row["TARGET"] = int(place in (2, 5, 8))
    app = upload(tab(open_app("model", locale=LOCALES[language]), "drift"), rows)
    assert not app.exception
    assert FEW[language][0] in [each.value for each in app.warning]
    assert translate("drift.how", language, chance="").partition(":")[0] not in words(app)
    assert translate("drift.stable", language) not in sights.texts(app)
    missing = translate("drift.sentence", language)
    assert any("100" in cell for cell in sights.table(app, missing)[missing])
    assert not [text for text in sights.texts(app) if "PSI" in text], "of ten clients no distribution is compared"
    said = [each.value for each in app.markdown]
    for sentence in FEW[language][1:]:
        assert sentence in said
    here = translate("outcome.here", language)
    figures = sights.table(app, here).set_index(translate("about.figure", language))[here]
    assert re.match(r"0[.,]\d+ \(0[.,]\d+ .+ [01][.,]\d+\)$", figures[translate("figure.roc_auc", language)])
    for name in ("ranking", "calibration", "decisions"):
        app.segmented_control(key="outcome_view").set_value(name).run()
        assert not app.exception
    decisions = sights.table(app, translate("quality.good", language))
    counts = decisions[[translate(f"quality.{each}", language) for each in ("good", "defaulted")]].astype(int)
    assert counts.sum().tolist() == [7, 3]


@pytest.mark.parametrize("defaults", [0, 1])
def test_of_ten_rows_with_hardly_a_default_no_figure_is_unreadable(open_app: Open, model: Model, defaults: int) -> None:
    rows = draw(model, 10, 6)
    for place, row in enumerate(rows):
        row["TARGET"] = int(place < defaults)
    app = upload(tab(open_app("model"), "drift"), rows)
    for name in ("ranking", "calibration", "decisions"):
        app.segmented_control(key="outcome_view").set_value(name).run()
        assert not app.exception
        assert not re.search(r"\b(nan|inf)|∞", words(app), re.IGNORECASE), name
    share = "of the loss if everyone were approved"
    assert any(share in each.value for each in app.markdown) is bool(defaults)
    assert any("these decisions lose " in each.value for each in app.markdown)


def test_a_group_of_three_people_is_not_shown_and_the_others_are(
    open_app: Open, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink(model, monkeypatch, {("age", "60+"), ("sex", "M")})
    app = tab(open_app("model"), "groups")
    offered = app.segmented_control(key="group_attribute").options
    assert translate("group.sex", "en") not in offered, "with one group left there is nothing to compare"
    app.segmented_control(key="group_attribute").set_value("age").run()
    assert not app.exception
    table = sights.table(app, translate("group.approval", "en"))
    shown = [translate(f"age.{each}", "en") for each in ("under_30", "thirties", "forties", "fifties")]
    assert list(table[translate("group.group", "en")]) == shown
    assert translate("age.over_60", "en") not in words(app)
    assert "for 9,198 others the group is not known, or has under 50 clients and is not shown" in words(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_every_group_is_of_three_people_the_screen_says_so_and_the_other_tabs_stand(
    open_app: Open, model: Model, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    shrink(model, monkeypatch, {(each.attribute, each.value) for each in model.bundle.monitoring.groups})
    app = tab(open_app("model", locale=LOCALES[language]), "groups")
    assert not app.exception
    assert [each.value for each in app.info] == [translate("group.too_small", language, least=50)]
    assert not app.table and not app.dataframe
    for name in ("quality", "threshold"):
        assert tab(app, name).table or app.dataframe
        assert not app.exception


def test_a_slider_writes_its_numbers_as_the_language_does(open_app: Open) -> None:
    app = tab(open_app("model", locale="fr-FR"), "threshold")
    options = app.select_slider(key="policy_threshold").options
    assert (options[0], options[-1]) == (percent(0.5, "fr", 1), percent(0.995, "fr", 1))
    assert "99,5" in options[-1]
    assert app.select_slider(key="policy_band").options[1] == "± 0,5"
