"""The client's file: pick a client, assess, show."""

from __future__ import annotations

from core.assessment import assess, explain_clients
from pages.components import cached
from pages.components.about import show_model
from pages.components.client_file import show_answer, show_client, show_features, show_reasons, show_report, show_title
from pages.components.picker import choose_client
from pages.components.session import session
from pages.components.welcome import show_welcome

language = session().language
row = choose_client(language)
if row is None:
    show_welcome(language)
else:
    found = assess(cached.model(), [row], review_band=cached.settings().review_band)
    explanation = explain_clients(cached.model(), found)[0]
    show_title(row, synthetic=session().synthetic, language=language)
    show_answer(found, language)
    show_client(row, language)
    show_reasons(explanation, language)
    show_features(explanation, language)
    show_report(found, explanation, language)
show_model(language)
