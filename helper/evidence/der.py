"""Read and write DER (X.690), as much of it as time stamps need; the input may be hostile.

Only definite lengths in their shortest form and one-byte tags; whatever else raises ValueError.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTETS: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
UTF8: Final = 0x0C
SEQUENCE: Final = 0x30
SET: Final = 0x31
TIME: Final = 0x18
"""GeneralizedTime."""
_MOST_PARTS = 1_000


@dataclass(frozen=True)
class Node:
    """One value: its tag byte, its content, and itself whole as it stands in the input."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self) -> list[Node]:
        """Return the values inside; raises ValueError where the content is no row of values."""
        found = []
        for node in _row(self.content):
            found.append(node)
            if len(found) > _MOST_PARTS:
                raise ValueError("more values than a time stamp has")
        return found


def read(data: bytes, tag: int | None = None) -> Node:
    """Return the one value that the bytes are; raises ValueError for bytes after it."""
    nodes = list(_row(data, most=2))
    if len(nodes) != 1 or nodes[0].whole != data:
        raise ValueError("not one DER value")
    return expect(nodes[0], tag) if tag is not None else nodes[0]


def expect(node: Node, tag: int) -> Node:
    """Return the node if it has the tag, else raise ValueError."""
    if node.tag != tag:
        raise ValueError(f"tag {node.tag:#04x} where {tag:#04x} belongs")
    return node


def integer(node: Node) -> int:
    """Return the value of an INTEGER."""
    content = expect(node, INTEGER).content
    if not content or (len(content) > 1 and content[0] in {0, 0xFF} and _redundant(content)):
        raise ValueError("not an integer in its shortest form")
    return int.from_bytes(content, "big", signed=True)


def dotted(node: Node) -> str:
    """Return an OBJECT IDENTIFIER as dotted text."""
    content = expect(node, OID).content
    if not content or content[-1] & 0x80:
        raise ValueError("not an object identifier")
    numbers, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if value >= 1 << 128:
            raise ValueError("not an object identifier")
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))


def value(tag: int, *contents: bytes) -> bytes:
    """Write a value with these contents one after another."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def number(what: int) -> bytes:
    """Write an INTEGER that is not negative."""
    return value(INTEGER, what.to_bytes(what.bit_length() // 8 + 1, "big"))


def oid(text: str) -> bytes:
    """Write an OBJECT IDENTIFIER."""
    first, second, *rest = (int(part) for part in text.split("."))
    content = bytearray()
    for arc in (40 * first + second, *rest):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(arc & 0x7F | 0x80)
        content += bytes(reversed(septets))
    return value(OID, bytes(content))


def _row(data: bytes, most: int | None = None) -> Iterator[Node]:
    at = count = 0
    while at < len(data) and (most is None or count < most):
        start, tag = at, data[at]
        if tag & 0x1F == 0x1F:
            raise ValueError("a tag of several bytes")
        at, size = _length(data, at + 1)
        if size > len(data) - at:
            raise ValueError("cut off")
        yield Node(tag, data[at : at + size], data[start : at + size])
        at += size
        count += 1


def _length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise ValueError("cut off")
    first = data[at]
    if first < 0x80:
        return at + 1, first
    count = first & 0x7F
    size = int.from_bytes(data[at + 1 : at + 1 + count], "big")
    if not 1 <= count <= 4 or at + 1 + count > len(data) or size < 0x80 or not data[at + 1]:
        raise ValueError("a length that is not in its shortest form")
    return at + 1 + count, size


def _redundant(content: bytes) -> bool:
    return (content[0] == 0) == (content[1] < 0x80)
