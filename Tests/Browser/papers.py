"""The papers of a case in a browser: issued by whoever may, downloaded as PDF, and read as somebody else would read them.

What a paper must contain is told twice: by the product's own data (`Data/procedures/papers.json`, `Data/papers/papers.json`), and here by the
words that the law asks for (`LAW`), written down apart from that data.
"""
import json
import re
import subprocess

from conftest import ROOT, press

BOOK = json.loads((ROOT / "Data/papers/papers.json").read_text())
KINDS = {paper["id"]: paper for paper in json.loads((ROOT / "Data/procedures/papers.json").read_text())["papers"]}
FORMS = {form["id"]: form for form in BOOK["papers"]}

REMEDIES = ["六十日内", "行政复议", "六个月内", "行政诉讼"]
# Words without which the paper would not be what the article wants. Lists of lists: one of each.
LAW = {
    # 行政处罚法 59: party and address, facts and evidence, kind and basis, way and term of performing, remedies, organ, date, seal.
    "penalty-decision": ["当事人：", "住址（住所）：", "违法事实", "证据", "违反了《", "罚款人民币", "大写：", "履行方式和期限", "十五日内", "代收机构", "加处罚款", *REMEDIES,
                         "人民政府", "（印章）", "二〇二六年"],
    # 52: act, kind and basis, amount, time and place, remedies (reconsideration first: 行政复议法 23), organ, signed by the officers, number.
    "onspot-decision": ["当事人：", "违法行为", "违反了《", "罚款人民币50元", "时间、地点", "六十日内先向", "再向人民法院", "人民政府", "执法人员：", "当罚〔2026〕", "备案"],
    # 33 and 57: facts, why not, and that the party was taught.
    "no-penalty-decision": ["当事人：", "事实和证据", "不予处罚的理由", "《中华人民共和国行政处罚法》第三十三条", "教育", *REMEDIES, "（印章）"],
    # 44, 45, 62: what is intended, facts, reasons, basis, and the rights.
    "prior-notice": ["当事人：", "违法事实、理由和依据", "拟作出的处罚", "罚款人民币", "陈述、申辩", "第四十四条", "不因陈述、申辩而给予更重的处罚", "（印章）"],
    # 28: what is to be put right, until when.
    "rectify-order": ["当事人：", "违法事实", "违反了《", "第二十八条", "责令", "改正", "（印章）"],
    # 42, 55: two officers with their certificates, who showed them; signed on every page.
    "site-record": ["执法证号", "出示执法证件", "当事人（见证人）：", "检查人员："],
    "inquiry-record": ["执法证号", "如实回答", "申请回避", "被询问人：", "询问人："],
    "filing-approval": ["案由", "当事人", "第五十四条第二款", "承办人（签名）", "负责人（签名）"],
    # 58: what was reviewed, by whom, when.
    "legal-review": ["执法主体", "法律适用", "法制审核人（签名）", "2026年"],
    "collective-record": ["参加人", "各人意见", "结论", "参加人："],
    # 64: time and place, host, may object to the host, may send others.
    "hearing-notice": ["时间、地点", "主持人", "申请回避", "委托一至二人", "（印章）"],
    "hearing-record": ["调查人员陈述", "质证", "当事人（代理人）：", "主持人："],
    # 61: which paper, how, by whom, when.
    "service-receipt": ["送达文书名称、文号", "《", "送达方式", "送达人（签名）", "送达日期", "2026年"],
    # 行政强制法 35: term, way, amount, rights.
    "urge-notice": ["履行期限", "十个工作日", "履行方式", "尚欠", "陈述和申辩", "（印章）"],
    # 上海市拆除违法建筑若干规定 11: stop at once, remove yourself, what follows; 行政强制法 18: a record of the removal, signed.
    "stop-order": ["当事人：", "立即停止建设", "自行拆除", "第十一条", "强制拆除", *REMEDIES, "（印章）"],
    "removal-record": ["拆除经过", "执法人员：", "当事人（见证人）："],
    # 行政强制法 55: the decision, facts and basis, what the party said, that it was urged, what is to be carried out.
    "court-application": ["申请", "行政处罚决定", "催告", "（印章）"],
}
# Of a program that said something it should not.
STRAY = re.compile(r"undefined|【待填|\bnil\b|\bnull\b|Optional\(|None\b|NaN|\{[a-z?][a-z.-]*\}|草稿")
FOOT = re.compile(r"第\d+页共\d+页")
# What only a person knows.
FILLED = {"bank": "演示银行徐泾支行，京华路1号", "signing": "当事人在场，核对无误后签名。", "taken": "不予采纳。", "provider": "本单位执法人员采集。", "conclusion": "一致同意。"}
ROLES = ["officer", "leader", "second leader", "head", "reviewer"]


def printed_title(paper):
    name = paper["name"].replace("(≥7日前)", "").replace("(市/区政府)", "书").replace("(行政机关间)", "")
    return name.split("/")[0].replace("(", "（").replace(")", "）")


BY_TITLE = {printed_title(paper): kind for kind, paper in KINDS.items()}


def fields_of(kind):
    """The form's fields in their order, sets put in their places."""
    for field in FORMS[kind]["fields"]:
        if "use" in field:
            for index, one in enumerate(BOOK["sets"][field["use"]]):
                yield one | ({"of": one.get("of", []) + field.get("of", [])} if index == 0 else {})
        else:
            yield field


def dense(text):
    return re.sub(r"\s", "", text)


def read(pdf, folder):
    """Pages of a PDF as text without blanks, after looking at what every PDF must be."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)

    def run(*tool):
        return subprocess.run([*tool, str(path)] + (["-"] if tool[0] == "pdftotext" else []), capture_output=True, text=True, check=True).stdout

    pages = [dense(page) for page in run("pdftotext", "-raw").split("\f")]
    pages = pages[:-1] if not pages[-1] else pages
    info = run("pdfinfo")
    assert int(re.search(r"Pages:\s+(\d+)", info).group(1)) == len(pages)
    assert "A4" in re.search(r"Page size:.*", info).group(0), info
    fonts = run("pdffonts").splitlines()[2:]
    # name, type (of several words), encoding, emb, sub, uni, object id (two numbers)
    assert fonts and all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts), fonts
    assert not STRAY.search("".join(pages)), STRAY.search("".join(pages))
    return pages


class Papers:
    """All papers of one case."""

    def __init__(self, case):
        self.case, self.url = case, f"{case.town.url}/cases/{case.no}"

    def listed(self):
        page = self.case.people.page("officer")
        page.goto(self.url + "/papers")
        rows = page.locator(f"main a[href^='/cases/{self.case.no}/papers/']")
        found = {row.get_attribute("href"): row.evaluate("e => (e.closest('tr, li') || e.parentElement).innerText") for row in rows.all()}
        return list(found.items())

    def issue(self):
        """Whatever is still a draft, by the first whose work it is, with what only people know filled in."""
        # Oldest first, as one works.
        for address, row in reversed(self.listed()):
            if "草稿" in row:
                assert any(self.issued(address, who) for who in ROLES), f"nobody may issue {row}"

    def issued(self, address, who):
        page = self.case.people.page(who)
        page.goto(self.case.town.url + address)
        button = page.locator("button[name=do][value=issue]")
        if not button.count():
            return False
        kind = BY_TITLE[page.locator("main h1").first.inner_text().split("\n")[0].strip()]
        optional = {field["name"] for field in fields_of(kind) if field.get("optional")}
        for area in page.locator("textarea[name^='t-']").all():
            name = area.get_attribute("name")[2:]
            text = re.sub("【待填：[^】]*】", "（已核实填写）", area.input_value())
            if not text and name not in optional:
                text = FILLED.get(name, "已核实填写。")
            area.fill(text)
        press(button)
        assert page.locator("button[name=do][value=issue]").count() == 0, page.locator("main").inner_text()[:600]
        return True

    def check(self, folder, never=()):
        """Every PDF is fetched and read; none has the words of `never`. Returns the kinds."""
        kinds, self.never = [], never
        for address, row in self.listed():
            assert "已签发" in row, row
            kinds.append(self.check_one(address, folder))
        self.check_bound(folder, len(kinds))
        return kinds

    def check_one(self, address, folder):
        page = self.case.people.page("officer")
        page.goto(self.case.town.url + address)
        title = page.locator("main h1").first.inner_text().split("\n")[0].strip()
        kind = BY_TITLE[title]
        words = dict(page.locator("main dl.facts > div").evaluate_all(
            "all => all.map(e => [e.querySelector('dt').innerText, e.querySelector('dd').innerText])"))
        answer = page.request.get(f"{self.case.town.url}{address}/pdf")
        assert answer.status == 200 and answer.headers["content-type"] == "application/pdf"
        pages = read(answer.body(), folder)
        text = "".join(FOOT.sub("", one) for one in pages)
        signs = dense("".join(FORMS[kind].get("signs", [])))
        assert all(dense(sign) in text for sign in FORMS[kind].get("signs", [])), title
        # At the foot of every page of a record, between the halves of what goes over its end.
        if FORMS[kind]["layout"] == "record":
            assert all(signs in one for one in pages), f"{title}: not every page is signed"
            text = text.replace(signs, "")
        for number, one in enumerate(pages, 1):
            assert f"第{number}页共{len(pages)}页" in one, f"{title}: page {number} of {len(pages)}: {one[-60:]}"
        assert dense(title) in text, title
        for content in KINDS[kind]["fields"]:
            telling = [field for field in fields_of(kind) if content in field.get("of", [])]
            assert telling or content in FORMS[kind].get("printed", []), f"{title}: nothing tells {content}"
            for field in telling:
                said = words.get(field["label"])
                if said is None:
                    assert field.get("when", "always") != "always" or field.get("optional"), f"{title}: {content} is not told"
                    continue
                # Its heading, but for paragraphs that have none, and every line of it.
                if field.get("place") not in ("text", "foot"):
                    assert dense(field["label"]) in text, f"{title}: {field['label']}"
                for line in said.splitlines():
                    assert dense(line) in text, f"{title}: {line}\n{text}"
        joined = "".join(pages)
        assert not any(word in joined for word in self.never), title
        for word in LAW.get(kind, []):
            assert dense(word) in joined, f"{title}: the law wants {word}\n{joined}"
        return kind

    def check_bound(self, folder, papers):
        answer = self.case.people.page("officer").request.get(self.url + "/bound")
        assert answer.status == 200, answer.text()[:300]
        pages = read(answer.body(), folder)
        assert "案卷" in pages[0] and self.case.no in pages[0] and "卷内目录" in pages[1]
        assert f"本卷共有文书{papers}件" in pages[-1], pages[-1]
        # Cover and list come before the first numbered page; one of the papers is called 卷内目录 too.
        begins = next(index for index, one in enumerate(pages) if index > 1 and re.search(r"卷内1(?!\d)", one))
        # Numbered without a gap from the first paper to the last before 备考表.
        for number, one in enumerate(pages[begins:-1], 1):
            assert f"卷内{number}" in one, (number, one[:80])
        assert f"{len(pages) - begins - 1}页。" in pages[-1], pages[-1]
        return pages
