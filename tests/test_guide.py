"""The user guides: alike in both languages, every screen in them, the words of the screens, pictures that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PIL import Image

from core.i18n.translations import LANGUAGES, Language, catalogue, translate
from core.settings import ROOT, VERSION
from tests.browser.pictures import NAMES, PICTURES, SCREENSHOT

PICTURE = re.compile(r"!\[(.+?)\]\((\S+?)\)")
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
MAX_BYTES = 1_500_000


def guide(language: Language) -> str:
    return (ROOT / "docs" / f"guide.{language}.md").read_text(encoding="utf-8")


def said(language: Language) -> Iterator[str]:
    """Every sentence and label of the screens, in each of its forms."""
    for entry in catalogue(language).values():
        yield from (entry.values() if isinstance(entry, dict) else (entry,))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_in_bold_stands_on_a_screen(language: Language) -> None:
    bold = set(re.findall(r"\*\*(.+?)\*\*", guide(language)))
    assert len(bold) > 20
    assert bold - set(said(language)) == set()


def test_both_guides_name_the_same_words_sections_and_pictures() -> None:
    bold = {language: set(re.findall(r"\*\*(.+?)\*\*", guide(language))) for language in LANGUAGES}
    shared = [
        key for key in catalogue("en") if all(str(catalogue(language)[key]) in bold[language] for language in LANGUAGES)
    ]
    for language in LANGUAGES:
        assert {catalogue(language)[key] for key in shared} == bold[language]
    assert len(SECTION.findall(guide("en"))) == len(SECTION.findall(guide("fr")))
    assert [path.replace("/en/", "/fr/") for _, path in PICTURE.findall(guide("en"))] == [
        path for _, path in PICTURE.findall(guide("fr"))
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_and_every_part_of_a_file_has_its_section(language: Language) -> None:
    wanted = [
        key
        for key in catalogue(language)
        if re.fullmatch(r"part\.(?!choose)\w+|page\.(portfolio|raw_data|journal|model)", key)
    ]
    assert len(wanted) == 9
    assert {translate(key, language) for key in wanted} <= set(SECTION.findall(guide(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_there_is_described_and_is_taken_by_the_script(language: Language) -> None:
    shown = PICTURE.findall(guide(language))
    assert {path for _, path in shown} == {f"pictures/{language}/{name}.png" for name in NAMES}
    assert {file.stem for file in (PICTURES / language).iterdir()} == set(NAMES)
    for described, path in shown:
        assert len(described) > 20
        with Image.open(ROOT / "docs" / path) as picture:
            assert picture.width >= 800


def test_pictures_are_small_and_the_readme_shows_the_client_screen() -> None:
    assert sum(file.stat().st_size for file in PICTURES.rglob("*.png")) < MAX_BYTES
    assert SCREENSHOT.read_bytes() == (PICTURES / "en" / "client.png").read_bytes()


def test_readme_leads_to_both_guides() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"(docs/guide.{language}.md)" in readme for language in LANGUAGES)


def test_french_guide_is_set_as_french_is() -> None:
    text = re.sub(r"^\|[-|]+\|$|\(pictures\S+\)|^!", "", guide("fr"), flags=re.MULTILINE)
    assert re.findall(r"(?<=\w)'(?=\w)| [;:?!%»]|« |\w[;?!»](?!\w)", text) == []


def test_changelog_begins_with_the_version_that_is_served() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert released[0] == VERSION


def test_commands_that_contributors_are_told_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:core|pages|tests|assets)/[\w./]+)`", text):
        assert (ROOT / path).exists(), path
    assert "python -m tests.browser.pictures" in text
