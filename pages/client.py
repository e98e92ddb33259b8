"""The client's file: pick a client, assess, show."""

from __future__ import annotations

from core.assessment import assess
from pages.components import cached
from pages.components.about import show_model
from pages.components.client_file import show_answer, show_client, show_title, show_why
from pages.components.picker import choose_client
from pages.components.session import session
from pages.components.welcome import show_welcome

language = session().language
row = choose_client(language)
if row is None:
    show_welcome(language)
else:
    found = assess(cached.model(), [row], review_band=cached.settings().review_band)
    show_title(found.aligned.ids[0], synthetic=session().synthetic, language=language)
    show_answer(found, language)
    show_client(row, language)
    show_why(found, language)
show_model(language)
