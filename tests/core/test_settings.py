"""Every setting: its default, its limits, and a sentence with its name where it cannot be used."""

from __future__ import annotations

import pytest

from core.errors import SettingError
from core.settings import ROOT, Settings, describe_settings, read_settings

DEFAULTS = {
    "PORT": 8501,
    "MODEL_DIR": "assets/model",
    "TRUSTED_MODELS": "",
    "CLIENTS": "assets/demo/clients.csv",
    "CURRENCY": "",
    "REVIEW_BAND": 0.02,
    "MAX_BODY_MB": 64,
    "MAX_BODY_SECONDS": 30,
    "MAX_ROWS": 2000,
    "MAX_SCORINGS": 4,
    "API_KEYS": "",
    "MAX_UPLOAD_MB": 50,
    "MAX_UPLOAD_ROWS": 50_000,
    "MAX_READ_MB": 224,
}


def test_nothing_set_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()
    assert {name: getattr(Settings(), name.lower()) for name in DEFAULTS} == DEFAULTS


def test_every_setting_has_a_type_a_default_and_a_line_of_help() -> None:
    rows = describe_settings()
    assert [name for name, *_ in rows] == list(DEFAULTS)
    for name, kind, default, text in rows:
        assert kind == type(DEFAULTS[name]).__name__
        assert default == str(DEFAULTS[name])
        assert text.endswith(".")


@pytest.mark.parametrize("empty", ["", "  "])
def test_empty_text_counts_as_unset(empty: str) -> None:
    assert read_settings(dict.fromkeys(DEFAULTS, empty)) == Settings()


def test_text_of_the_environment_becomes_the_setting_s_type() -> None:
    found = read_settings({"PORT": " 80 ", "REVIEW_BAND": "0.05", "CURRENCY": "€", "MAX_ROWS": "1", "OTHER": "x"})
    assert found == Settings(port=80, review_band=0.05, currency="€", max_rows=1)


@pytest.mark.parametrize(
    ("name", "text", "must_be"),
    [
        ("PORT", "http", "must be a whole number"),
        ("PORT", "0", "must be a whole number of at least 1"),
        ("PORT", "65536", "must be a whole number of at most 65535"),
        ("REVIEW_BAND", "wide", "must be a number"),
        ("REVIEW_BAND", "-0.1", "must be a number of at least 0.0"),
        ("REVIEW_BAND", "0.51", "must be a number of at most 0.5"),
        ("REVIEW_BAND", "nan", "must be a number of at least 0.0"),
        ("REVIEW_BAND", "inf", "must be a number of at most 0.5"),
        ("CURRENCY", "far too long", "must be text no longer than 8"),
        (
            "TRUSTED_MODELS",
            "a" * 63,
            "must be SHA-256 digests (64 hexadecimal digits each), separated by commas or spaces",
        ),
        ("MAX_BODY_MB", "0", "must be a whole number of at least 1"),
        ("MAX_BODY_MB", "1025", "must be a whole number of at most 1024"),
        ("MAX_ROWS", "1.5", "must be a whole number"),
        ("MAX_UPLOAD_MB", "0", "must be a whole number of at least 1"),
        ("MAX_UPLOAD_ROWS", "many", "must be a whole number"),
    ],
)
def test_malformed_setting_is_refused_by_name_with_what_it_must_be(name: str, text: str, must_be: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({name: text})
    assert refused.value.name == name
    assert str(refused.value) == f"{name}: {must_be}."


def test_environment_of_the_process_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_ROWS", "7")
    assert read_settings().max_rows == 7


def test_relative_paths_are_the_project_s_and_absolute_ones_stay() -> None:
    assert Settings().model_folder == ROOT / "assets" / "model"
    assert Settings(clients="/data/clients.csv").clients_file.as_posix() == "/data/clients.csv"


@pytest.mark.parametrize("between", [",", " ", ", "])
def test_trusted_models_are_read_as_digests_in_lower_case(between: str) -> None:
    found = read_settings({"TRUSTED_MODELS": f"{'A' * 64}{between}{'0' * 64}"})
    assert found.trusted_digests == {"a" * 64, "0" * 64}
    assert Settings().trusted_digests == frozenset()
