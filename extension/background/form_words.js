/**
 * What the labels of complaint forms say, as data: for each draft field the words of its label, of
 * its `name`, and the kinds of control it belongs in; for each issue and demand the words of the
 * options that mean it, surest first. Patterns are sources of case-insensitive regular expressions.
 */

/**
 * `not` are words of a label that is about something else; `heading_not` those of the heading it
 * stands under, `unit_not` what stands behind it; `under` a heading and the bare labels that mean the
 * field below it; `brief` the
 * field that says the same in fewer words; `shapes` for each word of a label how a value it asks
 * for looks.
 * @typedef {{label: string, name: string, not?: string, kinds: string[], heading_not?: string,
 *   unit_not?: string,
 *   under?: [string, string], brief?: string, shapes?: Record<string, [string, string]>}} FieldWords
 * @typedef {{fields: Record<string, FieldWords>, options: Record<string, Record<string, string[]>>,
 *   other: string, forbidden: Record<string, string>}} FormWords
 */

const OTHER_SIDE =
  "被投诉|被申诉|被举报|(投诉|申诉|举报)对象|对方|商家|商户|卖家|店家|店铺|企业|公司|单位|经营者";
/** What such a form may call itself: it stands before the word that tells the field. */
const MATTER = "(问题|反映|投诉|申诉|举报|维权|客诉|客户|售后|反馈|纠纷|争议|工单|登记|退款|故障|申请|关注|事由|事件|事情)";
const CHOICE = ["select", "radio", "checkbox"];

/** @type {Record<string, FieldWords>} */
const fields = {
  order_no: {
    label:
      "[\\u4e00-\\u9fff]{0,4}(订单|定单)(编?号码?|流水号?|id)?|^(商品|购买|成交)?单号|order ?(no\\.?|number|id)",
    name: "order_?-?(no|num|number|id|sn|code)|dingdan|^ddh$",
    not: "物流|快递|交易|支付|商户|时间|金额|日期|查询|搜索|备注|数量|状态|退货|换货|补发|其他",
    kinds: ["text", "number"],
  },
  product: {
    label:
      "(购买|所购|交易|涉及|涉诉)?的?(商品|产品|货品|卡种|服务)(名称?|标题|信息)?|购买的?内容|product( name)?|goods( name)?",
    name: "product|goods|item_?-?name|commodity",
    not: "编号|数量|链接|网址|类型|类别|价格|金额|单号|搜索",
    kinds: ["text", "textarea"],
    brief: "goods",
  },
  amount: {
    label:
      "(涉及|涉诉|涉案|订单|商品|支付|付款|交易|成交|消费|争议|申诉|投诉|纠纷|实付|实际支付|实际付款)?的?总?(金额|价款|款项)|实付款?|实际(支付|付款)|amount( paid)?|price",
    name: "amount|money|price|^je$|total",
    not: "退|赔|优惠|余额|提现|refund",
    kinds: ["number", "text"],
  },
  paid_at: {
    label:
      "(付款|支付|交易|购买|消费|下单|成交|争议发生)(的|完成)?(时间|日期)|(payment|purchase|order) (time|date)|paid (at|on)",
    name: "(pay|paid|trade|buy|purchase)_?-?(at|on|time|date)",
    unit_not: "^[年月日时/-]",
    kinds: ["date", "text"],
  },
  trade_no: {
    label:
      "(支付|交易|付款|商户|转账|微信|支付宝|微信支付)(流水|订单|交易)?(编?号码?|单号)|流水号|(transaction|trade|payment) ?(no\\.?|number|id)",
    name: "trade_?-?(no|num|id|sn)|transaction|pay_?-?(no|sn|id)|serial",
    not: "时间|金额|账号|微信号",
    kinds: ["text", "number"],
  },
  respondent: {
    label:
      "(被投诉|被申诉|被举报)(人|方|企业|公司|单位|对象)(名称|姓名)?|投诉(对象|企业)(名称)?|(企业|公司|经营者)(名称|全称)|company( name)?",
    name: "company|respondent|enterprise",
    not: "电话|联系|地址|编号|订单|流水|信用代码|法人",
    kinds: ["text"],
    under: [OTHER_SIDE, "名称|姓名|企业名称|单位名称|商家名称|名称（姓名）"],
  },
  respondent_address: {
    label: "(经营者|商家|企业|公司|被投诉(人|方|企业)?)(的)?(经营|联系|注册)?地址",
    name: "(company|provider|seller|shop)_?-?addr",
    kinds: ["text", "textarea"],
    under: [OTHER_SIDE, "(经营者|经营|联系|注册|详细)?地址"],
  },
  seller: {
    label:
      "(被?投诉)?(商家|卖家|店铺|商户|对方)(名称?|昵称)?|(seller|merchant|shop|store)( name)?",
    name: "seller|merchant|shop|store",
    not: "电话|联系|地址|编号|订单|流水|回复|评价|客服",
    kinds: ["text"],
  },
  title: {
    label: `${MATTER}?(标题|主题)|title|subject|summary`,
    name: "title|subject|topic|headline",
    not: "商品|职务",
    kinds: ["text"],
  },
  description: {
    label: `(${MATTER}|情况|详细|事实|具体|补充)?的?(描述|说明|详情|经过|内容|事实|情况|理由)|事由|遇到的问题|^问题$|description|details?|content|what happened|message`,
    name: "desc|content|detail|problem|question|message|remark|fact|body",
    not: "诉求|证据|商品(描述|说明|详情|内容|情况)|联系|标题|类型|类别|分类|格式",
    kinds: ["textarea", "text"],
  },
  evidence: {
    label: "证据(说明|列举|清单|描述)|举证说明|evidence( list)?",
    name: "evidence|proof",
    kinds: ["textarea", "text"],
  },
  demand: {
    label:
      "(投诉|申诉|维权|调解|您的|我的|具体|处理)?(诉求|请求|要求)(内容|说明|描述)?|期望(结果|处理结果)|希望.{0,4}(处理|解决)|demand|request|expect(ation|ed outcome)?",
    name: "demand|appeal|request|expect|claim|require",
    not: "类型|上传|格式|方式",
    kinds: ["textarea", "text"],
  },
  demand_kind: {
    label:
      "(投诉|处理)?(诉求|请求|要求)(类型|类别|方式)?|(处理|解决|期望|希望|退款)(的)?(方式|方案|结果|意愿|意向)|退款类型|(期望|希望)(得到的?)?(处理|解决)?(方式|方案|结果)?|demand type|resolution",
    name: "demand|appeal|request|expect|claim|solution|handle|wish",
    not: "时间|人|原因|进度",
    kinds: CHOICE,
  },
  issue: {
    label: `${MATTER}?(类型|类别|分类|原因|种类|标签|问题)|issue( type)?|category|reason|type`,
    name: "type|category|issue|reason|kind|class",
    not: "支付|证件|联系|诉求|商品|用户|账号|发票|公司|企业",
    kinds: CHOICE,
  },
  contact: {
    label:
      "((投诉|申诉|举报|申请|联系)人|消费者|用户|买家|常用|有效|接收通知|回访)?的?(联系方式|(联系)?(手机|电话)(号码?)?|(电子|联系)?邮箱|(联系)?qq(号码?)?|微信号?)|contact|phone( number)?|mobile|e-?mail",
    name: "contact|phone|mobile|tel|email|qq|wechat",
    not: `${OTHER_SIDE}|客服|姓名|昵称|验证|contact name`,
    kinds: ["text"],
    heading_not: OTHER_SIDE,
    shapes: {
      phone: ["手机|电话|phone|mobile|tel", "^(\\+?86[ -]?)?1\\d[\\d -]{9,11}$|^0\\d{2,3}-?\\d{7,8}$"],
      email: ["邮箱|邮件|e-?mail|信箱", "^\\S+@\\S+$"],
      qq: ["qq", "^(qq[:： ]*)?[1-9]\\d{4,9}$"],
      wechat: ["微信|wechat|weixin", "^[a-z][-\\w]{5,19}$"],
    },
  },
  attachments: {
    label:
      "(上传|添加)?(证据|附件|凭证|截图|图片|材料|照片|文件)(上传|材料|图片)?|upload|attachments?|files?|screenshots?",
    name: "file|upload|attach|image|img|pic|evidence|voucher|proof",
    not: "头像|身份证|证件|营业执照|avatar|id.?card",
    kinds: ["file"],
  },
};

const issue = {
  not_delivered: [
    "^(?!.*退).*(未|没|没有|不|不能|拒不)(按.{1,3})?(收到|到账|发货|发卡|到货)",
    "^(?!.*退).*(迟迟|超时|逾期|延迟)",
    "^(?!.*refund).*(not (been )?(delivered|received)|no delivery)",
  ],
  dead_code: [
    "无效|失效|不能用|不可用|不能使用|无法使用|用不了|已(被)?使用",
    "(卡密|兑换码|激活码).{0,2}(错误|异常|问题|错)",
    "invalid|used|not work|dead",
  ],
  failed_no_refund: ["失败.{0,6}(未|没|不)退", "充值失败", "失败|failed"],
  duplicate_charge: ["重复(扣|付|支付|收)|多扣|多次扣|扣款(两|2|多)次", "duplicate|charged twice"],
  not_as_described: [
    "不符|不一致|货不对板|发错",
    "虚假|描述|规格|误导",
    "not as described|wrong item|misleading",
  ],
  refund_missing: ["退款?(未|没|不)(到|收)|(未|没|不|拒绝)(收到)?退款", "退款|refund"],
  other: ["^(其他|其它|other)"],
};

const demand_kind = {
  refund: ["^(仅|全额|全部|申请|原路|要求)?退款$", "退款|退钱|退还|退回|refund"],
  reissue: ["^补发|^重发", "补发|重发|重新发|换货|更换|补卡|reissue|replace|resend"],
  compensate: ["赔偿|补偿|compensat"],
  explain: ["说明|解释|答复|查明|explain|explanation"],
  other: ["^(其他|其它|other)"],
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
