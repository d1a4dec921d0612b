/**
 * What the labels of complaint forms say, as data: for each draft field the words of its label, of
 * its `name`, and the kinds of control it belongs in; for each issue and demand the words of the
 * options that mean it. Patterns are sources of case-insensitive regular expressions.
 */

/**
 * @typedef {{label: string, name: string, not?: string, kinds: string[]}} FieldWords
 * @typedef {{fields: Record<string, FieldWords>, options: Record<string, Record<string, string>>,
 *   other: string, forbidden: Record<string, string>}} FormWords
 */

/** @type {Record<string, FieldWords>} */
const fields = {
  order_no: {
    label: "(订单|定单)(编?号码?|id)?|(商品|购买)?单号|order ?(no\\.?|number|id)",
    name: "order_?-?(no|num|number|id|sn|code)|dingdan|^ddh$",
    not: "物流|快递|交易|流水|支付|商户|时间|金额|日期|查询",
    kinds: ["text", "number"],
  },
  product: {
    label:
      "(商品|产品|货品|卡种|服务)([/或](商品|服务))?(名称?|标题|信息)?|购买(的)?(商品|内容)|product( name)?|goods( name)?",
    name: "product|goods|item_?-?name|commodity",
    not: "编号|数量|链接|网址|类型|价格|金额",
    kinds: ["text", "textarea"],
  },
  amount: {
    label:
      "(涉及|涉诉|涉案|订单|支付|付款|交易|消费|争议|实付)?(金额|价款|款项)(（元）|\\(元\\))?|amount( paid)?|price",
    name: "amount|money|price|^je$|total",
    not: "退款金额|赔偿",
    kinds: ["number", "text"],
  },
  paid_at: {
    label:
      "(付款|支付|交易|购买|消费|下单)(的)?(时间|日期)|(payment|purchase|order) (time|date)|paid (at|on)",
    name: "(pay|paid|trade|buy|purchase)_?-?(at|on|time|date)",
    kinds: ["date", "text"],
  },
  trade_no: {
    label:
      "(支付|交易|付款|商户|转账)(流水|订单|交易)?(编?号码?|单号)|流水号|(transaction|trade|payment) ?(no\\.?|number|id)",
    name: "trade_?-?(no|num|id|sn)|transaction|pay_?-?(no|sn|id)|serial",
    not: "时间|金额",
    kinds: ["text", "number"],
  },
  seller: {
    label:
      "(被投诉(人|方|企业|单位|商家|对象)|投诉(对象|商家|企业))(名称)?|(商家|卖家|店铺|商户|经营者|企业)(名称|昵称)?|seller|merchant|shop( name)?|company( name)?",
    name: "seller|merchant|shop|store|company|respondent",
    not: "电话|联系|地址|编号|订单|流水",
    kinds: ["text"],
  },
  title: {
    label: "(投诉|工单|问题|反馈)?(标题|主题)|title|subject|summary",
    name: "title|subject|topic|headline",
    not: "商品",
    kinds: ["text"],
  },
  description: {
    label:
      "(问题|投诉|情况|详细|事实|事件|工单|反馈|具体)?(描述|说明|详情|经过|内容|事实|情况)|(问题|投诉)(的)?(描述|说明|内容|详情|经过|事由)|description|details?|content|what happened|message",
    name: "desc|content|detail|problem|question|message|remark|fact|body",
    not: "诉求|证据|商品|联系|标题|类型",
    kinds: ["textarea", "text"],
  },
  evidence: {
    label: "证据(说明|列举|清单|描述)|举证说明|evidence( list)?",
    name: "evidence|proof",
    kinds: ["textarea", "text"],
  },
  demand: {
    label:
      "(投诉|您的|具体|处理)?(诉求|请求|要求)(内容|说明|描述)?|期望(结果|处理结果)|希望.{0,4}(处理|解决)|demand|request|expect(ation|ed outcome)?",
    name: "demand|appeal|request|expect|claim|require",
    not: "类型|上传|格式",
    kinds: ["textarea", "text"],
  },
  demand_kind: {
    label:
      "(投诉)?(诉求|请求|要求)(类型|类别|方式)?|(处理|解决|期望)(方式|方案|结果)|demand type|resolution",
    name: "demand|appeal|request|expect|claim|solution|handle",
    kinds: ["select", "radio", "checkbox"],
  },
  issue: {
    label:
      "(问题|投诉|工单|反馈|纠纷|售后|事由)(类型|类别|分类|原因|种类|问题)|类型|类别|分类|issue( type)?|category|reason|type",
    name: "type|category|issue|reason|kind|class",
    not: "支付|证件|联系|诉求|商品",
    kinds: ["select", "radio", "checkbox"],
  },
  contact: {
    label:
      "(您的|本人)?联系(方式|电话|手机|qq|邮箱)|手机号?码?|电话(号码)?|电子邮箱|邮箱|qq号?|微信号?|contact|phone|mobile|e-?mail",
    name: "contact|phone|mobile|tel|email|qq|wechat",
    not: "商家|卖家|被投诉|客服|店铺",
    kinds: ["text"],
  },
  attachments: {
    label:
      "(上传|添加)?(证据|附件|凭证|截图|图片|材料|照片|文件)(上传|材料|图片)?|upload|attachments?|files?|screenshots?",
    name: "file|upload|attach|image|img|pic|evidence|voucher|proof",
    not: "头像|身份证|avatar|id.?card",
    kinds: ["file"],
  },
};

const issue = {
  not_delivered:
    "未到账|没到账|不到账|未收到|没收到|未发货|不发货|未发卡|未到|没有发|迟迟|超时|not (delivered|received)|no delivery",
  dead_code:
    "无效|不能用|不可用|用不了|已(被)?使用|已失效|错误|卡密(问题|异常|错)|invalid|used|not work|dead",
  failed_no_refund: "失败.*退|充值失败|失败|failed",
  duplicate_charge: "重复|多扣|扣款(两|2|多)次|多次扣|duplicate|charged twice",
  not_as_described: "不符|描述|虚假|货不对板|规格|not as described|wrong item|misleading",
  refund_missing: "退款未到|未退款|不退款|退款|refund",
  other: "其他|其它|other",
};

const demand_kind = {
  refund: "全额退款|退款|退钱|退还|refund",
  reissue: "补发|重发|重新发|换货|更换|补卡|reissue|replace|resend",
  compensate: "赔偿|补偿|compensat",
  explain: "说明|解释|答复|查明|explain|explanation",
  other: "其他|其它|other",
};

/** @type {FormWords} */
export const FORM_WORDS = {
  fields,
  options: { issue, demand_kind },
  other: "^(其他|其它|other)",
  forbidden: {
    password: "密码|口令|password|passwd|\\bpwd\\b",
    captcha: "验证码|校验码|图形码|动态码|captcha|verif(y|ication) ?code|vcode|checkcode|sms_?code",
    payment:
      "银行卡|信用卡|储蓄卡|cvv|cvc|安全码|卡有效期|card ?number|cc-|cardno|bank_?card|bank_?account",
    identity: "身份证|证件号|id ?card ?(no|number)",
  },
};
