"""The client screen in front of a model that knows neither its population nor its figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.i18n.translations import translate
from core.training.import_legacy import convert
from pages.components import resources
from tests.core.old_api import bare, baseline, training, write_old
from tests.pages import sights
from tests.pages.conftest import Open, forget_settings

Serve = Callable[[Any], None]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a converted model behind the screens for one test."""

    def serve(old: Any) -> None:
        made = convert(write_old(tmp_path / "old", old), tmp_path / "new", trust=True)
        monkeypatch.setenv("MODEL_DIR", str(tmp_path / "new"))
        monkeypatch.setenv("TRUSTED_MODELS", made.model_digest)
        forget_settings()
        resources.model.clear()

    yield serve
    monkeypatch.undo()
    forget_settings()
    resources.model.clear()


def mixed() -> Any:
    """A pipeline whose answers nobody can take apart by column."""
    return make_pipeline(StandardScaler(), PCA(6), LogisticRegression()).fit(*training())


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
@pytest.mark.parametrize("old", [bare, baseline])
def test_client_opens_with_reasons_and_without_a_place_among_others(
    open_app: Open, serve: Serve, old: Callable[[], Any], locale: str
) -> None:
    serve(old())
    app = open_app(id=resources.loaded_clients().ids[0].decode(), locale=locale)
    assert not app.exception
    said = " ".join(sights.texts(app))
    assert "How clients are distributed" not in said
    assert "Répartition des clients" not in said
    assert app.get_by_key("themes") is not None
    assert ("An older model, converted" in said) == (locale == "en-GB")


def test_client_opens_with_a_sentence_where_nothing_can_be_explained(open_app: Open, serve: Serve) -> None:
    serve(mixed())
    app = open_app(id=resources.loaded_clients().ids[0].decode())
    assert not app.exception
    assert "so no reasons are shown" in " ".join(info.value for info in app.info)


@pytest.mark.parametrize("old", [bare, baseline, mixed])
def test_simulations_and_offers_need_no_population_and_no_reasons(
    open_app: Open, serve: Serve, old: Callable[[], Any]
) -> None:
    serve(old())
    client = resources.loaded_clients().ids[0].decode()
    app = sights.open_part(open_app(id=client), "what_if")
    app.text_input(key=f"what_if_{client}_AMT_CREDIT_en").set_value("150000").run()
    assert not app.exception
    assert (translate("simulation.not_explained", "en") in sights.texts(app)) == (old is mixed)
    app = sights.open_part(app, "offer")
    assert not app.exception
    assert translate("offer.left_out_unknown", "en") in sights.texts(app)


def test_first_sight_opens(open_app: Open, serve: Serve) -> None:
    serve(bare())
    assert not open_app().exception
