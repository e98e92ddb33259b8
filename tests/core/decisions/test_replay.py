"""Replay: a stored entry gets its answer again, bit for bit; with another bundle it says what differs."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decisions.bundles import keep_bundle, models_by_digest
from core.decisions.draft import make_draft
from core.decisions.entry import LoanOrigin, Outcome
from core.decisions.journal import Journal
from core.decisions.replay import replay
from core.errors import JournalError
from core.model.bundle import write_bundle
from core.model.schema import BundleSpec
from core.scoring.assess import Model, assess
from core.settings import Settings
from tests.core.conftest import Thousand
from tests.core.decisions.drafts import chosen, draft

SERVED = Settings().model_folder
WORDS = {"reason": "other", "words": "as agreed", "checked": "all of it"}


@given(place=st.integers(0, 999), share=st.floats(0.3, 1.5), otherwise=st.booleans(), band=st.floats(0, 0.5))
def test_every_answer_comes_again_to_the_last_bit(
    model: Model, thousand: Thousand, place: int, share: float, otherwise: bool, band: float
) -> None:
    row = {**thousand.rows[place], "EXT_SOURCE_1": float("nan"), "EXT_SOURCE_3": np.float64(0.1)}
    loan = {"AMT_CREDIT": float(thousand.rows[place]["AMT_CREDIT"]) * share}  # type: ignore[arg-type]
    outcome = Outcome.GRANTED_OTHERWISE if otherwise else Outcome.REFUSED
    taken = chosen(outcome, loan=loan if otherwise else {}, loan_origin=LoanOrigin.SIMULATION, **WORDS)
    journal = Journal()
    entry = journal.append(make_draft(model, row, taken, review_band=band, synthetic=True)).entry
    assert entry.body.probability == assess(model, [row], review_band=band).probability[0]
    found = replay(entry, lambda _: model)
    assert found.equal
    assert (found.bundle, found.asked_now) == (model.bundle.digest, entry.body.probability)
    journal.close()


def test_the_bundle_that_decided_is_kept_and_answers_after_another_one_serves(
    model: Model, thousand: Thousand, contents: BundleSpec, tmp_path: Path
) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    digest = model.bundle.digest
    assert keep_bundle(SERVED, digest, data)
    assert keep_bundle(tmp_path / "gone", digest, data)
    write_bundle(contents, other)
    journal = Journal()
    taken = chosen(Outcome.ASKED_FOR_MORE)
    entry = journal.append(make_draft(model, thousand.rows[0], taken, review_band=0.02, synthetic=True)).entry
    models = models_by_digest(other, data)
    assert replay(entry, models).equal
    small = models_by_digest(other, tmp_path / "empty")
    with pytest.raises(JournalError) as raised:
        replay(entry, small)
    assert (raised.value.problem.code, raised.value.problem.facts["digest"]) == ("journal_without_bundle", digest)
    shutil.rmtree(data / "bundles" / digest)
    with pytest.raises(JournalError):
        replay(entry, models_by_digest(other, data))
    journal.close()


def test_a_bundle_that_was_changed_since_it_was_loaded_is_not_kept(
    model: Model, contents: BundleSpec, tmp_path: Path
) -> None:
    write_bundle(contents, tmp_path / "other")
    assert not keep_bundle(tmp_path / "other", model.bundle.digest, tmp_path)
    assert list((tmp_path / "bundles").iterdir()) == []


def test_another_model_says_what_differs(model: Model, thousand: Thousand, small_model: Model) -> None:
    journal = Journal()
    taken = chosen(Outcome.ASKED_FOR_MORE)
    entry = journal.append(make_draft(model, thousand.rows[0], taken, review_band=0.02, synthetic=True)).entry
    found = replay(entry, lambda _: model, model=small_model)
    assert not found.equal
    assert found.now.probability == assess(small_model, [thousand.rows[0]], review_band=0.02).probability[0]
    assert found.threshold_now == small_model.bundle.policy.threshold
    journal.close()


def test_what_was_erased_cannot_be_replayed(model: Model) -> None:
    journal = Journal()
    journal.append(draft("7"))
    journal.erase("7", who="Noa Petit")
    entry = journal.entry(1)
    assert entry is not None
    with pytest.raises(JournalError) as raised:
        replay(entry, lambda _: model)
    assert raised.value.problem.code == "journal_erased"
    journal.close()
