"""A tab that is open all day keeps what is on its screen, and not what was."""

from __future__ import annotations

import gc

from pages.components.client.client_file import ClientFile
from tests.pages import sights
from tests.pages.conftest import Open


def test_a_client_who_was_on_the_screen_is_not_kept(open_app: Open) -> None:
    app = sights.open_part(open_app(id="900001"), "what_if")
    before = n_files()
    for place in range(2, 12):
        client = str(900_000 + place)
        app.query_params["id"] = client
        assert client in sights.title(app.run())
    assert n_files() - before <= 2


def n_files() -> int:
    """How many clients' files are in memory."""
    gc.collect()
    return sum(isinstance(each, ClientFile) for each in gc.get_objects())
