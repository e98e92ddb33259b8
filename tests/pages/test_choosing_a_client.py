"""Finding a client: by address, by typing, by an example; and what stays when there is none."""

from __future__ import annotations

import pytest

from core.i18n.translations import translate
from core.records import Verdict
from core.settings import Settings
from tests.pages import sights
from tests.pages.conftest import Open
from tests.pages.people import People

SEARCH, MATCHES = "client_search", "client_matches"


def test_the_bare_address_opens_the_client_screen(open_app: Open) -> None:
    app = open_app()
    assert sights.title(app) == translate("welcome.title", "en")
    assert app.text_input(key=SEARCH).label == translate("picker.search", "en")
    assert not app.get("plotly_chart")


def test_the_welcome_offers_one_client_of_each_verdict(open_app: Open, people: People, verdict: Verdict) -> None:
    app = open_app()
    button = app.button(key=f"example_{verdict}")
    client = button.label.split()[-1]
    assert button.label == translate(f"welcome.{verdict}", "en", client=client)
    button.click().run()
    assert sights.title(app) == f"Client {client}"
    assert sights.verdict(app) == translate(f"verdict.{verdict}", "en")
    decision = people.decision(client)
    assert decision.verdict is verdict
    if verdict is not Verdict.TO_REVIEW:
        # Clear of the review band, so that an example shows what its verdict means.
        assert abs(decision.probability - decision.threshold) > 2 * Settings().review_band
    assert app.query_params["id"] == client


def test_an_address_with_an_id_opens_that_client(open_app: Open, people: People, verdict: Verdict) -> None:
    client = people.with_verdict(verdict)
    app = open_app(id=client)
    assert sights.title(app) == f"Client {client}"
    assert sights.verdict(app) == translate(f"verdict.{verdict}", "en")


def test_an_unknown_id_is_said(open_app: Open) -> None:
    app = open_app(id="123")
    assert app.error[0].value == translate("problem.unknown_client", "en", client="123")
    assert sights.title(app) == translate("welcome.title", "en")
    assert not app.exception


def test_markdown_in_the_address_is_shown_as_text(open_app: Open) -> None:
    app = open_app(id="![](//evil.test/x)")
    assert "![](" not in app.error[0].value
    assert "evil" in app.error[0].value


@pytest.mark.parametrize("client", ["", " "])
def test_an_empty_id_asks_for_nobody(open_app: Open, client: str) -> None:
    app = open_app(id=client)
    assert not app.error
    assert sights.title(app) == translate("welcome.title", "en")


@pytest.mark.parametrize("client", ["é", "9" * 300, "-1", "900001; DROP", "<b>1</b>", "../../etc"])
def test_an_id_that_cannot_be_one_is_said_and_nothing_breaks(open_app: Open, client: str) -> None:
    app = open_app(id=client)
    assert len(app.error) == 1
    assert not app.exception


@pytest.mark.parametrize("client", ["", " "])
def test_an_empty_id_is_no_id(open_app: Open, client: str) -> None:
    app = open_app(id=client)
    assert sights.title(app) == translate("welcome.title", "en")
    assert not app.error


def test_an_unknown_id_leaves_no_other_client_s_file_on_the_screen(open_app: Open, people: People) -> None:
    client = people.with_verdict(Verdict.FAVOURABLE)
    app = open_app(id=client)
    app.query_params["id"] = "123"
    app.run()
    assert app.error[0].value == translate("problem.unknown_client", "en", client="123")
    assert f"Client {client}" not in sights.texts(app)
    app.text_input(key=SEARCH).set_value(client).run()
    assert sights.title(app) == f"Client {client}"
    app.text_input(key=SEARCH).set_value("0123").run()
    assert f"Client {client}" not in sights.texts(app)
    app.text_input(key=SEARCH).set_value("").run()
    assert sights.title(app) == f"Client {client}"


def test_the_open_part_and_the_language_are_in_the_address_and_open_from_it(open_app: Open, people: People) -> None:
    client = people.with_verdict(Verdict.FAVOURABLE)
    app = sights.open_part(open_app(id=client), "known")
    app.segmented_control(key="language_switch").set_value("fr").run()
    address = {name: app.query_params[name] for name in ("id", "part", "lang")}
    assert address == {"id": client, "part": "known", "lang": "fr"}
    shared = open_app(**address)
    assert sights.title(shared) == f"Client {client}"
    assert translate("known.title", "fr") in sights.texts(shared)
    shared.query_params["part"] = "compared"
    shared.run()
    assert translate("compared.title", "fr") in sights.texts(shared)


def test_part_and_language_are_in_the_address_again_after_another_screen(open_app: Open, people: People) -> None:
    client = people.with_verdict(Verdict.FAVOURABLE)
    app = sights.open_part(open_app(id=client), "known")
    app.segmented_control(key="language_switch").set_value("fr").run()
    app.query_params.clear()
    app.switch_page("journal.py").run()
    assert sights.address(app) == {"lang": "fr"}
    app.query_params.clear()
    app.switch_page("client.py").run()
    assert sights.address(app) == {"id": client, "part": "known", "lang": "fr"}
    assert translate("known.title", "fr") in sights.texts(app)


def test_the_language_of_an_address_that_changes_is_followed(open_app: Open) -> None:
    app = open_app(lang="fr")
    assert sights.title(app) == translate("welcome.title", "fr")
    app.query_params["lang"] = "en"
    app.run()
    assert sights.title(app) == translate("welcome.title", "en")
    assert app.segmented_control(key="language_switch").value == "en"


def test_the_complaint_goes_with_the_next_choice(open_app: Open, people: People) -> None:
    app = open_app(id="123")
    app.text_input(key=SEARCH).set_value(people.with_verdict(Verdict.FAVOURABLE)).run()
    assert not app.error


def test_typing_shows_at_most_eight_ids_that_begin_so(open_app: Open, people: People) -> None:
    start = people.clients.search("", 1)[0][:3]
    app = open_app()
    app.text_input(key=SEARCH).set_value(start).run()
    found = sights.options(app, MATCHES)
    assert len(found) == 8
    assert all(client.startswith(start) for client in found)
    n = sum(each.decode().startswith(start) for each in people.clients.ids)
    assert translate("picker.more", "en", n=n - 8) in sights.texts(app)


def test_the_only_match_is_a_button_that_opens_it(open_app: Open, people: People) -> None:
    last = people.clients.search("", len(people.clients))[-1]
    app = open_app()
    app.text_input(key=SEARCH).set_value(last[:-1]).run()
    assert people.clients.search(last[:-1], 8) == [last]
    only = app.button(key=f"{MATCHES}_only")
    assert only.label == translate("picker.open", "en", client=last)
    assert only.proto.shortcut == "ctrl+enter"
    only.click().run()
    assert sights.title(app) == f"Client {last}"


def test_each_digit_typed_narrows_the_ids(open_app: Open, people: People) -> None:
    client = people.with_verdict(Verdict.TO_REVIEW)
    app = open_app()
    for length in range(3, len(client)):
        app.text_input(key=SEARCH).set_value(client[:length]).run()
        found = sights.options(app, MATCHES)
        assert found == people.clients.search(client[:length], 8)
        assert all(each.startswith(client[:length]) for each in found)


def test_typing_a_whole_id_opens_the_client(open_app: Open, people: People) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    app = open_app()
    app.text_input(key=SEARCH).set_value(client).run()
    assert sights.title(app) == f"Client {client}"
    assert app.query_params["id"] == client


def test_picking_one_of_the_ids_opens_the_client(open_app: Open, people: People) -> None:
    app = open_app()
    app.text_input(key=SEARCH).set_value(people.clients.search("", 1)[0][:-1]).run()
    client = sights.options(app, MATCHES)[-1]
    app.pills(key=MATCHES).set_value(client).run()
    assert sights.title(app) == f"Client {client}"


def test_digits_that_no_client_begins_with_are_said(open_app: Open) -> None:
    app = open_app()
    app.text_input(key=SEARCH).set_value("0123").run()
    assert translate("picker.none", "en") in sights.texts(app)
    assert not sights.options(app, MATCHES)


def test_the_client_stays_when_another_screen_was_visited(open_app: Open, people: People) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    app = open_app(id=client)
    app.switch_page("raw_data.py").run()
    app.switch_page("client.py").run()
    assert sights.title(app) == f"Client {client}"
    assert sights.verdict(app) == translate("verdict.unfavourable", "en")
    assert app.query_params["id"] == client


def test_the_browser_s_language_is_taken_and_another_becomes_english(open_app: Open) -> None:
    assert sights.title(open_app(locale="fr-CA")) == translate("welcome.title", "fr")
    assert sights.title(open_app(locale="de-DE")) == translate("welcome.title", "en")


def test_the_switch_changes_the_language_and_keeps_the_client(open_app: Open, people: People) -> None:
    client = people.with_verdict(Verdict.TO_REVIEW)
    app = open_app(id=client)
    app.segmented_control(key="language_switch").set_value("fr").run()
    assert sights.title(app) == f"Client {client}"
    assert sights.verdict(app) == translate("verdict.to_review", "fr")
    app.segmented_control(key="language_switch").set_value("en").run()
    assert sights.verdict(app) == translate("verdict.to_review", "en")


def test_the_switch_leaves_the_screen_as_if_it_had_been_opened_in_that_language(open_app: Open, people: People) -> None:
    client = people.with_verdict(Verdict.TO_REVIEW)
    app = open_app(id=client)
    app.segmented_control(key="language_switch").set_value("fr").run()
    assert sights.texts(app) == sights.texts(open_app(id=client, locale="fr-FR"))
