"""What granted loans were worth by the model's advice, in sentences."""

from __future__ import annotations

from core.i18n.translations import Language, number, percent, translate, translate_problem
from core.monitoring.departures import GrantedLoans, LoanCounts, rate_difference
from core.monitoring.figure_words import in_percent, in_points, money_figure
from core.monitoring.policy import Costs
from core.records import Verdict

ORDER = (Verdict.FAVOURABLE, Verdict.TO_REVIEW, Verdict.UNFAVOURABLE)


def departure_sentences(granted: GrantedLoans, costs: Costs, language: Language, currency: str = "") -> list[str]:
    """What the departures were worth, what cannot be known, and which loans are left out."""
    if granted.problem is not None:
        return [translate_problem(granted.problem, language)]
    if not granted.n:
        return [translate("departure.no_match", language)]
    departing, favourable = granted.by_advice[Verdict.UNFAVOURABLE], granted.by_advice[Verdict.FAVOURABLE]
    lines = [translate("departure.none", language)]
    if departing.n:
        rate, profit = in_percent(departing.default_rate, language), profit_of(departing, costs, language, currency)
        lines = [translate("departure.worth", language, n=departing.n, rate=rate, profit=profit)]
        gap = rate_difference(departing, favourable)
        if gap is not None:
            lines.append(translate("departure.gap", language, gap=in_points(gap, language)))
    lines.append(translate("departure.refusals", language))
    if granted.without:
        lines.append(translate("departure.without", language, n=granted.without))
    unpriced = granted.n - sum(each.n_priced for each in granted.by_advice.values())
    if unpriced:
        lines.append(translate("departure.unpriced", language, n=unpriced))
    return lines


def departure_rows(granted: GrantedLoans, costs: Costs, language: Language, currency: str = "") -> list[dict[str, str]]:
    """One row for each advice under which loans were granted, as cells by name."""
    return [
        {
            "advice": translate(f"verdict.{verdict}", language),
            "loans": number(counts.n, language),
            "defaults": number(counts.defaults, language),
            "rate": in_percent(counts.default_rate, language),
            "profit": profit_of(counts, costs, language, currency),
        }
        for verdict, counts in ((each, granted.by_advice[each]) for each in ORDER)
        if counts.n
    ]


def how(costs: Costs, language: Language) -> str:
    """How clients were matched, and what the profit counts."""
    refusal, default = (percent(each, language) for each in (costs.refusal, costs.default))
    return translate("departure.how", language, refusal=refusal, default=default)


def profit_of(counts: LoanCounts, costs: Costs, language: Language, currency: str) -> str:
    """The profit in millions with its interval, or that no amount is known."""
    profit = counts.profit(costs)
    return translate("departure.unknown", language) if profit is None else money_figure(profit, language, currency)
