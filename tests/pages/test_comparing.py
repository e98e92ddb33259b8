"""One client compared: among all by any feature, by two features, and beside another client."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.dictionary.lookup import label
from core.i18n.translations import percent, translate
from core.insights.comparison import number_distribution, shares
from core.records import Verdict
from core.scoring.assess import Model
from tests.pages import sights
from tests.pages.conftest import Open
from tests.pages.people import People


def compared(open_app: Open, people: People, view: str, verdict: Verdict = Verdict.UNFAVOURABLE) -> AppTest:
    """The part "Compared" of a client with this verdict, with one of its views open."""
    app = sights.open_part(open_app(id=people.with_verdict(verdict)), "compared")
    return sights.open_view(app, view, "compared")


def as_number(cell: str) -> float:
    return float(cell.replace("−", "-").replace(",", "").rstrip("%"))


def test_any_feature_of_the_model_can_be_chosen_by_its_label(open_app: Open, people: People, model: Model) -> None:
    app = compared(open_app, people, "among")
    offered = app.selectbox(key="compared_feature").options
    assert sorted(offered) == sorted(label(source, "en") for source in model.bundle.sources)


@pytest.mark.parametrize("source", ["AMT_CREDIT", "DAYS_BIRTH", "NAME_EDUCATION_TYPE", "FLAG_OWN_CAR", "CNT_CHILDREN"])
def test_a_feature_is_spread_by_verdict_as_the_bundle_says(
    open_app: Open, people: People, model: Model, source: str
) -> None:
    app = compared(open_app, people, "among")
    app.selectbox(key="compared_feature").set_value(source).run()
    table = sights.table(app, translate("verdict.unfavourable", "en"))
    population = model.bundle.population
    found, few = number_distribution(population, source), shares(population, source)
    told = list(found.shares["unfavourable"]) if found else [each["unfavourable"] for each in (few or {}).values()]
    assert list(table[translate("verdict.unfavourable", "en")]) == [percent(share, "en", 1) for share in told]
    drawn = sights.figure(app, "distribution")["data"]
    assert [each["name"] for each in drawn[:2]] == [
        translate(f"verdict.{v}", "en") for v in ("favourable", "unfavourable")
    ]
    assert [text for text in sights.texts(app) if text.startswith(f"{label(source, 'en')}, ")]


def test_two_features_are_drawn_for_every_loaded_client_that_has_both(open_app: Open, people: People) -> None:
    app = compared(open_app, people, "features")
    app.selectbox(key="compared_across").set_value("AMT_CREDIT").run()
    app.selectbox(key="compared_up").set_value("NAME_EDUCATION_TYPE").run()
    crowd, here = sights.figure(app, "scatter")["data"]
    rows = [people.row(client) for client in people.clients.search("", len(people.clients))]
    both = sum(bool(row["AMT_CREDIT"] and row["NAME_EDUCATION_TYPE"]) for row in rows)
    assert len(crowd["x"]) == both
    assert min(crowd["marker"]["color"]) > 0
    assert max(crowd["marker"]["color"]) < 100
    assert here["x"] == [float(people.row(people.with_verdict(Verdict.UNFAVOURABLE))["AMT_CREDIT"])]
    told = translate("compared.everyone", "en", n=len(rows), loaded=len(rows))
    lacks = translate("compared.lacks", "en", n=len(rows) - both)
    assert (told if both == len(rows) else f"{told} {lacks}") in sights.texts(app)
    assert len(sights.table(app, translate("compared.solvency", "en"))) == both


def test_a_feature_against_itself_is_not_drawn(open_app: Open, people: People) -> None:
    app = compared(open_app, people, "features")
    app.selectbox(key="compared_across").set_value("AMT_CREDIT").run()
    app.selectbox(key="compared_up").set_value("AMT_CREDIT").run()
    assert not [chart for chart in app.get("plotly_chart") if chart.key == "scatter"]
    assert app.info[0].value == translate("compared.same_feature", "en")


def test_what_separates_two_clients_adds_up_as_printed(open_app: Open, people: People) -> None:
    here, there = people.with_verdict(Verdict.UNFAVOURABLE), people.with_verdict(Verdict.FAVOURABLE)
    app = compared(open_app, people, "clients")
    app.text_input(key="other_client").set_value(there).run()
    solvency = {client: 100 * people.decision(client).solvency for client in (here, there)}
    gap = round(solvency[here], 1) - round(solvency[there], 1)
    told = next(text for text in sights.texts(app) if text.startswith(f"Client {here} has a solvency"))
    assert f", {-gap:.1f} points below client {there}, who has {solvency[there]:.1f}%" in told
    table = sights.table(app, translate("compared.client", "en", client=there))
    assert sum(as_number(cell) for cell in table[translate("why.points", "en")]) == pytest.approx(gap, abs=1e-9)
    drawn = sights.figure(app, "differences")["data"][0]
    numbers = [as_number(text) for text in drawn["text"]]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-9)
    assert numbers[-1] == round(solvency[here], 1)


def test_another_client_is_offered_and_one_that_is_not_there_is_said(open_app: Open, people: People) -> None:
    app = compared(open_app, people, "clients")
    here = people.with_verdict(Verdict.UNFAVOURABLE)
    offered = sights.options(app, "other_offered")
    assert offered
    assert here not in " ".join(offered)
    app.text_input(key="other_client").set_value("12345").run()
    assert translate("compared.none", "en") in sights.texts(app)
