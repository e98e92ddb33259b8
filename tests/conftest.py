"""What every test may ask for: the model that ships, loaded once, and quiet hypothesis settings."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from core.scoring.assess import Model, open_model
from core.settings import Settings

hypothesis_settings.register_profile(
    "suite",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.load_profile("suite")


@pytest.fixture(scope="session")
def model() -> Model:
    """The model that ships, checked as at start."""
    return open_model(Settings().model_folder)
