"""The sentences and tables about simulations and loan offers, for the screens and the PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.dictionary.lookup import format_value, label
from core.errors import InputRefused, Problem
from core.i18n.translations import Language, number, percent, round_to_sum, signed, translate, translate_problem
from core.insights.completeness import outside_in_words, outside_of
from core.insights.sentences import distance, value_of
from core.records import Decision, Row, Verdict, digits_to_distinguish
from core.scoring.assess import Model
from core.scoring.decision import LEAST_INFORMATION
from core.what_if.advice import WITHHELD, ScoredLoan
from core.what_if.loan_offer import LoanMap
from core.what_if.simulation import Edits, Move, Simulation, Value, cell_of, changes, file_value, simulate

YEARS = ("DAYS_EMPLOYED", "OWN_CAR_AGE")
AMOUNTS = ("AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE", "AMT_INCOME_TOTAL")


def field_label(column: str, language: Language, currency: str) -> str:
    """The label of an editable column, with its unit."""
    unit = translate("unit.years", language) if column in YEARS else currency if column in AMOUNTS else ""
    return f"{label(column, language)} ({unit})" if unit else label(column, language)


def format_edit(column: str, value: Value | None, language: Language, currency: str) -> str:
    """Format the value of an editable column; None is a missing value."""
    cell = None if value is None else cell_of(column, value)
    return format_value(column, float(cell) if isinstance(cell, int) else cell, language, currency)


def change_lines(row: Row, edits: Edits, language: Language, currency: str) -> list[str]:
    """One line per changed column: "Loan amount: 500,000 → 400,000"."""
    return [
        translate(
            "simulation.change",
            language,
            label=label(column, language),
            before=format_edit(column, file_value(row, column), language, currency),
            after=format_edit(column, value, language, currency),
        )
        for column, value in changes(row, edits).items()
    ]


def outside_sentences(model: Model, simulation: Simulation, language: Language, currency: str) -> list[str]:
    """One sentence for each number that the simulation moves outside the training range."""
    before, after = (outside_of(each.aligned, model.bundle) for each in (simulation.before, simulation.after))
    return outside_in_words(tuple(each for each in after if each not in before), language, currency)


def simulation_summary(simulation: Simulation, row: Row, edits: Edits, language: Language, currency: str) -> list[str]:
    """The changes of a simulation and the answer to the unchanged file, for the PDF."""
    decision = simulation.before.decisions[0]
    digits = decision.digits
    as_is = translate(
        "paper.as_is",
        language,
        solvency=percent(decision.solvency, language, digits),
        opinion=translate(f"verdict.{decision.verdict}", language),
    )
    return [*change_lines(row, edits, language, currency), as_is]


def problem_sentences(problems: Sequence[Problem], language: Language) -> list[str]:
    """One sentence per problem of a simulation, with the columns' labels and formatted numbers."""
    return [
        translate_problem(
            replace(
                each,
                column=label(each.column or "", language),
                facts={name: number(fact, language) for name, fact in each.facts.items() if isinstance(fact, int)},
            ),
            language,
        )
        for each in problems
    ]


def move_rows(
    moves: Sequence[Move], before: Decision, after: Decision, language: Language, currency: str
) -> list[dict[str, str]]:
    """The changes of the solvency as a table that adds up: first answer, edited columns, all others, second answer."""
    names = ("feature", "before", "after", "points")
    feature, old, new, points = (translate(f"simulation.{name}", language) for name in names)
    start, end = 100.0 * before.solvency, 100.0 * after.solvency
    digits = digits_to_distinguish(start, end)
    edited = [each for each in moves if each.edited]
    rest = sum(each.points for each in moves if not each.edited)
    sizes = round_to_sum([*(each.points for each in edited), rest], start, end, digits)
    lines = [
        {
            feature: label(each.before.source, language),
            old: value_of(each.before, language, currency),
            new: value_of(each.after, language, currency),
            points: signed(size, language, digits),
        }
        for each, size in zip(edited, sizes, strict=False)
    ]
    ends = [
        {
            feature: translate(f"simulation.{key}", language),
            old: "",
            new: "",
            points: percent(value / 100.0, language, digits),
        }
        for key, value in (("as_is", start), ("simulated", end))
    ]
    others = {
        feature: translate("simulation.rest", language),
        old: "",
        new: "",
        points: signed(sizes[-1], language, digits),
    }
    return [ends[0], *lines, others, ends[1]]


def scenario_rows(
    model: Model, row: Row, scenarios: Mapping[str, Edits], *, review_band: float, language: Language, currency: str
) -> list[dict[str, str]]:
    """One row for the unchanged file and one per saved simulation: solvency, distance to the line, opinion, changes.

    scenarios: edits by the simulation's name. review_band: in P(default).
    """
    return [
        _scenario_row(model, row, name, edits, review_band, language, currency)
        for name, edits in {translate("simulation.as_is", language): {}, **scenarios}.items()
    ]


def offer_sentences(loans: LoanMap, information: float, language: Language, currency: str) -> list[str]:
    """The sentence on the offer: the nearest loan that may be advised, or why there is none or none is needed.

    information: share of the model's total importance that the client's file holds, from 0 to 1.
    """
    if information < LEAST_INFORMATION:
        return [translate("offer.too_little_known", language, share=percent(information, language))]
    asked = loans.asked
    if asked.favourable:
        return [_offered("offer.asked_favourable", asked, asked, language, currency)]
    if loans.nearest:
        key = "offer.nearest" if loans.nearest.amount < asked.amount else "offer.nearest_same_amount"
        return [_offered(key, loans.nearest, asked, language, currency)]
    no_larger = [each for each in loans.loans if each.amount <= asked.amount and each.instalment <= asked.instalment]
    best = max((each.decision for each in no_larger), key=lambda each: each.solvency)
    key = "offer.none"
    if any(each.favourable for each in no_larger):
        key = "offer.none_withheld"
    elif best.verdict is Verdict.TO_REVIEW:
        key = "offer.none_but_review"
    return [translate(key, language, best=percent(best.solvency, language, 1))]


def withheld_sentence(loans: LoanMap, language: Language) -> str | None:
    """The reasons why loans that the model accepts are not advised; None if there are no such loans on the map."""
    reasons = [translate(f"offer.withheld_{each}", language) for each in WITHHELD if each in loans.advice]
    if not reasons:
        return None
    *others, last = reasons
    listed = translate("offer.withheld_or", language, reasons=", ".join(others), last=last) if others else last
    return translate("offer.withheld", language, reasons=listed)


def lacks_goods_price(row: Row) -> bool:
    """Whether the file has no price of the goods."""
    return file_value(row, "AMT_GOODS_PRICE") is None


def loan_rows(loans: LoanMap, language: Language) -> list[dict[str, str]]:
    """The map as a table: each scored loan with its number of instalments, solvency, opinion and advice."""
    names = ("amount", "instalment", "payments", "solvency", "opinion", "advice")
    amount, instalment, payments, solvency, opinion, advised = (translate(f"offer.{name}", language) for name in names)
    return [
        {
            amount: money(each.amount, language, ""),
            instalment: money(each.instalment, language, ""),
            payments: number(each.payments, language, 1),
            solvency: percent(each.decision.solvency, language, 1),
            opinion: translate(f"verdict.{each.decision.verdict}", language),
            advised: translate(f"advice.{advice}", language),
        }
        for each, advice in zip(loans.loans, loans.advice, strict=True)
    ]


def money(amount: float, language: Language, currency: str) -> str:
    """Format an amount with the currency, if there is one."""
    return format_value("AMT_CREDIT", amount, language, currency)


def _offered(key: str, offer: ScoredLoan, asked: ScoredLoan, language: Language, currency: str) -> str:
    digits = offer.decision.digits
    facts = {
        "amount": money(offer.amount, language, currency),
        "instalment": money(offer.instalment, language, currency),
        "payments": number(offer.payments, language),
        "solvency": percent(offer.decision.solvency, language, digits),
        "asked": money(asked.amount, language, currency),
        "asked_instalment": money(asked.instalment, language, currency),
        "asked_payments": number(asked.payments, language),
    }
    return translate(key, language, **facts)


def _scenario_row(
    model: Model, row: Row, name: str, edits: Edits, review_band: float, language: Language, currency: str
) -> dict[str, str]:
    names = ("name", "solvency", "distance", "opinion", "changes")
    titles = [translate(f"simulation.{each}", language) for each in names]
    change_list = "; ".join(change_lines(row, edits, language, currency))
    try:
        decision = simulate(model, row, edits, review_band=review_band).after.decisions[0]
    except InputRefused as error:
        return dict(
            zip(titles, (name, "", "", problem_sentences(error.problems[:1], language)[0], change_list), strict=True)
        )
    digits = decision.digits
    cells = (
        name,
        percent(decision.solvency, language, digits),
        distance(decision, language),
        translate(f"verdict.{decision.verdict}", language),
        change_list,
    )
    return dict(zip(titles, cells, strict=True))
