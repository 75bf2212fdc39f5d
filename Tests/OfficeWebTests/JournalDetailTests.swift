import Testing

@testable import StaffWeb

struct JournalDetailTests {
  @Test(arguments: [
    ("{}", ""),
    (#"{"squad":"赵巷中队","state":"dispatched"}"#, "执法队：赵巷中队；状态：待接单"),
    (
      #"{"channel":"code","files":["aa","bb"],"no":"S20261121-000011","words":"5e9ae5d1dd6e227199a4"}"#,
      "编号：S20261121-000011；渠道：城管码；原话校验值 5e9ae5d1；附件 2 件"
    ),
    // What only the program understands is not shown to people; what cannot be read is given as it stands.
    (#"{"account":"389748149452813873","subject":"matter/455953055150518284"}"#, ""),
    (#"{"kind":"someNewKind","shift":"night"}"#, "班次：夜班"),
    ("no facts", "no facts"),
  ])
  func factsAreRead(detail: String, words: String) {
    #expect(JournalDetail.words(detail) == words)
  }
}
