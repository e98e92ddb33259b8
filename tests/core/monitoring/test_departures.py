"""What departures were worth: granted loans by advice, their default rates and profit, by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.decisions.database import address_of
from core.decisions.entry import Outcome
from core.decisions.journal import Journal
from core.model.schema import Figure
from core.monitoring.departure_words import departure_rows, departure_sentences, how
from core.monitoring.departures import GrantedLoans, LoanCounts, rate_difference
from core.monitoring.policy import Costs
from core.records import Verdict
from core.scoring.assess import Model
from core.settings import describe_settings
from tests.core.decisions.drafts import answer, draft
from tests.core.monitoring.test_drift import draw
from tests.core.monitoring.test_monitor_file import write

ANSWERS = {
    Verdict.FAVOURABLE: answer(),
    Verdict.TO_REVIEW: answer(0.16, Verdict.TO_REVIEW),
    Verdict.UNFAVOURABLE: answer(0.3, Verdict.UNFAVOURABLE),
}


def grant(journal: Journal, client: str, advice: Verdict) -> None:
    given = ANSWERS[advice]
    departs = advice is Verdict.UNFAVOURABLE
    journal.append(replace(draft(client), asked=given, decided=given, departs=departs))


def ends(figure: Figure | None) -> tuple[float, float, float]:
    assert figure is not None
    return figure.value, figure.low, figure.high


def fill(journal: Journal) -> None:
    """Ten loans as advised, one of the middle, four against the advice, and one refusal: clients 900001 to 900016."""
    for client in range(900001, 900011):
        grant(journal, str(client), Verdict.FAVOURABLE)
    grant(journal, "900011", Verdict.TO_REVIEW)
    for client in range(900012, 900016):
        grant(journal, str(client), Verdict.UNFAVOURABLE)
    journal.append(draft("900016", outcome=Outcome.REFUSED, reason="policy"))


@pytest.fixture
def granted() -> GrantedLoans:
    """The loans of `fill`: one of ten defaulted as advised, two of four against it."""
    journal = Journal()
    fill(journal)
    counts = GrantedLoans(journal)
    bad = {900010, 900012, 900013, 900016}
    clients = range(900001, 900018)
    counts.count([str(client) for client in clients], np.array([float(client in bad) for client in clients]))
    return counts


def test_loans_are_counted_by_the_advice_for_them(granted: GrantedLoans) -> None:
    counts = {verdict: (each.n, each.defaults) for verdict, each in granted.by_advice.items()}
    assert counts == {Verdict.FAVOURABLE: (10, 1), Verdict.TO_REVIEW: (1, 0), Verdict.UNFAVOURABLE: (4, 2)}
    assert (granted.n, granted.without) == (15, 1)


def test_rate_and_profit_worked_by_hand(granted: GrantedLoans) -> None:
    """Two good loans of 250,000 bring 19 % each, two lost ones cost all: 95,000 − 500,000."""
    departing = granted.by_advice[Verdict.UNFAVOURABLE]
    assert departing.default_rate is not None
    assert ends(departing.default_rate) == pytest.approx((0.5, 0.150039, 0.849961), abs=1e-6)
    profit = departing.profit(Costs())
    # Each of the four differs by 148,750 from their mean of −101,250: ± 1.96 · 2 · 148,750.
    assert ends(profit) == pytest.approx((-405000.0, -405000.0 - 583089.3, -405000.0 + 583089.3), abs=1.0)
    other = departing.profit(Costs(default=0.5, refusal=0.4))
    assert other is not None
    assert other.value == pytest.approx(200000.0 - 250000.0)


def test_the_difference_of_two_rates_is_newcombe_s() -> None:
    """56 of 70 against 48 of 80: 0.2, from 0.0524 to 0.3339 (Newcombe, 1998, table II, example a, method 10)."""
    found = rate_difference(LoanCounts(n=70, defaults=56), LoanCounts(n=80, defaults=48))
    assert ends(found) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert rate_difference(LoanCounts(), LoanCounts(n=80, defaults=48)) is None


def test_the_sentences_say_the_worth_and_what_cannot_be_known(granted: GrantedLoans) -> None:
    worth, gap, refusals, without = departure_sentences(granted, Costs(), "en")
    assert worth == (
        "4 loans were granted against an unfavourable opinion: 50.0% (15.0 to 85.0) defaulted, and their profit is "
        "−0.4\u00a0M (−1.0 to 0.2). Refused, as recommended, it would have been nil."
    )
    assert gap.startswith("Default rate minus that of loans granted with a favourable opinion: +40.0 (")
    assert refusals == (
        "A refused loan has no outcome, so what a refusal against the recommendation was worth cannot be known."
    )
    assert without == (
        "For one client with TARGET the journal holds decisions but no granted loan: that client is left out."
    )
    assert [row["loans"] for row in departure_rows(granted, Costs(), "en")] == ["10", "1", "4"]
    assert "19% of the amount of a good loan, minus 100%" in how(Costs(), "en")


def test_without_a_departure_or_a_match_that_is_said() -> None:
    journal = Journal()
    grant(journal, "1", Verdict.FAVOURABLE)
    counts = GrantedLoans(journal)
    counts.count(["1"], np.array([0.0]))
    assert departure_sentences(counts, Costs(), "en")[0] == (
        "None of these loans was granted against an unfavourable opinion."
    )
    no_match = (
        "The journal holds no granted loan of these clients, so what departures from the recommendation were worth "
        "cannot be said."
    )
    counts = GrantedLoans(journal)
    counts.count(["2"], np.array([0.0]))
    assert departure_sentences(counts, Costs(), "en") == [no_match]
    assert departure_sentences(GrantedLoans(), Costs(), "en") == [no_match]


def test_a_loan_whose_amount_is_not_known_counts_in_the_rates_alone() -> None:
    counts = GrantedLoans()
    counts.by_advice[Verdict.UNFAVOURABLE].add(True, None)
    worth, *_, unpriced = departure_sentences(counts, Costs(), "en")
    assert worth.startswith("One loan was granted against an unfavourable opinion: its profit is unknown.")
    assert unpriced.startswith("The journal no longer holds the amount of one loan")


@pytest.mark.parametrize("amount", [1e200, 1e308])
def test_of_an_amount_beyond_sums_the_profit_is_unknown(amount: float) -> None:
    counts = GrantedLoans()
    counts.by_advice[Verdict.UNFAVOURABLE].add(True, amount)
    worth, *_ = departure_sentences(counts, Costs(), "en")
    assert worth.startswith("One loan was granted against an unfavourable opinion: its profit is unknown.")


def test_a_journal_that_cannot_be_read_leaves_the_rest(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"not a database at all, but text " * 100)
    counts = GrantedLoans(Journal(address_of("", tmp_path)))
    counts.count(["1"], np.array([0.0]))
    (sentence,) = departure_sentences(counts, Costs(), "en")
    assert "journal" in sentence
    assert counts.n == 0


def test_the_command_matches_a_file_with_the_journal_of_the_settings(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, *_ in describe_settings():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    rows = draw(model, 60, 5)
    for place, row in enumerate(rows):
        row["TARGET"] = "" if place == 8 else int(place in (9, 11, 12))
    file = write(tmp_path / "outcomes.csv", rows)
    main(["monitor", file])
    assert "The journal holds no granted loan of these clients" in capsys.readouterr().out
    assert not (tmp_path / "data").exists()
    journal = Journal(address_of("", tmp_path / "data"))
    fill(journal)
    journal.close()
    main(["monitor", file])
    printed = capsys.readouterr().out
    assert "Favourable opinion: 9 granted, 1 defaulted, default rate 11.1% (2.0 to 43.5), profit 0.1\u00a0M" in printed
    assert (
        "Unfavourable opinion: 4 granted, 2 defaulted, default rate 50.0% (15.0 to 85.0), profit −0.4\u00a0M" in printed
    )
    assert "4 loans were granted against an unfavourable opinion" in printed
    assert "A refused loan has no outcome" in printed
