"""A file of any number of clients against training: the work behind `python -m core monitor`, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.batch.file_source import open_client_file
from core.batch.progress import Progress
from core.batch.scorer import score_chunks
from core.batch.sources import index_source
from core.decisions.journal import Journal
from core.i18n.translations import number, translate
from core.monitoring.available import monitoring_of
from core.monitoring.calibration import calibration_figures
from core.monitoring.departure_words import departure_rows, departure_sentences, how
from core.monitoring.drift import Drift, Word, find_drift
from core.monitoring.observed import Observed
from core.monitoring.outcome_words import outcome_sentences
from core.monitoring.policy import Costs
from core.monitoring.ranking import ranking_figures
from core.monitoring.report import overall, sentence_of, value_of, what_of, word_of
from core.readers.upload import ASK, ReadChoices
from core.scoring.assess import Model

THREADS = 2
SHOWN = 15
EXIT = {Word.STABLE: 0, Word.LOOK: 1, Word.ACT: 3}
"""The exit code of each word; 2 is that of a file that cannot be used."""
UNUSABLE = 2


@dataclass(frozen=True, slots=True)
class Monitored:
    """What was found of a file: its rows, those that could not be scored, its counts and its drift."""

    n_rows: int
    n_refused: int
    observed: Observed
    drift: Drift

    @property
    def code(self) -> int:
        """The exit code: 0 stable, 1 look, 3 act, 2 if there are too few clients to say."""
        return UNUSABLE if self.drift.too_small else EXIT[self.drift.word]

    def words(self) -> str:
        """What to do, then the worst findings, then the figures of the outcomes if there are any."""
        lines = [overall(self.drift, "en")]
        if self.n_refused:
            lines.append(translate("drift.refused", "en", n=self.n_refused, total=number(self.n_rows, "en")))
        if self.drift.unknown:
            lines.append(translate("drift.unknown", "en", n=self.drift.unknown))
        lines += self._findings()
        lines += outcome_sentences(self.observed, "en")
        outcomes = self.observed.outcomes
        if outcomes is not None:
            own = monitoring_of(self.observed.bundle).outcomes
            trained = {**ranking_figures(own), **calibration_figures(own)} if own else {}
            for name, figure in {**ranking_figures(outcomes), **calibration_figures(outcomes)}.items():
                beside = f"{trained[name].value:>14.4f} in training" if name in trained else ""
                lines.append(f"{name:12}{figure.value:>10.4f} [{figure.low:.4f}, {figure.high:.4f}]{beside}")
            lines += self._departures()
        return "\n".join(lines)

    def _findings(self) -> list[str]:
        """The worst findings; of too few clients what is missing or was never seen, without an assessment."""
        few = self.drift.too_small
        findings = self.drift.findings
        shown = [each for each in findings if each.word or few][:SHOWN] or findings[:1]
        words = ["" if few else f"{word_of(each.word, 'en'):8}" for each in shown]
        return [
            f"{word}{value_of(each, 'en'):14}{what_of(each, 'en')}: {sentence_of(each, 'en')}"
            for word, each in zip(words, shown, strict=True)
        ]

    def _departures(self) -> list[str]:
        """What became of the loans that the journal says were granted, and how that was counted."""
        granted, costs = self.observed.granted, Costs()
        rows = [translate("departure.line", "en", **row) for row in departure_rows(granted, costs, "en")]
        return [*rows, *departure_sentences(granted, costs, "en"), *([how(costs, "en")] if rows else [])]


def monitor_file(
    model: Model,
    path: Path,
    *,
    review_band: float,
    journal: Journal | None = None,
    on_progress: Callable[[Progress], bool] = lambda pace: True,
    choices: ReadChoices = ASK,
) -> Monitored:
    """Compare a file's clients with the training clients, and with their outcomes if it has TARGET.

    journal: whose granted loans are counted by their outcomes.

    Raises InputRefused where the file is no table of clients.
    """
    source = open_client_file(path, model.aligner.vocabulary, choices)
    known = index_source(source)
    observed = Observed(model.bundle, journal)
    chunks = score_chunks(
        model,
        source,
        known,
        review_band=review_band,
        reasons=False,
        on_progress=on_progress,
        threads=THREADS,
        observe=observed.observe,
    )
    n_rows = max((chunk.seen for chunk in chunks), default=0)
    return Monitored(n_rows, n_rows - observed.n, observed, find_drift(observed))
