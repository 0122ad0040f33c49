"""Which lines at the start of a text are its title."""

import pytest

from pipelines.titles import heading_in_text, title_in_text


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (
            "登录 注册\n\n青川区人民政府2017年政府信息公开工作年度报告\n\n发布日期",
            "青川区人民政府2017年政府信息公开工作年度报告",
        ),
        ("政府信息公开\n云海市青川区2016年政府信息公开工作年度报告\n来源", "云海市青川区2016年政府信息公开工作年度报告"),
        ("云海市教育局\n2022年政府信息公开工作年度报告\n根据", "云海市教育局2022年政府信息公开工作年度报告"),
        ("云海市青川区发展和改\n革局2022年政府信息公开年报\n根据", "云海市青川区发展和改革局2022年政府信息公开年报"),
        ("2022年度\n河口镇政府信息公开工作年度报告\n", "2022年度河口镇政府信息公开工作年度报告"),
        ("名称 云海市2017年政府信息公开年度报告\n索引号", "云海市2017年政府信息公开年度报告"),
        ("云海市交通局2017年政府信息公开工作年度报告-凯发k8国际首页登录\n本报告", "云海市交通局2017年政府信息公开工作年度报告"),
        ("一、总体情况\n2023年，我镇认真落实。", None),
    ],
)
def test_a_title_is_joined_from_its_own_lines_only(body, title):
    assert title_in_text(body) == title


@pytest.mark.parametrize(
    ("body", "heading"),
    [
        ("附件3\n云海市政府信息公开情况统计报表\n年\n月", "附件3云海市政府信息公开情况统计报表"),
        (
            "云岭省人民政府办公厅关于印发\n政府信息公开统计制度的通知\n各市",
            "云岭省人民政府办公厅关于印发政府信息公开统计制度的通知",
        ),
        ("一、总体情况\n根据条例，我局制定了三项制度。\n", None),
        ("一、总体情况\n全年公开3件。\n云海市政府信息公开情况统计表\n指标", None),
        ("全年公开3件。\n收到申请2件。\n云海市政府信息公开情况统计表\n指标", None),
    ],
)
def test_a_text_of_another_kind_is_known_by_its_heading(body, heading):
    assert heading_in_text(body) == heading
