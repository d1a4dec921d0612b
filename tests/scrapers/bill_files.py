"""Bills as WeChat and Alipay export them, with invented payments."""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from datetime import datetime

import openpyxl
import pyzipper

Cells = Sequence[object]

WECHAT = "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注"
ALIPAY = (
    "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,"
    "商家订单号,备注"
)
ALIPAY_WEB = (
    "交易号,商家订单号,交易创建时间,付款时间,最近修改时间,交易来源地,类型,交易对方,商品名称,"
    "金额（元）,收/支,交易状态,服务费（元）,成功退款（元）,备注,资金状态"
)
SHARED = "xl/sharedStrings.xml"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DAY_ZERO = datetime.fromisoformat("1899-12-30")
TRADE = "4200002026081814240012345678"
ORDER = "20260818142305617"


def wechat_row(**given: str) -> list[str]:
    """Return the cells of a WeChat row; what is given replaces the usual."""
    cells = {
        "at": "2026-08-18 14:24:11", "kind": "商户消费", "who": "快卡小站", "goods": "QQ会员一个月",
        "way": "支出", "amount": "¥36.00", "method": "零钱", "status": "支付成功",
        "trade": TRADE, "merchant": ORDER, "note": "/",
    }  # fmt: skip
    return list((cells | given).values())


def alipay_row(**given: str) -> list[str]:
    cells = {
        "at": "2026-08-18 14:24:11", "kind": "数码电器", "who": "快卡小站",
        "account": "kua***@example.com", "goods": "QQ会员一个月", "way": "支出", "amount": "36.00",
        "method": "余额宝", "status": "交易成功", "trade": "2026081822001412345678901234",
        "merchant": ORDER, "note": "",
    }  # fmt: skip
    return list((cells | given).values())


def web_row(**given: str) -> list[str]:
    cells = {
        "trade": "2026081822001412345678901234", "merchant": ORDER, "made": "2026-08-18 14:23:05",
        "at": "2026-08-18 14:24:11", "changed": "2026-08-18 14:24:12", "from": "外部商家",
        "kind": "即时到账交易", "who": "快卡小站", "goods": "QQ会员一个月", "amount": "36.00",
        "way": "支出", "status": "交易成功", "fee": "0.00", "back": "0.00",
        "note": "", "fund": "已支出",
    }  # fmt: skip
    return list((cells | given).values())


def wechat_head(count: int) -> list[str]:
    return [
        "微信支付账单明细", "微信昵称：[演示]",
        "起始时间：[2026-08-01 00:00:00] 终止时间：[2026-08-31 23:59:59]", "导出类型：[全部]",
        "导出时间：[2026-09-01 09:00:00]", "", f"共{count}笔记录", "收入：0笔 0.00元",
        f"支出：{count}笔 36.00元", "中性交易：0笔 0.00元", "注：",
        "1. 充值/提现/理财通购买/零钱通存取/信用卡还款等交易，将计入中性交易",
        "2. 本明细仅展示当前账单中的交易，不包括已删除的记录", "3. 本明细仅供个人对账使用", "",
        "----------------------微信支付账单明细列表--------------------",
    ]  # fmt: skip


def wechat_csv(*rows: Cells, encoding: str = "utf-8-sig", header: str = WECHAT) -> bytes:
    """Return a WeChat CSV: commas fill the head, numbers in quotes with a tab behind them."""
    head = [f"{line},,,,,,,," for line in wechat_head(len(rows))]
    lines = [
        ",".join([*map(str, row[:8]), f'"{row[8]}"\t', f'"{row[9]}"\t', f'"{row[10]}"'])
        for row in rows
    ]
    return "\r\n".join([*head, header, *lines, ""]).encode(encoding)


def wechat_xlsx(*rows: Cells, dated: bool = True, shared: bool = True) -> bytes:
    """Return a WeChat workbook: real dates and plain numbers, row 15 left out, shared strings."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, line in enumerate(wechat_head(len(rows)), 1):
        if line:
            sheet.cell(number, 1, line)
    for column, name in enumerate(WECHAT.split(","), 1):
        sheet.cell(17, column, name)
    for number, row in enumerate(rows, 18):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, _typed(column, value, dated=dated))
    out = io.BytesIO()
    book.save(out)
    return _with_shared_strings(out.getvalue()) if shared else out.getvalue()


def _with_shared_strings(data: bytes) -> bytes:
    """Move the texts of the cells into a table of their own, as Excel and WeChat do."""
    texts: list[str] = []

    def moved(cell: re.Match[str]) -> str:
        texts.append(cell[1])
        return f't="s"><v>{len(texts) - 1}</v>'

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode()
            part = re.sub(r't="inlineStr"><is><t>(.*?)</t></is>', moved, part)
            part = part.replace("</Types>", f'<Override PartName="/{SHARED}" '
                                f'ContentType="{KIND}.sharedStrings+xml"/></Types>')  # fmt: skip
            new.writestr(name, part)
        items = "".join(f"<si><t>{text}</t></si>" for text in texts)
        new.writestr(SHARED, f'<sst xmlns="{SHEET}">{items}</sst>')
    return out.getvalue()


def _typed(column: int, value: object, *, dated: bool) -> object:
    if column == 1 and isinstance(value, str):
        at = datetime.fromisoformat(value)
        return at if dated else (at - DAY_ZERO).total_seconds() / 86_400
    return float(value.removeprefix("¥")) if column == 6 and isinstance(value, str) else value


def alipay_csv(*rows: Cells, encoding: str = "gb18030") -> bytes:
    """Return a CSV of the Alipay app: padded cells, tabs behind numbers, a comma at the end."""
    head = [
        "-" * 84, "导出信息：", "姓名：演示", "支付宝账户：demo@example.com",
        "起始时间：[2026-08-01 00:00:00]    终止时间：[2026-08-31 23:59:59]",
        "导出交易类型：[全部]",
        f"共{len(rows)}笔记录", "收入：0笔 0.00元", "", "特别提示：",
        "1.本回单内容可表明支付宝受理了相应支付交易申请，", "9.本明细仅供个人对账使用。", "",
        "------------------------支付宝（演示）公司  电子客户回单------------------------",
    ]  # fmt: skip
    lines = [
        ",".join(
            f"{cell:<20}" if column not in {9, 10} else f"{cell}\t"
            for column, cell in enumerate(row)
        )
        + ","
        for row in rows
    ]
    return "\n".join([*head, f"{ALIPAY},", *lines, ""]).encode(encoding)


def alipay_web_csv(*rows: Cells) -> bytes:
    """Return a CSV of Alipay's former web export, with its summary below the table."""
    head = [
        "支付宝交易记录明细查询", "账号:[demo@example.com]",
        "起始日期:[2026-08-01 00:00:00]    终止日期:[2026-09-01 00:00:00]",
        "---------------------------------交易记录明细列表------------------------------------",
    ]  # fmt: skip
    tail = [
        "-" * 84, f"共{len(rows)}笔记录", "已收入:0笔,0.00元", "待收入:0笔,0.00元",
        "已支出:1笔,36.00元", "待支出:0笔,0.00元", "导出时间:[2026-09-01 09:00:00]    用户:演示",
    ]  # fmt: skip
    lines = [",".join(f"{cell!s:<16}" for cell in row) + "," for row in rows]
    header = ",".join(f"{name:<16}" for name in ALIPAY_WEB.split(",")) + ","
    return "\r\n".join([*head, header, *lines, *tail, ""]).encode("gb18030")


def zipped(data: bytes, name: str, password: str | None = None) -> bytes:
    """Return a ZIP with one file, under AES-256 where there is a password."""
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED) as archive:
        if password:
            archive.setpassword(password.encode())
            archive.setencryption(pyzipper.WZ_AES, nbits=256)
        archive.writestr(name, data)
    return out.getvalue()


def gbk_named(data: bytes, name: str) -> bytes:
    """Return a ZIP whose file name is in GBK and does not say so, as Chinese Windows writes it."""
    raw = name.encode("gb18030")
    plain = "x" * len(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(plain, data)
    return out.getvalue().replace(plain.encode(), raw)


def zip_crypto(data: bytes, name: str, password: str) -> bytes:
    """Return a ZIP under the older ZipCrypto, which no library in use here writes."""
    table = [_crc_step(n) for n in range(256)]
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = (keys[0] >> 8) ^ table[(keys[0] ^ byte) & 0xFF]
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = (keys[2] >> 8) ^ table[(keys[2] ^ (keys[1] >> 24)) & 0xFF]

    for byte in password.encode():
        update(byte)
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr(name, data)
    crc = zlib.crc32(data)
    secret = bytearray()
    for byte in [*range(11), crc >> 24, *data]:
        mixed = (keys[2] | 2) & 0xFFFF
        secret.append(byte ^ (((mixed * (mixed ^ 1)) >> 8) & 0xFF))
        update(byte)
    made = bytearray(plain.getvalue().replace(data, bytes(secret)))
    for mark, flags, size in ((b"PK\x03\x04", 6, 18), (b"PK\x01\x02", 8, 20)):
        at = made.index(mark)
        made[at + flags] |= 1
        made[at + size : at + size + 4] = len(secret).to_bytes(4, "little")
    end = made.index(b"PK\x05\x06")
    made[end + 16 : end + 20] = made.index(b"PK\x01\x02").to_bytes(4, "little")
    return bytes(made)


def _crc_step(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
    return value
