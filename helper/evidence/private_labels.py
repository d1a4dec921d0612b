"""The labels of pages whose values are private, simplified, with their traditional characters."""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["name", "account", "phone", "contact", "number", "address", "secret"]
"""What a value looks like: see `labelled`."""

LABELS: Final[dict[Kind, str]] = {
    "name": (
        "姓名|收件信息|收货信息|收货人信息|收件人信息|付款人|汇款人|购买人|下单人|申请人|投诉人|机主|"
        "ship to|bill to|"
        "昵称|妮称|网名|收货人|收件人|寄件人|收货者|联系人|用户名|用户名称|会员名|"
        "会员名称|登录名|登录名称|账户名|账户名称|账号名|账号名称|持卡人|开户人|户名|旺旺|"
        "旺旺号|旺旺名|username|user name|login name|account name|account holder|nickname|"
        "nick name|full name|first name|last name|name|recipient|receiver|consignee|"
        "contact person|cardholder"
    ),
    "account": (
        "账号|账户|账号id|用户id|会员id|玩家id|角色id|用户编号|会员编号|会员号|用户号|uid|"
        "user id|member id|account|account id|account no|account number|login id|alipay id"
    ),
    "phone": (
        "电话|电话号码|手机|手机号|手机号码|座机|固话|传真|联系号码|充值号码|充值手机|phone|"
        "phone number|phone no|mobile|mobile number|telephone|tel|cell|cellphone"
    ),
    "contact": (
        "联系方式|联络方式|邮箱|邮箱地址|邮件|邮件地址|电子邮件|电邮|微信|微信号|微信号码|"
        "微信id|qq|qq号|qq号码|支付宝|email|e-mail|email address|mail|wechat|wechat id|"
        "weixin|qq number|contact|skype|telegram|whatsapp|line id"
    ),
    "number": (
        "身份证|身份证号|身份证号码|证件号|证件号码|护照号|护照号码|银行卡|银行卡号|"
        "银行卡号码|银行账号|信用卡号|储蓄卡号|卡号|id card|id card number|id number|"
        "passport|passport number|bank card|bank card number|card number|card no|"
        "bank account|iban"
    ),
    "address": (
        "地址|收货地址|收件地址|详细地址|家庭地址|联系地址|通讯地址|address|shipping address|"
        "delivery address|street address|home address|billing address"
    ),
    "secret": (
        "密码|口令|卡密|卡密信息|激活码|兑换码|充值码|提货码|取卡密码|验证码|password|"
        "passcode|pwd|pin|redeem code|activation code|card code|cdkey|cd key"
    ),
}
"""Parted by bars; a longer label of a page may end in one of them."""

WHOLE: Final = "用户|会员|买家|客户|顾客|玩家|登录|user|member|buyer|customer|login"
"""Name labels only where nothing stands before them and a colon after."""

OTHERS: Final = (
    "商家|店铺|店家|卖家|商户|商城|公司|企业|品牌|供应商|供货商|收款方|商品|产品|文件|域名|网站|"
    "shop|store|seller|merchant|company|brand|product|item|goods|file|domain|host|site"
)
"""Whose name is no person's: it must stay readable."""
PLACES_ELSEWHERE: Final = (
    "公司|企业|商家|店铺|注册|经营|办公|"
    "ip|网络|网页|网站|链接|服务器|页面|物理|mac|url|web|http|server"
)
"""Whose address is none of a person."""

NEVER: Final = (
    "登录|登入|注册|退出|退出登录|复制|保存|编辑|修改|更改|更多|绑定|解绑|已绑定|未绑定|"
    "去绑定|必填|选填|查看|查询|搜索|详情|隐藏|显示|首页|我的订单|个人中心|会员中心|订单中心|"
    "客服|在线客服|联系客服|微信|微信支付|支付宝|银行卡|余额|余额支付|qq|qq钱包|短信|是|否|"
    "男|女|正常|已实名|未实名|已认证|未认证|未设置|已设置|提交|确定|取消|返回|设置|管理|新增|"
    "删除|下一步|消息|通知|购物车|收藏|足迹|钱包|优惠券|帮助|帮助中心|安全|账户安全|账号安全|"
    "明细|账单|充值|提现|积分|等级|游客|会员|用户|亲|回来|光临|卡密|自动发货|人工发货|"
    "数字商品|手机|电脑|数码|全部|login|logout|register|signup|signin|copy|edit|save|change|"
    "settings|setting|security|profile|verified|unverified|none|n/a|yes|no|required|optional|"
    "visa|mastercard|paypal|alipay|wechat|email|phone|male|female|normal|active|guest|"
    "support|here|to|the|our|us|back|there|please|sign|log|user|customer|dear|member|visitor|"
    "everyone|all|world|again|you|your|welcome|details|information|info|management"
)
"""What stands where a value is expected and is none: buttons, menus, ways of payment."""
ORDINARY: Final = (
    "订单|商品|金额|状态|时间|数量|价格|发货|付款|支付|退款|处理|完成|成功|失败|客服|登录|注册|退出|"
    "欢迎|请|您|你|信息|管理|中心|设置|安全|余额|修改|复制|查看|绑定|必填|选填|不能|输入|联系|方式|地址|"
    "电话|手机|邮箱|账号|账户|优惠|编号|操作|名称|类型|备注|认证|验证|等级|积分|购买|充值|提现|服务|我们|"
    "本店|本站|已|吗|的|是|了|在|无|未"
)
"""Words of sentences: a loose match that holds one is no name."""
TRADITIONAL: Final = str.maketrans(
    "戶歡會機絡碼暱妳遞護聲網帳帐記親愛顧",
    "户欢会机络码昵你递护声网账账记亲爱顾",
)
"""Beside those of `scrapers.text.simplified`."""
