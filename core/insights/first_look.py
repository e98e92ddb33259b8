"""A client's file in its first look: the facts in one line, and the largest reasons as short rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.alignment.parsers import quotient, raw_value
from core.dictionary.lookup import format_value, label
from core.i18n.translations import Language, number, signed, translate
from core.insights.reason_sentences import is_doubtful
from core.insights.sentences import value_of
from core.model.bundle import Bundle
from core.records import Contribution, Row, digits_to_distinguish


@dataclass(frozen=True, slots=True)
class ShortReason:
    """A contribution in one row: "External score 3", "0.217", "−7.7" points; doubtful: not to be told to a client."""

    label: str
    value: str
    points: str
    doubtful: bool


def facts_line(row: Row, language: Language, currency: str) -> list[str]:
    """Age, work, income, loan and instalments of a client in a few words each; what the file lacks is left out."""

    def shown(column: str) -> str | None:
        value = raw_value(row, column)
        return None if value is None else format_value(column, value, language, currency)

    words = [shown("DAYS_BIRTH"), shown("NAME_INCOME_TYPE")]
    if (years := shown("DAYS_EMPLOYED")) is not None:
        words.append(translate("first_look.job", language, time=years))
    if (income := shown("AMT_INCOME_TOTAL")) is not None:
        words.append(translate("first_look.income", language, income=income))
    if (amount := shown("AMT_CREDIT")) is not None:
        words.append(translate("first_look.loan", language, amount=amount))
    credit, instalment = raw_value(row, "AMT_CREDIT"), raw_value(row, "AMT_ANNUITY")
    payments = None
    if isinstance(credit, float) and isinstance(instalment, float) and credit > 0.0 and instalment > 0.0:
        payments = quotient(credit, instalment)
    if payments is not None:
        n = round(payments)
        shown_instalment = format_value("AMT_ANNUITY", instalment, language, currency)
        words.append(
            translate(
                "first_look.instalments", language, n=n, instalments=number(n, language), instalment=shown_instalment
            )
        )
    return [word for word in words if word]


def short_reasons(
    chosen: Sequence[Contribution], bundle: Bundle, language: Language, currency: str
) -> list[ShortReason]:
    """The contributions as short rows, in their order; points with enough decimals to differ from 0."""
    return [
        ShortReason(
            label=label(each.source, language),
            value=value_of(each, language, currency),
            points=signed(each.points, language, digits_to_distinguish(each.points, 0.0)),
            doubtful=is_doubtful(each, bundle.population),
        )
        for each in chosen
    ]
