"""Search, filters, order and page of the portfolio's table: kept by the tab, and written into its address."""

from __future__ import annotations

import streamlit as st

from core.batch.client_queue import FIELDS, MAX_TYPED, SORTS, Counts, Queue, count, read_queue
from core.batch.results import Results
from core.batch.summary import PAGE
from core.i18n.translations import Language, number, translate
from core.records import ReviewReason, Verdict
from pages.components.client.welcome import ICONS
from pages.components.session import once, session, set_widget, translated, widget

ONLY, WHY, TODO, STARTS, SORT, AT = (f"portfolio_{name}" for name in ("only", "why", "todo", "search", "sort", "page"))
UNDECIDED = "undecided"
IN_ADDRESS = "page"
SHOWN = (Verdict.FAVOURABLE, Verdict.TO_REVIEW, Verdict.UNFAVOURABLE)


def choose_queue(results: Results, language: Language, to_decide: int | None) -> Queue:
    """Draw search, filters and order, and return what they say. An address that names a queue sets them first.

    to_decide: how many clients nobody has decided on; None where the journal cannot be read.
    """
    state = session()
    address = {each: st.query_params[each] for each in (*FIELDS, IN_ADDRESS) if each in st.query_params}
    once("queue", tuple(address.items()), lambda: _follow(address))
    _fill(state.queue)
    counts = count(results)
    with st.container(horizontal=True, gap="small"):
        verdicts = _verdicts(counts, language)
        why = _why(counts, state.queue, language)
        undecided = to_decide is not None and _undecided(to_decide, language)
    search, sort = st.columns(2)
    typed = search.text_input(
        translate("portfolio.search", language),
        key=STARTS,
        type="search",
        live=True,
        max_chars=MAX_TYPED,
        placeholder=translate("portfolio.search_how", language),
        icon=":material/search:",
        label_visibility="collapsed",
    )
    order = sort.selectbox(
        translate("portfolio.sort", language),
        SORTS,
        key=translated(SORT),
        format_func=lambda each: translate(f"portfolio.sort_{each.replace('-', 'down_')}", language),
        label_visibility="collapsed",
    )
    chosen = Queue(tuple(verdicts), tuple(why), (typed or "").strip(), undecided, order or SORTS[0])
    if chosen != state.queue:
        state.queue, state.queue_page = chosen, 1
    return chosen


def choose_page(total: int) -> int:
    """Draw the pages of so many clients, if there are several; return the one on the screen, the first is 1."""
    state, pages = session(), max(-(-total // PAGE), 1)
    state.queue_page = min(state.queue_page, pages)
    if pages > 1:
        # Another queue has other pages, so it gets another widget, which begins with its own page.
        key = "_".join((AT, *state.queue.to_address().values()))
        st.pagination(pages, default=state.queue_page, key=key, on_change=_turn, args=(key,))
    return state.queue_page


def write_address() -> None:
    """Write the queue and the page into the address where it says another."""
    state = session()
    address = queue_address(state.queue, state.queue_page)
    if {each: st.query_params[each] for each in (*FIELDS, IN_ADDRESS) if each in st.query_params} != address:
        others = {name: text for name, text in st.query_params.items() if name not in (*FIELDS, IN_ADDRESS)}
        st.query_params.from_dict(others | address)
    once("queue", tuple(address.items()), lambda: None)


def queue_address(queue: Queue, page: int) -> dict[str, str]:
    """The query parameters of a queue and a page of its table."""
    return queue.to_address() | ({IN_ADDRESS: str(page)} if page > 1 else {})


def _follow(address: dict[str, str]) -> None:
    """Take over the queue that an address names; one that names none leaves the tab's queue as it is."""
    if not address:
        return
    state = session()
    page = address.get(IN_ADDRESS, "")
    state.queue = read_queue(address)
    state.queue_page = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 else 1
    for key in (ONLY, WHY, TODO, STARTS, SORT):
        set_widget(key, None)


def _fill(queue: Queue) -> None:
    """Set the widgets that are not on the screen yet, or that an address has set, to what the queue says."""
    values = {
        ONLY: list(queue.verdicts),
        WHY: list(queue.why),
        TODO: [UNDECIDED] if queue.undecided else [],
        STARTS: queue.starts,
        SORT: queue.sort,
    }
    for key, value in values.items():
        if widget(key) is None:
            set_widget(key, value)


def _verdicts(counts: Counts, language: Language) -> list[Verdict]:
    found: list[Verdict] = st.pills(
        translate("portfolio.only", language),
        SHOWN,
        selection_mode="multi",
        key=translated(ONLY),
        format_func=lambda each: _counted(f"{ICONS[each]} ", f"verdict.{each}", counts.verdicts[each], language),
        label_visibility="collapsed",
        wrap=True,
    )
    return found


def _why(counts: Counts, queue: Queue, language: Language) -> list[ReviewReason]:
    """Offer the reasons to review that occur, if they can tell clients apart."""
    reasons = [each for each in ReviewReason if counts.why[each] or each in queue.why]
    if len(reasons) < 2 and not queue.why:
        return []
    found: list[ReviewReason] = st.pills(
        translate("portfolio.only_why", language),
        reasons,
        selection_mode="multi",
        key=translated(WHY),
        format_func=lambda each: _counted("", f"portfolio.why_{each}", counts.why[each], language),
        label_visibility="collapsed",
        wrap=True,
    )
    return found


def _undecided(n: int, language: Language) -> bool:
    """Offer the clients on whom nobody has decided yet. n: how many there are."""
    return bool(
        st.pills(
            translate("portfolio.only_undecided", language),
            [UNDECIDED],
            selection_mode="multi",
            key=translated(TODO),
            format_func=lambda _: _counted(":material/gavel: ", "portfolio.to_decide", n, language),
            label_visibility="collapsed",
        )
    )


def _counted(icon: str, key: str, n: int, language: Language) -> str:
    return f"{icon}{translate(key, language)} · {number(n, language)}"


def _turn(key: str) -> None:
    session().queue_page = int(widget(key))
