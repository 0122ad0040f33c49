"""Sentences for the made-up reports, written by us: varied enough that two organs' reports are not copies of each other.

A sentence is a template with slots; `Writer` fills them from dice seeded by organ and year, so that the same report is
always the same text. `{organ}` and `{year}` are the report's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from string import Formatter

SLOTS: dict[str, tuple[str, ...]] = {
    "topic": (
        "渡口改造",
        "老旧水管更新",
        "村道硬化",
        "学位扩容",
        "医保报销",
        "农田灌溉",
        "社区养老",
        "河道清淤",
        "防汛值守",
        "春耕备种",
        "山林防火",
        "公厕改建",
        "住房补贴",
        "校车安全",
        "集市整治",
    ),
    "channel": (
        "政府门户网站",
        "政务公开栏",
        "便民服务大厅",
        "村务微信群",
        "乡村大喇叭",
        "政务新媒体",
        "档案馆查阅点",
        "图书馆查阅点",
    ),
    "form": ("问答清单", "流程长图", "短视频", "方言广播稿", "一张表说明", "现场宣讲", "入户明白纸", "专题网页"),
    "people": (
        "种粮大户",
        "返乡青年",
        "个体工商户",
        "退休教师",
        "学生家长",
        "船工代表",
        "社区居民",
        "小微企业主",
        "残疾人家庭",
        "老年读者",
    ),
    "season": ("年初", "春季", "汛期", "入夏以后", "秋收时节", "第三季度", "入冬前", "年底"),
    "body": ("分管负责人", "办公室", "公开工作专班", "各股室联络员", "法制审核小组", "档案管理员", "驻村干部"),
    "way": ("逐件登记", "专人跟办", "当面沟通", "电话回访", "集体会商", "书面征询", "交叉复核", "限时转办"),
    "place": ("东岸片区", "西坡片区", "老街一带", "新安置点", "沿河各村", "高山村组", "工业集中区", "学校周边"),
    "flaw": (
        "更新不够及时",
        "解读形式偏单一",
        "栏目归类不够清楚",
        "答复文书用语不统一",
        "基层人手偏紧",
        "历史信息整理偏慢",
        "线下查阅点使用率不高",
        "公开与保密衔接不细",
    ),
    "count": ("三", "四", "五", "六", "七", "八", "九", "十二", "十五", "二十"),
    "document": (
        "财政预算说明",
        "重大项目清单",
        "惠民补贴发放名册",
        "招生划片方案",
        "采购结果",
        "行政处罚决定",
        "应急预案",
        "规划公示图",
        "救助标准",
    ),
}

SENTENCES: dict[str, tuple[str, ...]] = {
    "overview": (
        "{year}年，{organ}把公开当作与群众打交道的日常功夫，围绕{topic}、{topic}等事项，及时说清办什么、怎么办、找谁办。",
        "{season}，{body}牵头梳理了本机关的公开事项，把{document}列为必须公开的内容，并明确了发布时限。",
        "全年召开公开工作会议{count}次，{body}就{topic}的公开口径作了专门说明，会后形成纪要并抄送各承办单位。",
        "围绕{topic}，我们先后以{form}和{form}的方式介绍政策来由，{people}普遍反映看得懂、用得上。",
        "在{place}，工作人员利用赶集日摆出咨询台，向{people}讲解{topic}的申报条件，现场发放材料{count}批。",
        "我们把{document}与{document}放在同一专栏，方便{people}对照查看，也减少了重复咨询。",
    ),
    "proactive": (
        "主动公开方面，坚持先审后发，{document}由{body}初核、负责人签发，发布后由专人回看一遍。",
        "对涉及{topic}的文件，同步配发{form}，做到文件与解读同时起草、同时审签、同时发布。",
        "{season}集中清理了{channel}上失效的链接和过期的表格，更换了{count}处不清楚的标题。",
        "{channel}与{channel}内容互为补充：长文放在前者，提示性的消息放在后者，避免群众来回查找。",
        "{place}不少老人不常上网，我们就把{document}印成大字版，张贴在村口，并请{people}帮助宣读。",
        "针对{people}问得最多的{topic}，整理出常见问题{count}组，随政策变化按月修订。",
    ),
    "requests": (
        "依申请公开方面，收到申请后由{body}当日登记，{way}、{way}，对需要补正的一次说清。",
        "遇到内容复杂的申请，先与申请人沟通用途和范围，再由{body}会同承办单位研究答复，避免答非所问。",
        "涉及{topic}的申请相对集中，我们据此把有关{document}转为主动公开，从源头上减少申请。",
        "答复文书统一使用新模板，写明依据、理由和救济途径，{season}还组织了一次文书互评。",
        "对邮寄和网上两种渠道同等对待，每份申请都留有收件时间、经办人和送达凭证，可以随时查验。",
    ),
    "management": (
        "信息管理方面，建立台账，对{document}的制发、修改、废止逐项记载，保证网上网下一个版本。",
        "{body}对历年文件进行了清点，失效的标注失效，仍然有效的补齐文号和日期，方便{people}引用。",
        "发布前严格核对个人信息，对名册类材料作必要遮盖；{season}抽查{count}次，发现的问题当天改正。",
        "我们规定凡修改已公开的数字，必须说明原因并保留原来的版本，不得悄悄替换。",
    ),
    "platform": (
        "平台建设方面，{channel}的公开专栏调整了目录，指南、制度、年报各归其位，检索结果按时间排列。",
        "在{channel}旁增设自助查询终端，{people}可以自行打印所需的{document}，全年无须另付费用。",
        "{season}完成了页面适老化改造，字体可放大，语音可播放，{place}的老人使用起来方便了不少。",
        "与图书馆、档案馆约定，纸质材料每季送达一次，由查阅点登记签收，保证线下也能查到最新文本。",
    ),
    "supervision": (
        "监督保障方面，把公开工作列入年度考核，由{body}按季通报，连续两次排名靠后的要作书面说明。",
        "组织培训{count}场，内容包括条例要点、文书写作和保密审查，{people}受邀旁听并提出意见。",
        "设立意见箱并公布监督电话，对收到的意见{way}、{way}，办理结果在{channel}上公布。",
        "全年未发生因公开工作不当而追究责任的情形，社会评议中{people}的满意程度较上年有所提高。",
    ),
    "problems": (
        "一年来的工作虽有进步，但也存在不足：一是{flaw}，二是{flaw}，三是面向{people}的服务还不够细。",
        "主要问题在于{flaw}，尤其是{place}的{document}公开后缺少后续说明，群众仍需多次询问。",
        "对照群众期待，{flaw}的情况依然存在；部分承办单位对{topic}的公开要求理解不深，存在应付现象。",
    ),
    "improvements": (
        "下一步，{body}将制定改进清单，把{topic}、{topic}作为重点，明确到人、到月，并在{channel}公布进展。",
        "我们将在{season}安排一次集中整改，以{form}回应{people}关心的事项，并邀请其参加效果评议。",
        "同时加强业务培训，采取以案释法、{way}等办法，提高经办人员的答复水平，减少补正和退件。",
        "继续完善{document}的发布规范，做到格式统一、数据可核、出处可查，让每一个数字都经得起追问。",
    ),
    "consultation": (
        "咨询处理方面，{channel}与服务窗口同时接受询问，{people}最关心的是{topic}，工作人员{way}，当场能答的当场答。",
        "现场咨询以{topic}居多，电话咨询以{document}的查询方法居多，均已记录在册。",
    ),
}


class Writer:
    """Writes one report's sentences; the same organ, year and seed give the same words."""

    def __init__(self, organ: str, year: int, seed: int = 0) -> None:
        """Take the organ's full name and the report year; `seed` tells versions of one report apart."""
        self._known = {"organ": organ, "year": str(year)}
        self._dice = Random(f"prose|{organ}|{year}|{seed}")

    def paragraph(self, theme: str, sentences: int) -> str:
        """Return a paragraph of so many different sentences on a theme of `SENTENCES` (fewer where it has fewer)."""
        pool = SENTENCES[theme]
        chosen = self._dice.sample(pool, min(sentences, len(pool)))
        return "".join(self._filled(template) for template in chosen)

    def _filled(self, template: str) -> str:
        fields = [field for _, field, _, _ in Formatter().parse(template) if field]
        words = {field: self._words(field, fields.count(field)) for field in dict.fromkeys(fields)}
        return "".join(text + (next(words[field]) if field else "") for text, field, _, _ in Formatter().parse(template))

    def _words(self, field: str, count: int) -> Iterator[str]:
        if field in self._known:
            return iter([self._known[field]] * count)
        return iter(self._dice.sample(SLOTS[field], count))
