"""The catalogues and the code: every sentence exists in both languages, is used, and gets the facts it names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter
from typing import get_args

import pytest

from core.alignment.aligner import ESSENTIAL
from core.alignment.own_columns import OURS
from core.alignment.possible import BoundCode, PairCode
from core.batch.client_queue import SORTS
from core.batch.notes import COUNTED
from core.decisions.entry import LoanOrigin, Outcome
from core.decisions.export import CHANGE_COLUMNS, REASONS
from core.decisions.export import COLUMNS as COLUMNS_OF_DECISIONS
from core.dictionary.history_columns import histories
from core.dictionary.lookup import dictionary, entry_of
from core.dictionary.schema import Unit
from core.i18n.shares import ALL_CLIENTS, FRACTIONS
from core.i18n.translations import COUNTS, LANGUAGES, Entry, catalogue
from core.insights.history_facts import LARGEST_WORD, SHARE_SENTENCES
from core.letters.letter import OWN_REASONS
from core.letters.reasons import KINDS, LATEST, QUANTITIES
from core.letters.wording import OF_RECORDS, PARTS, WHERE
from core.model.outcomes import Attribute
from core.records import Absence, ReviewReason, ValueOrigin, Verdict
from core.scoring.assess import Model
from core.settings import ROOT
from core.what_if.advice import WITHHELD, Advice
from pages.components.client.why_columns import MEANINGS, VALUES
from pages.components.journal.filters import KINDS as JOURNAL_KINDS
from pages.components.model.outcome_views import MODELS
from pages.components.model.parts import AGE_KEYS
from pages.components.model.quality import VIEWS as QUALITY_VIEWS
from tests.core.dictionary.test_lookup import COLUMNS
from tests.test_architecture import OFFLINE

FRENCH, ENGLISH = catalogue("fr"), catalogue("en")
SECTIONS = {key.split(".")[0] for key in ENGLISH}
FILES = [
    ROOT / "dashboard.py",
    *sorted((ROOT / "pages").rglob("*.py")),
    *sorted(file for file in (ROOT / "core").rglob("*.py") if file.relative_to(ROOT).parts[1] not in OFFLINE),
]
PLURALS = {"en": {"one", "other"}, "fr": {"one", "other"}}

STATES = {state.name.lower() for state in ValueOrigin}
VERDICTS: set[str] = set(Verdict)
FAMILIES: dict[tuple[str, str], set[str]] = {
    ("core/i18n/translations.py", "problem.{}"): set(),
    ("core/monitoring/report.py", "drift.{}"): {"act", "look", "stable", "missing", "unseen"},
    ("pages/components/model/columns.py", "columns.{}"): {"themes", "columns"},
    ("pages/components/model/columns.py", "columns.{}_alt"): {"themes", "columns"},
    ("pages/components/model/drift.py", "figure.{}"): set(),
    ("pages/components/model/drift.py", "quality.{}"): {"ranking", "calibration", "decisions"},
    ("pages/components/model/groups.py", "group.{}"): set(get_args(Attribute)),
    ("pages/components/model/parts.py", "age.{}"): set(AGE_KEYS.values()),
    ("pages/components/model/parts.py", "group.histories_{}"): {"none", "some"},
    ("pages/components/model/quality.py", "figure.{}"): set(),
    ("pages/components/model/outcome_views.py", "quality.{}"): {"accepted", "refused"},
    ("pages/components/model/outcome_views.py", "quality.model_{}"): set(MODELS),
    ("pages/components/model/quality.py", "quality.{}"): set(QUALITY_VIEWS),
    ("pages/components/model/quality.py", "quality.model_{}"): {"application_only", "logistic"},
    ("pages/components/model/tabs.py", "monitor.tab_{}"): {"quality", "groups", "threshold", "drift"},
    ("pages/components/model/threshold.py", "threshold.{}"): {
        *(
            "present",
            "tried",
            "beside",
            "approval",
            "default_rate",
            "good_refused",
            "to_review",
            "loss",
            "profit",
            "gain",
        )
    },
    ("pages/components/model/threshold.py", "threshold.mark_{}"): {"present", "tried", "beside"},
    ("pages/components/layout/model_card.py", "figure.{}"): set(),
    ("pages/components/layout/model_card.py", "about.beside_{}"): {"application_only", "logistic"},
    ("pages/components/layout/model_card.py", "about.clients_{}"): {"all", "with_histories", "without_histories"},
    ("core/what_if/sentences.py", "simulation.{}"): {
        "feature",
        "before",
        "after",
        "points",
        "as_is",
        "simulated",
        "name",
        "solvency",
        "distance",
        "opinion",
        "changes",
    },
    ("core/what_if/sentences.py", "offer.{}"): {"amount", "instalment", "payments", "solvency", "opinion", "advice"},
    ("core/what_if/sentences.py", "offer.withheld_{}"): set(WITHHELD),
    ("core/what_if/sentences.py", "advice.{}"): set(Advice),
    ("core/what_if/sentences.py", "verdict.{}"): VERDICTS,
    ("core/what_if/answer_sentences.py", "verdict.{}"): VERDICTS,
    ("core/reports/client_report.py", "report.{}"): {"assumed", "unseen", "missing"},
    ("core/reports/client_report.py", "verdict.{}"): VERDICTS,
    ("core/reports/client_report.py", "why.{}"): {"raising", "lowering"},
    ("pages/components/charts/loan_heatmap.py", "offer.{}"): {
        "amount",
        "instalment",
        "payments",
        "solvency",
        "opinion",
        "advice",
    },
    ("pages/components/charts/loan_heatmap.py", "verdict.{}"): VERDICTS,
    ("pages/components/charts/loan_heatmap.py", "advice.{}"): set(Advice),
    ("pages/components/client/what_if_fields.py", "simulation.{}"): {"loan", "means", "home"},
    ("pages/components/client/what_if_answer.py", "verdict.{}"): VERDICTS,
    ("pages/components/charts/answer_bar.py", "simulation.{}"): {"as_is", "simulated"},
    ("pages/components/charts/answer_bar.py", "verdict.{}"): VERDICTS,
    ("core/insights/alignment_report.py", "report.{}"): {"column", "means", "sent", "used", "origin", "how"},
    ("core/insights/alignment_report.py", "state.{}"): STATES,
    ("core/insights/feature_table.py", "state.{}"): STATES,
    ("core/insights/feature_table.py", "unit.{}"): set(get_args(Unit)) - {"variance"},
    ("core/insights/sentences.py", "distance.{}"): {"above", "below"},
    ("core/i18n/shares.py", "fraction.{}"): {*(key for _, key in FRACTIONS), ALL_CLIENTS},
    ("core/i18n/shares.py", "case.{}"): {*(key for _, key in FRACTIONS), ALL_CLIENTS},
    ("core/insights/reason_sentences.py", "reason.{}"): {
        *("label_placed", "fact_placed", "middle", "ordinary"),
        *("higher", "lower", "more", "less", "longer", "shorter", "older", "younger"),
        *("larger_share", "smaller_share", "longer_ago", "more_recent", "later", "sooner"),
    },
    ("core/insights/sentences.py", "value.{}"): set(get_args(Absence)),
    ("core/insights/history_facts.py", "number.{}"): {str(number) for number in range(2, LARGEST_WORD + 1)},
    ("core/insights/history_facts.py", "history.{}"): {
        f"{each}_{form}" for each in SHARE_SENTENCES.values() for form in ("share", "none", "some", "all")
    },
    ("core/insights/sentences.py", "unit.{}"): set(get_args(Unit)) - {"variance"},
    ("core/insights/sentences.py", "why.{}"): {"feature", "value", "points", "in_log_odds"},
    ("pages/components/client/header.py", "verdict.{}"): VERDICTS,
    ("pages/components/charts/completeness.py", "state.{}"): STATES,
    ("pages/components/client/compare_population.py", "verdict.{}"): {"favourable", "unfavourable"},
    ("pages/components/client/compare_clients.py", "welcome.{}"): VERDICTS,
    ("pages/components/charts/distribution.py", "verdict.{}"): {"favourable", "unfavourable"},
    ("pages/components/client/tab_compare.py", "compared.{}"): {"among", "features", "clients"},
    ("pages/components/client/tab_completeness.py", "report.{}"): {"assumed", "unseen", "derived", "missing"},
    ("pages/components/client/tab_completeness.py", "state.{}"): STATES,
    ("pages/components/client/tab_completeness.py", "verdict.{}"): VERDICTS,
    ("pages/components/client/why_columns.py", "features.{}"): {*VALUES, *MEANINGS},
    ("pages/components/client/tab_why.py", "why.{}"): {"raising", "lowering", "themes", "columns", "usual", "all"},
    ("pages/components/client/tabs.py", "part.{}"): {"why", "known", "compared", "what_if", "offer"},
    ("pages/components/raw_data/input.py", "raw.{}"): {"paste", "upload"},
    ("core/decisions/export.py", "journal.column_{}"): {*COLUMNS_OF_DECISIONS, *CHANGE_COLUMNS},
    ("core/decisions/export.py", "decision.{}"): set(Outcome),
    ("core/decisions/export.py", "decision.from_{}"): set(LoanOrigin),
    ("core/decisions/export.py", "decision.reason_{}"): set(REASONS),
    ("core/decisions/export.py", "verdict.{}"): VERDICTS,
    ("core/monitoring/departure_words.py", "verdict.{}"): VERDICTS,
    ("pages/components/journal/entry.py", "decision.{}"): set(Outcome),
    ("pages/components/journal/entry.py", "decision.from_{}"): set(LoanOrigin),
    ("pages/components/journal/entry.py", "verdict.{}"): VERDICTS,
    ("pages/components/journal/filters.py", "decision.{}"): set(Outcome),
    ("pages/components/journal/filters.py", "journal.kind_{}"): set(JOURNAL_KINDS),
    ("pages/components/journal/table.py", "decision.{}"): set(Outcome),
    ("pages/components/journal/table.py", "journal.column_{}"): {
        *("sequence", "time", "client", "decision", "who", "recommendation", "departs", "letters", "contest"),
    },
    ("pages/components/journal/table.py", "verdict.{}"): VERDICTS,
    ("core/letters/wording.py", "letter.reason_{}"): {
        *(code for code, _ in (*KINDS.values(), *LATEST.values())),
        *("length_long", "length_short"),
    },
    ("core/letters/wording.py", "letter.told_{}"): {quantity for _, quantity in QUANTITIES},
    ("core/letters/wording.py", "letter.extent_{}"): {
        f"{how}_{part}" for how in ("MEAN", "SUM", "MAX") for part in ("loan", *PARTS.values())
    }
    - {"SUM_month", "MEAN_month"}
    | {"MAX_days"},
    ("core/letters/wording.py", "letter.on_{}"): set(WHERE),
    ("core/letters/wording.py", "letter.rest_{}"): {"DAY", "WEEK", "MON", "QRT", "YEAR"},
    ("core/letters/wording.py", "letter.{}"): {
        f"{each}_{form}" for each in OF_RECORDS.values() for form in ("share", "some", "all", "only")
    },
    ("core/letters/wording.py", "letter.{}_only"): set(OF_RECORDS.values()),
    ("core/letters/letter.py", "letter.own_{}"): set(OWN_REASONS),
    ("core/letters/letter.py", "letter.invented_{}"): {"name", "address", "contact", "appeal", "scores"},
    ("core/decisions/export.py", "contest.{}"): {"open", "answered"},
    ("pages/components/journal/letter.py", "letter.language_{}"): set(LANGUAGES),
    ("pages/components/journal/replay.py", "journal.replay_{}"): {
        *("what", "then", "now", "asked", "decided", "threshold", "recommendation", "reasons"),
    },
    ("pages/components/journal/replay.py", "verdict.{}"): VERDICTS,
    ("pages/components/client/decide.py", "decision.{}"): set(Outcome),
    ("pages/components/client/decide.py", "verdict.{}"): VERDICTS,
    ("core/batch/reading_notes.py", "read.{}"): {"csv", "json", "excel", "parquet"},
    ("core/batch/export.py", "export.{}"): {"column", "meaning"},
    ("core/batch/export.py", "export.of_{}"): set(OURS),
    ("core/batch/export.py", "portfolio.why_{}"): set(ReviewReason),
    ("core/batch/export.py", "verdict.{}"): VERDICTS,
    ("core/batch/notes.py", "notes.{}"): set(COUNTED),
    ("core/batch/summary.py", "portfolio.why_{}"): {"in_band", "too_little_known"},
    ("core/i18n/translations.py", "impossible.{}"): {*get_args(BoundCode), *get_args(PairCode)},
    ("core/insights/completeness.py", "value.{}"): set(get_args(Absence)),
    ("core/insights/completeness.py", "impossible.{}"): set(get_args(PairCode)),
    ("pages/components/charts/portfolio.py", "verdict.{}"): VERDICTS,
    ("pages/components/client/queue_bar.py", "portfolio.why_{}"): set(ReviewReason),
    ("pages/components/client/queue_bar.py", "queue.{}"): {"previous", "next"},
    ("pages/components/client/queue_bar.py", "verdict.{}"): VERDICTS,
    ("pages/components/portfolio/outcome.py", "portfolio.view_{}"): {"clients", "charts", "refused"},
    ("pages/components/portfolio/overview.py", "verdict.{}"): VERDICTS,
    ("pages/components/portfolio/queue_controls.py", "portfolio.sort_{}"): {
        sort.replace("-", "down_") for sort in SORTS
    },
    ("pages/components/portfolio/queue_controls.py", "portfolio.why_{}"): set(ReviewReason),
    ("pages/components/portfolio/queue_controls.py", "verdict.{}"): VERDICTS,
    ("pages/components/portfolio/rows.py", "portfolio.{}"): {"verdict", "solvency", "amount"},
    ("pages/components/portfolio/rows.py", "verdict.{}"): VERDICTS,
    ("pages/components/portfolio/rows.py", "decision.{}"): set(Outcome),
    ("pages/components/portfolio/table.py", "portfolio.{}"): {"csv", "excel", "parquet"},
    ("pages/components/portfolio/tiles.py", "verdict.{}"): VERDICTS,
    ("pages/components/portfolio/welcome.py", "portfolio.template_{}"): {"csv", "excel"},
    ("pages/components/client/welcome.py", "welcome.{}"): VERDICTS,
}
"""(file, f-string) → what its braces can hold; problems and figures are found in the code and in the card."""

CHOSEN_PROBLEMS: dict[str, set[str]] = {
    **{code: {"row", "column", "low", "high"} for code in ESSENTIAL.values()},
    "unknown_address": {"allowed"},
    "wrong_verb": {"allowed"},
    "refused": {"allowed"},
    "too_many_rows": {"limit"},
    "file_too_long": {"limit"},
    "last_row_without_id": {"row", "column"},
    "row_called_totals": {"row", "column"},
}
"""Codes that are chosen by a variable where they are raised, and the facts that come with them."""
SAID_ELSEWHERE = {"and_more", "unknown_client"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in FILES:
        yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def literals() -> set[str]:
    """Every text in the code that looks like a key of a section that the catalogue has."""
    shape = re.compile(rf"(?:{'|'.join(sorted(SECTIONS))})(?:\.[a-z_]+)?")
    texts = {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and shape.fullmatch(node.value)
    }
    return {
        text
        for text in texts
        if text in ENGLISH or ("." in text and not text.endswith((".py", ".json", ".sqlite", "_")))
    }


def families() -> set[tuple[str, str]]:
    """Every f-string in the code that begins like a key: (file, its text with {} for each brace)."""
    found = set()
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
                if re.fullmatch(rf"(?:{'|'.join(sorted(SECTIONS))})\.[a-z_{{}}.]+", text):
                    found.add((file, text))
    return found


def problem_codes() -> dict[str, set[str]]:
    """Every code of a problem that the core raises, with the facts that its sentence may name."""
    found: dict[str, set[str]] = dict(CHOSEN_PROBLEMS)
    for _, tree in trees():
        assigned = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = ast.unparse(node.func)
            keywords = {each.arg: each.value for each in node.keywords if each.arg}
            if name == "Problem":
                facts = keywords.get("facts", node.args[3] if len(node.args) > 3 else None)
                facts = assigned.get(facts.id) if isinstance(facts, ast.Name) else facts
                keys = facts.keys if isinstance(facts, ast.Dict) else []
                named = {str(key.value) for key in keys if isinstance(key, ast.Constant)}
                told = named | ({"row", "column"} & set(keywords)) | set(("row", "column")[: len(node.args) - 1])
            elif name == "refusals.add":
                told = {"row", *keywords} | ({"column"} if len(node.args) > 2 else set())
            elif name == "Unreadable":
                told = {"row", "column", *keywords}
            else:
                continue
            for code in texts_of(node.args[0]):
                found[code] = found.get(code, set()) | told
    return found


def texts_of(node: ast.expr) -> set[str]:
    """The texts that an expression can be: itself, or either side of a choice."""
    if isinstance(node, ast.IfExp):
        return texts_of(node.body) | texts_of(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def forms(entry: Entry) -> dict[str, str]:
    return entry if isinstance(entry, dict) else {"": entry}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def keys_of_families(model: Model) -> set[str]:
    made = {pattern.replace("{}", each) for (_, pattern), values in FAMILIES.items() for each in values}
    made |= {f"problem.{code}" for code in problem_codes()}
    return made | {f"figure.{name}" for name in model.bundle.card.figures}


def test_both_catalogues_have_the_same_keys() -> None:
    assert set(ENGLISH) == set(FRENCH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_sorted_and_no_key_stands_twice(language: str) -> None:
    text = (ROOT / "assets" / "translations" / f"{language}.json").read_text(encoding="utf-8")
    keys = re.findall(r'^ "([^"]+)":', text, re.MULTILINE)
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_sentence_names_the_same_facts_in_both_languages(key: str) -> None:
    if key not in FRENCH:
        pytest.fail("it is missing in French")
    assert isinstance(ENGLISH[key], dict) == isinstance(FRENCH[key], dict)
    told = [set().union(*(fields(text) for text in forms(entry).values())) for entry in (ENGLISH[key], FRENCH[key])]
    assert told[0] == told[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_has_every_form_of_its_language(language: str) -> None:
    plurals = {key: set(entry) for key, entry in catalogue(language).items() if isinstance(entry, dict)}
    assert plurals
    assert plurals == dict.fromkeys(plurals, PLURALS[language])


def test_english_has_curly_apostrophes_and_real_ellipses() -> None:
    texts = [text for entry in ENGLISH.values() for text in forms(entry).values()]
    assert [text for text in texts if re.search(r"(?<=\w)'(?=\w)|\.\.\.", text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language: str) -> None:
    for key, entry in catalogue(language).items():
        assert all(text.strip() for text in forms(entry).values()), key


def test_every_key_in_the_code_exists() -> None:
    assert literals() - set(ENGLISH) == set()


def test_every_f_string_key_is_listed_here_and_no_more() -> None:
    assert families() == set(FAMILIES)


def test_every_key_that_an_f_string_can_make_exists(model: Model) -> None:
    assert keys_of_families(model) - set(ENGLISH) == set()


def test_no_sentence_is_unused(model: Model) -> None:
    assert set(ENGLISH) - literals() - keys_of_families(model) == set()


def test_every_problem_has_a_sentence_and_every_sentence_a_problem() -> None:
    told = {key.removeprefix("problem.") for key in ENGLISH if key.startswith("problem.")}
    assert told == set(problem_codes()) | SAID_ELSEWHERE


def test_sentence_of_a_problem_names_only_facts_that_come_with_it() -> None:
    for code, facts in problem_codes().items():
        for entry in (ENGLISH[f"problem.{code}"], FRENCH[f"problem.{code}"]):
            assert set().union(*map(fields, forms(entry).values())) <= facts, code
            assert isinstance(entry, str) or not facts.isdisjoint(COUNTS), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_is_one_whole_sentence(language: str) -> None:
    for code in problem_codes():
        sentences = forms(catalogue(language)[f"problem.{code}"]).values()
        assert all(sentence.endswith(".") for sentence in sentences), code


def test_every_call_gives_a_sentence_exactly_its_facts() -> None:
    checked = 0
    for file, tree in trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "translate"):
                continue
            if not isinstance(node.args[0], ast.Constant) or any(each.arg is None for each in node.keywords):
                continue
            key = str(node.args[0].value)
            entry = ENGLISH[key]
            wanted = set().union(*(fields(text) for text in forms(entry).values()))
            wanted |= {"n"} if isinstance(entry, dict) else set()
            assert {each.arg for each in node.keywords} == wanted, f"{file}: {key}"
            checked += 1
    assert checked > 50


def french_texts() -> Iterator[tuple[str, str]]:
    for key, entry in FRENCH.items():
        if key != "api.welcome":
            yield from ((key, text) for text in forms(entry).values())
    words = histories()
    yield from (("histories", each.label["fr"]) for each in words.categories.values())
    yield from (("histories", value["fr"]) for each in words.categories.values() for value in each.values.values())
    yield from (("histories", each["fr"]) for each in words.texts.values())
    yield from (("histories", part["fr"]) for each in words.tables.values() for part in (each.where, each.records))
    yield from (("histories", each.how["fr"]) for each in words.aggregations.values())
    for column in COLUMNS:
        yield from ((column, text["fr"]) for text in (entry_of(column).label, entry_of(column).meaning))
    for name, entry_of_it in dictionary().columns.items():
        texts = (entry_of_it.label, entry_of_it.meaning, *entry_of_it.values.values())
        yield from ((name, text["fr"]) for text in texts)


def test_french_is_set_as_french_is() -> None:
    """A narrow no-break space before high punctuation and within guillemets, curly apostrophes, real ellipses."""
    wrong = re.compile(r"(?<=\w)'(?=\w)|[ \u00a0][:;?!%»]|«[ \u00a0]|\w[;?!»](?!\w)|\.\.\.| …$")
    found = {key: text for key, text in french_texts() if wrong.search(text.replace("Content-Type: ", ""))}
    assert found == {}
