"""Says how a file was read (separator, encoding, decimal sign, …), so that a person can check what was detected."""

from __future__ import annotations

from core.i18n.translations import Language, translate
from core.readers.worker_messages import HowRead

MAX_NAMES = 5


def how_read(how: HowRead, language: Language) -> str:
    """How a file was read, as the end of a sentence."""
    separator = translate("read.tab", language) if how.separator == "\t" else how.separator
    facts = {"csv": {"separator": separator}, "excel": {"sheet": how.sheet}}.get(how.kind, {})
    parts = [translate(f"read.{how.kind}", language, **facts)]
    if how.kind == "csv":
        parts.append(translate("read.encoding", language, encoding=how.encoding.upper()))
        parts.append(
            translate("read.quote", language, quote=how.quote) if how.quote else translate("read.no_quote", language)
        )
    if how.decimal:
        parts.append(translate("read.comma", language) if how.decimal == "," else translate("read.point", language))
    if how.packed:
        parts.append(translate("read.packed", language))
    if how.title_rows:
        parts.append(translate("read.title_rows", language, n=how.title_rows))
    if how.unwrapped:
        parts.append(translate("read.unwrapped", language, n=how.unwrapped))
    if how.renamed:
        pairs = [f"{name} → {meant}" for name, meant in how.renamed.items()]
        more = "" if len(pairs) <= MAX_NAMES else ", …"
        names = ", ".join(pairs[:MAX_NAMES]) + more
        parts.append(translate("read.renamed", language, n=len(pairs), names=names))
    return ", ".join(parts)
