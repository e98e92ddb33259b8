"""The client's file: pick a client, assess, show; below the answer its parts, one open at a time."""

from __future__ import annotations

from pages.components.auth import require
from pages.components.client.client_file import ClientFile
from pages.components.client.decisions import show_decisions
from pages.components.client.header import show_header
from pages.components.client.picker import choose_client
from pages.components.client.queue_bar import show_queue_bar
from pages.components.client.tab_compare import show_comparison
from pages.components.client.tab_completeness import show_completeness
from pages.components.client.tab_offer import show_offer
from pages.components.client.tab_what_if import show_what_if
from pages.components.client.tab_why import show_why
from pages.components.client.tabs import Part, show_tabs
from pages.components.client.welcome import show_welcome
from pages.components.layout.model_card import show_model_card
from pages.components.session import session

require()

PARTS: tuple[Part, ...] = (
    ("why", show_why),
    ("known", show_completeness),
    ("compared", show_comparison),
    ("what_if", show_what_if),
    ("offer", show_offer),
)

language = session().language
row, assessments = choose_client(language), session().assessments
if row is None or assessments is None:
    show_welcome(language)
else:
    file = ClientFile(row, assessments, session().synthetic, language)
    show_queue_bar(file)
    show_header(file)
    show_decisions(file)
    show_tabs(file, PARTS)
show_model_card(language)
