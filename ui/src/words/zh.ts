/** Simplified Chinese. */
import type { Translation } from "./language";

export const zh: Translation = {
  common: {
    status: { up: "正常", degraded: "性能下降", late: "迟到", down: "故障", unreachable: "无法访问", maintenance: "维护中", paused: "已暂停", unknown: "未知", pending: "等待首次检查" },
    statusShort: { up: "正常", degraded: "性能下降", late: "迟到", down: "故障", unreachable: "无法访问", maintenance: "维护中", paused: "已暂停", unknown: "未知", pending: "等待中" },
    units: { ms: "{n}\u202f毫秒", s: "{n}\u202f秒", min: "{n}\u202f分钟", h: "{n}\u202f小时", d: "{n}\u202f天", percent: "{n}\u202f%", under: "<\u202f{time}", weekday: "{day} {time}", date: "{day} {time}" },
    stateFor: "{state}，已持续 {time}", noData: "无数据",
    types: { http: "HTTP", tcp: "TCP 端口", dns: "DNS", icmp: "Ping", tls: "TLS 证书", heartbeat: "心跳" },
    nav: { label: "主导航", overview: "概览", incidents: "事件", settings: "设置", skip: "跳到正文" },
    title: {
      loading: "正在加载…", nothing: "还没有监控任何内容", need: { other: "有 {n} 项需要处理" }, inHand: { other: "{n} 个事件正在处理中" }, blind: { other: "{n} 个监控项无法判断" }, starting: { other: "{n} 个监控项等待首次检查" }, resting: "全部已暂停", oneFine: "监控项运行正常", fine: "全部 {n} 个运行正常",
    },
    summary: { nothing: "添加第一个地址，asura 会立即检查。", part: { other: "{all} 个监控项中 {fine} 个正常。" }, onlyFine: "唯一的监控项运行正常。", onlyNot: "唯一的监控项不正常。", paused: { other: "{n} 个已暂停。" }, unknown: "{n} 个目前无法判断：问题在我们这边，不在目标。" },
    link: { live: "实时", connecting: "正在连接…", polling: "每 30 秒查询一次", age: "{age}前的数据", lost: "连接已断开。当前内容是 {age}前的。", slow: "收不到实时更新，改为每 30 秒查询一次。", again: "立即重试", failed: "加载失败", off: "未连接" },
    overview: {
      search: "搜索监控项", add: "添加监控项", list: "监控项", all: "全部", problems: "有问题", columns: { last: "最近", response: "响应时间，24 小时", state: "状态，24 小时", uptime: "可用率" }, uptime: "可用率，24 小时", emptyTitle: "要让 asura 监控什么？", emptyText: "网址、带端口的主机，或要 ping 的名称。其余都有合适的默认值，以后可以修改。", noneTitle: "没有符合的监控项", noneText: "没有内容符合搜索和筛选条件。", showAll: "显示全部",
      responseLabel: "{name} 最近 24 小时的响应时间", stripLabel: "最近 24 小时：{text}", stripAll: "一直{state}", stripPart: "{state} {time}，始于 {from}前" },
    incident: {
      seenFrom: "{cause}。自 {since} 起在 {regions} 发现。", seen: "{cause}。自 {since} 起。", nobody: "还没有人确认。", acknowledgedBy: "{who} 于 {time}前确认。", snoozed: "已推迟到 {until}。", someone: "有人", noCause: "检查失败",
      open: "已持续 {time}", acknowledged: "已确认，已持续 {time}", resolved: "{time}后恢复", acknowledge: "确认", view: "打开", doneAck: "已确认，不再发送提醒。",
    },
    incidents: {
      none: "没有进行中的事件", noneText: "所有监控内容都正常。", noneFit: "这里没有事件", noneFitText: "没有处于此状态的事件。", open: { other: "{n} 个进行中的事件" }, filters: { active: "进行中", resolved: "已解决", all: "全部" }, filterLabel: "显示哪些事件",
      more: "显示更早的", all: { other: "全部 {n} 个进行中的事件" }, subtitle: "故障得到证实时事件开始，检查重新通过时事件解决。",
    },
    common: {
      close: "关闭", cancel: "取消", retry: "重试", justNow: "刚刚", ago: "{time}前", others: { other: "另外 {n} 个" }, notFound: "没有这个页面", notFoundText: "地址可能已过时或输入有误。", goHome: "返回概览", loading: "正在加载…",
      partMissing: "此部分无法加载", partMissingText: "页面打开后，服务器可能已升级。", unexpected: "此页面出错了。", unexpectedText: "服务器不受影响。重新加载通常可以解决。", reload: "重新加载", request: "请求 {id}", local: "本地",
    },
  },
  shell: {
    nav: { monitors: "监控项", notifications: "通知", signOut: "退出登录", account: "我的账户", undelivered: "{n} 条未送达" }, roles: { admin: "管理员", editor: "编辑者", viewer: "查看者" }, jump: "搜索或跳转", columns: { tags: "标签", since: "最近变化" }, forTime: "已 {time}",
    all: { other: "全部 {n} 个监控项" }, groups: { group: "分组", tag: "标签", type: "检查类型" }, noGroup: { group: "未分组", tag: "无标签", type: "其他" }, members: { other: "{n} 个监控项" }, allFine: "全部正常", inState: "{n} 个{state}", moreGroups: { other: "还有 {n} 个" }, worst: "最近 24 小时最差", worstMore: "全部，按可用率",
    groupStrip: "其监控项最近 24 小时的最差状态：{text}", recent: "最近动态", recentMore: "全部事件", quiet: "最近没有发生什么。", since: "自 {time} 起",
    happened: { down: "{name} 发生故障", unreachable: "{name} 无法访问", degraded: "{name} 性能下降", late: "{name} 迟到", up: "{name} 恢复正常", firstUp: "{name} 正常", maintenance: "{name} 进入维护", paused: "{name} 已暂停", resumed: "{name} 恢复检查", unknown: "{name} 无法判断", pending: "{name} 等待首次检查", after: "历时 {time}", acknowledged: "{who} 已接手" },
  },
  bulk: { working: { other: "正在处理 {n} 个监控项" }, stop: "停止", which: "哪些？", refused: { other: "{all} 个监控项中有 {n} 个无法修改" }, reportTitle: { other: "{n} 个监控项无法修改" } },
  copy: { copy: "复制", copied: "已复制", failed: "无法复制，请选中文字手动复制。" },
  removal: { undo: "撤销", deletedOne: "{name} 及其历史已删除", deleted: { other: "{n} 个监控项及其历史已删除" } },
  palette: {
    title: "搜索或跳转", placeholder: "监控项、事件、页面或操作", none: "没有叫这个名字的内容。", hint: { move: "移动", open: "打开", close: "关闭" }, sections: { current: "当前监控项", trouble: "有问题", actions: "操作", pages: "前往", monitors: "监控项", incidents: "事件" }, found: { other: "找到 {n} 项" },
    actions: { pause: "暂停 {name}", resume: "恢复 {name}", check: "立即检查 {name}", edit: "编辑 {name}", duplicate: "复制 {name}", add: "添加监控项", addChannel: "添加渠道", light: "浅色主题", dark: "深色主题", auto: "跟随系统主题", shortcuts: "显示键盘快捷键", signOut: "退出登录" },
    pages: { overview: "概览", monitors: "监控项", incidents: "事件", notifications: "通知", settings: "设置", problems: "有问题的监控项", paused: "已暂停的监控项", resolved: "已解决的事件", profile: "设置：个人资料", users: "设置：用户", keys: "设置：API 密钥", sessions: "设置：会话", audit: "设置：审计日志", about: "设置：关于 asura" },
    done: { paused: "{name} 已暂停", resumed: "{name} 恢复检查", checked: "已检查 {name}：{result}" }, parts: { everywhere: "任何地方", going: "前往", list: "在监控项列表中", incident: "在事件页面上" },
    keys: { palette: "搜索或跳转", search: "搜索监控项", add: "添加监控项", help: "显示此列表", overview: "概览", monitors: "监控项", incidents: "事件", notifications: "通知", settings: "设置", down: "下一个监控项", up: "上一个监控项", open: "打开", select: "选中", range: "选中到此处", edit: "编辑", pause: "暂停或恢复", clear: "取消全部选择", acknowledge: "确认", note: "添加备注", resolve: "手动解决", snooze: "推迟" },
  },
  signing: {
    noPage: "没有这个部分", name: "用户名", password: "密码", newPassword: "新密码", showPassword: "显示密码", hidePassword: "隐藏密码",
    signIn: {
      title: "登录", lead: "asura", go: "登录", going: "正在登录…", with: "使用 {provider} 登录", or: "或", ended: "会话已结束。重新登录后会回到此页面。", refused: "用户名或密码错误。", missing: "请输入用户名和密码。", wait: "尝试次数过多。请在 {time}后重试。",
      codeTitle: "还差一步", codeLead: "请输入验证器应用为 {name} 显示的验证码。", code: "验证码", codeHelp: "手机不在身边？也可以使用恢复码。", codeGo: "继续", codeMissing: "请先输入验证码。", back: "使用其他账户", forgot: "忘记密码？管理员可以生成设置新密码的链接。",
    },
    fresh: { title: "还没有任何账户", text: "此 asura 是首次启动。用它的初始设置链接创建第一个账户。链接在：", terminal: "启动 asura 的终端里，", file: "数据文件夹的 {file} 文件里。", again: "我已打开链接" },
    setup: {
      title: "欢迎使用 asura", lead: "创建第一个账户。它是管理员，可以邀请其他人。", go: "创建账户", going: "正在创建…", noToken: "地址不完整", noTokenText: "初始设置链接以 # 和一长串字符结尾。请从启动 asura 的终端或数据文件夹的 {file} 文件中完整复制。",
      done: "此 asura 已设置完成", doneText: "初始设置链接只能使用一次。请用当时创建的账户登录，或请人邀请你。", toSignIn: "前往登录页", wrongToken: "这不是此 asura 的初始设置链接，或链接已被使用。正确的链接在数据文件夹的 {file} 文件里。",
    },
    invitation: {
      title: "邀请加入 asura", lead: "请选择用户名和密码。角色“{role}”可以{may}。", go: "加入", going: "正在加入…", resetTitle: "新密码", resetLead: "账户：{name}。使用旧密码的所有会话都将结束。", resetGo: "保存并登录", over: "此链接已失效", overText: "链接已被使用、撤回或过期。发送者可以重新生成。",
      noTokenText: "链接以 # 和一长串字符结尾。请从消息中重新打开，或完整复制。", signedIn: "当前以 {name} 登录。继续将改用新账户登录。", valid: "链接只能使用一次，有效期至 {time}。",
    },
    roles: { viewer: "查看者", editor: "编辑者", admin: "管理员" }, may: { viewer: "查看全部内容，不能修改", editor: "添加和修改监控项、渠道和事件", admin: "执行所有操作，包括管理用户和密钥" },
    strength: { rule: "至少 {n} 个字符。", missing: { other: "还差 {n} 个字符。" }, scores: { s0: "非常弱。", s1: "弱。", s2: "一般。", s3: "良好。", s4: "强。" }, advice: { common: "包含最先被猜测的单词。", name: "包含用户名。", pattern: "键盘顺序和重复最先被猜测。", longer: "再加几个词会更好。" } },
    problems: { oidc_denied: "身份提供方拒绝了登录。", oidc_expired: "用时过长，或是在另一个浏览器中开始的。请重试。", oidc_failed: "通过身份提供方登录失败。请重试；如果一直失败，asura 的日志里有原因。", oidc_not_allowed: "身份提供方认识此账户，但它无权使用此 asura。请联系管理员。" }, failed: "登录失败（{code}）。请重试或联系管理员。",
  },
  settings: {
    title: "设置", nav: "设置分类", you: "个人", all: "此 asura", signOut: "退出登录", save: "保存", saving: "正在保存…", saved: "已保存。", cancel: "取消", close: "关闭", none: "无", never: "从未", forbiddenTitle: "仅限管理员", forbiddenText: "此部分需要管理员角色；你的角色是{role}。管理员可以在“用户”中修改。",
    parts: { profile: "个人资料", security: "安全", keyboard: "键盘", users: "用户", keys: "API 密钥", audit: "审计", about: "关于" },
    profile: {
      title: "个人资料", lead: "账户信息和界面偏好，在所有设备上生效。", who: "账户", name: "用户名", role: "角色", tags: "监控项", onlyTags: "仅带标签 {tags} 的", allTags: "全部", email: "邮箱", emailHelp: "新密码链接会发到这里。", look: "外观和语言", theme: "主题", themes: { auto: "跟随系统", light: "浅色", dark: "深色" },
      language: "语言", browserLanguage: "跟随浏览器", zone: "时区", browserZone: "跟随浏览器（{zone}）", zoneHelp: "所有时间都按此时区显示。那里现在是 {time}。", noProfile: "API 密钥没有个人资料。",
    },
    security: {
      title: "安全", lead: "密码、两步验证和已登录的设备。", password: "密码", passwordLead: "修改密码会结束所有其他会话。", current: "当前密码", fresh: "新密码", change: "修改密码", changed: "密码已修改，所有其他会话已结束。", noPassword: "此账户用其他方式登录，因此没有密码。",
      totp: "两步验证", totpLead: "除密码外，还需要验证器应用中的验证码。即使密码被盗也无法登录。", on: "已开启", off: "已关闭", turnOn: "开启", turnOff: "关闭", codesLeft: { other: "还剩 {n} 个恢复码。" }, newCodes: "新恢复码", confirmTitle: "确认身份", yourPassword: "你的密码", goOn: "继续",
      offTitle: "关闭两步验证？", offText: "之后只凭密码就能登录账户。", turnedOff: "两步验证已关闭。", scanTitle: "用应用扫描", scanText: "任何验证器应用都可以：Aegis、1Password、Google Authenticator 等。", qr: "验证器应用的二维码", secret: "或手动输入此密钥", code: "应用显示的验证码", confirm: "开启",
      codesTitle: "保存这些恢复码", codesText: "手机丢失时，每个恢复码可以登录一次。仅现在显示。", codes: "恢复码", download: "下载", kept: "我已保存", codesFile: "{site} 上 {name} 的恢复码", sessions: "会话", sessionsLead: "已登录的设备。", thisOne: "此设备", device: "{system} 上的 {browser}", unknownBrowser: "未知浏览器", from: "来自 {address}", lastUsed: "使用于 {time}", since: "登录于 {time}",
      end: "退出登录", endOthers: "退出其他所有设备", ended: "已在该设备退出登录。", othersEnded: "已退出其他所有设备。", endSession: "退出 {device}", mustTitle: "请先设置两步验证", mustText: "此 asura 要求所有人使用两步验证。只需一分钟。",
    },
    users: {
      title: "用户", lead: "谁可以登录，可以做什么。", invite: "邀请", search: "搜索用户", columns: { name: "用户名", role: "角色", tags: "监控项", seen: "最近登录", state: "状态" }, you: "你", disabled: "已停用", active: "启用", totp: "两步验证", origins: { local: "密码", oidc: "单点登录", proxy: "代理" }, edit: "编辑 {name}", allTags: "全部", tagsLabel: "仅带有以下任一标签的监控项", tagsHelp: "用逗号分隔；留空表示全部监控项。",
      roles: { viewer: "查看者", editor: "编辑者", admin: "管理员" }, roleHelp: { viewer: "可查看全部，不能修改。", editor: "可添加和修改监控项、渠道和事件。", admin: "可执行所有操作，包括管理用户和密钥。" }, role: "角色", name: "用户名", email: "邮箱", enabled: "允许登录", editTitle: "编辑 {name}", made: "添加于 {time}", waysIn: "登录方式：{way}。", access: "访问", resetPassword: "新密码链接", resetTotp: "新密码链接，并关闭两步验证", resetHelp: "链接 24 小时内有效，只能使用一次。请自行转交给 {name}。",
      delete: "删除用户", deleteTitle: "删除 {name}？", deleteText: "会话立即结束。{name} 的操作仍保留在审计日志中。", deleteYes: "删除 {name}", deleted: "{name} 已删除。", linkTitle: "{name} 的链接", linkText: "只能使用一次，有效期至 {time}。持有链接的人可以设置密码。", link: "链接",
      inviteTitle: "邀请他人", inviteText: "邀请是一个 7 天内有效、只能使用一次的链接。", inviteEmail: "邮箱", inviteEmailHelp: "可留空：由你自己转交链接。", inviteGo: "创建邀请", inviteDone: "邀请已创建", mailed: "已发送到 {email}。链接也在这里：", notMailed: "请转交此链接。仅现在显示。", pending: "待接受的邀请", pendingFor: "{role}，由 {who} 邀请", forAnyone: "持有链接的任何人", expires: "有效期至 {time}", revoke: "撤回", revokeOf: "撤回给 {who} 的邀请", revoked: "已撤回，链接不再有效。", noneFit: "没有符合的用户。", only: "还没有其他人。邀请第一位吧。",
    },
    keys: {
      title: "API 密钥", lead: "供程序使用：命令行、脚本、探针、Prometheus。", create: "创建密钥", columns: { name: "名称", may: "权限", used: "最近使用", expires: "到期", rate: "限速" }, none: "还没有密钥", noneText: "程序通过密钥使用 API，密钥有自己的角色。", everything: "{role}的全部权限", scopes: "限制为", scopesHelp: "不勾选：角色的全部权限。", scope: { read: "读取", write: "修改", ping: "发送 ping", maintenance: "维护", metrics: "指标", probe: "探针" },
      name: "名称", namePlaceholder: "用于什么？", role: "角色", expiry: "到期", expiries: { e0: "永不", e30: "30 天后", e90: "90 天后", e365: "一年后" }, rate: "每秒请求数", rateHelp: "留空：使用通用限制。", rateOf: { other: "每秒 {n} 次" }, createTitle: "创建 API 密钥", shownTitle: "请立即复制密钥", shownText: "密钥不会保存，也无法再次显示。", key: "密钥", kept: "我已保存",
      revoke: "吊销", revokeOf: "吊销 {name}", revokeTitle: "吊销 {name}？", revokeText: "之后使用此密钥的请求都会被拒绝。", revokeYes: "吊销 {name}", revoked: "{name} 已吊销。", expired: "已过期", badRate: "请输入大于 0 的数字。",
    },
    audit: {
      title: "审计", lead: "谁在何时、从何处修改了什么。这里的内容无法修改或删除。", verify: "校验", export: "导出", intact: { other: "日志完整：全部 {n} 行的哈希都正确。" }, broken: "日志被篡改：链条在第 {id} 行断开。", actor: "操作者", entity: "对象", anyEntity: "全部", from: "从", to: "到", clear: "清除", more: "显示更早的", none: "没有记录", noneText: "有修改时会显示在这里。", noneFit: "没有符合的内容", noneFitText: "没有修改符合筛选条件。",
      what: "{did}{kind} {name}", fields: { other: "{n} 个字段" }, address: "来自 {address}", row: "第 {id} 行", before: "修改前", after: "修改后", field: "字段", noFields: "没有记录字段。", did: { create: "创建了", update: "修改了", delete: "删除了", pause: "暂停了", resume: "恢复了", acknowledge: "确认了", resolve: "解决了", archive: "归档了", enable: "启用了", disable: "停用了", retry: "重新发送了", note: "备注了", snooze: "推迟了" },
      entities: { monitor: "监控项", channel: "渠道", user: "用户", key: "API 密钥", invitation: "邀请", session: "会话", incident: "事件", notification: "通知", configuration: "配置" },
      phrases: { session_login: "登录了", session_login_failed: "以 {name} 登录失败", session_logout: "退出了登录", session_revoke: "结束了 {name} 的会话", user_reset: "为 {name} 生成了新密码链接", user_password: "修改了 {name} 的密码", configuration_reload: "重新读取了配置", invitation_create: "邀请了 {name}", invitation_accept: "接受了 {name} 的邀请", invitation_delete: "撤回了 {name} 的邀请" }, somebody: "某人",
    },
    about: {
      title: "关于", lead: "此 asura 及其自身状况。", health: "健康状况", healthy: "正常", unwell: "需要关注", allFine: "所有部分都在正常工作。", someUnwell: { other: "{n} 个部分需要关注。" }, facts: "基本信息", version: "版本", uptime: "已运行", connection: "连接", monitors: "监控项", rate: "每秒检查数", streams: "打开的面板", python: "Python", sqlite: "SQLite",
      storage: "存储", database: "数据库", wal: "预写日志", free: "磁盘可用空间", oldest: "最早的结果", retention: "保留时长", docs: "文档", api: "API 说明", openapi: "OpenAPI 描述", metrics: "Prometheus 指标", parts: { store: "存储", scheduler: "调度", judge: "判定", notifier: "通知", watcher: "心跳", janitor: "清理", reminder: "提醒", auditor: "审核", self: "自身", sentinel: "外部探测", herald: "公告" },
      days: { other: "{n} 天" }, kept: { raw_days: "单次结果", hourly_days: "每小时数据", evidence_days: "证据", incident_days: "已解决的事件", notification_days: "消息", ping_days: "Ping" },
    },
    keyboard: { title: "键盘", lead: "输入文字时快捷键不生效。" },
  },
  forms: {
    leave: { title: "不保存就离开？", text: "此页面上的修改尚未保存，离开后会丢失。", leave: "离开并放弃", stay: "留在此页" }, problems: { other: "{n} 个值未被接受。尚未保存任何内容。" }, line: "第 {n} 行：{text}", within: "{name}：{text}", usual: "通常为 {value}", optional: "可选", empty: "无", yes: "是", no: "否", more: "更多设置", changed: { other: "已修改 {n} 项" },
    duration: "例如 90s、5m 或 1h 30m。", number: "这不是数字。", perLine: "每行一个。", add: "添加", remove: "移除 {name}", removeRow: "移除", name: "名称", value: "值", nameOf: "第 {n} 项的名称", valueOf: "第 {n} 项的值",
    secret: { kept: "已保存，不再显示", replace: "替换", remove: "移除", keep: "保留已保存的", keptRow: "已保存；输入以替换", show: "显示", hide: "隐藏", gone: "下次保存时移除。" }, none: "无", chips: { tags: "输入标签后按回车", monitors: "输入监控项名称", unknown: "没有这个监控项。" },
    channels: { defaults: "未选择：使用默认渠道 {names}。", noDefault: "未选择，也没有默认渠道：不会通知任何人。", none: "还没有渠道，无法通知任何人。", add: "添加渠道", off: "已关闭", byDefault: "默认" },
    assertions: {
      add: "添加预期", none: "无特别要求：{usual}。", row: "预期 {n}", on: "检查内容", op: "比较方式", value: "比较值", name: "哪个标头", path: "哪个部分", severity: "否则视为", header: "标头，例如 Content-Type", json: "路径，例如 $.status", values: "多个值，用逗号分隔", remove: "移除预期 {n}", match: "需要满足：", all: "全部", any: "任意一个", moved: "预期 {n} 已移除。", status: "状态码 200 到 399", answer: "任何响应都可以",
      subjects: { status: "状态码", header: "标头", body: "正文", json: "JSON", response_time: "响应时间（毫秒）", certificate_days: "证书剩余天数", answer: "应答", rcode: "响应代码", loss: "丢包率（0 到 1）", jitter: "抖动（毫秒）", protocol: "TLS 版本" },
      ops: { eq: "等于", ne: "不等于", lt: "小于", le: "不大于", gt: "大于", ge: "不小于", in: "属于", not_in: "不属于", contains: "包含", not_contains: "不包含", matches: "匹配模式", not_matches: "不匹配模式", exists: "存在", not_exists: "不存在" }, severities: { down: "故障", degraded: "性能下降" },
    },
    schedule: { legend: "预期时间", every: "固定间隔", cron: "按 cron 计划", calendar: "按 OnCalendar 计划", zone: "时区", next: "接下来五次运行", zoneNote: "时区 {zone}", never: "不会再运行。", wait: "正在计算…", write: "输入计划后，这里显示接下来的运行时间。" },
  },
  monitors: {
    title: { other: "{n} 个监控项" }, titleSome: { other: "{all} 个监控项中的 {n} 个" }, noGroup: "未分组", searchHint: "名称、地址、标签或分组", tools: "搜索、筛选和排序", type: "类型", tag: "标签", group: "分组", pickTitle: { type: "任一类型", tag: "包含全部标签", group: "任一分组" }, find: "查找", noOption: "没有叫这个名字的。", chosen: "{name}：{values}", clearOne: "清除", clearAll: "清除筛选", sortLabel: "排序",
    sorts: { urgency: "最紧急的在前", name: "按名称", uptime: "可用率最低的在前", latency: "最慢的在前", change: "最近变化的在前" }, grouped: "按分组", foldAll: "全部折叠", unfoldAll: "全部展开", choose: "选择", chooseEnd: "完成", tick: "选择 {name}", tickAll: { other: "选择全部 {n} 个监控项" }, bar: "对所选监控项的操作", picked: { other: "已选 {n} 个" }, pickAll: { other: "选择全部 {n} 个" }, pickNone: "取消选择",
    pause: "暂停", resume: "恢复", tags: "标签", change: "修改", remove: "删除", undo: "撤销", working: "正在处理…",
    done: { pausedOne: "{name} 已暂停", paused: { other: "{n} 个监控项已暂停" }, resumedOne: "{name} 恢复检查", resumed: { other: "{n} 个监控项恢复检查" }, taggedOne: "{name} 的标签已修改", tagged: { other: "{n} 个监控项的标签已修改" }, changedOne: "{name} 已修改", changed: { other: "{n} 个监控项已修改" } },
    removal: { title: { other: "删除 {n} 个监控项？" }, text: "其结果、事件和可用率会一并删除。几秒内可以撤销。" }, tagging: { title: { other: "{n} 个监控项的标签" }, text: "勾选：全部都有此标签。横线：部分有。", add: "新标签", addHint: "按回车添加。可用字母、数字和大多数符号；首尾不能有空格。", none: "都还没有标签。", save: "保存标签", some: "部分有" },
    setting: {
      title: { other: "修改 {n} 个监控项" }, field: "要修改的内容", value: "新值", save: "修改", seconds: "秒数，或 30 s、5 min、1 h", milliseconds: "毫秒；留空表示无", number: "整数", empty: "留空表示无", lines: "每行一个；留空表示无", yes: "是", no: "否", noChannels: "还没有渠道。", allDefault: "不勾选：通知默认渠道。", json: "API 所用的字段和值，JSON 格式", jsonWrong: "这不是 JSON 对象。", notSeconds: "既不是数字，也不是 5 min 这样的时间。", notNumber: "不是数字。",
      refused: { other: "其中 {n} 个未修改。服务器提示：" }, refusedFor: "{error}（{name}）", andMore: "以及另外 {n} 个",
      fields: { interval: "检查间隔", timeout: "检查超时", retries: "计入前的重试次数", retry_interval: "重试间隔", failure_threshold: "判定故障所需的失败次数", success_threshold: "判定恢复所需的成功次数", latency_threshold_ms: "超过此值视为性能下降", reminder_interval: "提醒间隔", channel_ids: "通知谁", group: "分组", description: "描述", runbook_url: "操作手册地址", regions: "检查区域", public: "公开显示", upside_down: "反转：失败时视为正常", grace: "心跳宽限时间", any: "其他字段" },
    },
    state: "状态",
  },
  editing: {
    crumb: { monitors: "监控项", notifications: "通知" }, newMonitor: "新建监控项", copyOf: "{name} 的副本", edit: "编辑 {name}", copyName: "{name}（副本）", lead: "填写网址、带端口的主机或要 ping 的名称即可。其余都有合适的默认值。", address: { label: "地址", hint: "https://example.com、example.com:22、ping 1.1.1.1、MX example.com", unclear: "这还不像一个地址。", will: "{type}：{target}" },
    check: "检查", jobName: "夜间备份", jobHelp: "任务的名称。保存后会得到它要调用的地址。", groups: { judging: "何时视为故障", telling: "通知谁", sorting: "如何查找，有何含义", expect: "预期结果", settings: "{type} 设置", rest: "更多" }, expectation: { other: "{n} 条预期" }, digest: "{label}：{value}", save: "保存", saving: "正在保存…", another: "保存并继续添加", cancel: "取消", duplicate: "复制", hint: "{key} 保存", saved: "{name} 已保存。", watched: "已开始监控 {name}。", open: "打开", nothing: "没有修改任何内容。", readOnly: { file: "此项由配置文件管理，请在配置文件中修改。这里只能查看。", role: "可以查看，但不能修改。" }, mayNot: "没有添加权限", mayNotText: "你的角色只能查看。拥有编辑者角色的人可以添加。", missing: "此内容不存在或已被删除。",
    tryOut: { title: "能正常工作吗？", text: "用表单中的内容检查一次，不会保存。", run: "立即检查", running: "正在检查…", works: "工作正常", fails: "还不能正常工作", slow: "工作正常，但有提示", unsure: "无法判断", stale: "表单已在检查后修改。", wrong: "还不能检查：原因见表单。", passive: "无需测试", passiveText: "心跳等待 ping。保存后会得到地址，以及可用于 cron、systemd、PowerShell 等的命令。" },
    conflict: { title: "已被他人修改", text: "在此期间，{name} 被他人修改：{fields}。", textAny: "在此期间，{name} 被他人修改。", mine: "保存我的", mineText: "你的修改会应用到当前内容上。", theirs: "载入他人的", theirsText: "你的修改会丢失。", gone: "在此期间已被删除。" },
    channel: {
      newTitle: "新建渠道", lead: "渠道在出现故障和恢复时通知相关人员。", types: "用什么方式通知？", name: "名称", send: "能收到吗？", sendText: "用表单中的内容发送一条测试消息，不会保存。", run: "发送测试", running: "正在发送…", arrived: "已发送", arrivedText: "服务商在 {ms} 毫秒后接收。请查看是否已送达。", failed: "未能发送", tells: "通知内容和对象", usedBy: "使用者", byDefault: "作为默认渠道：未指定渠道的所有监控项。", nobody: "没有监控项指定它。",
      notAtAll: "没有监控项指定它，它也不是默认渠道：不会通知任何人。", offNote: "已关闭：不会发送。", remove: "删除", removeTitle: "删除 {name}？", removeText: "不再通过它通知任何人，等待发送的内容也不会发送。此操作无法撤销。", removed: "{name} 已删除。",
      about: { email: "通过你的 SMTP 服务器发送邮件", webhook: "向你的地址发送带签名的 JSON", slack: "Slack 频道消息", discord: "Discord 频道消息", telegram: "由你的机器人发送消息", ntfy: "向订阅主题的手机推送消息", apprise: "通过 Apprise 地址使用上百种其他服务" }, settings: "发送到哪里", deliveries: "发送记录",
      otherType: "其他类型",
    },
    digestAll: "{text}…", expectNothing: "状态码、正文、JSON、时间…",
  },
  monitor: {
    crumb: "监控项", tabs: { summary: "摘要", results: "结果", runs: "运行", timeline: "时间线", incidents: "事件", badges: "徽章" }, tabsLabel: "此监控项的视图", edit: "编辑", duplicate: "复制", more: "更多", acknowledgeFirst: "查看事件", incident: "事件 {id}", certificate: "证书剩余",
    days: { title: "{n} 天", label: "最近 {n} 天每天的情况", hint: "方向键逐日移动，回车显示当天的时间线。", all: "{date}：可用 {ratio}。", some: "{date}：可用 {ratio}。{parts}。", nothing: "{date}：{parts}。", noData: "{date}：无数据。", part: "{status} {time}", summary: { other: "有数据的 {n} 天内可用 {ratio}；其中 {bad} 天有问题。" }, today: "今天", ratio: "可用 {ratio}", calm: { other: "有数据的 {n} 天内可用 {ratio}，没有问题。" } },
    chart: {
      title: "响应时间", titleIn: "响应时间，{range}", runs: "运行时长", ranges: "时间范围", views: "图表内容", percentiles: "百分位", phases: "阶段", regions: "区域", p50: "中位数", p95: "95\u202f%", p99: "99\u202f%", zoomIn: "放大", zoomOut: "缩小", earlier: "更早", later: "更晚", reset: "返回 {range}", hint: "拖动放大，双击返回。键盘：+ 和 − 缩放，方向键移动，Shift 加方向键逐点读取。",
      since: "{time} {status}", changed: "{field} 已修改", changedMany: "{field} 和另外 {n} 项已修改", actions: { create: "已创建", pause: "已暂停", resume: "已恢复", delete: "已删除", rotate: "新地址" }, noPhases: "阶段数据与单次结果保留同样久；这段时间没有。", noneIn: "这段时间没有检查。", table: "表格形式", tableCaption: "响应时间，{range}", columns: { at: "起始", checks: "检查", failed: "失败", up: "可用" }, from: "{from} 到 {to}", checks: { other: "{n} 次检查" }, checksFailed: "{n} 次检查，{failed} 次失败", noData: "无数据",
      names: { "1h": "1\u202f小时", "24h": "24\u202f小时", "7d": "7\u202f天", "30d": "30\u202f天", "90d": "90\u202f天", "1y": "1\u202f年" },
    },
    fields: { name: "名称", target: "目标", interval: "间隔", timeout: "超时", retries: "重试", failure_threshold: "所需失败次数", assertions: "预期", settings: "设置", tags: "标签", enabled: "检查开关", public: "可见性", channel_ids: "渠道", latency_threshold_ms: "响应时间上限", regions: "区域", grace: "宽限时间", cron: "计划" },
    usual: { mark: "通常：{low} 到 {high}", line: "线条标出通常范围。{phase}通常需要 {low} 到 {high}。", plain: "线条标出十次检查中九次结束的位置。" }, regions: { title: "按区域", all: "所有区域", label: "区域", value: "{latency} · {checks}" }, results: { status: "结果", all: "全部", none: "没有这样的结果。", noneText: "换个筛选条件也许有。", showAll: "显示全部", show: "显示全文", hide: "收起", region: "来自", phases: "阶段" },
    timeline: { title: "时间线", of: "{date} 的时间线", days: "{n} 天", all: "最近 {n} 天", notable: "只看问题", none: "这段时间没有变化。", noneNotable: "这段时间没有问题。", earlier: "前一天", later: "后一天", back: "所有日期", columns: { state: "状态", from: "起始", lasted: "时长", why: "原因" }, latest: "最近变化", soFar: "至今 {time}" }, incidents: { none: "至今没有事件", noneText: "故障得到证实时事件开始。", all: "此监控项的全部事件" },
    runs: { title: "运行", list: "最近的运行", none: "还没有运行", noneText: "报告开始和结束的运行会显示其时长。", outcome: { success: "成功", fail: "失败", running: "运行中", overdue: "超时" }, limit: "线条标出允许的最长时间：{time}。", usual: "一半的运行少于 {time}。", unknown: "无时长", of: "{outcome}，{time}", exit: "退出状态 {n}", output: "输出", outputOf: "{time} 运行的输出", medianRun: "运行中位数", mostRuns: "95\u202f% 的运行" },
    next: { title: "下次预期", in: "{time}后", late: "{time}前", never: "计划已结束。", zone: "{at}（{zone}）", until: "若到 {at} 仍无信号，则视为故障。", waiting: "等待首次调用。", paused: "已暂停。", longest: "最长运行" }, snippets: { title: "如何上报", hint: "放在任务末尾。首次调用后变为正常。", label: "上报方式", copyOf: "{name} 代码", hidden: "只有可编辑此监控项的人能看到地址。" },
    suggestion: { title: "合适的计划", text: { other: "根据 {n} 次 ping：{what}。" }, cron: "此任务通常按“{cron}”（{zone}）运行，宽限 {grace}", interval: "此任务通常每 {interval}运行一次，宽限 {grace}", explains: "{ratio} 的 ping 符合。", apply: "采用", applied: "计划已生效。", runtime: "一次运行可用 {time}。" },
    token: { title: "上报地址", rotate: "新地址", askTitle: "为此任务生成新地址？", askText: "当前地址会立即失效，需要把新地址告诉任务。", yes: "生成新地址", done: "地址已更新，请更新任务。" },
    badges: {
      title: "徽章", preview: "预览", private: "此监控项未公开", privateText: "徽章是任何人都能看到的图片，因此只有公开的监控项才有。公开意味着无需登录即可看到名称、状态和可用率。", privateViewer: "徽章是任何人都能看到的图片，因此只有公开的监控项才有。", make: "设为公开", made: "已公开。", makeLess: "取消公开", madeLess: "已取消公开。", isPublic: "知道地址的任何人都能看到这些徽章。",
      kind: "徽章", kinds: { status: "状态", uptime: "可用率", response: "响应时间", cert: "证书", heartbeat: "最近运行" }, style: "样式", styles: { flat: "扁平", "flat-square": "方形", "for-the-badge": "大号" }, label: "标签文字", labelHint: "留空：使用默认", days: "天数", window: "时间", windows: { "1h": "1 小时", "24h": "24 小时", "7d": "7 天" }, format: "格式", alt: "{name} 的徽章", address: "地址", copyOf: "{name} 代码",
    },
    certificateDays: { other: "{n} 天" }, certificateOver: "已过期",
  },
  pages: {
    reasons: {
      ok: "响应符合预期", dns_nxdomain: "域名不存在", dns_no_answer: "域名没有地址", dns_timeout: "域名解析超时", dns_failed: "域名解析失败", dns_rcode: "域名服务器拒绝", dns_answer: "域名服务器返回了其他结果", connect_refused: "连接被拒绝", connect_timeout: "连接超时", connect_reset: "连接被重置", connect_unreachable: "没有到主机的路由", connect_failed: "连接失败", connection_closed: "未响应即关闭", blocked_address: "不允许检查此地址", proxy_failed: "代理失败",
      tls_expired: "证书已过期", tls_not_yet_valid: "证书尚未生效", tls_hostname: "证书属于其他名称", tls_self_signed: "证书为自签名", tls_untrusted: "证书不受信任", tls_protocol: "没有共同的 TLS 版本", tls_timeout: "TLS 握手超时", tls_failed: "TLS 握手失败", tls_expires_soon: "证书即将过期", starttls_refused: "STARTTLS 被拒绝", http_status: "状态码不符合预期", http_protocol: "不是有效的 HTTP 响应", http_timeout: "响应超时",
      body_timeout: "响应未能及时完成", body_too_large: "响应过大", body_encoding: "响应无法解压", redirect_limit: "重定向过多", redirect_invalid: "重定向目标无效", assertion: "未满足预期", unexpected_answer: "响应与预期不同", timeout: "太慢，已放弃", slow: "慢于允许值", failure_confirmed: "故障已证实", degradation_confirmed: "性能下降已证实", recovery_confirmed: "恢复响应，已证实", opened: "故障已证实", recovered: "恢复响应", resolved_by_hand: "手动解决", raised: "情况恶化", lowered: "情况好转",
      inverted: "有响应，但不应有", icmp_no_reply: "没有回复", icmp_loss: "有丢包", icmp_jitter: "回复间隔不稳定", not_permitted: "asura 无权检查", internal_error: "asura 自身出错", own_network: "asura 没有网络", own_resolver: "asura 无法解析域名", own_stall: "asura 曾停顿", own_suspended: "机器曾休眠", own_clock: "时钟跳变", ping_late: "已过时间，仍在宽限内", ping_missed: "没有按时收到 ping", ping_never: "从未收到 ping", job_failed: "任务失败", run_overdue: "运行未按时结束", run_not_started: "运行未按时开始", not_pinged: "还没有 ping",
      own_store: "asura 无法保存结果", not_running: "asura 未运行", not_checked: "尚未检查", paused: "已暂停",
    },
    told: {
      sent: "已通知", held: "尚未通知", failed: "无法通知", dropped: "未通知", channel: "某个渠道", attempt: "{answer}，用时 {time}", noAnswer: "没有响应", retry: "重新发送", retried: "正在重新发送。", was: "已通知 {name}。", were: "已通知 {names}。", waits: "尚未通知 {name}。", wait: "尚未通知 {names}。", missed: "无法通知 {names}。", nobody: "没有通知任何人", noChannel: "还没有渠道，无法通知任何人。", withdrawn: "暂停或手动移除的内容不会通知任何人。",
      why: { listed_by_monitor: "监控项指定了此渠道", default_channel: "它是默认渠道", not_listed_by_monitor: "监控项指定了其他渠道", not_a_default_channel: "它不是默认渠道，监控项也未指定", channel_disabled: "渠道已关闭", event_not_wanted: "渠道不接收此类事件", channel_deleted: "渠道已删除", snoozed: "事件已推迟", resolved_meanwhile: "消息发出前已结束", due: "到期发送" },
    },
    incidentPage: {
      severity: { critical: "严重", warning: "警告" }, crumb: "事件", number: "事件 #{id}", note: "备注", resolve: "解决", tabs: { timeline: "时间线", evidence: "证据", told: "通知了谁，原因" }, tabsLabel: "此事件的视图", doneNote: "已备注。", doneResolve: "已解决。", noteTitle: "添加备注", noteLabel: "其他人应该知道什么？", noteSave: "保存备注", resolveTitle: "手动解决？", resolveText: "会通知各渠道事件已结束。检查重新通过时，事件也会自动解决。",
      resolveWarning: "{name} 持续失败期间，asura 不再提示：恢复正常之后才会产生新事件。", resolveYes: "立即解决", noEvents: "还没有记录。", noEvidence: "此事件没有保留证据。", noEvidenceHint: "监控项状态变化时会保留证据。", nobodyTold: "没有通知任何人。", nobodyToldHint: "没有关于通知的记录。是否有渠道，此监控项是否使用它？", monitors: "监控项", about: "信息", rows: { severity: "严重程度", began: "开始", believed: "证实", acknowledged: "确认", resolved: "解决", regions: "发现区域", snoozed: "推迟到" }, monitor: "监控项", snoozedUntil: "已推迟到 {at}。",
      facts: { severity: "从{from}变为{to}。", lasted: "持续了 {time}。", openFor: "已持续 {time}。", until: "{at} 之前不提醒。" }, eventsFor: { "incident.opened degradation_confirmed": "性能下降已证实", "incident.severity_changed raised": "情况恶化", "incident.severity_changed lowered": "情况好转", "incident.resolved resolved_by_hand": "手动解决", "incident.resolved withdrawn": "因不再监控而结束" },
      events: { "incident.opened": "故障已证实", "incident.severity_changed": "严重程度变化", "incident.cause_changed": "失败原因变化", "incident.acknowledged": "已确认", "incident.escalated": "已升级", "incident.reminder": "提醒", "incident.resolved": "已解决", "incident.snoozed": "已推迟", "incident.noted": "备注", "self.blind": "asura 无法观测" },
      by: "{who}：{what}", firstFailure: "首次失败的检查", firstFailureText: "事件从这里算起。", address: "地址", redirects: "重定向", encryption: "加密", exchange: "发送和接收的内容", seen: "观测到的内容", seenFromRegion: "观测到的内容 · {region}",
    },
    certificate: { title: "证书", names: "适用于", issuer: "颁发者", valid: "有效期", range: "{from} 到 {to}", left: { other: "剩余 {days} 天" }, over: { other: "已过期 {days} 天" }, overToday: "今天过期", life: "有效期进度：{text}" },
    snooze: { button: "推迟", title: "推迟到什么时候？", text: "在此之前不提醒。恢复时仍会通知。", halfHour: "30 分钟", hour: "1 小时", hours: "4 小时", morning: "明天 09:00", done: "已推迟到 {at}。" },
    monitor: {
      checkNow: "立即检查", checking: "正在检查…", pause: "暂停", resume: "恢复", remove: "删除", uptime24: "可用率，24 小时", uptime30: "可用率，30 天", median: "中位数", p95: "第 95 百分位", every: "检查间隔", state: "状态，24 小时", ago24: "24\u202f小时前", now: "现在", noSeries: "有首批结果后显示曲线。", noneUp: "这段时间没有成功的检查，无法绘制。", series: "通常一半的检查少于 {half}，95\u202f% 少于 {most}。", slowest: "{at} 前后最慢：{most}。", failures: "{all} 次检查中 {n} 次失败。", onlyFailed: "唯一的检查失败了。",
      noChanges: "这段时间没有变化。", lasting: "持续 {time}", sinceThen: "至今 {time}", noResults: "还没有结果。首次检查即将进行。", lastCheck: "最近检查", tried: "计入前会重试", phases: { dns: "DNS", connect: "连接", tls: "TLS", ttfb: "响应", transfer: "正文" }, total: "总计", noPhases: "此检查没有阶段。", how: "检查方式", check: "检查", interval: "间隔", believes: "判定故障", expects: "预期", tells: "通知", regionsLabel: "区域", runbook: "操作手册", tags: "标签", target: "目标",
      believe: { other: "连续失败 {n} 次" }, believeTwice: { other: "连续失败 {n} 次，每次尝试两次" }, believeTimes: { other: "连续失败 {n} 次，每次尝试 {times} 次" }, standard: "状态码 200 到 399", answers: "有响应", nobody: "无人：没有为它启用的渠道", faster: "{time}内响应", orDegraded: "{text}，否则视为性能下降", byFile: "此监控项由配置文件管理，请在配置文件中修改。", incidents: "事件", noIncidents: "至今没有事件。", columns: { at: "时间", found: "结果", latency: "用时", message: "情况" },
      paused: "{name} 已暂停。", resumed: "{name} 恢复检查。", undo: "撤销", found: "刚刚检查：{text}", neverChecked: "尚未检查。",
    },
    job: {
      title: "任务", well: "按预期上报", noRuns: "报告开始和结束的运行会显示曲线。", last: "最近 ping", never: "从未", took: "最近运行用时", schedule: "预期", every: "每 {time}", withGrace: "{when}，宽限 {grace}", running: "运行中", overdue: "超时", since: "自", progress: "此次运行的进度", left: "通常还需 {time}", longer: "比平时久", step: "第 {n} 步", stepOf: "第 {n} 步，共 {all} 步", stepNamed: "{step}：{name}",
      hint: "放在任务末尾。首次调用后变为正常。", pings: "最近的 ping", none: "还没有 ping。", exit: "退出状态 {n}", said: "输出", outputOf: "ping {n} 的输出", kinds: { success: "成功", fail: "失败", start: "开始", log: "日志", ignored: "已忽略" },
    },
    help: { title: "键盘", then: "然后" },
  },
  incident: {
    list: { severity: "严重程度", severities: { all: "所有程度", critical: "严重", warning: "警告" }, monitor: "监控项", anyMonitor: "所有监控项", time: "时间", times: { any: "任何时间", "24h": "最近 24 小时", "7d": "最近 7 天", "30d": "最近 30 天", "90d": "最近 90 天" }, count: { other: "{n} 个事件" }, none: "没有符合的事件", noneText: "换个筛选条件也许有。", clear: "显示全部", acknowledgedBy: "{state} · {who}", gone: "监控项 {id}" },
    next: { title: "接下来", reminder: "{time}后提醒，除非有人确认", reminderText: "发给所有收到开始通知的人。", due: "该发送提醒了", quiet: "{at} 之前静默", quietText: "在此之前不提醒。恢复时仍会通知。", waiting: "将通知 {names}", waitingText: "消息正在发送，或即将重试。", acknowledged: "结束之前不再发送", acknowledgedText: "有人正在处理。", never: "检查重新通过时自动解决", neverText: "在此之前不再通知：此监控项不发送提醒。", resolves: "检查重新通过时自动解决。" },
    runbook: "操作手册", description: "说明", hurry: "该做什么", usualOf: "线条标出前一天的通常范围。", noteKey: "按 {key} 保存。", doneSnooze: "已推迟。", ackNote: "确认",
  },
  notifications: {
    title: "通知", lead: "出现故障时通知谁，是否送达。", add: "添加渠道", views: "通知的视图", tabs: { channels: "渠道", deliveries: "发送记录", undelivered: "未送达", some: "未送达（{n}）" }, noChannel: "还不会通知任何人", noChannelText: "没有渠道时，只有看着此面板的人才会发现故障。邮件、聊天或推送：一分钟即可设置好第一个。", columns: { channel: "渠道", last: "最近发送", day: "24 小时", on: "启用" }, byDefault: "默认", file: "来自配置文件", off: "已关闭", on: "开启或关闭 {name}",
    never: "尚未发送", sent: "已送达", refused: "未送达", day: { sent: { other: "发送 {n} 条" }, dead: { other: "放弃 {n} 条" }, failing: { other: "重试 {n} 条" }, waiting: { other: "等待 {n} 条" }, nothing: "无需通知" }, turnedOn: "{name} 已开启。", turnedOff: "{name} 已关闭，不会通过它发送。", status: { sent: "已送达", pending: "等待中", failed: "重试中", dead: "已放弃", dropped: "未发送" },
    filters: { label: "显示哪些发送记录", all: "全部", channel: "渠道", anyChannel: "所有渠道", incident: "事件 #{id}", clear: "所有事件" }, none: "这里没有内容", noneText: "没有通知符合筛选条件。", nothingYet: "还没有发送过通知", nothingYetText: "出现故障时，这里会显示向谁发送了什么，以及各服务商的应答。", more: "显示更早的", to: "发往 {channel}", why: "{why}。", next: "下次尝试 {at}。", attempts: "尝试", times: { other: "{n} 次，最后：{text}" }, incident: "事件 #{id}", test: "asura 自身",
    allArrived: "全部送达", allArrivedText: "服务商一再拒绝的消息会出现在这里。目前没有。", undelivered: { other: "{n} 条消息未送达。" }, undeliveredMore: "超过 {n} 条消息未送达。", retry: "重试", retrying: "正在重试…", retried: "正在重新发送。", retryAll: "全部重试", stop: "停止", progress: "{n} / {all}", progressLabel: "进度", done: { other: "正在重试 {n} 条。" }, some: "正在重试 {n} 条，{failed} 条无法重试。",
  },
};
