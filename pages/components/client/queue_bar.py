"""The bar over a client's file: its position in the portfolio's queue, the clients before and after, the way back."""

from __future__ import annotations

import streamlit as st

from core.batch.client_queue import FIELDS, Position, Queue, position_of, read_queue
from core.decisions.decided import decided_of
from core.i18n.translations import Language, number, translate
from pages.components.client.client_file import ClientFile
from pages.components.client.opening import open_queued
from pages.components.portfolio.decided import outcomes_of
from pages.components.portfolio.queue_controls import queue_address
from pages.components.session import once, session, visit_contents


def show_queue_bar(file: ClientFile) -> None:
    """Show the bar if the open client is one of the portfolio that was scored in this visit."""
    found = _position(file)
    if found is None:
        return
    language, position = file.language, found
    if position.place:
        # The way back leads to the page on which the open client stands.
        session().queue_page = position.page
    with st.container(horizontal=True, key="queue_position", vertical_alignment="center"):
        st.page_link(
            "portfolio.py",
            label=translate("queue.back", language),
            icon=":material/arrow_back:",
            query_params=queue_address(session().queue, position.page),
        )
        _show_step("previous", position.previous, language)
        st.markdown(_where(position, session().queue, language))
        _show_step("next", position.next, language)


def show_next(file: ClientFile) -> None:
    """Draw the button that opens the next client of the queue, after a decision; say so where there is none."""
    opened = session().assessments
    if opened is not None and opened.aligned.ids[0] != file.client:
        # The decisions are drawn by themselves; the client that the button has opened is for the whole page.
        st.rerun()
    position = _position(file)
    if position is None:
        return
    if position.next is None:
        st.caption(translate("queue.end", file.language))
        return
    st.button(
        translate("queue.next_file", file.language),
        key="queue_next_file",
        type="primary",
        icon=":material/arrow_forward:",
        on_click=_open,
        args=(position.next,),
    )


def _position(file: ClientFile) -> Position | None:
    """The position of the open client; None if it is no client of the portfolio. Follows the queue of the address."""
    job, state = visit_contents().job, session()
    if job is None or job.portfolio is None:
        return None
    opened = state.queued if job.intake is not None else state.loaded
    if opened != str(file.client) or not (job.portfolio.results.ids == file.client).any():
        return None
    address = {each: st.query_params[each] for each in FIELDS if each in st.query_params}
    once("queue_of_client", tuple(address.items()), lambda: _follow(address))
    wanted = state.queue.to_address()
    if address != wanted:
        others = {name: text for name, text in st.query_params.items() if name not in FIELDS}
        st.query_params.from_dict(others | wanted)
        once("queue_of_client", tuple(wanted.items()), lambda: None)
    decided = decided_of(outcomes_of(job)) if state.queue.undecided else ()
    return position_of(file.client, state.queue, job.portfolio.results, decided)


def _follow(address: dict[str, str]) -> None:
    if address:
        session().queue = read_queue(address)


def _where(position: Position, queue: Queue, language: Language) -> str:
    total = number(position.total, language)
    if position.is_decided:
        return translate("queue.decided", language, n=position.total)
    if not position.place:
        return translate("queue.outside", language, total=total)
    words = translate("queue.position", language, place=number(position.place, language), total=total)
    filtered = [translate(f"verdict.{each}", language) for each in queue.verdicts]
    filtered += [translate(f"portfolio.why_{each}", language) for each in queue.why]
    filtered += [translate("portfolio.to_decide", language)] if queue.undecided else []
    return f"{words} · {', '.join(filtered)}" if filtered else words


def _show_step(step: str, client: int | None, language: Language) -> None:
    st.button(
        translate(f"queue.{step}", language),
        key=f"queue_{step}",
        icon=":material/chevron_left:" if step == "previous" else ":material/chevron_right:",
        icon_position="left" if step == "previous" else "right",
        disabled=client is None,
        on_click=_open,
        args=(client,),
    )


def _open(client: int) -> None:
    """Open a client of the queue."""
    job = visit_contents().job
    open_queued(str(client), uploaded=job is not None and job.intake is not None)
