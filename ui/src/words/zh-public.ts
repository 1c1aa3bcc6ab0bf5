/** Chinese of the pages about what the public sees: status pages, what is said on them, their subscribers, and planned work. */
import type { Translation } from "./language";

export const zhPublic: Translation = {
  maintenance: {
    title: "维护", lead: "计划内的工作：维护窗口期间检查照常进行，不发送告警，这段时间不计入可用率。", add: "计划维护",
    none: "没有计划", noneText: "在这里计划升级或每周备份，不会因此吵醒任何人。状态页会在之前、期间和之后予以公告。",
    parts: { running: "正在进行", upcoming: "即将进行", recurring: "周期性", over: "已结束" },
    endsIn: "{time}后结束", startsIn: "{time}后", next: "下次 {at}", neverAgain: "不再进行", overSince: "{time}前结束",
    covers: { other: "{n} 个监控项" }, coversNothing: "目前不涵盖任何监控项", hidden: "不在状态页显示", by: "由 {name} 创建",
    end: "立即结束", ending: "正在结束…", ended: "{name} 已结束，恢复告警。", remove: "删除", removeOf: "删除 {name}", removed: "{name} 已删除",
    showOver: { other: "显示已结束的 {n} 个" },
    span: "{from} 至 {to}，{time}", weekly: "每周{days} {at}", weeks: "每 {n} 周的{days} {at}", monthlyDay: "每月 {day} 日 {at}", monthsDay: "每 {n} 个月的 {day} 日 {at}",
    monthlyNth: "每月{nth}{weekday} {at}", monthsNth: "每 {n} 个月的{nth}{weekday} {at}", cron: "按 cron 计划 {text}", rule: "按规则 {text}", lasting: "{when}，持续 {time}", inZone: "{text}（{zone}）",
    nth: { n1: "第一个", n2: "第二个", n3: "第三个", n4: "第四个", last: "最后一个" },
    script: { title: "在部署脚本中", text: "部署前调用一次，适用于带某个标签的所有监控项；也可用 monitor=、group= 和 name=。密钥只需要 maintenance 权限。", keys: "创建此类密钥", tag: "deploy", copy: "脚本命令" },
    new: "计划维护", newLead: "从开始到结束，所涵盖的监控项标记为维护中。", crumb: "维护",
    mayNot: "你不能在此计划维护", mayNotText: "你的角色只能查看。编辑者可以计划维护。", missing: "此维护窗口不存在或已被删除。",
    what: "工作内容", when: "时间", which: "涵盖范围", told: "公开内容",
    name: "名称", nameHint: "升级数据库", once: "一次", repeat: "周期性",
    from: "开始", to: "结束", quick: "从现在起", quickFor: "持续 {time}", quickOn: "保存后立即开始。", quickOff: "手动设置时间",
    how: "方式", kinds: { weekly: "每周", monthly: "每月", cron: "按 cron 计划", rrule: "按规则（RFC 5545）" },
    days: "星期", at: "时刻", interval: { weekly: "间隔周数", monthly: "间隔月数" }, monthlyOn: "按", onDay: "每月的某一天", onNth: "每月的某个星期几", day: "日期", dayHelp: "没有这一天的月份会跳过。", whichOne: "第几个", weekday: "星期几",
    duration: "持续时间", durationHelp: "例如 30m、2h 或 1h 30m。", cronLabel: "cron 计划", cronHelp: "开始时间：分、时、日、月、星期。", rruleLabel: "规则", rruleHelp: "与日历中的写法相同，不含 DTSTART：FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0",
    zone: "时区", zoneHelp: "此处所有时间都以它为准，时钟调整时也一样。", bounds: "生效范围", boundsFrom: "不早于", boundsTo: "不晚于", boundsNone: "始终",
    monitors: "监控项", tags: "带有以下任一标签", groups: "属于以下任一分组", groupHint: "输入分组，按回车", unknownGroup: "没有监控项属于此分组。",
    covered: { other: "目前涵盖 {n} 个监控项：{names}。" }, coveredNone: "尚未涵盖任何内容。请选择监控项、标签或分组。", coveredLater: "之后加入这些标签或分组的监控项也会涵盖在内。",
    public: "在状态页显示", publicHelp: "显示在包含所涵盖监控项的状态页上。", text: "公开文字", textHelp: "访客需要知道的内容。支持 Markdown。", announce: "提前公告", announceHelp: "提前多久在状态页公告并通知订阅者。",
    preview: { title: "具体时间", yours: "你的时间（{zone}）", theirs: "{zone}", write: "填写时间后会显示在这里。", never: "不会发生：时间已过，或规则永远不成立。", more: "依此类推", lasts: "每次 {time}" },
    saved: "{name} 已计划。", begun: "{name} 已开始。", changed: "{name} 已保存。",
  },
};
