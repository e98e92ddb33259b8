"""Every setting: its default, its limits, and a sentence with its name where it cannot be used."""

from __future__ import annotations

import pytest

from core.errors import SettingError
from core.settings import ROOT, Settings, describe_settings, read_settings

DEFAULTS = {
    "PORT": 8501,
    "MODEL_DIR": "assets/model",
    "MODEL_DIGEST": "",
    "TRUSTED_MODELS": "",
    "CLIENTS": "assets/demo/clients.csv",
    "CURRENCY": "",
    "REVIEW_BAND": 0.02,
    "MAX_BODY_MB": 64,
    "MAX_BODY_SECONDS": 30,
    "MAX_HEAD_KB": 64,
    "MAX_HEAD_SECONDS": 10,
    "MAX_CONNECTIONS": 500,
    "MAX_UPLOAD_SECONDS": 300,
    "MAX_UNTAKEN_MB": 64,
    "MAX_ROWS": 2000,
    "MAX_SCORINGS": 4,
    "API_KEYS": "",
    "MAX_UPLOAD_MB": 50,
    "MAX_UPLOAD_ROWS": 50_000,
    "MAX_READ_MB": 224,
    "VISIT_MINUTES": 120,
    "MAX_VISITS_MB": 256,
    "OIDC_ISSUER": "",
    "OIDC_CLIENT_ID": "",
    "OIDC_CLIENT_SECRET": "",
    "PUBLIC_URL": "",
    "ALLOWED_HOSTS": "",
    "DATA_DIR": "data",
    "DATABASE_URL": "",
    "OFFICER": "",
    "DECISION_REASONS": "",
    "LETTER_NAME": "",
    "LETTER_ADDRESS": "",
    "LETTER_CONTACT": "",
    "LETTER_APPEAL": "",
    "LETTER_SCORES": "",
    "LETTER_TEMPLATES": "",
}
SIGN_IN = {
    "OIDC_ISSUER": "https://login.example/tenant/v2.0",
    "OIDC_CLIENT_ID": "aval",
    "OIDC_CLIENT_SECRET": "0123456789abcdef",
    "PUBLIC_URL": "https://aval.example/",
}
AN_ADDRESS = "must be an address like https://aval.example (http only for localhost)"
PORTS, SHARES = "must be a whole number from 1 to 65535", "must be a number from 0 to 0.5"
HOSTS = "must be host names like aval.example or *.aval.example, separated by commas or spaces"
AN_ISSUER = "must be an address like https://login.example/tenant (http only for localhost)"


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
        ("PORT", "http", PORTS),
        ("PORT", "0", PORTS),
        ("PORT", "65536", PORTS),
        ("PORT", "8_501", PORTS),
        ("PORT", "8501.0", PORTS),
        ("PORT", "٨٥٠١", PORTS),
        ("PORT", "9" * 5000, PORTS),
        ("REVIEW_BAND", "wide", SHARES),
        ("REVIEW_BAND", "-0.1", SHARES),
        ("REVIEW_BAND", "0.51", SHARES),
        ("REVIEW_BAND", "nan", SHARES),
        ("REVIEW_BAND", "inf", SHARES),
        ("REVIEW_BAND", "0,1", SHARES),
        ("REVIEW_BAND", "1e-400x", SHARES),
        ("CURRENCY", "far too long", "must be text of at most 8 characters"),
        (
            "TRUSTED_MODELS",
            "a" * 63,
            "must be SHA-256 digests (64 hexadecimal digits each), separated by commas or spaces",
        ),
        ("MAX_BODY_MB", "0", "must be a whole number from 1 to 1024"),
        ("MAX_BODY_MB", "1025", "must be a whole number from 1 to 1024"),
        ("MAX_ROWS", "1.5", "must be a whole number from 1 to 1000000"),
        ("MAX_UPLOAD_MB", "0", "must be a whole number from 1 to 50"),
        ("MAX_UPLOAD_ROWS", "many", "must be a whole number from 1 to 1000000"),
        ("OIDC_ISSUER", "login.example", AN_ISSUER),
        ("OIDC_ISSUER", "http://login.example", AN_ISSUER),
        ("OIDC_ISSUER", "https://login.example@evil.example", AN_ISSUER),
        ("OIDC_CLIENT_SECRET", "short", "must be text of at least 16 characters"),
        ("PUBLIC_URL", "http://aval.example", AN_ADDRESS),
        ("PUBLIC_URL", "https://aval.example/client", AN_ADDRESS),
        ("PUBLIC_URL", "https://aval.example@evil.example", AN_ADDRESS),
        ("ALLOWED_HOSTS", "https://aval.example", HOSTS),
        ("ALLOWED_HOSTS", "aval.example:8501", HOSTS),
        ("ALLOWED_HOSTS", "*.", HOSTS),
    ],
)
def test_malformed_setting_is_refused_by_name_with_what_it_must_be(name: str, text: str, must_be: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({name: text})
    assert refused.value.name == name
    assert str(refused.value) == f"{name}: {must_be}."


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORT", "1", 1),
        ("PORT", "+65535", 65535),
        ("REVIEW_BAND", "0", 0.0),
        ("REVIEW_BAND", ".5", 0.5),
        ("REVIEW_BAND", "5E-1", 0.5),
        ("CURRENCY", "8 letter", "8 letter"),
        ("OIDC_CLIENT_ID", "any text", "any text"),
    ],
)
def test_value_at_its_limit_is_read(name: str, text: str, value: object) -> None:
    others = SIGN_IN if name in SIGN_IN else {}
    assert getattr(read_settings({**others, name: text}), name.lower()) == value


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


def test_sign_in_is_set_up_by_four_settings_and_off_without_them() -> None:
    found = read_settings(SIGN_IN)
    assert found.sign_in
    assert found.origin == "https://aval.example"
    assert not Settings().sign_in
    assert read_settings(SIGN_IN | {"PUBLIC_URL": "http://localhost:8501"}).origin == "http://localhost:8501"


def test_host_names_are_those_allowed_and_that_of_the_public_address() -> None:
    assert Settings().host_names == frozenset()
    assert read_settings({"ALLOWED_HOSTS": "Aval.example, *.bank.example"}).host_names == {
        "aval.example",
        "*.bank.example",
    }
    assert read_settings(SIGN_IN | {"ALLOWED_HOSTS": "*"}).host_names == {"aval.example", "*"}


@pytest.mark.parametrize("absent", [{"OIDC_ISSUER"}, {"OIDC_CLIENT_SECRET"}, {"OIDC_CLIENT_ID", "PUBLIC_URL"}])
def test_sign_in_half_set_up_is_refused_naming_what_lacks(absent: set[str]) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({name: value for name, value in SIGN_IN.items() if name not in absent})
    assert str(refused.value) == (
        f"{', '.join(sorted(absent))}: must be set too; sign-in needs "
        "OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, PUBLIC_URL, all or none."
    )
    assert "0123456789abcdef" not in str(refused.value)


def test_the_cookie_s_key_comes_from_the_client_secret_and_does_not_tell_it() -> None:
    first, second = read_settings(SIGN_IN), read_settings(SIGN_IN | {"OIDC_CLIENT_SECRET": "another secret here"})
    assert first.cookie_secret == read_settings(SIGN_IN).cookie_secret != second.cookie_secret
    assert len(first.cookie_secret) == 64
    assert "0123456789abcdef" not in first.cookie_secret


def test_reasons_of_one_s_own_are_read_in_their_order() -> None:
    assert read_settings({"DECISION_REASONS": "Guarantee; Known client ;Guarantee;"}).own_reasons == (
        "Guarantee",
        "Known client",
    )
    assert Settings().own_reasons == ()


@pytest.mark.parametrize(
    "address",
    ["postgres://one:two@host:5432/base", "postgresql://one@/base?host=/run/pg", "postgresql+psycopg://host/base"],
)
def test_the_address_of_a_database_is_read_as_it_is(address: str) -> None:
    assert read_settings({"DATABASE_URL": address}).database_url == address


@pytest.mark.parametrize("address", ["mysql://one:hush@host/base", "host/base", "postgres://one:hush@host"])
def test_another_address_of_a_database_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(SettingError, match=r"^DATABASE_URL: must be an address like postgres://") as raised:
        read_settings({"DATABASE_URL": address})
    assert "hush" not in str(raised.value)


def test_a_platform_says_that_its_disk_does_not_last() -> None:
    assert read_settings({"DYNO": "web.1"}).disk_lasts is False
    assert read_settings({}).disk_lasts is True


def test_settings_never_print_their_values() -> None:
    found = read_settings(SIGN_IN | {"API_KEYS": "a" * 64})
    for text in (repr(found), str(found), f"{found!r}"):
        assert text == "Settings(...)"
