"""The letters on a refusal: those that were kept, and the form of a new one; what is typed stays until it is kept."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import streamlit as st

from core.decisions.entry import Entry
from core.decisions.letters import LetterDraft, keep_letter, letters_of
from core.dictionary.lookup import label
from core.errors import InputRefused, JournalError
from core.i18n.translations import LANGUAGES, Language, percent, translate
from core.letters.check import check_letter
from core.letters.letter import Basis, make_basis, own_reason, reasons_block, sender_of, write_letter
from core.letters.template import read_template
from core.letters.wording import listed, uncapitalised
from pages.components import resources
from pages.components.journal.access import is_demonstration, officer, visit_journal
from pages.components.journal.kept_letter import show_kept
from pages.components.journal.replay import kept_models
from pages.components.messages import plain, show_not_saved
from pages.components.save_or_cancel import show_save_or_cancel
from pages.components.session import Writing, session, set_widget, translated, widget

HEIGHT = 620


def show_letters(entry: Entry, language: Language) -> None:
    """Show the letters on a refusal, and write another one. Raises JournalError."""
    sequence = entry.body.sequence
    kept = letters_of(visit_journal(), sequence)
    for letter in kept:
        just_kept = session().letter_kept == sequence and letter is kept[-1]
        show_kept(entry, letter, language, expanded=just_kept)
    state = session()
    if state.letter_kept == sequence:
        st.success(translate("letter.saved", language), icon=":material/check:")
    writing = state.writing.get(sequence)
    if writing is None:
        begin = translate("letter.another" if kept else "letter.begin", language)
        if st.button(begin, key=f"letter_{sequence}", icon=":material/mail:"):
            with st.spinner(translate("letter.writing", language)):
                _begin(entry, kept[-1].body.sequence if kept else 0, language)
        return
    with st.container(border=True, key=f"writing_{sequence}"):
        _show_form(entry, writing, language)


def _begin(entry: Entry, seen: int, language: Language) -> None:
    """Open the form with a letter in the screen's language, or say why there is none."""
    try:
        basis = make_basis(entry, kept_models())
        sender_of(resources.settings(), language, specimen=_is_specimen(entry))
        read_template(resources.settings().letter_templates, language)
    except (InputRefused, JournalError) as error:
        show_not_saved(error, language)
        return
    session().writing[entry.body.sequence] = Writing(token=secrets.token_hex(16), seen=seen, basis=basis)
    session().letter_kept = 0
    st.rerun()


def _show_form(entry: Entry, writing: Writing, screen: Language) -> None:
    sequence, basis = entry.body.sequence, writing.basis
    st.markdown(f"**{translate('letter.title', screen)}**")
    _show_telling(basis, screen)
    chosen = st.segmented_control(
        translate("letter.language", screen),
        list(LANGUAGES),
        key=translated(f"letter_language_{writing.token}"),
        format_func=lambda each: translate(f"letter.language_{each}", screen),
        required=True,
        default=screen,
        persist_state="session",
    )
    language: Language = "fr" if chosen == "fr" else "en"
    own_key, text_key = _keys(writing, language)
    try:
        if widget(text_key) is None:
            own = own_reason(entry, language)
            set_widget(own_key, own)
            set_widget(text_key, _text(basis, own, language))
            writing.blocks[language] = _block(basis, own, language)
    except InputRefused as error:
        show_not_saved(error, screen)
        return
    st.text_area(
        translate("letter.own", screen),
        key=own_key,
        help=translate("letter.own_how", screen),
        on_change=_put_own,
        args=(writing, language),
        persist_state="session",
    )
    if writing.by_hand:
        st.warning(translate("letter.by_hand", screen), icon=":material/edit:")
    st.text_area(translate("letter.text", screen), key=text_key, height=HEIGHT, persist_state="session")
    if _is_specimen(entry):
        st.caption(translate("letter.is_specimen", screen))
    who = officer()
    if who.identified:
        st.caption(translate("decision.as_who", screen, who=plain(who.name)))
    else:
        st.text_input(
            translate("letter.who", screen), value=who.name, key=f"who_{writing.token}", persist_state="session"
        )
    if writing.error is not None:
        show_not_saved(writing.error, screen)
    keys = (f"keep_{sequence}", f"leave_{sequence}")
    if show_save_or_cancel(translate("letter.keep", screen), screen, keys=keys, cancel=_leave, args=(sequence,)):
        _keep(entry, writing, language)
        st.rerun()


def _leave(sequence: int) -> None:
    session().writing.pop(sequence, None)


def _show_telling(basis: Basis, language: Language) -> None:
    """What the officer must know of the reasons before the letter leaves."""
    telling = basis.telling
    if not basis.against:
        st.info(translate("letter.not_against", language), icon=":material/info:")
        return
    if telling.age_withheld:
        st.warning(translate("letter.age", language), icon=":material/warning:")
    share = plain(percent(telling.share, language))
    if not telling.reasons:
        st.warning(translate("letter.nothing", language), icon=":material/warning:")
    elif telling.most_is_withheld:
        st.warning(translate("letter.less_than_half", language, share=share), icon=":material/warning:")
    else:
        st.caption(translate("letter.share", language, share=share))
    if telling.withheld:
        names = [plain(uncapitalised(label(source, language))) for source in telling.withheld]
        st.caption(translate("letter.withheld", language, names=listed(names, language)))


def _keep(entry: Entry, writing: Writing, language: Language) -> None:
    """Keep the letter as it stands in the form; else say why not, with everything as it was typed."""
    own_key, text_key = _keys(writing, language)
    basis, specimen, who = writing.basis, _is_specimen(entry), officer()
    own = widget(own_key) or ""
    try:
        sender = sender_of(resources.settings(), language, specimen=specimen)
        text = check_letter(basis, sender, widget(text_key) or "", own=own, language=language)
        told = basis.telling.principal(own=bool(own.strip()))
        draft = LetterDraft(
            refusal=entry,
            text=text,
            language=language,
            specimen=specimen,
            reasons=tuple(each.source for reason in told for each in reason.contributions),
            withheld=basis.telling.withheld,
            age_withheld=basis.telling.age_withheld,
            share=basis.telling.share,
            who=who.name if who.identified else widget(f"who_{writing.token}") or "",
            identified=who.identified,
            seen=writing.seen,
            token=writing.token,
        )
        keep_letter(visit_journal(), draft)
    except (InputRefused, JournalError) as error:
        writing.error = error
        if isinstance(error, InputRefused) and error.code == "letter_meanwhile":
            writing.seen = letters_of(visit_journal(), entry.body.sequence)[-1].body.sequence
        return
    session().writing.pop(entry.body.sequence, None)
    session().letter_kept = entry.body.sequence


def _put_own(writing: Writing, language: Language) -> None:
    """Put the officer's own reason into the text, unless its reasons were changed by hand."""
    own_key, text_key = _keys(writing, language)
    before, after = writing.blocks[language], _block(writing.basis, widget(own_key) or "", language)
    text = str(widget(text_key) or "")
    writing.by_hand = not before or before not in text
    if not writing.by_hand:
        set_widget(text_key, text.replace(before, after, 1))
        writing.blocks[language] = after


def _text(basis: Basis, own: str, language: Language) -> str:
    """The letter as Aval proposes it. Raises InputRefused."""
    settings = resources.settings()
    specimen = _is_specimen(basis.entry)
    return write_letter(
        basis,
        sender_of(settings, language, specimen=specimen),
        read_template(settings.letter_templates, language),
        own=own,
        language=language,
        currency=settings.currency,
        today=datetime.now(UTC).date(),
        specimen=specimen,
    )


def _block(basis: Basis, own: str, language: Language) -> str:
    return reasons_block(basis, own, language, resources.settings().currency)


def _keys(writing: Writing, language: Language) -> tuple[str, str]:
    """Keys of the own reason and of the text, one each a language."""
    return f"own_{writing.token}_{language}", f"text_{writing.token}_{language}"


def _is_specimen(entry: Entry) -> bool:
    return entry.body.synthetic or is_demonstration()
