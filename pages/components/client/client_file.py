"""The client's file on the screen; every part of the page receives this record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from core.errors import NotExplained
from core.i18n.translations import Language
from core.records import Assessments, Decision, Explanation
from core.scoring.assess import assess, explain_clients
from pages.components import resources


@dataclass(frozen=True)
class ClientFile:
    """One client: the row as it was sent, its assessment, the language of the screen, and whether it is synthetic."""

    row: Mapping[str, object]
    assessments: Assessments
    synthetic: bool
    language: Language

    @property
    def client(self) -> int:
        """The client's id."""
        return self.assessments.aligned.ids[0]

    @property
    def decision(self) -> Decision:
        """Probability of default, threshold and verdict."""
        return self.assessments.decisions[0]

    @cached_property
    def explanation(self) -> Explanation | None:
        """The explanation of the answer; None if the model has no contribution per column."""
        try:
            return explain_clients(resources.model(), self.assessments)[0]
        except NotExplained:
            return None


def open_file(row: Mapping[str, object], *, synthetic: bool, language: Language) -> ClientFile:
    """Assess a client and return its file. Raises InputRefused. synthetic: the client is synthetic."""
    assessments = assess(resources.model(), [row], review_band=resources.settings().review_band)
    return ClientFile(row, assessments, synthetic, language)
