"""A scored portfolio as its screen shows it: counts, distribution, amounts, and the lines of its table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.alignment.client_id import LARGEST_ID
from core.batch.rejects import sentences
from core.batch.results import AMOUNT, VERDICTS, Places, Results, Sources, review_reasons
from core.batch.scorer import Portfolio
from core.dictionary.lookup import format_value, label
from core.errors import Problem
from core.i18n.translations import Language, number, translate, translate_problem
from core.model.bundle import Bundle
from core.readers.intake import Intake
from core.readers.worker_messages import HowRead
from core.records import Flags, Floats, ReviewReason, Verdict

PAGE = 25
MAX_BARS = 40
LISTED = 200
Order = Literal["file", "solvency", "amount", "client"]
ORDERS: tuple[Order, ...] = ("file", "solvency", "amount", "client")


@dataclass(frozen=True, slots=True)
class Share:
    """The clients of one verdict: how many, and the sum of their amounts where these are known."""

    verdict: Verdict
    clients: int
    amount: float


@dataclass(frozen=True, slots=True)
class Bars:
    """How many clients between neighbouring edges of solvency (0 to 1); the line is one of the edges."""

    edges: Floats
    clients: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One client of the table in words.

    solvency: 1 − P(default). amount, why: the loan and why the client is to review; empty where it is not known, and
    where the client is not. raising, lowering: names of the columns that raise and lower the solvency most, empty where
    the model cannot be explained.
    """

    client: str
    verdict: Verdict
    solvency: float
    amount: str
    why: str
    raising: str
    lowering: str


class ClientsOfFile(Mapping[str, dict[str, object]]):
    """The clients of an uploaded file that could be scored: id → the row as it stood, found when it is asked for."""

    def __init__(self, intake: Intake, results: Results, *, missing_markers: int = 0) -> None:
        """missing_markers: cells of the file such as NA that were read as missing."""
        self.missing_markers = missing_markers
        self.results = results
        self._intake = intake
        self._rows = dict(zip(map(str, results.ids.tolist()), results.rows.tolist(), strict=True))

    @property
    def intake(self) -> Intake:
        """The file as it was read."""
        return self._intake

    @property
    def how(self) -> HowRead:
        """How the file was read."""
        return self._intake.how

    def __getitem__(self, client: str) -> dict[str, object]:
        return self._intake.row(self._rows[client])

    def rows(self, clients: Sequence[str]) -> list[dict[str, object]]:
        """The rows of these clients, in their order."""
        positions = [self._rows[client] for client in clients]
        found = self._intake.rows(positions)
        return [found[position] for position in positions]

    def __contains__(self, client: object) -> bool:
        return client in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def shares(results: Results) -> list[Share]:
    """One for each verdict, in the order favourable, to review, unfavourable."""
    found = []
    for verdict in (Verdict.FAVOURABLE, Verdict.TO_REVIEW, Verdict.UNFAVOURABLE):
        those = results.verdict == VERDICTS.index(verdict)
        found.append(Share(verdict, int(those.sum()), float(np.nansum(results.amount[those]))))
    return found


def bars(results: Results, solvency_line: float) -> Bars:
    """Clients by solvency in bars of whole points or more, counted from the line, at most MOST_BARS of them."""
    solvency = results.solvency
    low, high = min(float(solvency.min()), solvency_line), max(float(solvency.max()), solvency_line)
    width = 0.01 * max(1, int(np.ceil(100.0 * (high - low) / (MAX_BARS - 2))))
    below, above = int(np.ceil((solvency_line - low) / width)), int(np.ceil((high - solvency_line) / width))
    edges = solvency_line + width * np.arange(-max(below, 1), max(above, 1) + 1)
    # A client at the line is accepted, so each bar holds its lower edge; rounding must not lose the outermost.
    places = np.clip(np.searchsorted(edges, solvency, side="right") - 1, 0, len(edges) - 2)
    return Bars(np.clip(edges, 0.0, 1.0), np.bincount(places, minlength=len(edges) - 1).tolist())


def chosen(
    results: Results,
    *,
    verdicts: Collection[Verdict],
    typed: str,
    order: Order,
    descending: bool,
    why: Collection[ReviewReason] = (),
) -> Places:
    """Places of the clients with one of the verdicts whose id begins so, in this order.

    why: only clients to review for one of these reasons. Of verdicts and of reasons any will do if none is named.
    """
    keep = np.ones(len(results), dtype=bool)
    if verdicts:
        keep &= np.isin(results.verdict, [VERDICTS.index(verdict) for verdict in verdicts])
    if why:
        keep &= np.logical_or.reduce([results.reviewed_for(reason) for reason in why])
    places = np.flatnonzero(keep)
    if typed.strip():
        places = places[_begin_with(results.ids[places], typed.strip())]
    keys = {"file": results.rows, "solvency": results.solvency, "amount": results.amount, "client": results.ids}
    key = keys[order][places].astype(np.float64) if order != "client" else keys[order][places]
    return places[np.argsort(-key if descending else key, kind="stable")]


def _begin_with(ids: Places, digits: str) -> Flags:
    """Which ids begin with these digits: those from the digits to the digits + 1, each times a power of ten."""
    if not (digits.isascii() and digits.isdigit()) or int(digits) > LARGEST_ID:
        return np.zeros(len(ids), dtype=bool)
    first = int(digits)
    if digits.startswith("0"):
        return ids == 0 if digits == "0" else np.zeros(len(ids), dtype=bool)
    found = np.zeros(len(ids), dtype=bool)
    power = 1
    while first * power <= LARGEST_ID:
        found |= (ids >= first * power) & (ids <= min((first + 1) * power - 1, LARGEST_ID))
        power *= 10
    return found


def amount(value: float, language: Language, currency: str) -> str:
    """A sum of money; nothing where it is not known."""
    return "" if np.isnan(value) else format_value(AMOUNT, value, language, currency)


def why_review(results: Results, place: int, language: Language) -> str:
    """Why the client at a place is to review, in words; nothing where it is not."""
    words = []
    for reason in review_reasons(int(results.review[place])):
        if reason is ReviewReason.IMPOSSIBLE_VALUE:
            names = [label(column, language) for column in str(results.impossible[place]).split(", ")]
            words.append(translate("portfolio.why_impossible_named", language, columns=", ".join(names)))
        else:
            words.append(translate(f"portfolio.why_{reason}", language))
    return ", ".join(words)


def lines(
    results: Results, places: Sequence[int] | Places, bundle: Bundle, language: Language, currency: str
) -> list[Line]:
    """The clients at these places as people read them."""
    return [
        Line(
            client=str(results.ids[place]),
            verdict=VERDICTS[results.verdict[place]],
            solvency=float(results.solvency[place]),
            amount=amount(float(results.amount[place]), language, currency),
            why=why_review(results, place, language),
            raising=_labels(results.raising[place], bundle, language),
            lowering=_labels(results.lowering[place], bundle, language),
        )
        for place in map(int, places)
    ]


def _labels(reasons: Sources, bundle: Bundle, language: Language) -> str:
    return ", ".join(label(bundle.sources[at], language) for at in reasons.tolist() if at >= 0)


def problem_rows(problems: Sequence[Problem], language: Language) -> list[dict[str, str]]:
    """The first problems as row, column and reason."""
    return [
        {
            translate("portfolio.row", language): "" if each.row is None else number(each.row, language),
            translate("portfolio.column", language): each.column or "",
            translate("portfolio.reason", language): translate_problem(each, language),
        }
        for each in problems[:LISTED]
    ]


def rejected_rows(intake: Intake, portfolio: Portfolio, language: Language) -> list[tuple[dict[str, object], str]]:
    """The refused rows as they stood, each with what is wrong with it; rows are numbered as in a spreadsheet."""
    why = sentences(portfolio.problems, language, intake.numbered)
    return [(row, why[position]) for position, row in intake.rows(why, as_sent=True).items()]
