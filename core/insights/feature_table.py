"""Every feature of one client as a table that can be searched: value, place among all clients, meaning."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.dictionary.lookup import dictionary, entry_of, label
from core.i18n.translations import Language, percent, translate
from core.insights.population import Standing, standing
from core.insights.sentences import shown_standing, value_of
from core.model.bundle import Bundle
from core.records import Contribution, Explanation, ValueOrigin


@dataclass(frozen=True, slots=True)
class Feature:
    """One line of the table of every feature; below is the percentage of clients with a lower shown value.

    protected and changeable are "Yes" or "No" in words.
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
    """Every feature of one client, in the model's order: value, place among all clients, where it came from."""
    by_source = {each.source: each for each in explanation.contributions}
    return [_feature(by_source[source], bundle, language, currency) for source in bundle.sources]


def matching(rows: Sequence[Feature], typed: str) -> list[Feature]:
    """The features whose label, meaning, value or column name holds every word that was typed; accents do not count."""
    words = _bare(typed).split()
    return [
        row
        for row in rows
        if all(word in _bare(f"{row.label} {row.meaning} {row.value} {row.column}") for word in words)
    ]


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _feature(contribution: Contribution, bundle: Bundle, language: Language, currency: str) -> Feature:
    column = contribution.source
    assumed = contribution.state in (ValueOrigin.ASSUMED, ValueOrigin.MISSING, ValueOrigin.UNSEEN)
    found = Standing() if assumed else standing(bundle.population, column, contribution.value)
    place, entry = shown_standing(column, found), entry_of(column)
    unit = entry.unit
    below = None if unit == "flag" else place.below
    return Feature(
        label=label(column, language),
        value=value_of(contribution, language, currency),
        unit=translate(f"unit.{unit}", language, currency=currency).strip(),
        below=None if below is None else round(100.0 * below),
        place=_place(below, place.same, language),
        origin=translate(f"state.{contribution.state.name.lower()}", language),
        meaning=entry.meaning[language],
        column=column,
        theme=dictionary().themes[entry.theme][language],
        protected=_yes_or_no(entry.protected, language),
        changeable=_yes_or_no(entry.changeable, language),
    )


def _yes_or_no(so: bool, language: Language) -> str:
    return translate("value.yes" if so else "value.no", language)


def _place(below: float | None, same: float | None, language: Language) -> str:
    if same is not None:
        return translate("place.shared_by", language, share=percent(same, language, 1))
    return translate("place.higher_than", language, share=percent(below, language)) if below is not None else ""
