"""The form in which a person decides on a client; everything typed stays until it is saved."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.decisions.bundles import keep_bundle
from core.decisions.draft import Chosen, departs, make_draft, with_loan
from core.decisions.entry import LoanOrigin, Outcome
from core.decisions.export import REASONS, reason_in_words
from core.errors import InputRefused, JournalError, Problem, ScoringError
from core.i18n.translations import percent, translate
from core.records import Decision
from core.scoring.assess import assess
from pages.components import resources
from pages.components.client.client_file import ClientFile
from pages.components.journal.access import officer, visit_journal
from pages.components.messages import plain, show_not_saved
from pages.components.save_or_cancel import show_save_or_cancel
from pages.components.session import Deciding, session, translated, widget


@dataclass(frozen=True)
class Proposal:
    """A loan that can be granted in place of the one asked for: amounts by column, and where it comes from."""

    loan: Mapping[str, float]
    origin: LoanOrigin


def show_decide(file: ClientFile, place: str, proposal: Proposal | None = None, *, answers: int = 0) -> bool:
    """Show the button, or the form once it was pressed.

    Parameters
    ----------
    place: where on the page it stands, part of every key. proposal: the loan that is decided, where it is another one.
    answers: the contest that a grant or a refusal answers, 0 for none.

    Returns
    -------
    Whether a decision was saved just now, so that the page is to be drawn again.
    """
    key = f"{place}_{file.client}"
    deciding = session().deciding.get(key)
    if deciding is None:
        label = "decision.decide" if proposal is None else "decision.decide_loan"
        if place.startswith("contest"):
            label = "contest.answer"
        recorded = session().recorded
        just_saved = recorded is not None and recorded.entry.client == str(file.client)
        st.button(
            translate(label, file.language),
            key=f"decide_{key}",
            type="primary" if proposal is None and not just_saved else "secondary",
            icon=":material/gavel:",
            on_click=_begin,
            args=(key, file.client),
        )
        return False
    with st.container(border=True, key=f"deciding_{key}"):
        form = f"{key}_{deciding.token}"
        _show_form(file, form, proposal, answers)
        if deciding.error is not None:
            show_not_saved(deciding.error, file.language)
        saved = show_save_or_cancel(
            translate("decision.save", file.language),
            file.language,
            keys=(f"save_{key}", f"cancel_{key}"),
            cancel=_end,
            args=(key,),
        )
    if saved:
        deciding.error = _save(file, form, proposal, deciding, answers)
        if deciding.error is None:
            _end(key)
    return saved


def is_deciding(file: ClientFile, place: str) -> bool:
    """Whether the form at this place stands open."""
    return f"{place}_{file.client}" in session().deciding


def _show_form(file: ClientFile, key: str, proposal: Proposal | None, answers: int) -> None:
    language = file.language
    st.markdown(f"**{translate('decision.title', language)}**")
    if answers:
        st.info(translate("contest.answering", language, entry=str(answers)), icon=":material/feedback:")
    outcome: Outcome | None = Outcome.GRANTED_OTHERWISE
    if proposal is None:
        # Nothing is chosen to begin with: no press of a button may record a grant that nobody chose.
        outcome = st.segmented_control(
            translate("decision.what", language),
            [Outcome.GRANTED, Outcome.REFUSED, Outcome.ASKED_FOR_MORE],
            key=translated(f"outcome_{key}"),
            format_func=lambda each: translate(f"decision.{each}", language),
            required=True,
            persist_state="session",
        )
        st.caption(translate("decision.otherwise_how", language))
    else:
        st.markdown(translate("decision.granted_otherwise", language))
    answer = _answer(file, proposal)
    if proposal is not None:
        opinion = translate(f"verdict.{answer.verdict}", language)
        solvency = plain(percent(answer.solvency, language, answer.digits))
        st.markdown(translate("journal.answer_loan", language, opinion=opinion, solvency=solvency))
    if outcome is not None and departs(outcome, answer.verdict):
        st.warning(translate("decision.departing", language), icon=":material/call_split:")
    st.selectbox(
        translate("decision.reason", language),
        _reasons(),
        index=None,
        key=translated(f"reason_{key}"),
        format_func=lambda each: reason_in_words(each, language),
        placeholder=translate("decision.reason_none", language),
        persist_state="session",
    )
    st.text_area(translate("decision.words", language), key=f"words_{key}", persist_state="session")
    if file.assessments.aligned.impossible.get(0):
        st.error(translate("decision.impossible_how", language), icon=":material/error:")
        st.text_area(translate("decision.checked", language), key=f"checked_{key}", persist_state="session")
    who = officer()
    if who.identified:
        st.caption(translate("decision.as_who", language, who=plain(who.name)))
    else:
        st.text_input(translate("decision.who", language), value=who.name, key=f"who_{key}", persist_state="session")


def _answer(file: ClientFile, proposal: Proposal | None) -> Decision:
    """The model's answer to the loan that is decided; all else is as the file says it."""
    if proposal is None:
        return file.decision
    row = with_loan(file.row, proposal.loan)
    return assess(resources.model(), [row], review_band=resources.settings().review_band).decisions[0]


def _reasons() -> Sequence[str]:
    return resources.settings().own_reasons or REASONS


def _chosen_outcome(key: str) -> Outcome:
    """The decision chosen in a form. Raises InputRefused where none was."""
    chosen = widget(f"outcome_{key}")
    if chosen is None:
        raise InputRefused([Problem("decision_without_outcome")])
    return Outcome(chosen)


def _begin(key: str, client: int) -> None:
    state = session()
    state.deciding[key] = Deciding(token=secrets.token_hex(16), seen=state.seen.get(client, 0))
    state.recorded = None


def _end(key: str) -> None:
    """Close a form; the next one has another token, so that its fields are empty."""
    session().deciding.pop(key, None)


def _save(
    file: ClientFile, key: str, proposal: Proposal | None, deciding: Deciding, answers: int
) -> ScoringError | None:
    """Write the decision; returns why nothing was written, or None."""
    settings, model = resources.settings(), resources.model()
    try:
        who = officer()
        outcome = Outcome.GRANTED_OTHERWISE if proposal else _chosen_outcome(key)
        chosen = Chosen(
            outcome=outcome,
            reason=widget(f"reason_{key}") or "",
            words=widget(f"words_{key}") or "",
            checked=widget(f"checked_{key}") or "",
            loan=proposal.loan if proposal else {},
            loan_origin=proposal.origin if proposal else LoanOrigin.FILE,
            who=who.name if who.identified else widget(f"who_{key}") or "",
            identified=who.identified,
            seen=deciding.seen,
            token=deciding.token,
            answers=0 if outcome is Outcome.ASKED_FOR_MORE else answers,
        )
        draft = make_draft(model, file.row, chosen, review_band=settings.review_band, synthetic=file.synthetic)
        recorded = visit_journal().append(draft)
    except (InputRefused, JournalError) as error:
        return error
    session().recorded = recorded
    if visit_journal() is resources.journal():
        keep_bundle(settings.model_folder, model.bundle.digest, settings.data_folder)
    return None
