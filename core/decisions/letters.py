"""Letters to refused clients and contests of refusals: entries of the journal that name the refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from core.decisions import reading, references
from core.decisions.chain import Head
from core.decisions.draft import MAX_WORDS, is_writable, name_problems, tidy
from core.decisions.entry import AnyBody, ContestBody, DecisionBody, Entry, LetterBody, Outcome, Part, read_body
from core.decisions.journal import Journal
from core.decisions.writing import add, now
from core.errors import InputRefused, JournalError, Problem
from core.i18n.translations import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDraft:
    """A letter that may be kept.

    refusal: its entry. text: as it is sent. reasons, withheld, age_withheld, share: as in `LetterBody`. seen: the last
    letter on this refusal that was on the screen. token: what is sent twice is written once.
    """

    refusal: Entry
    text: str
    language: Language
    specimen: bool
    reasons: tuple[str, ...]
    withheld: tuple[str, ...]
    age_withheld: bool
    share: float
    who: str
    identified: bool
    seen: int
    token: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was kept; text is empty once it is erased."""

    body: LetterBody
    hash: str
    text: str

    @property
    def when(self) -> datetime:
        """When it was kept (UTC)."""
        return datetime.fromisoformat(self.body.time)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestDraft:
    """A client's contest of a refusal; words: what the client says."""

    refusal: Entry
    words: str
    came_on: date
    who: str
    identified: bool
    token: str


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest of a refusal; words are empty once they are erased. answer: the decision that answers it, or None."""

    body: ContestBody
    words: str
    answer: int | None

    @property
    def came_on(self) -> date:
        """The day on which it came."""
        return date.fromisoformat(self.body.came_on)


OnRefusal = TypeVar("OnRefusal", Letter, Contest)


def keep_letter(journal: Journal, draft: LetterDraft) -> Letter:
    """Write a letter into the journal; when this returns it is on the disk.

    Raises
    ------
    InputRefused: the author's name is missing, or another letter was kept on this refusal since the form was opened.
    JournalError: nothing is known to be saved, or the client was erased meanwhile.
    """
    problems = tuple(name_problems(draft.who))
    if problems:
        raise InputRefused(problems)
    make = partial(
        LetterBody,
        language=draft.language,
        specimen=draft.specimen,
        reasons=draft.reasons,
        withheld=draft.withheld,
        age_withheld=draft.age_withheld,
        share=draft.share,
    )

    def none_is_newer(before: tuple[Letter, ...]) -> None:
        newer = [each for each in before if each.body.sequence > draft.seen]
        if newer:
            raise InputRefused([Problem("letter_meanwhile", facts={"entry": newer[-1].body.sequence})])

    return _write(journal, draft, {"letter": draft.text}, make, _letters, none_is_newer)


def letters_of(journal: Journal, sequence: int) -> tuple[Letter, ...]:
    """The letters on a refusal, the first one first. Raises JournalError."""
    with journal.database.reading() as connection:
        return _letters(connection, sequence) if connection is not None else ()


def add_contest(journal: Journal, draft: ContestDraft) -> Contest:
    """Write a contest into the journal; when this returns it is on the disk.

    Raises
    ------
    InputRefused: one Problem for each thing that it lacks; or one contest of this refusal waits already.
    JournalError: nothing is known to be saved, or the client was erased meanwhile.
    """
    words = tidy(draft.words)
    problems = tuple(_problems(draft, words))
    if problems:
        raise InputRefused(problems)
    make = partial(ContestBody, came_on=draft.came_on.isoformat())

    def none_waits(before: tuple[Contest, ...]) -> None:
        waiting = [each for each in before if each.answer is None]
        if waiting:
            raise InputRefused([Problem("contest_is_open", facts={"entry": waiting[0].body.sequence})])

    return _write(journal, draft, {"words": words}, make, _contests, none_waits)


def contests_of(journal: Journal, sequence: int) -> tuple[Contest, ...]:
    """The contests of a refusal, the first one first. Raises JournalError."""
    with journal.database.reading() as connection:
        return _contests(connection, sequence) if connection is not None else ()


def open_contest_of(journal: Journal, client: str) -> int:
    """The oldest contest of a client that waits for its answer; 0 for none. Raises JournalError."""
    with journal.database.reading() as connection:
        return (references.first_open_contest(connection, client) or 0) if connection is not None else 0


def _write(
    journal: Journal,
    draft: LetterDraft | ContestDraft,
    texts: dict[Part, str],
    make: Callable[..., AnyBody],
    read: Callable[[Connection, int], tuple[OnRefusal, ...]],
    check: Callable[[tuple[OnRefusal, ...]], None],
) -> OnRefusal:
    """Write an entry on a refusal; what was sent before with the same token is written once.

    Parameters
    ----------
    texts: its parts beside the client. make: its body, from the fields that every entry on a refusal has.
    read: those of its kind that are there, the first one first. check: raises InputRefused where they leave no room.
    """
    refers = draft.refusal.body.sequence
    with journal.database.writing() as connection:
        before = read(connection, refers)
        for each in before:
            if each.body.token == draft.token:
                return each
        check(before)

        def body(head: Head, digests: dict[str, str]) -> AnyBody:
            return make(
                sequence=head.sequence + 1,
                time=now(),
                token=draft.token,
                previous=head.hash,
                who=draft.who.strip(),
                identified=draft.identified,
                refers=refers,
                digests=digests,
            )

        add(connection, {"client": _client(connection, refers), **texts}, body)
        return read(connection, refers)[-1]


def _client(connection: Connection, refusal: int) -> str:
    """The client of a refusal. Raises JournalError where the entry is none, or the client was erased."""
    entry = reading.by_sequence(connection, refusal)
    if entry is None or entry.body.outcome is not Outcome.REFUSED:
        raise JournalError(Problem("letter_no_refusal", facts={"entry": refusal}))
    if not entry.client:
        raise JournalError(Problem("letter_erased", facts={"entry": refusal}))
    return entry.client


def _letters(connection: Connection, sequence: int) -> tuple[Letter, ...]:
    found = references.referring(connection, "letter", sequence)
    return tuple(Letter(read_body(body, LetterBody), hash, there.get("letter", "")) for body, hash, there in found)


def _contests(connection: Connection, sequence: int) -> tuple[Contest, ...]:
    found = []
    for text, _, there in references.referring(connection, "contest", sequence):
        body = read_body(text, ContestBody)
        answers = references.referring(connection, "decision", body.sequence)
        answer = read_body(answers[0][0], DecisionBody).sequence if answers else None
        found.append(Contest(body, there.get("words", ""), answer))
    return tuple(found)


def _problems(draft: ContestDraft, words: str) -> Iterator[Problem]:
    yield from name_problems(draft.who)
    if not words:
        yield Problem("contest_without_words")
    elif len(words) > MAX_WORDS:
        yield Problem("decision_words_long", facts={"limit": MAX_WORDS})
    elif not is_writable(words):
        yield Problem("decision_words_signs")
    if draft.came_on < draft.refusal.when.date():
        yield Problem("contest_too_early")
    elif draft.came_on > datetime.now(UTC).date():
        yield Problem("contest_in_the_future")
