"""What deploy/ gives a server of one's own starts Aval as the Procfile does, and lets through what Aval takes."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import ROOT, Settings

UNIT = (ROOT / "deploy" / "aval.service").read_text(encoding="utf-8")
NGINX = re.sub(r"^\s*#.*\n", "", (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8"), flags=re.MULTILINE)
PAGE = (ROOT / "docs" / "own_server.md").read_text(encoding="utf-8")


def options(command: str) -> dict[str, str]:
    """The options of a uvicorn command with their values; "" where an option has none."""
    words = shlex.split(command.replace("\\\n", " ").replace("=", " "))
    following = [*words[1:], "--"]
    return {
        word: "" if after.startswith("--") else after
        for word, after in zip(words, following, strict=True)
        if word.startswith("--")
    }


def in_unit(name: str) -> str:
    """The value of a directive of the unit."""
    found = re.search(rf"^{name}=((?:.*\\\n)*.*)$", UNIT, flags=re.MULTILINE)
    assert found is not None, name
    return found[1]


def directive(name: str) -> str:
    """The arguments of a directive of nginx.conf that stands there once."""
    (found,) = re.findall(rf"\b{name}\s+([^;]*);", NGINX)
    return str(found)


def test_the_unit_starts_aval_as_the_procfile_and_setup_do() -> None:
    unit, procfile = options(in_unit("ExecStart")), options((ROOT / "Procfile").read_text(encoding="utf-8"))
    assert unit == procfile | {"--host": "127.0.0.1", "--port": "8501", "--forwarded-allow-ips": "127.0.0.1"}
    setup = (ROOT / "setup.sh").read_text(encoding="utf-8").replace("\\\n", " ")
    (line,) = re.findall(r"^.*-m uvicorn dashboard:app.*$", setup, flags=re.MULTILINE)
    served = options(line)
    for name in ("--http", "--ws-max-size"):
        assert unit[name] == served[name]


def test_the_unit_gives_aval_a_user_and_little_else() -> None:
    assert in_unit("User") == "aval"
    assert in_unit("ProtectSystem") == "strict"
    assert in_unit("EnvironmentFile") == "/etc/aval/aval.env"
    assert in_unit("Restart") == "on-failure"
    for name in ("PrivateTmp", "NoNewPrivileges", "ProtectHome", "PrivateDevices"):
        assert in_unit(name) == "true"
    graceful = int(options(in_unit("ExecStart"))["--timeout-graceful-shutdown"])
    assert int(in_unit("TimeoutStopSec")) > graceful
    assert int(in_unit("LimitNOFILE")) > Settings().max_connections + 100


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """The Python of the unit is this one, for systemd looks whether it is there."""
    unit = tmp_path / "aval.service"
    unit.write_text(UNIT.replace("/opt/aval/current/.venv/bin/python", sys.executable), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    # Other units of the machine may have warnings of their own.
    assert [line for line in done.stderr.splitlines() if "aval.service" in line] == []
    assert done.returncode == 0, done.stderr


def test_nginx_lets_through_what_aval_takes() -> None:
    most = max(Settings().max_body_mb, Settings().max_upload_mb)
    assert int(directive("client_max_body_size").removesuffix("m")) > most
    port = options(in_unit("ExecStart"))["--port"]
    assert f"server 127.0.0.1:{port};" in NGINX
    assert int(directive("proxy_read_timeout").removesuffix("s")) > Settings().max_upload_seconds


def test_nginx_lets_screens_open_their_websocket() -> None:
    assert directive("proxy_http_version") == "1.1"
    assert "proxy_set_header Upgrade $http_upgrade;" in NGINX
    assert "proxy_set_header Connection $aval_connection;" in NGINX
    assert re.search(r"map \$http_upgrade \$aval_connection \{\s*default upgrade;\s*''\s+'';\s*\}", NGINX)


def test_nginx_tells_aval_who_asks_by_which_name_and_how() -> None:
    assert "proxy_set_header Host $http_host;" in NGINX
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX


def test_nginx_keeps_no_client_in_a_file() -> None:
    assert directive("proxy_request_buffering") == "off"
    assert directive("proxy_max_temp_file_size") == "0"
    assert not re.search(r"\$(request|request_uri|args|query_string|http_referer)\b", directive("log_format"))


def test_one_address_cannot_take_all_connections() -> None:
    assert int(directive("limit_conn").split()[1]) < Settings().max_connections


def test_the_page_names_the_files() -> None:
    for path in ("deploy/aval.service", "deploy/nginx.conf"):
        assert f"`{path}`" in PAGE
