"""Draws clients from a population: converts the levels of a copula to columns, then applies the constraints."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.alignment.parsers import RATIOS, divide
from core.alignment.possible import bound_of
from core.model.schema import Correlations, Population
from core.records import DAYS_PER_YEAR, Flags, Floats
from core.synthetic.constraints import (
    AMONG,
    COUPLES,
    GOODS_SHARE,
    KNOWN,
    MISSING,
    NO_JOB,
    ONLY_FOR,
    ONLY_IF_ANY,
    REVOLVING,
    REVOLVING_TERMS,
    RISES_WITH,
    history_of,
    missing_with,
)
from core.synthetic.copula import draw_levels, levels
from core.synthetic.correlations import Observed
from core.synthetic.histories import settle_histories
from core.synthetic.marginals import number_values, number_values_without, share_missing, share_of, text_values

YOUNGEST = {"DAYS_EMPLOYED": 18.0, "DAYS_ID_PUBLISH": 14.0, "DAYS_REGISTRATION": 0.0}
NOT_ABOVE = (
    ("OBS_60_CNT_SOCIAL_CIRCLE", "OBS_30_CNT_SOCIAL_CIRCLE"),
    ("DEF_30_CNT_SOCIAL_CIRCLE", "OBS_30_CNT_SOCIAL_CIRCLE"),
    ("DEF_60_CNT_SOCIAL_CIRCLE", "DEF_30_CNT_SOCIAL_CIRCLE"),
    ("DEF_60_CNT_SOCIAL_CIRCLE", "OBS_60_CNT_SOCIAL_CIRCLE"),
    ("REGION_RATING_CLIENT_W_CITY", "REGION_RATING_CLIENT"),
)
FOLLOWS_LEVEL = {**RISES_WITH, "AMT_CREDIT": "AMT_GOODS_PRICE"}
STEP_OF_AMOUNTS = 4.5
STEP_OF_PRICES = 4500.0
STEP_OF_LIMITS = 45_000.0


class Draw:
    """The copula's levels of n clients by column; a column without correlations is independent of all others."""

    def __init__(
        self,
        population: Population,
        correlations: Correlations,
        latent: Floats,
        n: int,
        random: np.random.Generator,
        known: str | None = None,
    ) -> None:
        self.population = population
        self.order = correlations.order
        self.n = n
        self._random = random
        self._known = known
        self._levels = dict(zip(correlations.correlated, draw_levels(latent, n, random).T, strict=True))

    def level(self, name: str) -> Floats:
        """The levels of a column, of shape (n,)."""
        if name not in self._levels:
            self._levels[name] = levels(self._random.random(self.n))
        level: Floats = self._levels[name]
        return level

    def among(self, name: str, chosen: Flags) -> Floats:
        """The levels of a column, ranked among the chosen clients only, of shape (n_chosen,)."""
        return levels(self.level(name)[chosen])

    def absent(self, name: str) -> Flags:
        """True for the clients for whom a column is missing."""
        leader = missing_with(name, self.population.numbers)
        history = history_of(name)
        if self._known is None or history is None:
            flags: Flags = self.level(f"{MISSING}{leader}") > 1.0 - share_missing(self.population, name)
            return flags
        absent = np.ones(self.n, dtype=bool)
        if history in KNOWN[self._known]:
            # Clients with low levels have the history, and those with the lowest have the most columns of it.
            present = self._share_present(history) / self._share_present(AMONG[history]) if history in AMONG else 1.0
            share = present * (1.0 - share_missing(self.population, name)) / self._share_present(history)
            absent = self.level(f"{MISSING}{leader}") > share
        return absent

    def _share_present(self, history: str) -> float:
        """The share of the population's clients with any value of a history; 1 if it has no columns."""
        names = [name for name in self.population.numbers if history_of(name) == history]
        return max((1.0 - share_missing(self.population, name) for name in names), default=1.0)


def draw_columns(
    population: Population,
    correlations: Correlations,
    latent: Floats,
    n: int,
    random: np.random.Generator,
    known: str | None = None,
) -> Observed:
    """Draw n clients of a population as raw columns, ratios included, that satisfy these constraints.

    A client without DAYS_EMPLOYED is a pensioner without organisation, occupation and work phone. A revolving loan has
    a payment rate of 5 % and the goods' price as its amount. A family is the children and one or two parents. Only car
    owners have a car age. Employment begins at 18 or later, an id is published at 14 or later. Mode and median of a
    building have the rank of its average. Amounts are rounded as at Home Credit. The mean of a history's quantity lies
    between its minimum and maximum, and the shares of a text column add up to 1.

    Parameters
    ----------
    population, correlations: the bundle's statistics.
    latent: correlations of the copula's normal variables, of shape (n_correlated, n_correlated).
    n: number of clients.
    random: generator of the random numbers.
    known: a key of `constraints.KNOWN`, the histories of each client; None for those of the population.
    """
    draw = Draw(population, correlations, latent, n, random, known)
    idle = draw.absent("DAYS_EMPLOYED") if "DAYS_EMPLOYED" in population.numbers else np.zeros(n, dtype=bool)
    texts = {name: _texts(draw, name, idle) for name, order in draw.order.items() if order}
    revolving = texts.get("NAME_CONTRACT_TYPE", np.full(n, None)) == REVOLVING
    numbers: dict[str, Floats] = {}
    for name in population.numbers:
        if name not in RATIOS or name in REVOLVING_TERMS:
            numbers[name] = _numbers(draw, name, texts, numbers, revolving)
    _settle_amounts(numbers, revolving)
    _settle_person(numbers, texts, idle)
    settle_histories(numbers)
    for name, parts in RATIOS.items():
        if name in population.numbers:
            numbers[name] = divide(*(numbers[part] for part in parts))
    return Observed({name: numbers[name] for name in population.numbers}, texts)


def _texts(draw: Draw, name: str, idle: Flags) -> NDArray[np.object_]:
    """The category of each client. Levels are ranked among the clients that have one, to keep the shares exact."""
    if name in NO_JOB:
        present = ~idle
    elif name == "OCCUPATION_TYPE":
        present = _with_occupation(draw, name, idle)
    else:
        present = ~draw.absent(name)
    texts = np.full(draw.n, NO_JOB.get(name), dtype=object)
    texts[present] = text_values(
        draw.population, name, draw.order[name], draw.among(name, present), without=NO_JOB.get(name)
    )
    return texts


def _with_occupation(draw: Draw, name: str, idle: Flags) -> Flags:
    unknown = max(0.0, share_missing(draw.population, name) - idle.mean()) / max(1e-9, 1.0 - idle.mean())
    present = ~idle
    present[~idle] = draw.among(f"{MISSING}{name}", ~idle) <= 1.0 - unknown
    return present


def _numbers(
    draw: Draw,
    name: str,
    texts: Mapping[str, NDArray[np.object_]],
    numbers: Mapping[str, Floats],
    revolving: Flags,
) -> Floats:
    """The number of each client, NaN where missing. Levels are ranked among the clients that have one."""
    population = draw.population
    if name in REVOLVING_TERMS:
        spike = REVOLVING_TERMS[name]
        share = share_of(population, "NAME_CONTRACT_TYPE", REVOLVING)
        values = np.full(draw.n, spike)
        values[~revolving] = number_values_without(
            population, name, draw.among(name, ~revolving), spike=spike, share=share
        )
        return values
    present = ~draw.absent(name)
    if name in ONLY_FOR and ONLY_FOR[name][0] in texts:
        owner, value = ONLY_FOR[name]
        present = texts[owner] == value
    level = draw.level(FOLLOWS_LEVEL.get(name, name))
    if name in ONLY_IF_ANY:
        # Clients with a positive total rank above all clients without one.
        level = level + (numbers[ONLY_IF_ANY[name]] > 0)
    values = np.full(draw.n, np.nan)
    values[present] = number_values(population, name, levels(level[present]))
    return values


def _settle_amounts(numbers: dict[str, Floats], revolving: Flags) -> None:
    """Adjust the amounts in place: credit = price ÷ goods share, annuity = payment rate × credit, all rounded."""
    credit = _stepped(numbers["AMT_CREDIT"], STEP_OF_AMOUNTS)
    if GOODS_SHARE in numbers:
        price = _stepped(numbers["AMT_GOODS_PRICE"], STEP_OF_PRICES)
        price = np.where(revolving, _stepped(price, STEP_OF_LIMITS), price)
        financed = _stepped(price / numbers[GOODS_SHARE], STEP_OF_AMOUNTS)
        credit = np.where(np.isnan(financed), credit, financed)
        numbers["AMT_GOODS_PRICE"] = price
        numbers[GOODS_SHARE] = divide(price, credit)
    numbers["AMT_CREDIT"] = credit
    if "PAYMENT_RATE" in numbers:
        numbers["AMT_ANNUITY"] = _stepped(numbers["PAYMENT_RATE"] * credit, STEP_OF_AMOUNTS)
    numbers["AMT_INCOME_TOTAL"] = _stepped(numbers["AMT_INCOME_TOTAL"], STEP_OF_PRICES)


def _settle_person(numbers: dict[str, Floats], texts: dict[str, NDArray[np.object_]], idle: Flags) -> None:
    for name in [name for name in numbers if name.startswith("DAYS_") or bound_of(name).whole]:
        numbers[name] = np.round(numbers[name])
    birth = numbers["DAYS_BIRTH"]
    for name, years in YOUNGEST.items():
        if name in numbers:
            earliest = np.minimum(np.ceil(birth + years * DAYS_PER_YEAR), 0.0)
            numbers[name] = np.maximum(numbers[name], earliest)
    for lower, upper in NOT_ABOVE:
        if lower in numbers and upper in numbers:
            numbers[lower] = np.minimum(numbers[lower], numbers[upper])
    if "OWN_CAR_AGE" in numbers:
        numbers["OWN_CAR_AGE"] = np.round(numbers["OWN_CAR_AGE"])
    for place in ("REGION", "CITY"):
        _settle_addresses(numbers, place)
    if "FLAG_EMP_PHONE" in numbers:
        numbers["FLAG_EMP_PHONE"] = np.where(idle, 0.0, 1.0)
    if "CNT_FAM_MEMBERS" in numbers and "CNT_CHILDREN" in numbers and "NAME_FAMILY_STATUS" in texts:
        parents = np.where(np.isin(texts["NAME_FAMILY_STATUS"], COUPLES), 2.0, 1.0)
        numbers["CNT_FAM_MEMBERS"] = numbers["CNT_CHILDREN"] + parents


def _settle_addresses(numbers: dict[str, Floats], place: str) -> None:
    """For clients who live at their registered address, both work flags are equal."""
    elsewhere, work, live = (
        f"REG_{place}_NOT_LIVE_{place}",
        f"REG_{place}_NOT_WORK_{place}",
        f"LIVE_{place}_NOT_WORK_{place}",
    )
    if elsewhere in numbers and work in numbers and live in numbers:
        numbers[live] = np.where(numbers[elsewhere] == 0.0, numbers[work], numbers[live])


def _stepped(amounts: Floats, step: float) -> Floats:
    """Amounts rounded to the nearest multiple of a step, at least one."""
    return np.maximum(np.round(amounts / step), 1.0) * step
