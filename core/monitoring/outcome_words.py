"""What a file's TARGET allows to be said, in sentences."""

from __future__ import annotations

from core.i18n.translations import Language, percent, translate
from core.monitoring.observed import Observed

FEW_OUTCOMES = 50


def outcome_sentences(observed: Observed, language: Language) -> list[str]:
    """How many clients have an outcome, and what keeps some of the figures from being shown; nothing without TARGET."""
    targets, outcomes = observed.targets, observed.outcomes
    if not targets.is_there:
        return []
    lines = []
    if targets.other:
        lines.append(translate("outcome.other", language, n=targets.other))
    if targets.missing:
        lines.append(translate("outcome.missing", language, n=targets.missing))
    if outcomes is None:
        return [*lines, translate("outcome.none", language)]
    n, defaults = sum(outcomes.n), sum(outcomes.defaults)
    rate = percent(defaults / n, language, 1)
    lines.append(translate("outcome.known", language, n=n, defaults=defaults, rate=rate))
    if defaults in (0, n):
        lines.append(translate("outcome.all_good" if not defaults else "outcome.all_bad", language))
    elif n < FEW_OUTCOMES:
        lines.append(translate("outcome.few", language, n=n))
    return lines
