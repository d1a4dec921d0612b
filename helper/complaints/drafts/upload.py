"""Read what an upload takes: its attributes, and the words beside it (最多3张，每张不超过5MB)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from helper.filling import Limits, Upload
from helper.messages import Language, text

_DIGITS = {one: at for at, one in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER = r"(\d{1,4}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_MOST = (
    r"(?:最多|至多|不(?:得|能|可|要|应|许|允许)?(?:超过|多于|大于|高于|超出)|上限|限制?|≤|<=?"
    r"|up to|at most|no more than|max(?:imum)?)"
)
_PIECES = (
    r"(?:张|幅|枚|份|[个项](?=$|[^\u4e00-\u9fff]|文件|附件|图|照|截图|材料|凭证|证据|以内|之内|以下)"
    r"|(?:files?|images?|pictures?|photos?|attachments?|screenshots?)\b)"
)
_COUNTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_MOST}[^\d一二两三四五六七八九十]{{0,8}}{_NUMBER}\s*{_PIECES}",
        rf"{_NUMBER}\s*{_PIECES}[^\d]{{0,4}}(?:以内|之内|以下)",
        rf"\d{{1,3}}\s*[-~至到]\s*{_NUMBER}\s*{_PIECES}",
        r"(?<![\d./])0\s*/\s*(\d{1,2})(?![\d/.])",
    )
)
_SIZE = re.compile(r"(?<![\d.])(\d{1,6}(?:\.\d+)?)\s*(k|m|g|兆)(?:i?b|字节)?(?![a-z])")
_FROM = re.compile(r"\d+(?:\.\d+)?\s*(?:[kmg](?:i?b)?)?\s*[-~至到]\s*(?=\d+(?:\.\d+)?\s*[kmg])")
_AT_LEAST = re.compile(
    r"(?:至少|最少|最小|不(?:得|能|可|应)?(?:小于|低于|少于)|(?<![不得能可应])(?:大于|高于)"
    rf"|at least|\bmin(?:imum)?\b)[^\d一二两三四五六七八九十]{{0,6}}{_NUMBER}(?:\.\d+)?"
    r"\s*(?:[kmg](?:i?b)?)?"
)
_UNITS = {"k": 10**3, "m": 10**6, "兆": 10**6, "g": 10**9}
"""The smaller meaning of a unit: what fits it fits the larger one (1,024) too."""
_ENDING = re.compile(
    r"(?:(?<![\w.])\*?\.|(?<=[持式型名传为是限])\.|(?<![a-z0-9_.]))"
    r"(jpe?g|png|gif|bmp|webp|heic|tiff?|svg|pdf|docx?|xlsx?|pptx?|txt|zip|rar|7z"
    r"|mp4|mov|avi|wmv|flv|mp3|wav|amr|m4a|html?|mht(?:ml)?|ofd|wps)(?![a-z0-9])"
)
"""Not the ending of a file's name: 支持.jpg and jpg, not 模板.docx."""
_SAME = {"jpg": (".jpg", ".jpeg"), "jpeg": (".jpg", ".jpeg")}
_PICTURED = frozenset({"jpg", "jpeg", "png", "gif", "bmp", "webp", "heic"})
_BETWEEN = re.compile(r"[\s,、/|;+&和或及与以]*(?:or|and|格式)?\s*(?:图片)?[\s,、/|;和或及与]*")
_CUE = re.compile(
    r"支持|格式|类型|后缀|扩展名|只能|仅|可(?:以)?上传|support|format|accept|allow|only"
)
_CUE_BEHIND = re.compile(r"格式|类型|的?(?:文件|图片)|format|files?|images?")
_NEAR = 14
_NOT = re.compile(r"(?:不支持|不能|不可|不得|请勿|禁止|除|not )[^,。;\n]*")
_PICTURES = re.compile(r"图片|照片|截图|images?|pictures?|photos?")
_ONLY_PICTURES = re.compile(
    r"(?:只能|仅|只)(?:支持|限|可|允许)?(?:上传)?(?:图片|照片|截图)|(?:images?|pictures?) only"
)
_OTHER_KIND = re.compile(r"视频|录像|音频|录音|video|audio")
_CLAUSE = re.compile(r"[,。;\n|]")
_ALL = re.compile(r"总|合计|全部|所有|共(?!享)|total|\ball\b|altogether")


def limits_of(upload: Upload, *further: Limits) -> Limits:
    """Return what an upload takes: the strictest of its attributes, its words and `further`.

    What the words do not clearly say is unknown.
    """
    words = unicodedata.normalize("NFKC", upload.words).lower()
    clauses = [
        _AT_LEAST.sub("", one) for one in _CLAUSE.split(words) if not _OTHER_KIND.search(one)
    ]
    sizes = [(bool(_ALL.search(one)), size) for one in clauses for size in _sizes(one)]
    accept = tuple(filter(None, (kind.strip().lower() for kind in upload.accept.split(","))))
    own = Limits(
        files=_least([None if upload.multiple else 1, *(n for c in clauses for n in _counts(c))]),
        file_bytes=_least(size for whole, size in sizes if not whole),
        all_bytes=_least(size for whole, size in sizes if whole),
        kinds=tuple(filter(None, (accept, _kinds(_NOT.sub("", words))))),
    )
    known = (own, *further)
    return Limits(
        files=_least(one.files for one in known),
        file_bytes=_least(one.file_bytes for one in known),
        all_bytes=_least(one.all_bytes for one in known),
        kinds=tuple(dict.fromkeys(group for one in known for group in one.kinds)),
    )


def said(limits: Limits, language: Language) -> str | None:
    """Return the limits in words, None where none is known."""
    parts = [
        *([text("fill.takes.files", language, count=limits.files)] if limits.files else []),
        *(
            text(f"fill.takes.{key}", language, size=_size(most))
            for key in ("file_bytes", "all_bytes")
            if (most := getattr(limits, key)) is not None
        ),
        *(
            text("fill.takes.kinds", language, kinds=" ".join(_spoken(group, language)))
            for group in sorted(limits.kinds, key=len)[:1]
        ),
    ]
    return text("fill.made.join", language).join(parts) or None


def _spoken(group: Iterable[str], language: Language) -> Iterator[str]:
    for kind in group:
        yield text("fill.takes.images", language) if kind == "image/*" else kind


def _size(count: int) -> str:
    unit, name = (10**6, "MB") if count >= 10**6 else (10**3, "KB")
    return f"{count / unit:.4g} {name}"


def _least(values: Iterable[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _counts(clause: str) -> Iterator[int]:
    for pattern in _COUNTS:
        for match in pattern.finditer(clause):
            yield _number(match[1])


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    if not ten:
        return _DIGITS[said]
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


def _sizes(clause: str) -> Iterator[int]:
    """Yield the sizes named; of a range the larger."""
    for match in _SIZE.finditer(_FROM.sub("", clause)):
        yield int(float(match[1]) * _UNITS[match[2]])


def _kinds(words: str) -> tuple[str, ...]:
    """Return the kinds that the words say are taken; a file that is merely named is none."""
    found: list[str] = []
    for run in _runs(list(_ENDING.finditer(words))):
        before = words[max(run[0].start() - _NEAR, 0) : run[0].start()]
        behind = words[run[-1].end() : run[-1].end() + 6]
        if not (_CUE.search(before) or _CUE_BEHIND.search(behind)):
            continue
        endings = [match[1] for match in run]
        if _PICTURES.search(before) and _PICTURED.isdisjoint(endings):
            found.append("image/*")
        found += (kind for one in endings for kind in _SAME.get(one, (f".{one}",)))
    if not found and _ONLY_PICTURES.search(words):
        return ("image/*",)
    return tuple(dict.fromkeys(found))


def _runs(endings: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Return what is listed together."""
    runs: list[list[re.Match[str]]] = []
    for match in endings:
        last = runs[-1][-1] if runs else None
        if last and _BETWEEN.fullmatch(match.string, last.end(), match.start()):
            runs[-1].append(match)
        else:
            runs.append([match])
    return runs
