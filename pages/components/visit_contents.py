"""What one visitor brought and made, shared by all tabs of the visit and kept until its end (`core.web.visits`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.batch.background import ScoringJob
from core.batch.results import Results
from core.batch.scorer import Portfolio
from core.batch.summary import ClientsOfFile
from core.decisions.decided import DecidedClients
from core.decisions.journal import Journal
from core.i18n.translations import Language
from core.readers.intake import Intake
from core.readers.upload import ReadChoices

Edits = dict[str, float | str]
BYTES_A_PROBLEM, BYTES_AN_ID = 500, 200


@dataclass
class RawData:
    """What is on the raw-data screen: pasted text, an uploaded file, and which of the two is shown."""

    method: str = "paste"
    text: str = ""
    file: bytes = b""
    file_name: str = ""


@dataclass
class VisitContents:
    """The files, portfolio, simulations and language of a visit.

    uploaded: the clients of the file on the client screen, by id. job: the current or the last scoring of a portfolio.
    edits, saved: simulations by client id; the edits that were made last, and the saved ones by name.
    choices: by digest of a file, the answers to what its content leaves open.
    journal: of a demonstration, whose decisions are the visit's own. decided: a scored portfolio, and which of its
    clients are decided.
    """

    language: Language | None = None
    uploaded: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    uploaded_name: str = ""
    job: ScoringJob | None = None
    raw: RawData = field(default_factory=RawData)
    edits: dict[int, Edits] = field(default_factory=dict)
    saved: dict[int, dict[str, Edits]] = field(default_factory=dict)
    choices: dict[str, ReadChoices] = field(default_factory=dict)
    journal: Journal | None = None
    decided: tuple[Portfolio, DecidedClients] | None = None

    def clients_of_job(self) -> ClientsOfFile | None:
        """The clients of the portfolio's file, made once a job; None for the loaded clients, or without results."""
        job = self.job
        if job is None or job.intake is None or job.portfolio is None:
            return None
        if not isinstance(self.uploaded, ClientsOfFile) or self.uploaded.results is not job.portfolio.results:
            markers = job.portfolio.notes.missing_markers
            return ClientsOfFile(job.intake, job.portfolio.results, missing_markers=markers)
        return self.uploaded

    @property
    def n_bytes(self) -> int:
        """Memory in bytes of what can be large: files as they were read, results, raw data, decisions."""
        intakes: list[Intake] = []
        results: list[Results] = []
        n_bytes = len(self.raw.text) + len(self.raw.file)
        n_bytes += self.journal.database.n_bytes if self.journal is not None else 0
        if isinstance(self.uploaded, ClientsOfFile):
            intakes.append(self.uploaded.intake)
            results.append(self.uploaded.results)
            n_bytes += BYTES_AN_ID * len(self.uploaded)
        if self.job is not None and self.job.intake is not None:
            intakes.append(self.job.intake)
        if self.job is not None and self.job.portfolio is not None:
            results.append(self.job.portfolio.results)
            n_bytes += BYTES_A_PROBLEM * len(self.job.portfolio.problems)
        n_bytes += sum({id(each): each.n_bytes for each in results}.values())
        return n_bytes + sum({id(each): each.n_bytes for each in intakes}.values())

    def stop_scoring(self) -> None:
        """Stop the portfolio that is being scored."""
        if self.job is not None:
            self.job.stop()

    def close(self) -> None:
        """Stop the portfolio that is being scored, and end the visit's own journal."""
        self.stop_scoring()
        if self.journal is not None:
            self.journal.close()
