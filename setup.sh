#!/usr/bin/env bash
# Makes .venv ready, then starts Aval or tests it. Run it as often as you like: what is ready is left alone.
# .venv/ready says what .venv is: where it was made, for which Python, and the checksums of what it holds.
# It is written last, so a .venv without it is half-made, and one that says otherwise was moved or is out of date.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
root=$(pwd -P)
python=.venv/bin/python
# Without PYTHONDONTWRITEBYTECODE: what is imported first is compiled once and not again by each process.
unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

fail() { printf '%s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

usage() {
  cat >&2 <<'TEXT'
./setup.sh             start Aval on http://localhost:8501 (another port: PORT=8502 ./setup.sh)
./setup.sh test [...]  run ruff, mypy and pytest, as CI does; what follows goes to pytest
./setup.sh audit [...] ask PyPI which pinned libraries have known weaknesses; what follows goes to pip-audit
./setup.sh train [...] train a model of your own (docs/training.md); what follows goes to python -m core train
./setup.sh lock [...]  write the four requirements files anew from pyproject.toml (--upgrade: newer versions)
The first run makes .venv and takes a minute; the next ones take seconds.
TEXT
  exit 2
}

# The Python that serves in production comes first.
find_python() {
  local name without_pip=
  for name in python3.11 python3.12 python3.13 python3 python; do
    "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 || continue
    if have uv || "$name" -c 'import ensurepip, venv' 2>/dev/null; then found=$name; return; fi
    without_pip=$("$name" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
  done
  [ -z "$without_pip" ] || fail "$without_pip cannot make a virtual environment yet: sudo apt-get install -y $without_pip-venv"
  fail "Aval needs Python 3.11, 3.12 or 3.13: sudo apt-get install -y python3 python3-venv (macOS: brew install python@3.11)"
}

recorded() { grep -qxF -- "$1" .venv/ready 2>/dev/null; }
python_line() { "$python" -c 'import sys; print("Python %d.%d" % sys.version_info[:2])' 2>/dev/null; }

make_venv() {
  find_python
  [ ! -e .venv ] || printf '%s\n' "Making .venv again: it was moved, interrupted or made otherwise."
  rm -rf .venv
  if have uv; then "$found" -m venv --without-pip "$root/.venv"; else "$found" -m venv "$root/.venv"; fi
}

# The uv that requirements-dev.txt pins, by its hashes. It installs the rest in a sixth of the time that pip needs.
pinned_uv() {
  awk '/^[^ #]/ { ours = /^uv==/ } ours' requirements-dev.txt >.venv/uv.txt
  "$python" -m pip install --require-hashes -r .venv/uv.txt
}

# install FILE: with uv, or with pip where uv does not run here or pip alone is set up for this network.
install() {
  if have uv; then
    if uv pip install --python "$python" --require-hashes -r "$1"; then return; fi
    [ -e .venv/bin/pip ] || "$python" -m ensurepip
  elif pinned_uv && "$python" -m uv pip install --python "$python" --require-hashes -r "$1"; then
    return
  fi
  "$python" -m pip install --require-hashes -r "$1"
}

# ready FILE...: .venv holds what the last FILE pins, which includes what the others pin.
ready() {
  local file lock="${!#}"
  if ! { recorded "$root" && recorded "$(python_line)" && { have uv || [ -e .venv/bin/pip ]; }; }; then make_venv; fi
  if ! recorded "$(cksum "$lock")"; then
    printf '%s\n' "Installing $lock into .venv (up to two minutes, log in .venv/install.log) ..."
    rm -f .venv/ready
    install "$lock" >.venv/install.log 2>&1 || {
      tail -n 3 .venv/install.log >&2
      fail "$lock could not be installed (the lines above end .venv/install.log): check the network, then run this again."
    }
    { printf '%s\n' "$root"; python_line; for file in "$@"; do cksum "$file"; done; } >.venv/ready.new
    mv .venv/ready.new .venv/ready
  fi
}

# Installs a Debian or Ubuntu package without a question; fails where that is not possible.
apt_install() {
  local sudo=
  have apt-get || return 1
  if [ "$(id -u)" != 0 ]; then sudo -n true 2>/dev/null || return 1; sudo="sudo -n"; fi
  printf '%s\n' "Installing $1 with apt-get (log in .venv/apt.log) ..."
  { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1"; } \
    </dev/null >>.venv/apt.log 2>&1
}

# Loads LightGBM's library alone, for importing the package takes seconds.
lightgbm_loads() {
  "$python" - <<'PY'
import ctypes, importlib.util, pathlib, sys
package = pathlib.Path(importlib.util.find_spec("lightgbm").origin).parent
try:
    ctypes.CDLL(str(next(package.glob("lib/lib_lightgbm.*"))))
except OSError as error:
    sys.exit(str(error))
PY
}

openmp_missing() {
  case $(uname -s) in
    Darwin) fail "LightGBM cannot load the OpenMP library: brew install libomp" ;;
    *) fail "LightGBM cannot load the OpenMP library: sudo apt-get install -y libgomp1" ;;
  esac
}

# Leaves the browser's path in CHROMIUM, where the browser tests look for it.
find_chromium() {
  local name path
  for name in "${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium; do
    if path=$(command -v "$name"); then export CHROMIUM="$path"; return; fi
  done
  return 1
}

# pgserver brings one for the journal's tests, but not to Python 3.13; Debian keeps its own out of the path.
have_postgres() { "$python" -c 'import pgserver' 2>/dev/null || have pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1; }

serve() {
  local port=${PORT:-8501}
  case $port in *[!0-9]* | ??????*) port=0 ;; esac
  port=$((10#$port))
  if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then fail "PORT must be a number from 1 to 65535, not '$PORT'."; fi
  if (exec 3<>"/dev/tcp/localhost/$port") 2>/dev/null; then fail "Port $port is taken: PORT=$((port + 1)) ./setup.sh"; fi
  ready requirements.txt
  lightgbm_loads || openmp_missing
  printf '%s\n' "Aval: http://localhost:$port  (Ctrl+C stops it)"
  exec "$python" -m uvicorn dashboard:app --host 127.0.0.1 --port "$port" --http core.web.http_protocol:LimitedProtocol \
    --ws-max-size 1048576
}

check() {
  local status=0
  ready requirements.txt requirements-train.txt requirements-dev.txt
  lightgbm_loads || { apt_install libgomp1 && lightgbm_loads; } || openmp_missing
  if ! find_chromium && ! { { apt_install chromium-headless-shell || apt_install chromium; } && find_chromium; }; then
    printf '%s\n' "No Chromium here and no way to install it: the browser tests are left out (CHROMIUM=/path/to/it runs them)."
    set -- -m "not browser" "$@"
  fi
  have_postgres || apt_install postgresql || printf '%s\n' "No PostgreSQL here: the journal is tested on SQLite alone."
  "$python" -m ruff check . || status=1
  "$python" -m ruff format --check . || status=1
  "$python" -m mypy || status=1
  "$python" -m pytest --numprocesses logical --dist loadfile --no-loadscope-reorder "$@" || status=1
  return $status
}

# --strict: a library that PyPI does not know fails too, or an audit that reached nobody would pass.
audit() {
  local status=0 file
  ready requirements.txt requirements-train.txt requirements-dev.txt
  for file in requirements*.txt; do
    printf '%s\n' "$file"
    "$python" -m pip_audit --strict --disable-pip --require-hashes -r "$file" "$@" || status=1
  done
  return $status
}

train() {
  ready requirements.txt requirements-train.txt
  lightgbm_loads || openmp_missing
  exec "$python" -m core train "$@"
}

lock() {
  ready requirements.txt requirements-train.txt requirements-dev.txt
  set -- --universal --python-version 3.11 --generate-hashes --custom-compile-command "./setup.sh lock" --quiet "$@"
  "$python" -m uv pip compile pyproject.toml -o requirements.txt "$@"
  "$python" -m uv pip compile pyproject.toml -o requirements-train.txt --extra train -c requirements.txt "$@"
  "$python" -m uv pip compile pyproject.toml -o requirements-scale.txt --extra scale -c requirements-train.txt "$@"
  "$python" -m uv pip compile pyproject.toml -o requirements-dev.txt --extra train --extra scale --extra dev -c requirements-train.txt "$@"
}

case ${1:-serve} in
  serve) [ $# -eq 0 ] || usage; serve ;;
  test) shift; check "$@" ;;
  audit) shift; audit "$@" ;;
  train) shift; train "$@" ;;
  lock) shift; lock "$@" ;;
  *) usage ;;
esac
