/// The words by which two reports of one problem recognise each other although they are worded differently.
/// Written by hand from the field's vocabulary; at most 64 concepts, so that a report's concepts fit one word.
enum RepeatLexicon {
  struct Concept: Sendable {
    /// As an officer reads it in a reason.
    let name: String
    let terms: [String]
    init(_ name: String, _ terms: String) {
      self.name = name
      self.terms = terms.split(separator: " ").map(String.init)
    }
  }

  static let concepts: [Concept] = [
    Concept("噪音", "噪音 噪声 吵闹 太吵 很吵 嘈杂 吵杂 轰鸣 刺耳 轰隆 杂音 巨响 震动"),
    Concept("施工扰民", "施工 工地 打桩 渣土 挖机 夜间作业 赶工 通宵"),
    Concept("餐饮油烟", "油烟 烧烤 夜宵 宵夜 餐饮 餐馆 饭店 排烟 烟道 大排档 厨房"),
    Concept("搅拌站", "搅拌站 搅拌厂 水泥厂 混凝土 混泥土 砂石"),
    Concept("娱乐场所", "ktv 酒吧 清吧 歌厅 麻将 棋牌 驻唱 网吧 夜店 音乐吧"),
    Concept("广场舞", "广场舞 跳舞 高音喇叭 音响"),
    Concept("扬尘", "灰尘 粉尘 扬尘 尘土"),
    Concept("异味", "臭气 恶臭 臭味 异味 熏天 刺鼻 废气"),
    Concept("排水", "污水 粪水 排污 下水道 化粪池 积水 内涝 雨水管 粪便 粪池 外溢 黑臭"),
    Concept("垃圾", "垃圾 清运 脏乱"),
    Concept("用水", "停水 供水 自来水 用水 水压 水箱 无水 没水 断水 喝水 饮水 水管"),
    Concept("用电", "停电 用电 电压 供电 断电 电费 临时电 农网"),
    Concept("高压线", "变电站 高压线 高压电 基站 辐射 电塔"),
    Concept("燃气", "燃气 天然气 煤气"),
    Concept("电梯", "电梯 困人"),
    Concept("加装电梯", "加装电梯 增设电梯"),
    Concept("停车", "停车 车位 车库 乱停 违停 僵尸车 停放 占道停"),
    Concept("消防", "消防 火灾 灭火 着火 疏散"),
    Concept("违法搭建", "违建 违章 违法建 违法搭 搭建 私搭 加盖 违规建 阳光房 乱建 乱搭 扩建 顶楼加"),
    Concept("拆改承重", "承重 破墙 砸墙 拆墙 门洞 墙体 敲墙 破坏结构"),
    Concept("群租", "群租 隔断 日租 民宿 合租"),
    Concept("住改商", "住改商 居改非 居民楼 民房经营 改变用途 改变房屋"),
    Concept("无照经营", "无照 无证 非法经营 违规经营 无牌 证照"),
    Concept("渗漏", "漏水 渗水 漏雨 渗漏 开裂 裂缝 脱落 坠落"),
    Concept("房屋质量", "质量 精装 货不对板 偷工减料 不合格"),
    Concept("物业", "物业 服务费 停车费"),
    Concept("业委会", "业委会 业主委员会 业主大会 换届 选举 筹备组"),
    Concept("维修资金", "维修基金 维修资金"),
    Concept("产权证", "房产证 不动产 办证 产权证 两证 房本"),
    Concept("交房", "交房 延期 逾期 烂尾 停工 收房 验收 复工"),
    Concept("购房资格", "限购 购房资格 购房政策 购房 买房 首套"),
    Concept("补贴", "补贴 补助 津贴"),
    Concept("人才", "人才 高级技师"),
    Concept("贷款", "公积金 贷款 房贷 商贷"),
    Concept("社保", "社保 养老保险 医保 参保 养老金 缴费 补缴"),
    Concept("征收安置", "拆迁 征收 征拆 安置 棚改 补偿 回迁 棚户"),
    Concept("入学", "入学 学位 学区 招生 开学 就读 上学 划片"),
    Concept("幼儿园", "幼儿园 幼教 普惠"),
    Concept("补课", "补课 补习 培训 托管 晚自习"),
    Concept("退费", "退费 退款 退钱 不退 要不回 退还"),
    Concept("乱收费", "乱收费 强制收 多收 收费 捆绑 变相"),
    Concept("实习", "实习 打工 工厂工作 社会实践"),
    Concept("公交", "公交 班次 公汽"),
    Concept("地铁", "地铁 轨道 轻轨 城铁 城际"),
    Concept("道路", "修路 道路 坑洼 路面 断头路 打通 通车 拓宽 匝道 桥梁 坑坑"),
    Concept("拥堵", "拥堵 堵车 交通混乱 出行"),
    Concept("行人设施", "人行道 天桥 斑马线 红绿灯 信号灯 隔离栏 护栏"),
    Concept("路灯", "路灯 照明 高杆灯"),
    Concept("绿化", "绿化 毁绿 绿地 草坪 草皮 树木 砍树"),
    Concept("占道经营", "占道 摆摊 流动摊 摊贩 商贩 跨门 马路市场"),
    Concept("养犬", "养狗 养犬 狗叫 遛狗 恶犬 流浪狗 犬只"),
    Concept("电动车充电", "飞线 充电 电瓶车 电动车"),
    Concept("欠薪", "拖欠 工资 欠薪 血汗钱 薪资 加班费"),
    Concept("集资诈骗", "集资 诈骗 p2p 爆雷 车贷 传销 骗局 跑路 合同诈"),
    Concept("涉黄涉赌", "涉黄 卖淫 赌博 足浴 色情 水疗"),
    Concept("医疗", "医院 医疗 医生 诊所 卫生室"),
    Concept("通信", "宽带 移动通信 电信 联通 话费 流量 网络信号"),
    Concept("户籍", "落户 户口 户籍 迁入 居住证"),
    Concept("招考", "招聘 招考 遴选 录用 面试 公务员 编制"),
    Concept("土地", "宅基地 耕地 林地 占地 土地"),
    Concept("采光", "采光 挡光 遮挡 日照 楼间距"),
    Concept("防盗网", "防盗窗 护窗 防盗网 雨棚 空调外机 晾衣"),
    Concept("高空抛物", "高空抛物 抛物 乱扔"),
    Concept("楼道堆物", "堆物 堆放 楼道 杂物 公共部位 占用公共"),
  ]

  /// Characters that carry grammar, not matter: a pair of characters with one of them is no evidence.
  static let grammar =
    "的了着过在是我你他她它们这那此该其本各每某有无和与及或而且但却并也都还又就才只很太非更最已曾将要会能可应被把让给对向为因由于以从到自至乎者吗呢吧啊呀哦嗯啦么何谁哪什怎请问您好谢望盼祝敬尊等如若则不没未别勿个些种样点里内前后间时年月日"

  /// Characters of doing: a name does not run across one (学生去工|厂).
  static let doing = "去来修办搞做用拆打停堵装卖买找收交住查说想看听吵挡设离靠近通过经"

  /// Phrases of every complaint: they say that something is asked, not what. Also end a place's name when walking back over it.
  static let courtesy = """
    领导 书记 市长 部门 有关 相关 政府 单位 严重 影响 居民 业主 希望 解决 处理 反映 投诉 问题 情况 举报 咨询 关于 建议 恳请 请求 强烈 \
    尽快 附近 旁边 周边 侧面 目前 现在 一直 生活 正常 老百 百姓 市民 群众 学生 家长 职工 员工 教师 老师 村民 住户 组织 强制 开发 项目 领导 书记 旁的 小区 社区 进行 多次 已经 没有 我们 他们 什么 怎么 为何 如何 \
    投拆 反应 回复 答复 要求 重视 关注 呼吁 监督 调查 核实 查处 整治 管理 工作 人员 相应 合理 合法 非法 违法 违规 存在 位于 坐落 座落 家住 \
    住在 本人 大家 非常 特别 十分 感谢 加快 力度 建设 步伐 推进 加大 加强 完善 发展 再次 上次 来信 留言 平台 热线 电话 尊敬 来电 人称 \
    控诉 求助 救助 扰民 晚上 白天 每天 长期 至今 时间 开始 环境 安全 隐患 导致 造成 带来 引起 小孩 孩子 老人 家里 身体 健康 休息 睡觉
    """.split(separator: " ").map(String.init)

  /// First two characters of the ways to say that one has complained before.
  static let urging = ["上次", "再次", "多次", "仍未", "仍然", "依然", "迟迟", "催办", "催促", "屡次", "反复", "又来", "一再"]

  /// Ends of names. Specific ones name one spot; broad ones name a part of a town, which two unrelated problems may share.
  static let specificEnds = """
    小区 花园 家园 嘉园 佳园 花苑 佳苑 雅苑 和苑 苑 公寓 大厦 广场 新城 新村 名都 府 城 湾 国际 公馆 山庄 豪庭 华庭 庭 郡 里弄 弄 大院 宿舍 \
    路 大道 街 巷 胡同 立交桥 桥 隧道 高速 学校 小学 中学 大学 学院 幼儿园 医院 公司 集团 酒店 宾馆 超市 市场 菜场 公园 养老院 驾校 银行 工业园 物流园 \
    产业园 湖 村 世纪 名邸 壹号 一品 帝景 半岛 星座
    """.split(separator: " ").map(String.init)
  static let broadEnds = "街道 街 镇 乡 县 市 区 社区 片区 新区 开发区 省".split(separator: " ").map(String.init)
}
