"""What Heroku would carry, built as its Python buildpack builds it: small enough, and enough to serve."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import zlib
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from smoke import smoke

from core.settings import ROOT
from tests.browser.serving import MAX_SECONDS, environment, free_port

MAX_MB = 310.0
GZIP = 6
NOT_SERVING = {"mlflow", "mlflow-skinny", "polars", "dask", "distributed", "shap", "numba", "matplotlib", "optuna"}
LIBRARIES = ".heroku/python/lib/site-packages"


@pytest.fixture(scope="module")
def slug(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files that .slugignore leaves, and beside them the libraries, installed afresh."""
    folder = tmp_path_factory.mktemp("slug")
    for name in tracked() - tracked("--ignored", "--exclude-from=.slugignore"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    install = ("-m", "uv", "pip", "install", "--quiet", "--python", sys.executable)
    what = ("--target", str(folder / LIBRARIES), "--require-hashes", "-r", str(folder / "requirements.txt"))
    done = subprocess.run([sys.executable, *install, *what], capture_output=True, text=True)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"the slug cannot be built without the network: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    return folder


def tracked(*which: str) -> set[str]:
    """Files that git keeps, by their path from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", *which], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return set(filter(None, listed.stdout.split("\0")))


def runtime() -> list[Path]:
    """Python itself as the buildpack packs it: the standard library with its bytecode, no tests, and the interpreter.

    It is this machine's, symbols included, which Heroku strips: rather too much than too little.
    """
    library = Path(sysconfig.get_path("stdlib"))
    left_out = {"site-packages", "dist-packages", "test", "tests", "idle_test"}
    files = [
        file
        for file in files_below(library)
        if not left_out & set(file.relative_to(library).parts)
        and not file.relative_to(library).parts[0].startswith("config-")
        and not file.name.endswith((".opt-1.pyc", ".opt-2.pyc"))
    ]
    shared = Path(str(sysconfig.get_config_var("LIBDIR"))) / str(sysconfig.get_config_var("INSTSONAME"))
    return [
        *files,
        *(file for file in (Path(sys.executable).resolve(), shared) if file.suffix != ".a" and file.is_file()),
    ]


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, links left out."""
    return [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]


def ours(slug: Path) -> list[Path]:
    """What the slug holds of the project itself."""
    return [file for file in files_below(slug) if file.relative_to(slug).parts[0] != ".heroku"]


def compressed(files: Iterable[Path]) -> dict[Path, int]:
    """Bytes of each file as gzip writes it.

    Each by itself, so that all processors share the work: measured on all libraries together that is 3 % more than
    one `tar | gzip`, which is what is sent.
    """
    with ThreadPoolExecutor(os.cpu_count()) as hands:
        every = list(files)
        return dict(zip(every, hands.map(lambda file: len(zlib.compress(file.read_bytes(), GZIP)), every), strict=True))


def libraries(slug: Path, cache: pytest.Cache) -> dict[str, int]:
    """Bytes of each library with its bytecode, which pip writes on Heroku.

    That takes half a minute of two processors, so what was measured is kept until the requirements change.
    """
    content = (slug / "requirements.txt").read_bytes()
    key = f"slug/{hashlib.sha256(content).hexdigest()}-{sys.implementation.cache_tag}-{sys.platform}"
    known: dict[str, int] | None = cache.get(key, None)
    if known is None:
        folder, parts = slug / LIBRARIES, Counter[str]()
        subprocess.run([sys.executable, "-m", "compileall", "-q", "-j", "0", str(folder)], capture_output=True)
        for file, size in compressed(files_below(folder)).items():
            parts[file.relative_to(folder).parts[0].split("-")[0]] += size
        known = dict(parts)
        cache.set(key, known)
    return known


def test_the_slug_is_small_enough(slug: Path, cache: pytest.Cache) -> None:
    parts = Counter(libraries(slug, cache))
    parts["Python itself"] = sum(compressed(runtime()).values())
    parts["the app"] = sum(compressed(ours(slug)).values())
    total = sum(parts.values()) / 1e6
    told = f"slug {total:.0f} MB: " + ", ".join(f"{name} {size / 1e6:.1f}" for name, size in parts.most_common(12))
    print(told)
    assert total < MAX_MB, told
    assert parts["the app"] < 10e6, told


def test_nothing_that_only_trains_or_tests_is_in_it(slug: Path) -> None:
    installed = {path.name.split("-")[0].lower() for path in (slug / LIBRARIES).glob("*.dist-info")}
    assert len(installed) > 30
    assert not installed & {name.replace("-", "_") for name in NOT_SERVING | {"pytest", "hypothesis", "playwright"}}
    names = {path.name for path in slug.iterdir()}
    assert not names & {"tests", "docs", ".github", ".ci", "setup.sh", "requirements-dev.txt", "README.md"}
    assert names >= {"Procfile", ".python-version", "requirements.txt", "dashboard.py", "core", "pages", "assets"}


def test_what_is_in_it_serves(slug: Path, tmp_path: Path) -> None:
    """The Procfile's command in the slug's folder, with the slug's libraries and no others, passes the smoke test."""
    port, log = free_port(), tmp_path / "log.txt"
    command = (slug / "Procfile").read_text().removeprefix("web:").replace("$PORT", str(port))
    words = shlex.split(command.replace("0.0.0.0", "127.0.0.1"))
    paths = {"PYTHONPATH": os.pathsep.join((str(slug), str(slug / LIBRARIES))), "HOME": str(tmp_path)}
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, "-S", "-m", *words],
            cwd=slug,
            env=environment(PORT=str(port)) | paths,
            stdout=lines,
            stderr=subprocess.STDOUT,
        )
    said: list[str] = []
    try:
        assert smoke(f"http://127.0.0.1:{port}", say=said.append), (said, log.read_text()[-2000:])
    finally:
        process.terminate()
        process.wait(timeout=MAX_SECONDS)
    assert "Traceback" not in log.read_text()
