"""The house: arrows only ever point down. Rules nobody checks are wishes; here they fail."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.settings import ROOT

BASE = {"errors", "settings", "setting_parsers", "records", "progress_log", "regular_file"}
"""Single modules of core that every package may import; they import only each other."""

MAY_IMPORT: dict[str, set[str]] = {
    "i18n": set(),
    "model": set(),
    "dictionary": {"i18n"},
    "alignment": {"model"},
    "readers": {"alignment"},
    "scoring": {"alignment", "model"},
    "insights": {"scoring", "readers", "alignment", "model", "dictionary", "i18n"},
    "what_if": {"insights", "scoring", "alignment", "model", "dictionary", "i18n"},
    "decisions": {"what_if", "scoring", "readers", "alignment", "model", "dictionary", "i18n"},
    "reports": {"insights", "scoring", "i18n"},
    "letters": {
        *("reports", "decisions", "what_if", "insights", "scoring", "model", "dictionary", "i18n"),
    },
    "batch": {"scoring", "readers", "alignment", "model", "dictionary", "i18n"},
    "monitoring": {"decisions", "batch", "scoring", "readers", "alignment", "model", "dictionary", "i18n"},
    "api": {"scoring", "readers", "alignment", "i18n"},
    "web": {"i18n"},
    "features": {"alignment"},
    "synthetic": {"features", "scoring", "alignment", "model"},
    "training": {"synthetic", "features", "scoring", "alignment", "model"},
}
"""Package of core: the packages that it may import. A package may import only those that stand before it here."""

OFFLINE = ("features", "synthetic", "training")
"""What fits and draws models; nothing that serves imports it."""
COMMAND_LINE = ("__main__", "cli")
OWN_PROCESS = ("core/decisions/migrations/", "core/decisions/commands.py")
"""What of a serving package runs in a process of its own: the journal's migrations and commands."""
ONE_MODULE = {
    "alignment": {"model": {"schema"}},
    "readers": {"alignment": {"client_id", "names", "number_text", "table"}},
    "insights": {"readers": {"client_store"}},
    "decisions": {"readers": {"formulas"}},
}
"""Package: of another package, the only modules that it may import."""
MODEL_LIBRARIES = {"lightgbm", "shap", "sklearn", "joblib", "woodelf"}
MAX_CODE, MAX_LINES = 250, 260


def files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


SERVING = [
    *(ROOT / "core" / f"{name}.py" for name in sorted(BASE)),
    *files(*(f"core/{package}" for package in MAY_IMPORT if package not in OFFLINE)),
]
SCREENS = [ROOT / "dashboard.py", *files("pages")]
PAGES = [file for file in sorted((ROOT / "pages").glob("*.py")) if file.stem not in ("__init__", "frame")]
EVERYTHING = [*files("core"), *SCREENS]


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(file: Path, *, at_the_top_only: bool = False) -> set[str]:
    """Full names of what a file imports, those inside functions too unless told otherwise."""
    nodes: Iterator[ast.AST] = iter(tree_of(file).body) if at_the_top_only else ast.walk(tree_of(file))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)} imports by dots"
            found |= {f"{node.module}.{each.name}" for each in node.names}
    return found


def libraries(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(file)}


def core_parts(file: Path) -> set[str]:
    """The modules of core that a file imports, by the name after `core.`."""
    return {name.split(".")[1] for name in imported(file) if name.startswith("core.")}


def names_in(file: Path) -> set[str]:
    """Every name, attribute, argument and text in a file's code."""
    found: set[str] = set()
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found |= {node.name, node.asname or ""}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def test_every_package_and_module_of_core_has_its_place() -> None:
    assert {file.parent.name for file in (ROOT / "core").glob("*/__init__.py")} == set(MAY_IMPORT)
    assert {file.stem for file in (ROOT / "core").glob("*.py")} == {"__init__", *BASE, *COMMAND_LINE}


def test_no_arrow_of_the_table_points_up() -> None:
    packages = list(MAY_IMPORT)
    assert all(MAY_IMPORT[each] <= set(packages[: packages.index(each)]) for each in packages)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_package_imports_only_what_the_table_allows(package: str) -> None:
    for file in files(f"core/{package}"):
        assert core_parts(file) <= {*BASE, package, *MAY_IMPORT[package]}, name_of(file)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_import_of_the_table_is_unused(package: str) -> None:
    used = set().union(*(core_parts(file) for file in files(f"core/{package}")))
    assert MAY_IMPORT[package] <= used


def test_single_modules_of_core_import_no_package() -> None:
    for name in BASE:
        assert core_parts(ROOT / "core" / f"{name}.py") <= BASE


@pytest.mark.parametrize(("package", "of"), [(package, of) for package, each in ONE_MODULE.items() for of in each])
def test_package_imports_only_these_modules_of_another(package: str, of: str) -> None:
    for file in files(f"core/{package}"):
        modules = {name.split(".")[2] for name in imported(file) if name.startswith(f"core.{of}.")}
        assert modules <= ONE_MODULE[package][of], name_of(file)


def test_only_tracking_and_the_command_line_import_tracking() -> None:
    for file in files("core"):
        if any(name.startswith("core.training.tracking") for name in imported(file)):
            assert "core/training/tracking/" in name_of(file) or file.stem in COMMAND_LINE, name_of(file)


@pytest.mark.parametrize("file", [*SERVING, *SCREENS], ids=name_of)
def test_nothing_that_serves_imports_training_or_the_command_line(file: Path) -> None:
    assert not core_parts(file) & {*OFFLINE, *COMMAND_LINE}


@pytest.mark.parametrize("file", files("core"), ids=name_of)
def test_core_knows_nothing_of_streamlit_or_the_screens(file: Path) -> None:
    assert not libraries(file) & {"streamlit", "plotly", "pages", "dashboard", "tests"}


@pytest.mark.parametrize("file", SCREENS, ids=name_of)
def test_screens_import_no_model_library(file: Path) -> None:
    assert not libraries(file) & MODEL_LIBRARIES


@pytest.mark.parametrize("file", SERVING, ids=name_of)
def test_only_the_model_package_knows_a_model_library(file: Path) -> None:
    allowed = {
        "core/model/estimator.py": MODEL_LIBRARIES,
        "core/model/fast_shap.py": {"woodelf"},
        "core/model/probe.py": {"lightgbm"},
    }
    assert libraries(file) & MODEL_LIBRARIES <= allowed.get(name_of(file), set())


@pytest.mark.parametrize("file", files("core"), ids=name_of)
def test_only_the_bundle_and_the_conversion_open_a_model(file: Path) -> None:
    opens = {"open_estimator", "unpickle", "load"} & names_in(file)
    assert not opens or name_of(file) in {
        "core/model/estimator.py",
        "core/model/bundle.py",
        "core/training/import_legacy.py",
    }


@pytest.mark.parametrize("file", files("core"), ids=name_of)
def test_shap_and_woodelf_are_imported_only_where_they_are_used(file: Path) -> None:
    assert not {"shap", "woodelf"} & {name.split(".")[0] for name in imported(file, at_the_top_only=True)}


@pytest.mark.parametrize("file", files("pages/components"), ids=name_of)
def test_components_import_core_and_each_other_but_no_page(file: Path) -> None:
    pages = {name for name in imported(file) if name.split(".")[0] == "pages"}
    assert all(name.startswith("pages.components") for name in pages)


def test_only_one_place_asks_for_an_answer_and_one_for_its_reasons() -> None:
    asking = {name_of(file) for file in [*SERVING, *SCREENS] if "estimator" in names_in(file)}
    assert asking == {"core/model/bundle.py", "core/scoring/predict.py", "core/scoring/explanation.py"}


def test_only_the_estimator_calls_a_model_s_predict() -> None:
    callers = {
        file.stem
        for file in [*SERVING, *SCREENS]
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith("predict")
    }
    assert callers == {"estimator"}


def test_only_the_settings_read_the_environment() -> None:
    readers = {name_of(file) for file in EVERYTHING if names_in(file) & {"environ", "getenv", "environb"}}
    # The tracking only writes there what MLflow reads when it is imported.
    assert readers == {"core/settings.py", "core/training/tracking/mlflow_run.py"}


def test_only_one_file_says_session_state() -> None:
    sayers = {name_of(file) for file in EVERYTHING if "session_state" in names_in(file)}
    assert sayers == {"pages/components/session.py"}


def test_streamlit_s_caches_stand_in_one_file_and_are_limited() -> None:
    caching = {"cache_data", "cache_resource", "experimental_memo", "experimental_singleton", "cache"}
    cached = ROOT / "pages" / "components" / "resources.py"
    assert {name_of(file) for file in SCREENS if names_in(file) & caching} == {name_of(cached)}
    functions = [node for node in tree_of(cached).body if isinstance(node, ast.FunctionDef)]
    decorators = [each for function in functions for each in function.decorator_list]
    assert decorators
    for each in decorators:
        assert isinstance(each, ast.Call), ast.unparse(each)
        limits = {word.arg: ast.literal_eval(word.value) for word in each.keywords}
        assert limits["max_entries"] >= 1


def test_every_file_that_a_visitor_gets_comes_by_one_place() -> None:
    """A media file needs a name of its own, so no screen makes one in another way."""
    media = {"download_button", "image", "audio", "video", "pdf", "logo", "pyplot", "graphviz_chart"}
    using = {name_of(file): names_in(file) & media for file in SCREENS if libraries(file) & {"streamlit"}}
    assert {name: found for name, found in using.items() if found} == {
        "pages/components/downloads.py": {"download_button", "pdf"},
        "pages/components/layout/sidebar.py": {"logo"},
    }


def test_what_is_cached_for_a_client_is_cached_for_one_visit() -> None:
    """What takes no argument comes from the settings and is everybody's; all else may come from an upload."""
    functions = [
        each for each in tree_of(ROOT / "pages/components/resources.py").body if isinstance(each, ast.FunctionDef)
    ]
    scopes = {
        function.name: {word.arg: ast.literal_eval(word.value) for word in each.keywords}.get("scope", "global")
        for function in functions
        for each in function.decorator_list
        if isinstance(each, ast.Call) and function.args.args
    }
    assert scopes == {"alternatives": "session", "loans": "session"}


def test_nothing_failed_is_cached() -> None:
    cached = ROOT / "pages" / "components" / "resources.py"
    assert not [node for node in ast.walk(tree_of(cached)) if isinstance(node, ast.Try)]


def test_only_the_routes_and_the_server_know_http() -> None:
    web = {"starlette", "uvicorn", "fastapi", "flask", "httpx", "httpx2", "requests", "urllib", "http"}
    knowing = {name_of(file) for file in EVERYTHING if libraries(file) & web}
    outside = {name for name in knowing if not name.startswith(("core/api/", "core/web/"))}
    assert outside == {"dashboard.py"}


@pytest.mark.parametrize("file", EVERYTHING, ids=name_of)
def test_file_stays_small_enough_to_read(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert sum(bool(line.strip()) for line in lines) <= MAX_CODE
    assert len(lines) <= MAX_LINES


def test_every_page_is_registered_in_the_frame() -> None:
    frame = ROOT / "pages" / "frame.py"
    calls = [
        node.args[0]
        for node in ast.walk(tree_of(frame))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.Page"
    ]
    registered = {node.value for node in calls if isinstance(node, ast.Constant)}
    assert registered == {file.name for file in PAGES}


@pytest.mark.parametrize("file", PAGES, ids=name_of)
def test_every_page_asks_who_looks_before_anything_else(file: Path) -> None:
    acts = [node for node in tree_of(file).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    assert ast.get_docstring(tree_of(file))
    assert ast.unparse(acts[1]) == "require()"
    assert "pages.components.auth.require" in imported(file)


def test_every_fragment_asks_who_looks_for_it_runs_without_its_page() -> None:
    for file in files("pages"):
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.FunctionDef) and "st.fragment" in {
                ast.unparse(each).partition("(")[0] for each in node.decorator_list
            }:
                first = next(each for each in node.body if not isinstance(each, ast.Expr))
                assert isinstance(first, ast.If), name_of(file)
                assert "not has_access()" in ast.unparse(first.test)
                assert ast.unparse(first.body[0]) == "st.rerun()"


def test_only_the_frame_configures_the_page_and_the_navigation() -> None:
    for word in ("set_page_config", "navigation"):
        assert {name_of(file) for file in SCREENS if word in names_in(file)} == {"pages/frame.py"}


def test_only_migrations_import_alembic_and_only_the_database_opens_one() -> None:
    knowing = {name_of(file) for file in EVERYTHING if "alembic" in libraries(file)}
    assert all(name.startswith("core/decisions/migrations/") for name in knowing)
    assert {name_of(file) for file in EVERYTHING if "create_engine" in names_in(file)} == {"core/decisions/engines.py"}
    assert {name_of(file).rpartition("/")[0] for file in EVERYTHING if "sqlalchemy" in libraries(file)} == {
        "core/decisions",
        "core/decisions/migrations",
        "core/decisions/migrations/versions",
    }


def test_what_serves_starts_without_streamlit_shap_training_or_migrations() -> None:
    served = [file for file in SERVING if file.stem != "__init__" and not name_of(file).startswith(OWN_PROCESS)]
    paths = [file.relative_to(ROOT).with_suffix("") for file in served]
    modules = ", ".join(".".join(path.parts) for path in paths)
    unwanted = {"streamlit", "shap", "mlflow", "alembic", "psycopg", "core.training", "core.synthetic", "core.features"}
    script = f"import sys, {modules}; print(sorted(set(sys.modules) & {unwanted!r}))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
