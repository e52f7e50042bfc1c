"""What made-up meetings are about. Short, dry, and about nothing real."""

import random
from collections.abc import Iterator
from itertools import cycle

from meetings.enums import ContentCategory, MeetingKind

Themes = dict[str, Iterator[tuple[str, str]]]

# kind → (theme, content category)
THEMES: dict[str, list[tuple[str, str]]] = {
    MeetingKind.THEME_DAY: [
        ("学习领会上级会议精神", ContentCategory.THEORY),
        ("到社区帮老人办理线上业务", ContentCategory.PURPOSE),
        ("重温入党誓词、交流入党初心", ContentCategory.PARTY_SPIRIT),
        ("窗口服务“小毛病”大家谈", ContentCategory.HOT_QUESTIONS),
        ("参观市档案馆红色文献展", ContentCategory.PARTY_SPIRIT),
        ("义务植树与清洁家园", ContentCategory.PURPOSE),
        ("讨论减轻基层填表负担", ContentCategory.HOT_QUESTIONS),
    ],
    MeetingKind.GENERAL: [
        ("审议支部季度工作安排", ContentCategory.HOT_QUESTIONS),
        ("通报支部工作并征求意见", ContentCategory.CRITICISM),
        ("讨论年度党员发展计划", ContentCategory.PARTY_SPIRIT),
    ],
    MeetingKind.COMMITTEE: [
        ("研究本月组织生活安排", ContentCategory.HOT_QUESTIONS),
        ("分析党员思想状况", ContentCategory.PARTY_SPIRIT),
        ("研究慰问困难党员事项", ContentCategory.PURPOSE),
    ],
    MeetingKind.GROUP: [
        ("交流学习体会", ContentCategory.THEORY),
        ("讨论岗位服务改进", ContentCategory.HOT_QUESTIONS),
        ("汇报个人思想和工作", ContentCategory.CRITICISM),
    ],
    MeetingKind.LECTURE: [
        ("党课：党章是怎样规定党员权利的", ContentCategory.THEORY),
        ("党课：把群众的小事办好", ContentCategory.PURPOSE),
        ("党课：从身边案例看纪律", ContentCategory.PARTY_SPIRIT),
    ],
    MeetingKind.ORGANIZATIONAL_LIFE: [("年度组织生活会", ContentCategory.CRITICISM)],
    MeetingKind.APPRAISAL: [("民主评议党员", ContentCategory.CRITICISM)],
}
# Held as one event.
BOTH_YEARLY = ("年度组织生活会和民主评议党员", ContentCategory.CRITICISM)
PLACES = ("三楼会议室", "党员活动室", "一楼学习室", "市民服务中心二楼")
PROBLEMS = ("办事指南不够清楚", "新老人员业务衔接", "窗口排队时间长", "学用结合不紧", "")
CONTENT = (
    "书记说明议题并领学材料。三名党员先后发言，结合岗位谈做法和不足，有两条不同意见，已记录在案。最后归纳出下一步安排。",
    "先通报上次议定事项的办理情况，再围绕主题讨论。多数同志赞成先试行一个月；一名同志建议推迟，理由已附记。",
    "按程序逐项进行，发言踊跃。对群众反映的两个问题商定了办法，明确了责任人和期限。",
)
# Long enough to be compared with others; handed in by two branches with another name and day.
COPIED = (
    "会前支部研究确定了议题并通知全体党员。书记领学有关文件，{name}结合岗位谈了体会，认为窗口叫号系统经常卡顿，"
    "群众排队时间长，建议由业务骨干牵头，{day}日前拿出改进办法；有同志不同意马上调整，认为应先走访几户群众了解情况。"
    "会议商定先试行错峰叫号一个月，由组织委员每周通报一次排队时间，下次会议回看效果。大家表示将立足本职、真抓实干。"
)
DECISIONS = (
    "由组织委员牵头，月底前拿出清单。",
    "办事指南由业务骨干两周内改好，下次会议回看。",
    "",
)
# Why somebody was not there, commonest first.
EXCUSES = ("因公出差", "窗口值班", "病假", "年休假", "外出培训", "家中急事")
EXCUSES_OF_THE_OLD = ("年老行动不便", "住院治疗", "随子女外地居住")
EXCUSE_ABROAD = "在国外学习"
NOT_TOLD = "未请假，会后已提醒"


def themes(rng: random.Random) -> Themes:
    """Theme after theme of every kind, in an order of the branch's own."""
    return {kind: cycle(rng.sample(some, len(some))) for kind, some in THEMES.items()}
