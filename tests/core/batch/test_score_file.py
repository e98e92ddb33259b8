"""Files scored into files on the command line: streamed, whole or not at all, and what happened is said."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.batch.score_file as score_file_module
from core.__main__ import main
from core.batch.file_source import ClientFile
from core.batch.score_file import ProgressMeter, Scored, score_file
from core.batch.sources import Source, SourceIndex, index_source
from core.errors import InputRefused, SettingError
from core.readers import csv_blocks
from core.scoring.assess import Model, assess
from tests.core import client_files as files
from tests.core.conftest import Thousand
from tests.core.drawn import draw_rows, filled_column

BAND = 0.02


def even(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The rows with every column in each."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name) for name in names} for row in rows]


def run(model: Model, path: Path, out: Path, *, reasons: bool = False) -> Scored:
    return score_file(model, path, out, review_band=BAND, reasons=reasons, meter=ProgressMeter(io.StringIO()))


def table(out: Path) -> pa.Table:
    return pa_parquet.read_table(out) if out.suffix == ".parquet" else pa_csv.read_csv(out)


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
@pytest.mark.parametrize("out", ["scored.csv", "scored.parquet"])
def test_a_thousand_clients_are_scored_as_on_the_screens(
    model: Model, thousand: Thousand, tmp_path: Path, ending: str, out: str
) -> None:
    content = files.parquet(even(thousand.rows)) if ending == "parquet" else files.as_csv(even(thousand.rows))
    path = tmp_path / f"clients.{ending}"
    path.write_bytes(gzip.compress(content, mtime=0) if ending == "csv.gz" else content)
    made = run(model, path, tmp_path / out)
    found = table(tmp_path / out)
    assert found["SK_ID_CURR"].to_pylist() == list(thousand.found.aligned.ids)
    assert found["solvency"].to_numpy().tobytes() == (1.0 - thousand.found.probability).tobytes()
    assert found["verdict"].to_pylist() == [str(each.verdict) for each in thousand.found.decisions]
    assert set(found["threshold"].to_pylist()) == {model.bundle.policy.threshold}
    assert (made.n_rows, made.n_refused, sum(made.by_verdict.values())) == (1000, 0, 1000)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([path.name, out])


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few rows, so that a small file is many of them."""
    monkeypatch.setattr(csv_blocks, "BLOCK", 4000)
    monkeypatch.setattr(csv_blocks, "BATCH_ROWS", 7)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_refused_rows_lie_beside_to_be_mended_and_sent_again(model: Model, tmp_path: Path, ending: str) -> None:
    rows = even(draw_rows(model, 60, seed=5))
    rows[50]["SK_ID_CURR"] = rows[2]["SK_ID_CURR"]
    rows[20]["AMT_CREDIT"] = None
    path, out = tmp_path / f"clients.{ending}", tmp_path / "scored.csv"
    path.write_bytes(files.written(ending, rows))
    made = run(model, path, out, reasons=True)
    assert (made.n_rows, made.n_refused, dict(made.by_problem)) == (60, 3, {"client_twice": 2, "essential_missing": 1})
    assert len(table(out)) == 57
    assert {"raises_1", "lowers_3"} <= set(table(out).column_names)
    assert isinstance(made.rejects, Path)
    with made.rejects.open(newline="") as opened:
        rejected = list(csv.DictReader(opened))
    assert [row["SK_ID_CURR"] for row in rejected] == [str(rows[place]["SK_ID_CURR"]) for place in (2, 20, 50)]
    assert rejected[0]["problems"] == "Row 3, column SK_ID_CURR: this client is also in row 51; send each client once."
    for row, client, credit in zip(rejected, (1, 2, 3), (5e5, 6e5, 7e5), strict=True):
        row |= {"SK_ID_CURR": str(client), "AMT_CREDIT": str(credit)}
    mended = tmp_path / "mended.csv"
    mended.write_bytes(files.as_csv(rejected))
    again = run(model, mended, tmp_path / "again.csv")
    assert (again.n_rows, again.n_refused) == (3, 0)
    assert isinstance(again.rejects, Path)
    assert not again.rejects.exists()


@pytest.mark.usefixtures("small_pieces")
def test_line_that_does_not_fit_is_told_by_its_number_far_down_the_file(model: Model, tmp_path: Path) -> None:
    lines = files.as_csv(even(draw_rows(model, 200, seed=5))).decode().splitlines()
    lines[150] += ",1"
    path = tmp_path / "clients.csv"
    path.write_text("\n".join([lines[0], "", *lines[1:]]) + "\n")
    made = run(model, path, tmp_path / "scored.csv")
    assert (made.n_rows, made.n_refused) == (200, 1)
    assert isinstance(made.rejects, Path)
    assert "Row 150 (line 152 of the file)" in made.rejects.read_text()


PLAIN = ["1", "", "0.5", "a b", "é", " ", '"q"', '"a,b"']
ODD = ['"', '"a\nb"', "'=1", "x\ry", "1,2", '"a""b"', "\r"]
LINES = st.lists(st.lists(st.sampled_from([*PLAIN, *PLAIN, *ODD]), min_size=1, max_size=3), max_size=14)


@given(LINES, st.integers(10, 60), st.sampled_from(["\n", "\r\n"]))
def test_blocks_split_at_once_hold_the_cells_that_the_careful_way_reads(
    lines: list[list[str]], block: int, line_end: str
) -> None:
    content = line_end.join(["SK_ID_CURR,A", *(",".join(line) for line in lines)]).encode()

    def read(*, plain: bool) -> object:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_blocks, "BLOCK", block)
            if not plain:
                patch.setattr(csv_blocks, "_plain_table", lambda *ignored: None)
                patch.setattr(csv_blocks, "BLOCK", 10**6)
            try:
                pieces = list(csv_blocks.read_csv_tables(io.BytesIO(content)))
            except InputRefused as refused:
                return [(each.code, each.facts) for each in refused.problems]
        before, told, rows = 0, [], []
        for piece in pieces:
            told += [(each.code, (each.row or 0) + before, each.facts) for each in piece.problems]
            rows += [{name: cell or "" for name, cell in piece.row(place).items()} for place in range(len(piece))]
            before += len(piece)
        return told, rows

    assert read(plain=True) == read(plain=False)


def test_most_of_a_plain_file_goes_the_quick_way(model: Model, thousand: Thousand, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(files.as_csv(even(thousand.rows)))
    assert b'"Spouse, partner"' in path.read_bytes()
    for _, rows in ClientFile(path).pieces():
        assert {cells.type for cells in rows.cells} == {pa.string()}
    found = [rows.names for _, rows in ClientFile(path).pieces(only_ids=True)]
    assert set(found) == {("SK_ID_CURR",)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"SK_ID_CURR,A\n", "has a header and no client"),
        (b"A,B\n1,2\n", "SK_ID_CURR is not in the first line"),
        (b'SK_ID_CURR,A\n1,"\n', "cannot be read as a table from line 2"),
        (b"PAR1 and nothing more", "damaged"),
        (gzip.compress(b"SK_ID_CURR,A\n" + bytes(range(48, 58)) * 9000, mtime=0)[:100], "damaged"),
        (None, "is not there"),
    ],
)
def test_file_that_cannot_be_used_is_refused_in_a_sentence_and_nothing_is_written(
    content: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "clients", tmp_path / "scored.csv"
    if content is not None:
        path.write_bytes(content)
    out.write_text("of an earlier run")
    assert main(["score", str(path), "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert out.read_text() == "of an earlier run"
    assert not [each for each in tmp_path.iterdir() if each.suffix == ".part"]


@pytest.mark.parametrize("change", ["truncated", "written to", "another one"])
def test_file_that_changes_while_it_is_read_is_refused_and_nothing_is_written(
    model: Model, tmp_path: Path, change: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the pass over the ids and the one that scores."""
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    path.write_bytes(files.as_csv(even(draw_rows(model, 40, seed=5, missing=0.0))))
    whole = path.read_bytes()
    first_pass = index_source

    def meddle(source: Source) -> SourceIndex:
        known = first_pass(source)
        if change == "another one":
            (tmp_path / "other.csv").write_bytes(whole)
            (tmp_path / "other.csv").replace(path)
        else:
            path.write_bytes(whole[: whole.rindex(b"\n", 0, -1) + 1] if change == "truncated" else whole + b"\n")
        return known

    monkeypatch.setattr(score_file_module, "index_source", meddle)
    assert main(["score", str(path), "--out", str(out)]) == 2
    assert "changed while it was read" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["clients.csv"]


def test_output_of_another_kind_is_refused_before_anything_is_read(model: Model, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"--out: must end in \.csv or \.parquet"):
        run(model, tmp_path / "nothing", tmp_path / "scored.xlsx")


@pytest.mark.parametrize(
    ("path", "out"),
    [
        ("clients.csv", "clients.csv"),
        ("clients.csv", "../{folder}/clients.csv"),
        ("scored.rejects.csv", "scored.csv"),
        ("clients.csv", "not/there.csv"),
        ("clients.csv", "folder.csv"),
    ],
)
def test_output_never_takes_the_place_of_what_is_read_and_needs_a_folder(
    model: Model, tmp_path: Path, path: str, out: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    content = files.as_csv(even(draw_rows(model, 3, seed=1)))
    (tmp_path / path).write_bytes(content)
    with pytest.raises(SettingError):
        run(model, tmp_path / path, tmp_path / out.format(folder=tmp_path.name))
    assert (tmp_path / path).read_bytes() == content
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["folder.csv", path])


def test_disk_that_is_full_is_told_in_a_sentence_and_nothing_is_left(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*given: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.batch.score_file.results_table", full)
    path = tmp_path / "clients.csv"
    path.write_bytes(files.as_csv(even(draw_rows(model, 3, seed=1))))
    assert main(["score", str(path), "--out", str(tmp_path / "scored.csv")]) == 2
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert [each.name for each in tmp_path.iterdir()] == ["clients.csv"]


def test_empty_file_is_told_as_empty(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(b"")
    with pytest.raises(InputRefused) as refused:
        run(model, path, tmp_path / "scored.csv")
    assert refused.value.code == "file_empty"


def test_exit_code_and_summary_say_what_happened(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    rows = even(draw_rows(model, 3, seed=5))
    path.write_bytes(files.as_csv(rows))
    assert main(["score", str(path), "--out", str(out)]) == 0
    assert "3 of 3 clients scored" in capsys.readouterr().out
    rows[1]["AMT_CREDIT"] = "much"
    path.write_bytes(files.as_csv(rows))
    assert main(["score", str(path), "--out", str(out)]) == 3
    told = capsys.readouterr()
    assert "2 of 3 clients scored" in told.out
    assert "scored.rejects.csv: 1 row to mend and send again (text_in_number 1)" in told.out
    assert "3 of 3 clients, " in told.err and "0 s left" in told.err


def test_what_was_done_with_the_columns_is_said_before_the_result(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    rows = even([{**row, "NOTE": "x", "": "y", "CODE_GENDER": "F"} for row in draw_rows(model, 5, seed=5, missing=0.0)])
    rows[0] |= {"NAME_INCOME_TYPE": "Astronaut", "EXT_SOURCE_2": 5}
    rows[1] |= {"NAME_INCOME_TYPE": "Pirate", filled_column(model): ""}
    path.write_bytes(files.as_csv(rows))
    assert main(["score", str(path), "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert lines[0] == "Ignored, because the model does not know these 2 columns: NOTE, a column without a name."
    assert lines.pop(1) == "Sent, and deliberately not used: CODE_GENDER."
    assert lines[1].endswith("treated as none of those it knows: NAME_INCOME_TYPE (2 clients).")
    assert lines[2].endswith("which put the clients to review: EXT_SOURCE_2 (1 client).")
    assert lines[3] == f"Assumed, because the file does not give them: {filled_column(model)} (1 client)."
    assert "PAYMENT_RATE (5 clients)" in lines[4]
    assert "5 of 5 clients scored" in "".join(lines[5:])
    assert "impossible_value 1" in lines[-1]
    found = table(out).to_pylist()
    assert (found[0]["verdict"], found[0]["impossible"]) == ("to_review", "EXT_SOURCE_2")
    assert "impossible_value" in found[0]["review_reasons"]


def test_essential_value_that_cannot_be_right_is_refused_and_a_contradiction_reviewed(
    model: Model, tmp_path: Path
) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    rows = even(draw_rows(model, 5, seed=5, missing=0.0))
    rows[0]["DAYS_BIRTH"], rows[1]["AMT_CREDIT"], rows[2]["AMT_INCOME_TOTAL"] = 16425, 0, -1
    rows[3] |= {"CNT_CHILDREN": 3, "CNT_FAM_MEMBERS": 2}
    path.write_bytes(files.as_csv(rows))
    made = run(model, path, out)
    assert dict(made.by_problem) == {"essential_too_small": 2, "essential_age": 1}
    assert table(out)["impossible"].to_pylist() == ["CNT_FAM_MEMBERS, CNT_CHILDREN", ""]
    assert table(out)["verdict"].to_pylist()[0] == "to_review"


def test_value_outside_what_the_model_has_seen_is_said_and_is_no_reason(model: Model, tmp_path: Path) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    rows = even(draw_rows(model, 2, seed=5, missing=0.0))
    rows[0]["AMT_INCOME_TOTAL"] = 9e8
    path.write_bytes(files.as_csv(rows))
    made = run(model, path, out)
    assert made.tally.notes.outside["AMT_INCOME_TOTAL"] == 1
    assert "Outside what the model has seen" in made.words()
    assert made.tally.reviews["impossible_value"] == 0


@pytest.mark.parametrize("n", [1, 2])
def test_one_client_is_told_in_the_singular(
    model: Model, tmp_path: Path, n: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    rows = even(draw_rows(model, n, seed=5, missing=0.0))
    path.write_bytes(files.as_csv(rows))
    assert main(["score", str(path), "--out", str(out)]) == 0
    assert f"{n} of {n} {'client' if n == 1 else 'clients'} scored" in capsys.readouterr().out
    path.write_bytes(files.as_csv([{**row, "AMT_CREDIT": "much"} for row in rows]))
    assert main(["score", str(path), "--out", str(out)]) == 2
    wanted = "The one row could not be scored" if n == 1 else "None of the 2 rows could be scored"
    assert wanted in capsys.readouterr().err


def test_category_column_of_nothing_but_numbers_is_refused_by_name(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str], small_pieces: None
) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    rows = even([{**row, "NAME_INCOME_TYPE": place % 7} for place, row in enumerate(draw_rows(model, 30, seed=5))])
    path.write_bytes(files.as_csv(rows))
    assert main(["score", str(path), "--out", str(out)]) == 2
    assert "Column NAME_INCOME_TYPE: it holds nothing but numbers" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["clients.csv"]
    rows[0]["NAME_INCOME_TYPE"] = "Working"
    path.write_bytes(files.as_csv(rows))
    assert main(["score", str(path), "--out", str(out)]) == 0
    assert "NAME_INCOME_TYPE (29 clients)" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_file_in_another_encoding_is_scored(model: Model, tmp_path: Path, encoding: str) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    head = "SK_ID_CURR;AMT_CREDIT;AMT_INCOME_TOTAL;DAYS_BIRTH;EXT_SOURCE_2;NOTÉ\n"
    path.write_text(f"{head}1;270000;180000;-16425;0,41;é\n", encoding=encoding)
    assert (run(model, path, out).n_rows, run(model, path, out).n_refused) == (1, 0)


def test_rows_to_mend_of_a_french_file_are_written_as_it_was(model: Model, tmp_path: Path) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    head = "SK_ID_CURR;AMT_CREDIT;AMT_INCOME_TOTAL;DAYS_BIRTH;EXT_SOURCE_2\n"
    path.write_text(f"{head}1;270000;180000;-16425;0,41\n2;;180000;-16425;0,62\n")
    assert run(model, path, out).n_refused == 1
    lines = (tmp_path / "scored.rejects.csv").read_text().splitlines()
    assert lines[1].startswith('2;;180000;-16425;0,62;"Row 2, column AMT_CREDIT')


def test_id_that_means_two_things_comes_back_as_it_stood(model: Model, tmp_path: Path) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    head = "SK_ID_CURR;AMT_CREDIT;AMT_INCOME_TOTAL;DAYS_BIRTH;EXT_SOURCE_2\n"
    path.write_text(f"{head}900.000;270000;180000;-16425;0,41\n900101;270000;180000;-16425;0,41\n")
    assert run(model, path, out).n_refused == 1
    assert (tmp_path / "scored.rejects.csv").read_text().splitlines()[1].startswith("900.000;270000;")


def test_file_of_which_nothing_can_be_scored_is_one_refusal_and_leaves_the_old_result_alone(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    out.write_text("before")
    path.write_bytes(files.as_csv([{**row, "AMT_CREDIT": "much"} for row in even(draw_rows(model, 3, seed=5))]))
    assert main(["score", str(path), "--out", str(out)]) == 2
    told = capsys.readouterr()
    assert "None of the 3 rows could be scored (text_in_number 3)." in told.err
    assert told.out == ""
    assert out.read_text() == "before"
    assert (tmp_path / "scored.rejects.csv").read_text().count("\n") == 4


def test_run_that_breaks_off_leaves_nothing_behind(
    model: Model, thousand: Thousand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "clients.csv", tmp_path / "scored.csv"
    path.write_bytes(files.as_csv(even(thousand.rows)))

    def stop(*ignored: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Counter, "update", stop)
    with pytest.raises(KeyboardInterrupt):
        run(model, path, out)
    assert [each.name for each in tmp_path.iterdir()] == ["clients.csv"]


def test_order_of_columns_and_pieces_changes_no_bit(model: Model, thousand: Thousand, tmp_path: Path) -> None:
    rows = even(thousand.rows[:100])
    turned = [dict(reversed(row.items())) for row in rows]
    (tmp_path / "a.csv").write_bytes(files.as_csv(turned))
    run(model, tmp_path / "a.csv", tmp_path / "scored.parquet")
    wanted = assess(model, rows, review_band=BAND).probability
    assert np.array_equal(table(tmp_path / "scored.parquet")["solvency"].to_numpy(), 1.0 - wanted)
