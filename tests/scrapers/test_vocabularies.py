"""The vocabularies are data with sources, and no word has two meanings."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import scrapers
from scrapers.labels import label_key
from scrapers.read import PLATFORMS
from scrapers.second.json_words import KEYS, plain
from scrapers.text import compact, simplified

DATA = Path(scrapers.__file__).parent / "data"
ELSEWHERE = {"wechat", "alipay", "common"}


@pytest.mark.parametrize("name", ["labels", "states", "bill_states", "json_keys"])
def test_each_word_has_its_sources_and_one_meaning(name: str) -> None:
    vocabulary = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    systems = {platform.key for platform in PLATFORMS} | ELSEWHERE
    for field, words in vocabulary.items():
        for word, sources in words.items():
            assert set(sources.split()) <= systems, (field, word)
            assert sources, (field, word)
    counts = Counter(word for words in vocabulary.values() for word in words)
    assert [word for word, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("name", ["labels", "states", "bill_states"])
def test_each_word_stands_in_the_form_it_is_looked_up_in(name: str) -> None:
    vocabulary = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    for words in vocabulary.values():
        for word in words:
            assert word == (label_key(word) if name == "labels" else simplified(compact(word)))


def test_each_key_of_json_stands_in_the_form_it_is_looked_up_in() -> None:
    assert [key for keys in KEYS.values() for key in keys if key != plain(key)] == []
