"""What the tests of the core share: a thousand synthetic clients, and a small model trained on synthetic rows."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.model.schema import BundleSpec
from core.records import Assessments
from core.scoring.assess import Model, assess
from tests.core.drawn import draw_rows
from tests.core.small_bundle import small_contents
from tests.core.training_run import run, small_model, store_of_the_tests

__all__ = ["run", "small_model", "store_of_the_tests"]


@dataclass(frozen=True)
class Thousand:
    """Synthetic clients as they were sent, and what the model that ships makes of them."""

    rows: list[dict[str, object]]
    found: Assessments


@pytest.fixture(scope="session")
def thousand(model: Model) -> Thousand:
    rows = draw_rows(model, 1000, seed=7)
    return Thousand(rows, assess(model, rows, review_band=0.02))


@pytest.fixture(scope="session")
def contents() -> BundleSpec:
    """A whole small bundle, not yet written, with two golden rows that hold."""
    return small_contents()
