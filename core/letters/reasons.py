"""Which contributions against a client may be told in a letter, and as what.

A reason is told where the column is on the list below and its value says what the list expects: a short time in the
job, a large debt. So a letter never tells age or family, what other people do, where a client lives, a weekday or an
hour, a value that cannot be right or says nothing to a client, or an effect that goes against common sense.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from core.dictionary.history_columns import HistoryColumn, history_column
from core.dictionary.lookup import entry_of, to_shown_scale
from core.insights.population import median
from core.insights.reason_sentences import is_doubtful
from core.model.schema import Population
from core.records import Contribution, Explanation, ValueOrigin

Values = Mapping[str, float | str | None]
MAX_REASONS = 4
"""Principal reasons in one letter, the officer's own included."""
HALF = 0.5
SMALLEST = 0.05
"""A reason below this share of all that may be told is none that a client should act on."""
AGE = frozenset({"DAYS_BIRTH", "DAYS_EMPLOYED_PERC"})
"""Columns that hold the client's age; the second is the share of life spent in the job."""
Sense = Literal["low", "high", "positive", "meaningful", "no", "rate"]
"""On the scale that people see, what a value must be to count against acceptance: below or above the median, more than
0, a category that a client can be told, the answer no, or a share of the loan in each instalment that the loan offered
instead does not carry further."""
SCORES = "scores"
LACKING = "lacking"
KINDS: dict[str, tuple[str, Sense]] = {
    **{f"EXT_SOURCE_{number}": (SCORES, "low") for number in (1, 2, 3)},
    "AMT_INCOME_TOTAL": ("income", "low"),
    "AMT_CREDIT": ("amount", "high"),
    "INCOME_CREDIT_PERC": ("amount_income", "low"),
    "AMT_ANNUITY": ("instalment", "high"),
    "ANNUITY_INCOME_PERC": ("instalment_income", "high"),
    "PAYMENT_RATE": ("length", "rate"),
    "NAME_CONTRACT_TYPE": ("loan_kind", "meaningful"),
    "DAYS_EMPLOYED": ("employment", "low"),
    "NAME_INCOME_TYPE": ("income_kind", "meaningful"),
    "OCCUPATION_TYPE": ("occupation", "meaningful"),
    "ORGANIZATION_TYPE": ("employer", "meaningful"),
    "NAME_EDUCATION_TYPE": ("education", "meaningful"),
    "NAME_HOUSING_TYPE": ("housing", "meaningful"),
    "FLAG_OWN_REALTY": ("property", "no"),
    "FLAG_OWN_CAR": ("car", "no"),
    "DAYS_ID_PUBLISH": ("identity", "low"),
    "DAYS_LAST_PHONE_CHANGE": ("phone", "low"),
    **{f"AMT_REQ_CREDIT_BUREAU_{time}": ("enquiries", "high") for time in ("DAY", "WEEK", "MON", "QRT", "YEAR")},
}
"""Column of an application → the key of its sentence, and what its value must be."""
UNTOLD = frozenset({"Maternity leave", "Working", "House / apartment", "Other", "XNA"})
"""Categories that are not told: one is about family, and no client makes sense of the others, such as "you are an
employee". Nor are those told that the data set only numbers, such as "Trade: type 2"."""
ELSEWHERE = ("BURO", "ACTIVE")
QUANTITIES: dict[tuple[str, str], tuple[str, Sense]] = {
    **{(table, "AMT_CREDIT_SUM_DEBT"): ("other_debts", "high") for table in ELSEWHERE},
    ("ACTIVE", "AMT_CREDIT_SUM"): ("other_lent", "high"),
    **{
        (table, what): ("other_overdue", "positive")
        for table in (*ELSEWHERE, "CLOSED")
        for what in ("CREDIT_DAY_OVERDUE", "AMT_CREDIT_MAX_OVERDUE", "AMT_CREDIT_SUM_OVERDUE")
    },
    **{(table, "CNT_CREDIT_PROLONG"): ("other_prolonged", "positive") for table in (*ELSEWHERE, "CLOSED")},
    ("INSTAL", "DPD"): ("late", "positive"),
    **{(table, what): ("late", "positive") for table in ("POS", "CC") for what in ("SK_DPD", "SK_DPD_DEF")},
    ("CC", "AMT_BALANCE"): ("card_debt", "high"),
    ("CC", "AMT_RECEIVABLE_PRINCIPAL"): ("card_debt", "high"),
    ("CC", "AMT_TOTAL_RECEIVABLE"): ("card_debt", "high"),
}
"""(table, quantity) of a history, as its mean, sum or largest value."""
LATEST: dict[tuple[str, str], tuple[str, Sense]] = {
    **{(table, "DAYS_CREDIT"): ("other_recent", "low") for table in ELSEWHERE},
    ("PREV", "DAYS_DECISION"): ("earlier_recent", "low"),
}
"""(table, date) of a history, as its latest."""
CATEGORIES: dict[tuple[str, str, str], tuple[str, Sense]] = {
    ("PREV", "NAME_CONTRACT_STATUS", "Refused"): ("earlier_refused", "positive"),
    ("PREV", "CODE_REJECT_REASON", "XAP"): ("earlier_refused", "low"),
    ("BURO", "CREDIT_ACTIVE", "Active"): ("other_running", "high"),
}
"""(table, column, value) of a history, as its share."""
MAY_LACK = frozenset(
    {"AMT_ANNUITY", "DAYS_EMPLOYED", "OCCUPATION_TYPE", "NAME_HOUSING_TYPE", "NAME_EDUCATION_TYPE", "NAME_INCOME_TYPE"}
)
"""Columns of which a client can be told that the application lacks them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One principal reason: the key of its sentence, and the contributions that it stands for, largest first."""

    code: str
    contributions: tuple[Contribution, ...]

    @property
    def points(self) -> float:
        """Points of solvency that they take away, below 0."""
        return sum(each.points for each in self.contributions)


@dataclass(frozen=True, slots=True)
class Telling:
    """What may be told of the contributions against a client.

    reasons: all that may be told, largest first. withheld: columns of the four strongest contributions against that may
    not. age_withheld: whether one of the four strongest holds the age. share: of all points against, those that may
    be told, from 0 to 1.
    """

    reasons: tuple[Reason, ...] = ()
    withheld: tuple[str, ...] = ()
    age_withheld: bool = False
    share: float = 0.0

    @property
    def most_is_withheld(self) -> bool:
        """Whether less than half of what counted against the client may be told."""
        return self.share < HALF

    def principal(self, *, own: bool) -> tuple[Reason, ...]:
        """The reasons for a letter, largest first. own: whether the officer's own reason takes one of its places."""
        least = SMALLEST * sum(each.points for each in self.reasons)
        return tuple(each for each in self.reasons if each.points <= least)[: MAX_REASONS - own]


def choose_reasons(
    explanation: Explanation, population: Population, offered: Mapping[str, float] | None = None
) -> Telling:
    """The reasons against one client that may be told, and what is withheld.

    Parameters
    ----------
    explanation: of the answer to the loan that was refused. population: of the model, for the medians.
    offered: AMT_ANNUITY and PAYMENT_RATE of the loan that would have been recommended; a reason that this loan would
        contradict is not told.
    """
    against = sorted((each for each in explanation.contributions if each.points < 0), key=lambda each: each.points)
    values = {each.source: each.value for each in explanation.contributions}
    codes = {each.source: reason_code(each, values, population, offered or {}) for each in against}
    groups: dict[str, list[Contribution]] = {}
    others: list[list[Contribution]] = []
    for each in against:
        code = codes[each.source]
        if code is None:
            others.append([each])
        else:
            groups.setdefault(code, []).append(each)
    reasons = sorted((Reason(code, tuple(members)) for code, members in groups.items()), key=lambda each: each.points)
    strongest = against[:MAX_REASONS]
    return Telling(
        reasons=tuple(reasons),
        withheld=tuple(each.source for each in strongest if codes[each.source] is None),
        age_withheld=_holds_age(strongest, reasons, others),
        share=_share(reasons, against),
    )


def reason_code(
    contribution: Contribution, values: Values, population: Population, offered: Mapping[str, float]
) -> str | None:
    """The key of the sentence that tells this contribution against a client; None where it may not be told.

    values: of all columns of the client, as `Contribution.value`. offered: as in `choose_reasons`.
    """
    source, value = contribution.source, contribution.value
    kind = _kind(source)
    if kind is None or entry_of(source).protected or is_doubtful(contribution, population):
        return None
    code, sense = kind
    if contribution.absence is not None:
        return None
    if contribution.state is ValueOrigin.MISSING or value is None:
        return code if code == SCORES else LACKING if source in MAY_LACK else None
    if contribution.state not in (ValueOrigin.GIVEN, ValueOrigin.DERIVED):
        return None
    if code == "phone" and isinstance(value, float) and value > -1.0:
        # Most clients whose telephone "changed" today have none on record.
        return None
    if code.startswith("instalment") and _is_more(offered.get("AMT_ANNUITY"), values.get("AMT_ANNUITY")):
        return None
    return code if _fits(sense, source, value, population, offered) else None


def _is_more(offered: float | None, asked: float | str | None) -> bool:
    return offered is not None and isinstance(asked, float) and offered > asked


def _kind(source: str) -> tuple[str, Sense] | None:
    parts = history_column(source)
    return KINDS.get(source) if parts is None else _kind_of_history(parts)


def _kind_of_history(parts: HistoryColumn) -> tuple[str, Sense] | None:
    if parts.category is not None:
        found = CATEGORIES.get((parts.table, parts.what, parts.category))
        return found if parts.aggregation == "SHARE" else None
    if parts.aggregation in ("MAX", "LAST") and (parts.table, parts.what) in LATEST:
        return LATEST[parts.table, parts.what]
    return QUANTITIES.get((parts.table, parts.what)) if parts.aggregation in ("MEAN", "SUM", "MAX") else None


def _fits(sense: Sense, source: str, value: float | str, population: Population, offered: Mapping[str, float]) -> bool:
    """Whether a value is on the side that people expect to count against acceptance."""
    if sense == "meaningful":
        return isinstance(value, str) and value not in UNTOLD and not any(sign.isdigit() for sign in value)
    if sense == "no":
        return value in ("N", 0.0)
    if not isinstance(value, float):
        return False
    if sense == "positive":
        return value > 0.0
    middle = median(population, source)
    if middle is None:
        return False
    if sense == "rate":
        return value != middle and (value - middle) * (value - offered.get(source, value)) >= 0.0
    shown, middle = to_shown_scale(source, value), to_shown_scale(source, middle)
    return shown > middle if sense == "high" else 0.0 <= shown < middle


def _holds_age(
    strongest: Sequence[Contribution], reasons: Sequence[Reason], others: Sequence[Sequence[Contribution]]
) -> bool:
    """Whether the age is among the four strongest, one by one or with those that are told as one reason together."""
    if any(each.source in AGE for each in strongest):
        return True
    together: list[Sequence[Contribution]] = [*(each.contributions for each in reasons), *others]
    ranked = sorted(together, key=lambda each: sum(part.points for part in each))
    return any(part.source in AGE for part in chain.from_iterable(ranked[:MAX_REASONS]))


def _share(reasons: Sequence[Reason], against: Sequence[Contribution]) -> float:
    total = sum(each.points for each in against)
    return sum(each.points for each in reasons) / total if total else 0.0
