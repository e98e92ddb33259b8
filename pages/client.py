"""The client's file: pick a client, assess, show; below the answer its parts, one open at a time."""

from __future__ import annotations

from pages.components.auth import require
from pages.components.client.client_file import open_file
from pages.components.client.header import show_head
from pages.components.client.pdf_button import show_paper_button
from pages.components.client.picker import choose_client
from pages.components.client.tab_compare import show_compared
from pages.components.client.tab_completeness import show_known
from pages.components.client.tab_offer import show_offer
from pages.components.client.tab_what_if import show_what_if
from pages.components.client.tab_why import show_why
from pages.components.client.tabs import Part, show_parts
from pages.components.client.welcome import show_welcome
from pages.components.layout.model_card import show_model
from pages.components.session import session

require()

PARTS: tuple[Part, ...] = (
    ("why", show_why),
    ("known", show_known),
    ("compared", show_compared),
    ("what_if", show_what_if),
    ("offer", show_offer),
)

language = session().language
row = choose_client(language)
if row is None:
    show_welcome(language)
else:
    file = open_file(row, synthetic=session().synthetic, language=language)
    show_head(file)
    show_paper_button(file)
    show_parts(file, PARTS)
show_model(language)
