import Intake
import Testing

@Suite struct MaskingTests {
  @Test(arguments: [
    "来电人反映：12号楼道停满电瓶车。", "来电人表示，夜里吵闹。", "来电人称，已多次反映。", "投诉人认为，物业不作为。", "来电人要求，尽快处理。",
  ])
  func whatACallerSaysIsNotTheirName(_ words: String) { #expect(Masking.mask(words) == words) }

  @Test(arguments: [
    ("来电人王建国，反映漏水", "来电人王**，反映漏水"), ("来电人：费晓雯，反映漏水", "来电人：费**，反映漏水"), ("我叫费晓雯，住楼上", "我叫费**，住楼上"),
  ])
  func namesAreHidden(_ pair: (String, String)) { #expect(Masking.mask(pair.0) == pair.1) }
}
