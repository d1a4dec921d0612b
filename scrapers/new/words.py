"""Words of any shop's pages, beside the labels and states: they name nobody and may be kept."""

from __future__ import annotations

_HAN = (
    "订单 单号 编号 号码 流水 商户 商家 店铺 店主 卖家 买家 用户 会员 账号 帐号 账户 密码 "
    "登录 注册 退出 商品 产品 名称 标题 分类 规格 类型 类别 数量 单价 价格 金额 总价 总额 "
    "合计 小计 应付 实付 原价 优惠 折扣 抵扣 优惠券 余额 手续费 支付 付款 未支付 已支付 收款 "
    "方式 通道 渠道 时间 日期 创建 下单 完成 状态 处理 结果 原因 说明 备注 信息 详情 详细 "
    "列表 记录 内容 查询 搜索 首页 返回 复制 一键 全部 更多 查看 提取 点击 展开 收起 操作 "
    "提交 确认 取消 关闭 打开 保存 下载 导出 刷新 继续 立即 购买 投诉 工单 举报 售后 申请 "
    "退款 客服 联系 联系方式 邮箱 邮件 手机 手机号 电话 微信 支付宝 银行 银行卡 银联 云闪付 "
    "信用卡 钱包 余额支付 在线 在线支付 扫码 当面付 易支付 卡密 卡号 兑换码 激活码 充值码 "
    "序列号 充值 直充 代充 人工 人工处理 手动 自动 自动发货 自动发卡 自动充值 在线充值 "
    "充值到账 发货 未发货 发卡 发放 交付 到账 送达 承诺 时效 最晚 预计 分钟 小时 工作日 之内 "
    "以内 您的 我的 以下 温馨提示 提示 公告 须知 注意 使用 教程 帮助 关于 协议 条款 版权 "
    "技术支持 欢迎 您好 感谢 成功 失败 错误 异常 等待 库存 库存不足 销量 请联系客服 请输入 "
    "请选择 请耐心等待 暂无 没有 未知 订单查询 查询订单 订单详情 天内 日内 分钟内 小时内 "
    "个小时 上午 下午 凌晨 中午 晚上 星期一 星期二 星期三 星期四 星期五 星期六 星期日 訂單 "
    "單號 編號 數量 金額 總價 時間 狀態 支付方式 聯繫 郵箱 詳情 查詢 複製 已完成"
)
_LATIN = (
    "chat ticket faq help legal terms privacy "
    "a about account alipay all am amount and api app asp assets at avatar back balance bank "
    "buy buyer buyers by cancel cancelled card cart category check close cn cny code coin com "
    "common completed confirm contact copy count coupon create created css currency date "
    "default delivered delivery detail details discount dist download e email en erc example "
    "failed favicon fee file files for from gif gmt goods has hkd home htm html http https "
    "ico id image images img in index info input is item items jpeg jpg js jsp key lib libs "
    "list login logo logout main manual me member message method money my name net new no not "
    "note notice number of on open operation order orderid orderno orders org page paid pass "
    "password pay payment paypal pending phone php pin please pm png powered price processing "
    "product products promotion public qq qqpay quantity query read refund refunded register "
    "remark res reset resources result return rmb save search secret see seller service shop "
    "sku sms sn spec state static status store submit subtotal success support svg tel "
    "template templates the theme themes time title tmp to total trade trc twd type unionpay "
    "unit unknown unpaid update upload uploads usd usdt user username utc v vendor view visa "
    "was webp wechat welcome with www wxpay x you your yuan zh"
)
HAN_WORDS = frozenset(_HAN.split())
LATIN_WORDS = frozenset(_LATIN.split())
