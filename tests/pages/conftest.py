"""The screens, run by Streamlit's AppTest on the real frame, with the model and the clients that ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.records import Verdict
from core.scoring.assess import Model
from core.settings import ROOT, describe_settings
from pages.components import resources
from tests.browser.serving import MAX_SECONDS
from tests.pages.people import People, load_people

Open = Callable[..., AppTest]
FRAME = ROOT / "pages" / "frame.py"


def forget_settings() -> None:
    """What was read from the environment is read again."""
    for loaded in (
        resources.settings,
        resources.journal,
        resources.loaded_clients,
        resources.examples,
        resources.reference_sample,
    ):
        loaded.clear()


@pytest.fixture(scope="module", autouse=True)
def default_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting of whoever runs the tests gets into the screens, and what is decided goes into a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, *_ in describe_settings():
            patch.delenv(name, raising=False)
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("data")))
        forget_settings()
        yield
    forget_settings()


@pytest.fixture(scope="session")
def people(model: Model) -> People:
    """The loaded clients, with what core.assess says of them."""
    return load_people(model)


@pytest.fixture
def open_app() -> Open:
    """A visitor's first sight of the app: open_app(), open_app("raw_data"), open_app(id="900001", locale="fr-FR")."""

    def open_app(page: str = "client", *, locale: str = "en-GB", **query: str) -> AppTest:
        app = AppTest.from_file(str(FRAME), default_timeout=MAX_SECONDS)
        app.context = {"locale": locale, "url": f"http://localhost:8501/{page.replace('_', '-')}"}
        app.query_params.update(query)
        app.run()
        return app.switch_page(f"{page}.py").run() if page != "client" else app

    return open_app


@pytest.fixture(params=list(Verdict), ids=str)
def verdict(request: pytest.FixtureRequest) -> Verdict:
    """Each verdict in turn."""
    found: Verdict = request.param
    return found
