"""What an upload says that it takes, read out of the words beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helper.complaints.drafts.upload import limits_of, said
from helper.filling import Limits, Upload

JPG = (".jpg", ".jpeg")


@pytest.mark.parametrize(
    ("words", "files", "each", "kinds"),
    [
        ("最多3张、每张不超过5MB、支持jpg/png/pdf", 3, 5_000_000, (*JPG, ".png", ".pdf")),
        ("最多上传五个文件，单个文件大小不超过 10M", 5, 10_000_000, ()),
        ("（选填，不超过9张，5MB以内）", 9, 5_000_000, ()),
        ("支持扩展名：.rar .zip .doc .docx .pdf .jpg...", None, None,
         (".rar", ".zip", ".doc", ".docx", ".pdf", *JPG)),
        ("只能上传jpg/png文件，且不超过500kb", None, 500_000, (*JPG, ".png")),
        ("请上传 1-6 张截图（１００ＫＢ～２ＭＢ）", 6, 2_000_000, ()),
        ("上传凭证 0/4", 4, None, ()),
        ("图片十二张以内，每张小于1.5兆", 12, 1_500_000, ()),
        ("仅支持图片或PDF", None, None, ("image/*", ".pdf")),
        ("只能上传图片，限两张", 2, None, ("image/*",)),
        ("Up to 3 files, each under 2 MB. Accepted formats: PNG, JPEG", 3, 2_000_000,
         (".png", *JPG)),
        ("图片最多4张，视频最多1个，视频不超过50MB", 4, None, ()),
        ("jpg、png格式，不支持gif", None, None, (*JPG, ".png")),
        ("至少1张，每张不得小于10KB，不大于3MB", None, 3_000_000, ()),
        ("最多0张", 0, None, ()),
    ],
)  # fmt: skip
def test_limits_are_read(
    words: str, files: int | None, each: int | None, kinds: tuple[str, ...]
) -> None:
    found = limits_of(Upload(multiple=True, words=words))
    assert (found.files, found.file_bytes) == (files, each)
    assert found.kinds == ((kinds,) if kinds else ())


@pytest.mark.parametrize(
    "words",
    [
        "", "上传证据", "描述最多500个字", "请在3个月内提交", "参考模板.docx", "不支持gif",
        "订单 20260711 共 3 件", "证据类型：聊天记录", "例如 付款截图.jpg", "2026/0/12",
    ],
)  # fmt: skip
def test_what_is_no_limit_is_not_taken_for_one(words: str) -> None:
    assert limits_of(Upload(multiple=True, words=words)) == Limits()


def test_a_size_of_all_files_is_told_from_that_of_one() -> None:
    found = limits_of(Upload(multiple=True, words="每个不超过5MB，总大小不超过20MB"))
    assert (found.file_bytes, found.all_bytes) == (5_000_000, 20_000_000)


def test_attributes_words_and_channel_hold_together() -> None:
    upload = Upload(accept="image/*, .PDF", words="最多3张")
    found = limits_of(upload, Limits(files=2, file_bytes=900, kinds=((".jpg",),)))
    assert (found.files, found.file_bytes) == (1, 900)
    assert found.kinds == (("image/*", ".pdf"), (".jpg",))
    assert found.take("证据1.JPG", "image/jpeg")
    assert not found.take("证据1.png", "image/png")
    assert not found.take("证据1.jpg", "text/html")


def test_the_limits_are_told_in_words() -> None:
    limits = Limits(files=2, kinds=(("image/*", ".pdf"),))
    assert said(limits, "zh_CN") == "最多 2 个，只收：图片 .pdf"
    assert said(limits, "en") == "2 at most, only pictures .pdf"


@given(st.text(max_size=1000))
def test_any_words_are_read(words: str) -> None:
    found = limits_of(Upload(words=words))
    assert found.files is not None
    assert found.files <= 1
