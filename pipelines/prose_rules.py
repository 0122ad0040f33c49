"""The figures that prose states, as data: a number belongs to the first rule that it meets (`FORMS.md` §2.5, §1.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER = r"(?P<n>(?<![\d.第])\d+(?:[,，]\d{3})*(?:\.\d+)?|(?<![第零〇一二三四五六七八九十百千万两])[零〇一二三四五六七八九十百千两]+)"
_CASES = r"(?P<u>件|条|份|起|宗|例|次|项|只)"
_FREE = r"[^，,。；;：\n\d]"
_NOT_REVIEW = r"(?:(?!复议|诉讼|申诉|投诉|不予)[^，,。；;：\n\d])"
_NONE = r"(?:未(?!来|能|按|公开|经)|没有|尚无|均无|(?<![全毫])无(?!法|论|理由|正当|障碍|偿|效|人|线|纸))"
# 未发生被行政复议纠错或行政诉讼败诉 says that none was lost, not that there was none (shanghai-bgt-2025).
_NOT_LOST = r"(?![^，,。；;：\n]{0,14}(?:纠|败|撤销|责令|不利))"
_ABOUT_REQUESTS = r"(?:(?!提案|建议|热线|信访|举报|投诉|留言|诉求|来信|来电|咨询|工单|复议|诉讼|许可|审批)[^。；;：\n])"
_MAIL = r"[“\"”』」]?"


@dataclass(frozen=True, slots=True)
class FigureRule:
    """A pattern of a stated figure: groups n (number) and u (unit), or `zero`: a sentence that says there was none.

    Every match lies within one sentence (up to 。 or a line end; it may begin with the stop before) and holds one of `words`, and
    where it has a number also a `COUNT`: so only such sentences are searched.
    """

    id: str
    pattern: str
    words: tuple[str, ...]
    zero: str | None = None


def _rule(figure: str, words: str, pattern: str, zero: str | None = None) -> FigureRule:
    return FigureRule(figure, pattern, tuple(words.split()), zero)


def _outcome(figure: str, words: str, label: str) -> tuple[FigureRule, FigureRule]:
    first = rf"(?:^|[，,。；;、：:\n]|其中|有)(?:共|有)?{NUMBER}(?P<u>件|条|份)(?:属于|为|作出|均|已)?{_MAIL}(?:{label})"
    return (
        _rule(
            figure,
            words,
            rf"(?:{label}){_MAIL}(?:答复)?(?:的)?(?:政府)?(?:信息|申请)?{_MAIL}(?:数量?)?(?:共计?|有|为)?{NUMBER}(?P<u>件|条|份)",
        ),
        _rule(figure, words, first),
    )


def _channel(figure: str, label: str) -> FigureRule:
    return _rule(
        figure,
        label.replace("|", " "),
        rf"(?:{label})(?:形式|方式|渠道)?(?:提交|提出)?(?:的)?(?:政府信息公开)?申请(?:数量?|总数)?(?:为|共计?)?{NUMBER}(?P<u>件|条|份|次)",
    )


RULES: tuple[FigureRule, ...] = (
    # Channels and outcomes come first: their numbers must not be taken for totals.
    _channel("applications.received_in_person", "当面|现场"),
    _channel("applications.received_fax", "传真"),
    _channel("applications.received_email", "电子邮件|邮件|电邮"),
    _channel("applications.received_online", "网上|网络|在线|互联网"),
    _channel("applications.received_letter", "信函|邮寄|来信"),
    _channel("applications.received_other", "其他|其它"),
    *_outcome("applications.disclosed_or_partially", "部分公开", "(?:同意|予以)?公开(?:和|及|与|或者?|、|以及)部分公开"),
    *_outcome("applications.partially_disclosed", "部分 局部", "(?:同意)?(?:部分|局部)公开"),
    *_outcome("applications.denied", "不予公开 不同意公开", "不予公开|不同意公开"),
    *_outcome("applications.disclosed", "同意公开 予以公开 全部公开", "(?<!不)(?:同意|予以)公开|全部公开"),
    *_outcome("applications.nonexistent", "不存在", "(?:政府)?信息不存在|不存在"),
    *_outcome("applications.not_this_organ", "本机关 本行政机关", "非本机关(?:政府)?(?:信息)?|不属于本(?:行政)?机关(?:公开)?"),
    *_outcome("applications.unclear", "不明确", "申请内容不明确|内容不明确"),
    *_outcome("applications.unable", "无法提供", "无法提供"),
    *_outcome("applications.not_processed", "不予处理", "不予处理"),
    *_outcome("applications.other_handling", "其他处理", "其他处理"),
    _rule("applications.carried_in", "结转", rf"上(?:一)?年度?结转{_FREE}{{0,20}}?{NUMBER}{_CASES}"),
    _rule("applications.carried_out", "结转", rf"结转(?:至|到)?(?:下(?:一)?年度?|\d{{4}}年){_FREE}{{0,12}}?{NUMBER}{_CASES}"),
    # The law's reviews before requests: 收到行政复议申请0件 is no request for information.
    _rule("review.reconsideration", "复议", rf"行政复议(?:(?!诉讼)[^，,。；;：、\n\d]){{0,8}}?{NUMBER}(?P<u>件|起|宗|例|次)"),
    _rule("review.reconsideration", "复议", rf"{NUMBER}(?P<u>件|起|宗|例)(?:属{_FREE}{{0,16}}?)?(?:的)?(?:行政)?复议"),
    _rule("review.litigation", "诉讼", rf"行政诉讼[^，,。；;：、\n\d]{{0,8}}?{NUMBER}(?P<u>件|起|宗|例|次)"),
    _rule("review.litigation", "诉讼", rf"{NUMBER}(?P<u>件|起|宗|例)(?:的)?行政诉讼"),
    _rule("review.appeals", "申诉", rf"(?<!学生)(?:行政申诉|申诉案)[^，,。；;：、\n\d]{{0,6}}?{NUMBER}(?P<u>件|起|宗|例|次)"),
    _rule("review.complaints", "投诉", rf"(?:举报投诉|投诉举报)[^，,。；;：、\n\d]{{0,4}}?{NUMBER}(?P<u>件|起|宗|例|次)"),
    _rule("review.reconsideration", "复议", rf"{_NONE}(?!{_FREE}{{0,30}}?可以){_FREE}{{0,30}}?行政复议{_NOT_LOST}", "件"),
    _rule("review.litigation", "诉讼", rf"{_NONE}(?!{_FREE}{{0,45}}?可以){_FREE}{{0,45}}?行政诉讼{_NOT_LOST}", "件"),
    _rule("applications.new_received", "收到 受理 接收 接到 新收 收悉", rf"(?:收到|受理|接收|接到|新收|收悉){_NOT_REVIEW}{{0,30}}?(?:申请|依申请公开){_NOT_REVIEW}{{0,14}}?{NUMBER}{_CASES}"),
    _rule("applications.new_received", "收到 受理 接收 接到 新收", rf"(?:收到|受理|接收|接到|新收)(?:了)?{NUMBER}(?P<u>件|份|条|起|宗|例){_NOT_REVIEW}{{0,24}}?(?:申请|依申请)"),
    _rule("applications.new_received", "受理 收到 接收 办理", rf"(?<!作为)(?:依申请公开(?:政府)?(?:信息)?|信息公开申请)(?:事项|数量?|总数)?(?:共计?|累计)?(?:受理|收到|接收|办理)(?:了)?{NUMBER}{_CASES}"),
    _rule("applications.new_received", "收到 接到 受理 接收", rf"{_NONE}(?:收到|接到|受理|接收)(?:过|到)?(?:任何)?{_NOT_REVIEW}{{0,20}}?(?:申请|请求)", "件"),
    _rule("applications.new_received", "依申请", rf"依申请{_FREE}{{0,10}}?(?:为|是)[零〇0](?![\d.])", "件"),
    _rule("applications.total_processed", "答复 办结", rf"(?:答复|办结)(?:了)?(?:的)?(?:政府)?(?:信息公开)?(?:申请)?(?:共计?|总数|数量?)?{NUMBER}(?P<u>件|份)"),
    _rule("proactive.normative_documents.issued", "制发 制定 印发 出台", rf"(?:制发|制定|印发|出台)(?:了|的)?(?:行政)?规范性文件[^，,。；;：\n\d]{{0,4}}?{NUMBER}(?P<u>件|份|个|部)"),
    _rule("proactive.normative_documents.repealed", "废止", rf"废止(?:了|的)?(?:行政)?规范性文件[^，,。；;：\n\d]{{0,4}}?{NUMBER}(?P<u>件|份|个|部)"),
    _rule("proactive.normative_documents.in_force", "现行有效", rf"现行有效(?:的)?(?:行政)?(?:规范性文件)?(?:件数|共|为)?{NUMBER}(?P<u>件|份|个|部)"),
    _rule("proactive.normative_documents", "规范性文件", rf"(?:公开{_FREE}{{0,6}}?规范性文件|规范性文件(?:公开|信息数|数))(?:共)?{NUMBER}(?P<u>条|件|份)"),
    _rule("proactive.items", "主动", rf"主动(?:向社会|对外)?公开(?:的|了)?(?:各类)?(?:政府|政务)?(?:工作)?(?:信息|文件)[^，,。；;：\n\d]{{0,14}}?{NUMBER}(?P<u>条|件|篇|份)"),
    _rule("proactive.full_text_electronic", "电子化", rf"全文电子化(?:率)?(?:达|为)?(?:到)?{NUMBER}(?P<u>%|％)"),
    _rule("proactive.channel_wechat", "微信", rf"微信[^。；;\n\d]{{0,24}}?(?:发布|推送|公开)[^，,。；;：\n\d]{{0,12}}?{NUMBER}(?P<u>条|篇)"),
    _rule("proactive.channel_weibo", "微博", rf"微博[^。；;\n\d]{{0,16}}?(?:发布|推送|公开)[^，,。；;：\n\d]{{0,12}}?{NUMBER}(?P<u>条|篇)"),
    _rule("proactive.channel_website", "网站", rf"网站[^，,。；;：\n\d]{{0,14}}?(?:发布|公开|更新)[^，,。；;：\n\d]{{0,14}}?{NUMBER}(?P<u>条|篇)"),
    _rule("proactive.items", "公开 发布", rf"(?<!申请)(?<!不予)(?<!免于)(?<!不)(?:公开|发布)(?:各类|了|的)?(?:政府|政务)?信息(?:共计?|累计|总数|数|总计)?{NUMBER}(?P<u>条|件|篇)"),
    _rule("responses.concerns", "回应", rf"回应[^。；;\n\d]{{0,60}}?(?:热点|舆情|关切)[^，,。；;：\n\d]{{0,4}}?{NUMBER}(?P<u>次|件)"),
    _rule("responses.press_conferences", "发布会", rf"新闻发布会[^，,。；;：\n\d]{{0,4}}?{NUMBER}(?P<u>场|次)"),
    _rule("responses.press_conferences", "发布会", rf"(?:召开|举办)(?:了)?{NUMBER}(?P<u>场|次)(?:新闻)?发布会"),
    _rule("responses.interpretations", "解读", rf"(?:发布|组织|公开)?政策解读(?:稿件|材料|信息)?[^，,。；;：\n\d]{{0,4}}?{NUMBER}(?P<u>篇|条|件|次|场|期)"),
    _rule("consultations.online", "咨询", rf"网(?:上|络)咨询(?:数)?(?:共)?{NUMBER}(?P<u>人次|人|件|次|条)"),
    _rule("consultations.in_person", "接待", rf"现场接待(?:咨询)?(?:服务)?(?:人数)?{NUMBER}(?P<u>人次|人|件|次)"),
    _rule("consultations.phone", "电话", rf"(?:电话咨询|咨询电话)(?:接听)?(?:数)?(?:共)?{NUMBER}(?P<u>人次|人|件|次|个)"),
    _rule("consultations.column_page_views", "访问量", rf"(?:专栏)?页面访问量(?:达|为)?{NUMBER}(?P<u>人次|人|次)"),
    # A rate of whatever else (热线, 提案) is none of requests; 占…% and 同比…% belong to the number before them: see `pipelines.percentages`.
    _rule("applications.completion_rate", "办结率 办理率", rf"申请{_ABOUT_REQUESTS}{{0,40}}?(?:办结|办理)率(?:均|已)?(?:达到?|为|是)?{NUMBER}(?P<u>%|％)"),
    _rule("applications.reply_rate", "答复率 回复率", rf"申请{_ABOUT_REQUESTS}{{0,40}}?(?:答复|回复)率(?:均|已)?(?:达到?|为|是)?{NUMBER}(?P<u>%|％)"),
    _rule("fees.information_processing", "处理费", rf"处理费[^，,。；;：\n\d]{{0,8}}?{NUMBER}(?P<u>元|万元)"),
    _rule("fees.information_processing", "处理费", rf"{_NONE}[^，,。；;：\n\d]{{0,24}}?处理费(?!管理|收取标准)", "元"),
    _rule("fees.requests", "收费 费用", rf"{_NONE}[^，,。；;：\n\d]{{0,24}}?(?:收费(?!通知|标准|依据|政策|管理)|费用)", "元"),
    _rule("fees.requests", "收费 费用", r"(?:收费|费用)[^，,。；;：\n\d]{0,8}?(?:为|是)[零〇0](?![\d.])", "元"),
    _rule("capacity.staff_full_time", "专职", rf"专职(?:工作|信息)?人员{NUMBER}(?P<u>名|人)"),
    _rule("capacity.staff_part_time", "兼职", rf"兼职(?:工作|信息)?人员{NUMBER}(?P<u>名|人)"),
)  # fmt: skip

COUNT = re.compile(r"[\d零〇一二三四五六七八九十百千两][件条份起宗例次项只个部篇场期人名元万%％]")
"""The end of a number and the beginning of a unit of any rule: a sentence without states no figure."""
