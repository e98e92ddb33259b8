"""Drift: PSI worked by hand, a shift that is found, a same population that is not, and files that say little."""

from __future__ import annotations

import numpy as np
import pytest

from core.batch.results import NOTHING
from core.i18n.translations import LANGUAGES, Language
from core.model.schema import ALL, NumberShares
from core.monitoring.drift import Drift, Finding, Word, find_drift
from core.monitoring.observed import Observed
from core.monitoring.outcome_words import outcome_sentences
from core.monitoring.reference import bin_numbers, column_references, score_reference
from core.monitoring.report import overall, sentence_of, value_of, what_of
from core.monitoring.stability import chance_difference, chance_level, population_stability
from core.scoring.assess import Model, assess

COLUMNS = ("AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH", "EXT_SOURCE_2", "DAYS_ID_PUBLISH")


def draw(model: Model, n: int, seed: int, **changed: object) -> list[dict[str, object]]:
    """Clients of the training population in a few columns; changed: by column, one value for all, or what to add."""
    random, population = np.random.default_rng(seed), model.bundle.population
    contracts = population.categories["NAME_CONTRACT_TYPE"][ALL]
    rows: list[dict[str, object]] = []
    for client in range(n):
        row: dict[str, object] = {"SK_ID_CURR": 900001 + client}
        for name in COLUMNS:
            numbers = population.numbers[name][ALL]
            if random.random() >= numbers.missing:
                low, high = population.grid[0], population.grid[-1]
                row[name] = float(np.interp(random.uniform(low, high), population.grid, numbers.quantiles))
        if random.random() >= contracts.missing:
            row["NAME_CONTRACT_TYPE"] = str(random.choice(list(contracts.shares), p=_even(contracts.shares)))
        rows.append(row | changed)
    return rows


def _even(shares: dict[str, float]) -> list[float]:
    total = sum(shares.values())
    return [each / total for each in shares.values()]


def observed(model: Model, rows: list[dict[str, object]]) -> Observed:
    found, counts = assess(model, rows, review_band=0.02, keep_good=True, whole=False), Observed(model.bundle)
    counts.observe(rows, found, np.arange(len(found)))
    return counts


def finding(drift: Drift, kind: str, column: str) -> Finding:
    return next(each for each in drift.findings if each.kind == kind and column in each.columns)


def test_psi_worked_by_hand() -> None:
    """(0.6 − 0.5)·ln(0.6/0.5) + (0.4 − 0.5)·ln(0.4/0.5) = 0.018232 + 0.022314."""
    value = population_stability(np.array([0.6, 0.4]), np.array([0.5, 0.5]), n=1000, n_expected=1000)
    assert value == pytest.approx(0.040547, abs=1e-6)
    tenths = np.full(10, 0.1)
    moved = np.array([0.02, 0.05, 0.08, 0.1, 0.1, 0.1, 0.1, 0.12, 0.15, 0.18])
    by_hand = sum((a - 0.1) * np.log(a / 0.1) for a in moved)
    assert population_stability(moved, tenths, n=1000, n_expected=1000) == pytest.approx(by_hand)
    assert population_stability(tenths, tenths, n=1000, n_expected=1000) == 0.0


def test_an_empty_bin_counts_as_half_a_client() -> None:
    value = population_stability(np.array([1.0, 0.0]), np.array([0.9, 0.1]), n=100, n_expected=1000)
    assert value == pytest.approx(0.1 * np.log(1 / 0.9) + (0.005 - 0.1) * np.log(0.005 / 0.1))


def test_what_chance_alone_reaches_is_that_of_samples_of_one_population() -> None:
    """PSI of 100 clients in ten even bins: the level of one comparison is exceeded in about one sample of a hundred."""
    random, even = np.random.default_rng(1), np.full(10, 0.1)
    samples = random.multinomial(400, even, 4000) / 400
    values = [population_stability(each, even, n=400, n_expected=1e9) for each in samples]
    assert np.mean(np.array(values) > chance_level(400, 1e9, 10, 1)) == pytest.approx(0.01, abs=0.008)


def test_a_difference_of_missing_shares_that_chance_reaches() -> None:
    """One comparison, one alarm in a hundred: 2.576 standard errors of 20 % of 400 clients are 5.15 points."""
    assert chance_difference(0.2, 400, 1e9, 1) == pytest.approx(2.5758 * 0.02, abs=1e-5)


def test_the_missing_values_of_one_history_are_one_finding(model: Model) -> None:
    drift = find_drift(observed(model, draw(model, 200, 11)))
    histories = [each for each in drift.findings if each.kind == "missing" and each.family == "POS"]
    assert len(histories) == 1
    assert len(histories[0].columns) > 5
    assert histories[0].here == 1.0
    assert "columns)" in what_of(histories[0], "en")
    assert value_of(histories[0], "en").startswith("+")


def test_bins_are_the_tenths_and_a_value_of_many_is_one_bin() -> None:
    grid = tuple(step / 100 for step in range(1, 100))
    edges, shares = bin_numbers(NumberShares(0.0, tuple(100.0 * each for each in grid)), grid)
    assert edges == pytest.approx([10, 20, 30, 40, 50, 60, 70, 80, 90], rel=1e-5)
    assert shares == pytest.approx(np.full(10, 0.1))
    tied = tuple(0.0 if each <= 0.6 else 100.0 * each for each in grid)
    edges, shares = bin_numbers(NumberShares(0.0, tied), grid)
    assert edges == pytest.approx([0, 70, 80, 90], rel=1e-5)
    assert shares == pytest.approx([0.6, 0.1, 0.1, 0.1, 0.1])


def test_every_reference_sums_to_one(model: Model) -> None:
    references = column_references(model.bundle)
    assert len(references) > 100
    for each in references:
        assert each.expected.sum() == pytest.approx(1.0), each.source
        assert each.kind == "category" or len(each.edges) == len(each.expected) - 1, each.source
    score = score_reference(model.bundle)
    assert score is not None
    assert score.expected == pytest.approx(np.full(10, 0.1), abs=0.005)


def test_the_same_population_is_stable_and_a_shift_is_found(model: Model) -> None:
    same = find_drift(observed(model, draw(model, 2000, 1)))
    for column in (*COLUMNS, "NAME_CONTRACT_TYPE"):
        assert finding(same, "values", column).word is Word.STABLE
    rows = draw(model, 2000, 2)
    for row in rows:
        if "EXT_SOURCE_2" in row:
            row["EXT_SOURCE_2"] = max(0.0, float(str(row["EXT_SOURCE_2"])) - 0.15)
    shifted = find_drift(observed(model, rows))
    found = finding(shifted, "values", "EXT_SOURCE_2")
    assert found.word is Word.ACT
    assert found.here > found.there + 0.2
    assert shifted.word is Word.ACT
    words = [each.word for each in shifted.findings]
    assert words == sorted(words, reverse=True)


def test_missing_values_and_unseen_categories_are_found(model: Model) -> None:
    rows = draw(model, 400, 3, NAME_CONTRACT_TYPE="Leasing")
    drift = find_drift(observed(model, rows))
    unseen = finding(drift, "unseen", "NAME_CONTRACT_TYPE")
    assert unseen.here == 1.0
    missing = finding(drift, "missing", "EXT_SOURCE_3")
    assert missing.here == 1.0
    assert missing.word is Word.ACT


def test_a_category_that_is_zero_in_all_its_columns_is_missing(model: Model) -> None:
    names = [each.name for each in model.bundle.columns if each.source == "OCCUPATION_TYPE"]
    rows = draw(model, 100, 12)
    for place, row in enumerate(rows):
        row |= dict.fromkeys(names, 0) | ({names[0]: 1} if place < 60 else {})
    drift = find_drift(observed(model, rows))
    assert finding(drift, "missing", "OCCUPATION_TYPE").here == pytest.approx(0.4)
    assert finding(drift, "values", "OCCUPATION_TYPE").here == 1.0


def test_values_outside_training_are_found(model: Model) -> None:
    drift = find_drift(observed(model, draw(model, 400, 4, AMT_CREDIT=90_000_000.0)))
    outside = finding(drift, "outside", "AMT_CREDIT")
    assert outside.here == 1.0
    assert "outside" in sentence_of(outside, "en")


def test_a_few_clients_outside_are_no_alarm(model: Model) -> None:
    rows = draw(model, 100, 5)
    rows[0]["AMT_CREDIT"] = 90_000_000.0
    assert finding(find_drift(observed(model, rows)), "outside", "AMT_CREDIT").word is Word.STABLE


def test_a_file_of_ten_rows_says_what_it_can(model: Model) -> None:
    drift = find_drift(observed(model, draw(model, 10, 6, NAME_CONTRACT_TYPE="Leasing")))
    assert drift.too_small
    assert drift.word is Word.STABLE
    assert "10 clients are too few" in overall(drift, "en")
    assert finding(drift, "unseen", "NAME_CONTRACT_TYPE").here == 1.0


def test_nobody_is_too_few(model: Model) -> None:
    empty = Observed(model.bundle)
    empty.observe([], assess(model, draw(model, 1, 1), review_band=0.0), np.empty(0, dtype=np.int64))
    assert find_drift(empty).too_small
    assert len(NOTHING) == empty.n == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_a_sentence(model: Model, language: Language) -> None:
    drift = find_drift(observed(model, draw(model, 300, 7, NAME_CONTRACT_TYPE="Leasing", AMT_CREDIT=9e9)))
    assert {each.kind for each in drift.findings} == {"score", "values", "missing", "outside", "unseen"}
    for each in drift.findings:
        for words in (what_of(each, language), value_of(each, language), sentence_of(each, language)):
            assert words
            assert "{" not in words
            assert "nan" not in words.split()


def test_outcomes_are_counted_and_others_are_named(model: Model) -> None:
    rows = draw(model, 60, 8)
    for place, row in enumerate(rows):
        row["TARGET"] = ["0", 1, 0.0, "1.0"][place % 4] if place >= 6 else [None, "", 2, "yes", "NA", -1][place]
    counts = observed(model, rows)
    outcomes = counts.outcomes
    assert (counts.targets.known, counts.targets.missing, counts.targets.other) == (54, 3, 3)
    assert outcomes is not None
    assert sum(outcomes.n) == 54
    assert sum(outcomes.defaults) == 27
    words = " ".join(outcome_sentences(counts, "en"))
    assert "neither 0 nor 1" in words
    assert "54 clients, of whom 27 had payment difficulties (50.0%)" in words
    money = counts.money
    assert money is not None
    total = sum(float(str(row["AMT_CREDIT"])) for row in rows[6:])
    assert sum(money.good) + sum(money.defaulted) == pytest.approx(total)


@pytest.mark.parametrize(
    ("target", "says"), [(0, "None of them had"), (1, "All of them had"), (7, "nothing can be said")]
)
def test_one_class_only_is_said(model: Model, target: int, says: str) -> None:
    counts = observed(model, draw(model, 20, 9, TARGET=target))
    assert says in " ".join(outcome_sentences(counts, "en"))


def test_amounts_beyond_sums_leave_the_outcomes_and_count_as_not_known(model: Model) -> None:
    rows = draw(model, 20, 9, TARGET=1)
    known = float(str(rows[0]["AMT_CREDIT"]))
    counts = observed(model, [rows[0], *({**row, "AMT_CREDIT": 1e200} for row in rows[1:])])
    assert counts.targets.known == 20
    assert counts.money is not None
    assert sum(counts.money.defaulted) == known
    assert sum(counts.money.defaulted_squares) == pytest.approx(known**2)


def test_a_file_without_target_says_nothing_of_outcomes(model: Model) -> None:
    counts = observed(model, draw(model, 5, 10))
    assert counts.outcomes is None
    assert outcome_sentences(counts, "en") == []
