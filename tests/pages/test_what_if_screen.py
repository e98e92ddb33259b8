"""What if, and what would flip it: what is typed is scored, told, kept and never lost; the map says what it draws."""

from __future__ import annotations

from base64 import b64decode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from core.i18n.translations import Language, percent, translate
from core.records import Verdict
from core.scoring.assess import Model
from core.scoring.decision import decide
from core.settings import Settings
from core.what_if.alternatives import Way, find_alternatives
from core.what_if.answer_sentences import difference, what_changes
from core.what_if.loan_offer import map_loans
from core.what_if.sentences import withheld_sentence
from core.what_if.simulation import simulate
from core.what_if.typed import write_typed
from pages.components.client.tab_offer import WAYS
from tests.pages import sights
from tests.pages.conftest import Open
from tests.pages.people import People

BAND = Settings().review_band
FEATURE, POINTS = translate("simulation.feature", "en"), translate("simulation.points", "en")
CHANGES = translate("simulation.changes", "en")


def what_if(open_app: Open, client: str, locale: str = "en-GB") -> AppTest:
    return sights.open_part(open_app(id=client, locale=locale), "what_if")


def number_field(app: AppTest, client: str, column: str, language: Language = "en") -> TextInput:
    """The field of a number, which is written in the screen's language."""
    return app.text_input(key=f"what_if_{client}_{column}_{language}")


def set_amount(app: AppTest, client: str, column: str, value: float | str) -> AppTest:
    typed = value if isinstance(value, str) else write_typed(value, "en")
    return number_field(app, client, column).set_value(typed).run()


def solvencies(app: AppTest) -> tuple[float, float]:
    """Where the bar marks the file and the simulation, in percent."""
    before, after = sights.figure(app, "what_if_bar")["data"][-2:]
    return before["x"][0], after["x"][0]


@pytest.fixture
def client(people: People) -> str:
    return people.with_verdict(Verdict.UNFAVOURABLE)


def test_both_answers_are_the_same_until_something_is_changed(open_app: Open, client: str) -> None:
    app = what_if(open_app, client)
    first, second = solvencies(app)
    assert first == second
    assert translate("simulation.unchanged", "en") in sights.texts(app)
    assert [text for text in sights.texts(app) if translate("simulation.badge", "en") in text]


def test_a_changed_amount_is_scored_and_what_moved_adds_up(
    open_app: Open, people: People, model: Model, client: str
) -> None:
    app = set_amount(what_if(open_app, client), client, "AMT_INCOME_TOTAL", 400000.0)
    found = simulate(model, people.row(client), {"AMT_INCOME_TOTAL": 400000.0}, review_band=BAND)
    before, after = found.before.decisions[0], found.after.decisions[0]
    assert solvencies(app) == (100.0 * before.solvency, 100.0 * after.solvency)
    assert difference(before, after, "en") in " ".join(sights.texts(app))
    moved = sights.table(app, POINTS)
    numbers = [float(cell.rstrip("%").replace("−", "-")) for cell in moved[POINTS]]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-6)
    assert "Client’s total income" in set(moved[FEATURE])
    assert "Income as a share of the loan" in set(moved[FEATURE])


def test_nothing_typed_is_lost_when_the_page_is_left_or_another_client_opened(
    open_app: Open, people: People, client: str
) -> None:
    app = set_amount(what_if(open_app, client), client, "AMT_CREDIT", 123000.0)
    app.switch_page("raw_data.py").run()
    app.switch_page("client.py").run()
    assert number_field(app, client, "AMT_CREDIT").value == "123,000"
    other = people.with_verdict(Verdict.FAVOURABLE)
    app.text_input(key="client_search").set_value(other).run()
    assert number_field(app, other, "AMT_CREDIT").value != "123,000"
    app.text_input(key="client_search").set_value(client).run()
    app.sidebar.segmented_control[0].set_value("fr").run()
    assert number_field(app, client, "AMT_CREDIT", "fr").value == "123\u202f000"
    first, second = solvencies(app)
    assert first != second


@pytest.mark.parametrize("way", ["button", "typed back"])
def test_the_way_back_to_the_file(open_app: Open, people: People, client: str, way: str) -> None:
    app = set_amount(what_if(open_app, client), client, "AMT_CREDIT", 123000.0)
    said = float(people.row(client)["AMT_CREDIT"])
    if way == "button":
        sights.press(app, translate("simulation.reset", "en"))
        assert number_field(app, client, "AMT_CREDIT").value == write_typed(said, "en")
    else:
        set_amount(app, client, "AMT_CREDIT", said)
    first, second = solvencies(app)
    assert first == second


@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("fr", "fr-FR")])
@pytest.mark.parametrize("typed", ["1,5", "1.5"])
def test_a_decimal_comma_and_a_point_are_the_same_number(
    open_app: Open, people: People, model: Model, typed: str, language: Language, locale: str
) -> None:
    client = people.first(lambda row, decision: row["NAME_INCOME_TYPE"] == "Working" and decision.refused)
    app = what_if(open_app, client, locale)
    number_field(app, client, "DAYS_EMPLOYED", language).set_value(typed).run()
    after = simulate(model, people.row(client), {"DAYS_EMPLOYED": 1.5}, review_band=BAND).after.decisions[0]
    assert solvencies(app)[1] == 100.0 * after.solvency
    assert number_field(app, client, "DAYS_EMPLOYED", language).value == {"en": "1.5", "fr": "1,5"}[language]


def test_the_terms_of_the_loan_follow_each_other_and_each_changed_field_has_a_way_back(
    open_app: Open, people: People, client: str
) -> None:
    row = people.row(client)
    credit, instalment = float(row["AMT_CREDIT"]), float(row["AMT_ANNUITY"])
    app = what_if(open_app, client)
    assert translate("simulation.terms", "en") in sights.texts(app)
    set_amount(app, client, "payments", "50")
    follows = write_typed(round(credit / 50, 2), "en")
    assert number_field(app, client, "AMT_ANNUITY").value == follows
    assert translate("simulation.changed_payments", "en", value=follows) in sights.texts(app)
    set_amount(app, client, "AMT_CREDIT", credit / 2)
    assert number_field(app, client, "payments").value == "50"
    assert number_field(app, client, "AMT_ANNUITY").value == write_typed(round(credit / 100, 2), "en")
    back = [each for each in app.button if str(each.key).endswith("_back")]
    assert len(back) == 4
    app.button(key=f"what_if_{client}_payments_en_back").click().run()
    app.button(key=f"what_if_{client}_AMT_CREDIT_en_back").click().run()
    assert number_field(app, client, "AMT_ANNUITY").value == write_typed(instalment, "en")
    assert not [each for each in app.button if str(each.key).endswith("_back")]


def test_what_a_field_shows_is_rounded_and_changes_nothing_when_it_comes_again(open_app: Open, client: str) -> None:
    app = what_if(open_app, client)
    shown = number_field(app, client, "payments").value
    assert shown is not None and "." in shown
    app = set_amount(app, client, "payments", f"{shown} ")
    assert translate("simulation.unchanged", "en") in sights.texts(app)
    before, after = solvencies(app)
    assert before == after


def test_what_is_no_number_is_said_and_stays_in_its_field(open_app: Open, client: str) -> None:
    app = set_amount(what_if(open_app, client), client, "AMT_CREDIT", "150.000")
    assert "150 or as 150000" in app.error[0].value
    assert number_field(app, client, "AMT_CREDIT").value == "150.000"
    set_amount(app, client, "AMT_CREDIT", "a lot")
    assert "Loan amount: this is not a number" in app.error[0].value
    set_amount(app, client, "AMT_CREDIT", "")
    assert not app.error


def test_borrowing_less_says_so_when_it_does_not_change_the_answer() -> None:
    row: dict[str, object] = {"AMT_CREDIT": 200000.0}
    answer = decide(probability=0.3, threshold=0.15, review_band=0.02, information=1.0)
    other = decide(probability=0.2, threshold=0.15, review_band=0.02, information=1.0)
    good = decide(probability=0.1, threshold=0.15, review_band=0.02, information=1.0)
    less, more = {"AMT_CREDIT": 100000.0}, {"AMT_CREDIT": 300000.0}
    assert what_changes(row, {}, answer, answer, "en") == translate("simulation.unchanged", "en")
    assert what_changes(row, less, answer, answer, "en") == "Borrowing less does not change the answer."
    assert what_changes(row, more, answer, answer, "en") == "This does not change the answer."
    assert "stays the same" in what_changes(row, less, answer, other, "en")
    assert "Unfavourable opinion → Favourable opinion" in what_changes(row, less, answer, good, "en")


def test_what_cannot_be_is_said_and_not_scored(open_app: Open, client: str) -> None:
    app = set_amount(what_if(open_app, client), client, "AMT_ANNUITY", 900000.0)
    assert translate("problem.simulation_instalment", "en") in app.error[0].value
    assert not [each for each in app.get("plotly_chart") if "what_if_bar" in str(each.proto.id)]
    assert not app.exception
    set_amount(app, client, "DAYS_EMPLOYED", 15000.0)
    assert "Time in the current job: the value must lie between 0 and 60." in app.error[0].value


def test_no_simulation_is_written_over_by_another_of_its_name(open_app: Open, client: str) -> None:
    app = what_if(open_app, client)
    for amount, name in ((150000.0, "A *b*"), (160000.0, "A *b*"), (170000.0, ""), (180000.0, "")):
        app = set_amount(app, client, "AMT_CREDIT", amount)
        app.text_input(key="simulation_name").set_value(name).run()
        sights.press(app, translate("simulation.keep", "en"))
    named = ["A \\*b\\*", "A \\*b\\* \\(2\\)", "Simulation 3", "Simulation 4"]
    assert list(sights.table(app, CHANGES).iloc[1:, 0]) == named
    app.selectbox(key="simulation_chosen").set_value("Simulation 3").run()
    app.button(key="kept_forget").click().run()
    app = set_amount(app, client, "AMT_CREDIT", 190000.0)
    sights.press(app, translate("simulation.keep", "en"))
    assert len(sights.table(app, CHANGES)) == 5


def test_simulations_are_kept_by_name_compared_opened_and_forgotten(open_app: Open, client: str) -> None:
    app = set_amount(what_if(open_app, client), client, "AMT_CREDIT", 150000.0)
    app.text_input(key="simulation_name").set_value("Smaller").run()
    sights.press(app, translate("simulation.keep", "en"))
    set_amount(app, client, "AMT_CREDIT", 140000.0)
    sights.press(app, translate("simulation.keep", "en"))
    kept = sights.table(app, CHANGES)
    assert list(kept.iloc[:, 0]) == [translate("simulation.as_is", "en"), "Smaller", "Simulation 2"]
    assert "→ 150,000" in kept[CHANGES].iloc[1]
    assert len(set(kept.iloc[:, 1])) > 1
    app.selectbox(key="simulation_chosen").set_value("Smaller").run()
    app.button(key="kept_open").click().run()
    assert number_field(app, client, "AMT_CREDIT").value == "150,000"
    app.button(key="kept_forget").click().run()
    assert list(sights.table(app, CHANGES).iloc[:, 0]) == [translate("simulation.as_is", "en"), "Simulation 2"]


def test_who_has_no_job_is_not_asked_how_long(open_app: Open, people: People) -> None:
    client = people.first(lambda row, _: row["NAME_INCOME_TYPE"] == "Pensioner")
    app = what_if(open_app, client)
    assert number_field(app, client, "DAYS_EMPLOYED").disabled
    app.selectbox(key=f"what_if_{client}_NAME_INCOME_TYPE").set_value("Working").run()
    assert translate("problem.simulation_new_job", "en") in app.error[0].value
    set_amount(app, client, "DAYS_EMPLOYED", 0.0)
    assert not app.error


@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("fr", "fr-FR")])
def test_the_offer_on_the_screen_is_the_one_that_was_scored(
    open_app: Open, people: People, model: Model, client: str, language: Language, locale: str
) -> None:
    app = sights.open_part(open_app(id=client, locale=locale), "offer")
    found = map_loans(model, people.row(client), review_band=BAND)
    assert found is not None
    texts = " ".join(sights.texts(app))
    drawn = sights.figure(app, "loan_map")["data"]
    assert drawn[1]["contours"]["start"] == pytest.approx(100 * found.asked.decision.solvency_line)
    marks = {each["name"]: each for each in drawn[2:]}
    assert marks[translate("offer.asked", language)]["x"] == [found.asked.amount]
    ways = {each.way: each.loan for each in find_alternatives(model, people.row(client), found, review_band=BAND)}
    nearest = ways[Way.NEAREST]
    if nearest is not None and nearest.favourable:
        assert marks[translate("offer.nearest_mark", language)]["x"] == [nearest.amount]
        assert percent(nearest.decision.solvency, language, 1) in texts
    assert texts.count(translate("offer.out_of_reach", language)) == list(ways.values()).count(None)
    for way in WAYS.values():
        assert f"**{translate(way, language)}**" in texts
    low, high = sights.figure(app, "loan_map")["layout"]["xaxis"]["range"]
    assert low <= min(each.amount for each in found.loans) <= max(each.amount for each in found.loans) <= high
    table = sights.table(app, translate("offer.payments", language))
    assert len(table) == len(found.loans)


@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("fr", "fr-FR")])
def test_the_map_holds_the_numbers_of_the_assessment_and_hatches_what_is_not_advised(
    open_app: Open, people: People, model: Model, client: str, language: Language, locale: str
) -> None:
    app = sights.open_part(open_app(id=client, locale=locale), "offer")
    found = map_loans(model, people.row(client), review_band=BAND)
    assert found is not None
    heat, *others = sights.figure(app, "loan_map")["data"]
    hatch = next(each for each in others if each["name"] == translate("offer.withheld_mark", language))
    numbers = np.frombuffer(b64decode(heat["z"]["bdata"]), dtype=heat["z"]["dtype"]).reshape(found.solvency.shape)
    assert np.array_equal(numbers, 100.0 * found.solvency, equal_nan=True)
    advice = np.array(heat["customdata"])[..., 2]
    assert advice[~np.isnan(found.solvency)].tolist() == [
        translate(f"advice.{each}", language) for each in found.advice
    ]
    assert found.withheld.any()
    xs, ys = hatch["x"], hatch["y"]
    for row, y in enumerate(found.instalments.tolist()):
        inside = np.zeros(len(found.amounts), dtype=bool)
        for at in range(0, len(xs), 6):
            if ys[at] < y < ys[at + 1]:
                inside |= (found.amounts > xs[at]) & (found.amounts < xs[at + 2])
        assert inside.tolist() == found.withheld[row].tolist()
    assert withheld_sentence(found, language) in sights.texts(app)


def test_a_file_without_instalment_gets_a_sentence_and_no_map(open_app: Open, people: People, client: str) -> None:
    app = open_app(id=client)
    row = {**people.row(client), "AMT_ANNUITY": None}
    app.session_state["aval"].row = row
    app = sights.open_part(app, "offer")
    assert translate("offer.not_known", "en") in sights.texts(app)
    assert not app.exception
