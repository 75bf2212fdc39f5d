/// Made-up names: of people, firms, roads and compounds. No real person or firm is meant.
struct PilotNames {
  static let surnames = Array("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段章钱汤尹黎易常武乔贺赖龚文").map(
    String.init)
  static let given = [
    "建国", "志强", "秀英", "丽华", "晓东", "雪梅", "海燕", "永明", "文杰", "佳怡", "思远", "雨欣", "俊杰", "美玲", "国平", "慧敏", "子涵", "浩然", "春兰", "玉珍",
    "卫东", "红梅", "立新", "静", "敏", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "超", "霞", "平", "刚", "桂芳", "明辉", "晓雯", "宇航", "梦洁", "天佑", "若兰",
    "振华", "素琴", "惠珍", "阿根", "家豪", "伟民",
  ]
  static func person(_ random: inout PilotRandom) -> String { random.word(surnames) + random.word(given) }
  /// 19900000000…19900009999: no operator has given these out to anybody we speak of.
  static func phone(_ random: inout PilotRandom) -> String {
    let digits = String(random.below(10_000))
    return "1990000" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  private static let first = Array("沁润云翠和景悦澜瑞枫荷菁盈绿棠锦御兰桂静汇嘉松梧朗逸晴岚清泽").map(String.init)
  private static let pairs = [
    "翠庭", "枫华", "澜景", "云锦", "绿洲", "棠悦", "沁园", "和景", "瑞和", "盈翠", "汇景", "兰庭", "桂香", "静怡", "嘉和", "松韵", "梧桐", "朗诗", "逸品", "晴川", "岚湾",
    "清溪", "泽园", "荷塘", "菁英", "水岸", "滨江", "阳光", "金色", "东方", "世纪", "新城", "中央", "锦绣", "怡景", "康城", "丽水", "馨佳", "银杏", "玉兰", "紫藤", "香樟",
  ]
  private static let ends = ["花园", "花苑", "公寓", "雅苑", "名邸", "华庭", "湾", "家园", "名苑", "佳苑", "府", "里", "苑", "景苑"]
  private static let phase = ["", "", "", "", "", "一期", "二期", "三期", "东苑", "西区"]
  private static let old = ["新村", "小区", "公寓", "家园", "花苑", "名苑", "佳苑", "雅苑", "新苑", "花园"]
  private static let roads = Array("青松虹梅云浦华盈嘉秀汇宝泉漕民沪锦秋芦菊柳竹平定康宁长临金银玉石川江").map(String.init)
  private static let roadEnds = Array("阳泽溪浜塘桥泾港河山城乐安兴业丰德仁义川峰源").map(String.init)

  /// "沁景庭二期", "青溪新村".
  static func compound(_ random: inout PilotRandom) -> String {
    if random.chance(0.4) { return random.word(roads) + random.word(roadEnds) + random.word(old) + random.word(phase) }
    return random.word(pairs) + random.word(ends) + random.word(phase)
  }
  /// "青溪路 1288 弄".
  static func address(_ random: inout PilotRandom) -> String {
    let road = random.word(roads) + random.word(roadEnds) + random.word(["路", "路", "路", "东路", "西路", "南路", "公路"])
    return road + String(random.within(10...2999)) + random.word(["弄", "弄", "弄", "号"])
  }
  static func firm(_ random: inout PilotRandom) -> String {
    "上海" + random.word(first) + random.word(first) + random.word(["物业管理有限公司", "物业服务有限公司", "物业有限公司"]) + "（演示）"
  }
}
