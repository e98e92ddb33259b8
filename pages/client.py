"""The client's file: pick a client, assess, show; below the answer its parts, one open at a time."""

from __future__ import annotations

from pages.components.about import show_model
from pages.components.client_file import open_file
from pages.components.head import show_head
from pages.components.paper_button import show_paper_button
from pages.components.part_compared import show_compared
from pages.components.part_known import show_known
from pages.components.part_offer import show_offer
from pages.components.part_what_if import show_what_if
from pages.components.part_why import show_why
from pages.components.parts import Part, show_parts
from pages.components.picker import choose_client
from pages.components.session import session
from pages.components.sign_in import require
from pages.components.welcome import show_welcome

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
