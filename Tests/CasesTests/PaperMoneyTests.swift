import Testing

@testable import Cases

@Suite struct PaperMoneyTests {
  @Test(arguments: [
    (0, "零元整"), (50, "伍角整"), (5, "伍分"), (300_000, "叁仟元整"), (100_500, "壹仟零伍元整"), (1_000_000, "壹万元整"), (1_005_050, "壹万零伍拾元伍角整"),
    (1_050_000, "壹万零伍佰元整"), (10_203_004_00, "壹仟零贰拾万叁仟零肆元整"), (100_000_000_00, "壹亿元整"), (100_000_005_00, "壹亿零伍元整"), (12_345, "壹佰贰拾叁元肆角伍分"),
    (10_005, "壹佰元零伍分"),
  ]) func amountsThatCannotBeAltered(fen: Int, text: String) { #expect(PaperMoney.capital(fen) == text) }
}
