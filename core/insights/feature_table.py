"""All features of one client as a searchable table: value, position among all clients, meaning."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.dictionary.lookup import dictionary, entry_of, label, shown_unit
from core.i18n.translations import Language, percent, translate
from core.insights.population import Standing, standing
from core.insights.sentences import shown_standing, value_of
from core.model.bundle import Bundle
from core.records import Contribution, Explanation, ValueOrigin


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of the table.

    below: percentage of clients with a lower shown value; None if it is not known.
    protected, changeable: "Yes" or "No" in the row's language.
    """

    label: str
    value: str
    unit: str
    below: int | None
    place: str
    origin: str
    meaning: str
    column: str
    theme: str
    protected: str
    changeable: str


def feature_rows(explanation: Explanation, bundle: Bundle, language: Language, currency: str) -> list[Feature]:
    """One row per source column, in the model's order."""
    by_source = {each.source: each for each in explanation.contributions}
    return [_feature(by_source[source], bundle, language, currency) for source in bundle.sources]


def search_features(rows: Sequence[Feature], text: str) -> list[Feature]:
    """The rows whose label, meaning, value or column name contains every word of the text; accents are ignored."""
    words = _without_accents(text).split()
    return [
        row
        for row in rows
        if all(word in _without_accents(f"{row.label} {row.meaning} {row.value} {row.column}") for word in words)
    ]


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _feature(contribution: Contribution, bundle: Bundle, language: Language, currency: str) -> Feature:
    column = contribution.source
    assumed = contribution.state in (ValueOrigin.ASSUMED, ValueOrigin.MISSING, ValueOrigin.UNSEEN)
    standing_in_data = Standing() if assumed else standing(bundle.population, column, contribution.value)
    place, entry = shown_standing(column, standing_in_data), entry_of(column)
    unit = entry.unit
    below = None if unit == "flag" else place.below
    return Feature(
        label=label(column, language),
        value=value_of(contribution, language, currency),
        unit=translate(
            f"unit.{shown_unit(column) if unit == 'variance' else unit}", language, currency=currency
        ).strip(),
        below=None if below is None else round(100.0 * below),
        place=_place(below, place.same, language),
        origin=translate(f"state.{contribution.state.name.lower()}", language),
        meaning=entry.meaning[language],
        column=column,
        theme=dictionary().themes[entry.theme][language],
        protected=_yes_or_no(entry.protected, language),
        changeable=_yes_or_no(entry.changeable, language),
    )


def _yes_or_no(value: bool, language: Language) -> str:
    return translate("value.yes" if value else "value.no", language)


def _place(below: float | None, same: float | None, language: Language) -> str:
    if same is not None:
        return translate("place.shared_by", language, share=percent(same, language, 1))
    return translate("place.higher_than", language, share=percent(below, language)) if below is not None else ""
