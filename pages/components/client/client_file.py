"""The client's file that is open on the screen: the record that every part of the page is given."""

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
    """One client: the row as it was sent, its assessment, the language to tell it in; synthetic when made up."""

    row: Mapping[str, object]
    found: Assessments
    synthetic: bool
    language: Language

    @property
    def client(self) -> int:
        """The client's id."""
        return self.found.aligned.ids[0]

    @property
    def decision(self) -> Decision:
        """Probability of default, threshold and verdict."""
        return self.found.decisions[0]

    @cached_property
    def explanation(self) -> Explanation | None:
        """Why the answer is what it is; None where the model cannot be taken apart column by column."""
        try:
            return explain_clients(resources.model(), self.found)[0]
        except NotExplained:
            return None


def open_file(row: Mapping[str, object], *, synthetic: bool, language: Language) -> ClientFile:
    """The file of a client that can be assessed. Raises InputRefused."""
    found = assess(resources.model(), [row], review_band=resources.settings().review_band)
    return ClientFile(row, found, synthetic, language)
