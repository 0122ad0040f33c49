"""Who reports, where neither title nor text says so: letterhead, fields and files; never a guess among several."""

import pytest

from pipelines.agency import Evidence, find_agency

BODY = "一、总体情况\n2023年，我局公开信息三十五条。\n六、其他需要报告的事项\n无。"
REPORT = "2023年政府信息公开工作年度报告"


def found(**known):
    """The agency's name and where it stood."""
    agency = find_agency(Evidence(**({"body": BODY} | known)))
    return agency and (agency.name, agency.found_in)


@pytest.mark.parametrize(
    ("known", "name", "place"),
    [
        ({"body": f"青川县教育局文件\n青教〔2024〕3号\n{BODY}"}, "青川县教育局", "letterhead"),
        ({"fields": "填报单位（盖章）： 青川县教育局 单位：件"}, "青川县教育局", "field"),
        ({"fields": "编制单位:\n青川县教育局\n"}, "青川县教育局", "field"),
        ({"files": (f"青川县教育局{REPORT}.pdf", f"青川县教育局{REPORT}.docx")}, "青川县教育局", "attachment"),
        ({"body": f"{BODY}\n附件：青川县教育局{REPORT}"}, "青川县教育局", "attachment"),
        ({"fields": "索引号：008 发布机构： 青川县教育局 发文日期：2024-01-20"}, "青川县教育局", "source"),
        ({"fields": "发布机构：青川县人民政府办公室", "links": ("城关镇",)}, "城关镇人民政府", "anchor"),
        ({"source": "青川县教育局", "fields": "发布机构：青川县人民政府办公室"}, "青川县教育局", "source"),
    ],
)
def test_the_organ_is_named_beside_the_text(known, name, place):
    """Each place by itself, and which of two is trusted more."""
    assert found(**known) == (name, place)


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"fields": "发布机构：县政府 发布机构：本单位"},
        {"fields": "填报单位：青川县教育局 填报单位：青川县财政局"},
        {"files": (f"青川县教育局{REPORT}.pdf", f"青川县财政局{REPORT}.pdf")},
        {"body": f"{BODY}\n附件：1.政府信息公开情况统计表"},
        {"body": "关于转发上级文件\n" + BODY},
    ],
)
def test_several_names_or_none_are_no_name(known):
    """A wrong organ is worse than none."""
    assert found(**known) is None


def test_what_the_text_says_comes_first():
    """The organ that signs is not overruled by the one that published."""
    signed = f"{BODY}\n青川县教育局\n2024年1月20日"
    assert found(body=signed, fields="发布机构：青川县人民政府办公室") == ("青川县教育局", "signature")
