"""The words that subscribers read are there in every language, with the same names in them."""

import re

import pytest

from asura.domain.subscription_words import EN, LANGUAGES, Words, words


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_says_everything_about_the_same_things(language: str) -> None:
    known: Words = LANGUAGES[language]
    assert known.keys() == EN.keys()
    for name, text in known.items():
        assert text, name
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", EN[name])), name


def test_a_language_that_is_not_there_is_english() -> None:
    assert words("tlh") is EN


def test_what_was_learned_is_called_what_it_is() -> None:
    said = {language: known["postmortem"] for language, known in LANGUAGES.items()}
    assert said == {"en": "Postmortem", "de": "Nachbetrachtung", "zh": "复盘"}, "as in the dashboard"
