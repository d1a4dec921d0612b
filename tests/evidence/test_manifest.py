from datetime import UTC, datetime

from helper.evidence import canonical, manifest
from helper.model import Artifact, Missing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def artifact(role: str, name: str) -> Artifact:
    return Artifact.model_validate(
        {"role": role, "name": name, "sha256": "a" * 64, "bytes": 3, "media_type": "image/png",
         "about": {"scale": 1.5}}
    )  # fmt: skip


def build(**values: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "capture_id": "00000000-0000-0000-0000-000000000001", "stage": "S0",
        "url": "https://a.example/订单", "title": "订单", "clicked_at": NOON, "artifacts": [],
        "missing": [], "tools": {}, "previous": None, "sealed_at": NOON,
    }  # fmt: skip
    parsed: dict[str, object] = canonical.decode(manifest.build(**(plain | values)))
    return parsed


def test_artifacts_are_listed_with_role_name_hash_size_and_type():
    assert build(artifacts=[artifact("seen/page", "a.png")])["artifacts"] == [
        {"role": "seen/page", "name": "a.png", "sha256": "a" * 64, "bytes": 3,
         "media_type": "image/png"}
    ]  # fmt: skip


def test_what_is_missing_is_listed_with_its_reason():
    missing = [Missing(role="witness/tls", reason="not_https", detail="http")]
    assert build(missing=missing)["missing"] == [
        {"role": "witness/tls", "reason": "not_https", "detail": "http"}
    ]


def test_earlier_seals_are_linked_not_listed():
    listed = build(artifacts=[artifact("manifest", "m"), artifact("signature", "s")])
    assert listed["artifacts"] == []
    assert build(previous="b" * 64)["previous"] == "b" * 64


def test_half_a_character_in_a_title_is_replaced():
    assert build(title="a\ud83d")["title"] == "a\ufffd"
    assert build(title="\ud83d\ude00")["title"] == "😀"
