"""Outcomes of a bundle that holds score bins only."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from core.model.bundle import bundle_of
from core.model.schema import BundleSpec, Population
from core.monitoring.available import is_approximate, monitoring_of
from core.monitoring.fairness import compare_groups
from core.monitoring.intervals import draw_money
from core.monitoring.policy import Costs, rates
from core.monitoring.proposal import make_proposal
from core.scoring.assess import Model
from tests.core.monitoring.examples import THRESHOLD, clients


def test_score_bins_tell_the_counts(contents: BundleSpec) -> None:
    """Bins up to 0.1, 0.2, 0.4 and 0.8 of 100 clients each, with 5, 15, 30 and 60 defaults."""
    bundle = bundle_of(contents)
    outcomes = monitoring_of(bundle).outcomes
    assert is_approximate(bundle)
    assert outcomes is not None
    assert (outcomes.edges, outcomes.n) == ((0.0, 0.1, 0.2, 0.4, 1.0), (100, 100, 100, 100))
    found = rates(outcomes, 0.2)
    assert found.approval is not None
    assert found.default_rate is not None
    assert (found.approval.value, found.default_rate.value) == (0.5, 0.1)


def test_a_bundle_without_any_has_none(contents: BundleSpec) -> None:
    empty = bundle_of(msgspec.structs.replace(contents, population=Population()))
    assert monitoring_of(empty).outcomes is None
    with pytest.raises(ValueError, match="no outcomes"):
        make_proposal(empty, threshold=0.2, review_band=0.02, costs=Costs())


def test_a_bin_without_defaults_draws_no_money() -> None:
    money = clients().money
    nobody = msgspec.structs.replace(money, n_defaulted=(0,) * len(money.n_good), defaulted=(0.0,) * len(money.n_good))
    good, bad = draw_money(nobody)
    assert np.isfinite(good).all()
    assert not bad.any()


def test_the_shipped_bundle_tells_all_that_the_screen_shows(model: Model) -> None:
    monitoring = monitoring_of(model.bundle)
    assert monitoring.outcomes is not None
    assert monitoring.money is not None
    assert sum(monitoring.outcomes.n) == model.bundle.card.trained_rows
    for attribute in ("sex", "age"):
        assert compare_groups(monitoring, "sex" if attribute == "sex" else "age", THRESHOLD)
    proposal = make_proposal(model.bundle, threshold=0.13, review_band=0.02, costs=Costs())
    assert proposal["bundle"] == model.bundle.digest
    assert proposal["proposed"]["approval"]["value"] < proposal["present"]["approval"]["value"]
    assert proposal["proposed"]["groups"]["sex"]["F"]["n"] > 50
    assert msgspec.json.encode(proposal)
