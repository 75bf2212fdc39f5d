import Foundation
import Understanding

/// Measures repeat finding on made-up reports: templates filled in and shuffled, so that most are near misses of each
/// other, some are repeats in other words, and a few are copies.
public enum RepeatBench {
  /// - Parameter sizes: numbers of reports; the batch is timed at each, the live index is asked against the last.
  /// - Returns: one line per measurement, also printed.
  @discardableResult
  public static func run(sizes: [Int], live: Int = 1_000_000) -> [String] {
    var lines: [String] = []
    func say(_ line: String) {
      print(line)
      lines.append(line)
    }
    for size in sizes {
      let inputs = (0..<size).map { RepeatInput(id: Int64($0), text: RepeatSamples.text($0, of: size), at: RepeatSamples.at($0)) }
      let start = processorSeconds()
      let clusters = RepeatBatch.clusters(inputs)
      let s = processorSeconds() - start
      say("批量 \(size) 件：\(Int(Double(size) / s)) 件/秒，\(Set(clusters).count) 组")
    }
    guard live > 0 else { return lines }
    let index = RepeatIndex()
    let start = processorSeconds()
    for n in 0..<live {
      let spot = RepeatSamples.spot(n, of: live)
      index.add(
        id: Int64(n), text: RepeatSamples.text(n, of: live), compound: n % 4 == 0 ? nil : Int64(spot), item: nil, at: RepeatSamples.at(n))
    }
    let filled = processorSeconds() - start
    say("逐件入库 \(live) 件：\(Int(Double(live) / filled)) 件/秒，每件 \(Int(index.bytesPerReport)) 字节")
    var times: [Double] = []
    var hits = 0
    for n in 0..<20_000 {
      let other = (n &* 7919) % live
      let text = RepeatSamples.text(other, of: live, shuffle: n + 1)
      let compound: Int64? = n % 2 == 0 ? nil : Int64(RepeatSamples.spot(other, of: live))
      let from = processorSeconds()
      let found = index.find(text: text, compound: compound, item: nil, at: RepeatSamples.at(live))
      times.append(processorSeconds() - from)
      if !found.isEmpty { hits += 1 }
    }
    times.sort()
    let mean = times.reduce(0, +) / Double(times.count)
    say(
      "逐件查重（\(live) 件中）：平均 \(micros(mean))，p50 \(micros(times[times.count / 2]))，p99 \(micros(times[times.count * 99 / 100]))，最慢 \(micros(times.last ?? 0))；有疑似 \(hits * 100 / times.count)%"
    )
    return lines
  }

  /// Processor time of this process, so that a busy machine does not count. Batches run on one thread.
  static func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
  private static func micros(_ s: Double) -> String { "\(Int(s * 1e6)) 微秒" }
}

/// Made-up reports, the same for the same number.
enum RepeatSamples {
  private static let names1 = Array("锦绣虹桥春申金都莲花田林康城梅陇高兴古美万源银杏紫竹东兰平阳航华静安曹杨甘泉長风宜川彭浦大宁共康友谊张庙月浦淞南庙行罗店顾村")
  private static let ends = ["花园", "小区", "新村", "家园", "公寓", "名苑", "佳苑", "新城", "华庭", "雅苑"]
  private static let problems = [
    ["顶楼违法搭建阳光房", "楼顶私自搭建玻璃房", "露台上违章搭建"], ["底楼饭店油烟扰民", "楼下餐馆排烟管道对着居民窗户", "烧烤店油烟呛人"],
    ["装修破坏承重墙", "敲承重墙开门洞", "砸墙改结构"], ["群租扰民", "房屋隔成多间出租", "隔断间群租人员混杂"],
    ["楼道堆放杂物", "消防通道堆满旧家具", "楼道堆物影响通行"], ["电动车飞线充电", "从楼上拉电线充电", "电瓶车楼道充电"],
    ["电梯经常困人", "电梯故障频发", "电梯三天两头停运"], ["夜间施工噪音", "工地通宵打桩", "半夜渣土车轰鸣"],
    ["停车位被占用", "地锁霸占公共车位", "外来车辆乱停"], ["垃圾房臭味", "垃圾清运不及时", "垃圾桶旁污水横流"],
    ["绿地被改成菜地", "业主毁绿种菜", "砍树占用公共绿化"], ["外墙渗水脱落", "顶层漏雨无人修", "墙面瓷砖掉落"],
  ]
  private static let tails = [
    "已经向物业反映多次，一直没有结果。", "请有关部门尽快到现场查看。", "老人和孩子晚上无法休息。", "希望给一个明确的答复。", "情况持续了三个多月。",
    "邻居们意见很大，联名要求整改。", "物业说没有执法权。", "居委会来看过，没有下文。", "担心出安全事故。", "每到周末更加严重。", "附上照片，请核实。", "曾经打过热线，工单被退回。",
  ]

  private struct Dice {
    var state: UInt64
    mutating func next(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(n))
    }
  }

  /// The compound of report `n`; about sixty reports share one.
  static func spot(_ n: Int, of size: Int) -> Int { (n &* 2_654_435_761) % max(1, size / 60) }
  static func at(_ n: Int) -> Int64 { 1_700_000_000_000 + Int64(n) * 60_000 }

  static func text(_ n: Int, of size: Int, shuffle: Int = 0) -> String {
    let spot = spot(n, of: size)
    var place = Dice(state: UInt64(spot) &* 0x9E37_79B9_7F4A_7C15)
    let name = (0..<3).map { _ in String(names1[place.next(names1.count)]) }.joined() + ends[place.next(ends.count)]
    var dice = Dice(state: UInt64(n) &* 0xD134_2543_DE82_EF95 &+ UInt64(shuffle))
    let problem = problems[dice.next(problems.count)]
    let house = dice.next(30) + 1
    var body: [String] = []
    for _ in 0..<(3 + dice.next(8)) { body.append(tails[dice.next(tails.count)]) }
    let wording = problem[dice.next(problem.count)]
    return "\(name)\(house)号楼\(problem[dice.next(problem.count)])\n我住在\(name)\(house)号楼，\(wording)。" + body.joined()
  }
}
