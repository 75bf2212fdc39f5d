import Intake
import Testing

@Suite struct MaskingTests {
  @Test(arguments: [
    ("我叫王建国，电话13800001234", "我叫王**，电话***********"), ("联系人：李红 021-54321098", "联系人：李** ***********"),
    ("楼上王建国先生天天敲墙", "楼上王*先生天天敲墙"), ("和张芳女士约好", "和张*女士约好"), ("王先生不在家", "王先生不在家"), ("来电人反映：楼道堆物", "来电人反映：楼道堆物"),
    ("来电人李红反映", "来电人李红反映"), ("12号1306室漏水", "12号***室漏水"), ("3幢502漏水", "3幢***漏水"), ("12 号 302 室漏水", "12 号 *** 室漏水"),
    ("3 幢 502 漏水", "3 幢 *** 漏水"), ("3号楼漏水", "3号楼漏水"), ("盈港东路8900弄", "盈港东路8900弄"),
    ("2024-03-05 来电", "2024-03-05 来电"), ("20240305142201 登记", "20240305142201 登记"), ("身份证31011519900101123X", "身份证***********"),
    ("３０２室", "***室"), ("501房，", "***房，"), ("住12-3-501", "住12-3-501"), ("罚款5000元", "罚款5000元"), ("", ""), ("🏮灯笼", "🏮灯笼"),
    ("138 0000 1234打不通", "***********打不通"),
    ("户主为周敏电话", "户主为周**电话"),
  ]) func hidesWhoAndWhichDoor(_ text: String, _ expected: String) {
    #expect(Masking.mask(text) == expected)
  }

  @Test func knownNamesAreHiddenWhereverTheyStand() {
    #expect(Masking.mask("我是欧阳雪，欧阳雪住在这里", names: ["欧阳雪"]) == "我是欧**，欧**住在这里")
  }
  @Test func hints() {
    #expect(Masking.hint(name: "王芳", phone: "13800001221") == "王** · 尾号 21")
    #expect(Masking.hint(name: nil, phone: nil) == nil)
  }
}

@Suite struct ReceiptCodeTests {
  @Test func codesAreReadAsPeopleTypeThem() throws {
    let code = ReceiptCode.make()
    #expect(code.count == 14)
    let hash = try #require(ReceiptCode.hash(code))
    #expect(ReceiptCode.hash(code.lowercased().replacing("-", with: " ")) == hash)
    #expect(ReceiptCode.hash("0000-0000-0000") == ReceiptCode.hash("oooo OOOO 0000"))
    #expect(ReceiptCode.hash("short") == nil && ReceiptCode.hash("<script>alert") == nil)
    #expect(Set((0..<500).map { _ in ReceiptCode.make() }).count == 500)
  }
}
