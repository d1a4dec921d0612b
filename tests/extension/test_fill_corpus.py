"""Filling over forms drawn with the real libraries: what counts is the library's own state."""

import pytest
from aiohttp import web

from tests.extension.corpus import libraries, measure

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=["quick", pytest.param("rest", marks=pytest.mark.long)])
async def filled(browser, request):
    """Every form of a part once: (results by form, POSTs that arrived)."""
    libraries.fetch()
    posts = []
    runner = web.AppRunner(measure.application(posts))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    person = measure.Person(*browser, f"http://127.0.0.1:{runner.addresses[0][1]}")
    results = await measure.run(
        person,
        [one for one in measure.CORPUS if (one.key in measure.QUICK) == (request.param == "quick")],
    )
    yield {result.form.key: result for result in results}, posts
    await runner.cleanup()


async def test_each_value_is_in_its_field_and_in_no_other(filled):
    results = filled[0].values()
    assert {one.form.key: one.refused for one in results if one.refused} == {}
    verdicts = [how for one in results for how in one.verdicts.values()]
    missed = measure.misses(results)
    assert "wrong" not in verdicts, missed
    assert verdicts.count("right") >= 0.98 * len(verdicts), missed


async def test_what_is_told_is_what_the_library_holds(filled):
    for key, one in filled[0].items():
        for how, field in zip(one.verdicts.values(), one.form.fields, strict=True):
            assert one.told.get(field.right, how == "right") == (how == "right"), (key, field)


async def test_a_form_filled_again_holds_each_value_and_file_once(filled):
    again = [filled[0][key] for key in measure.AGAIN & filled[0].keys()]
    assert [one.again for one in again] == [one.model for one in again]


async def test_undo_takes_out_of_the_library_what_it_does_not_name_as_kept(filled):
    for result in (filled[0][key] for key in measure.AGAIN & filled[0].keys()):
        still = {
            one.right
            for number, one in enumerate(result.form.fields)
            if result.undone.get(one.name or f"f{number}", "") != one.start
        }
        assert still == set(result.kept)


async def test_no_form_was_sent(filled):
    assert filled[1] == []


def test_the_corpus_is_as_large_as_promised():
    assert len(measure.CORPUS) >= 25
    assert sum(len(form.fields) for form in measure.CORPUS) >= 300
