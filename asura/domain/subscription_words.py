"""What subscribers read, in mails and on the pages that their links lead to; `{page}` is the title of a page."""

from typing import TypeAlias

Words: TypeAlias = dict[str, str]

EN: Words = {
    # Mails and messages.
    "stamp": "%d %b %Y, %H:%M",
    "investigating": "Investigating",
    "identified": "Identified",
    "monitoring": "Monitoring",
    "resolved": "Resolved",
    "postmortem": "What happened",
    "scheduled": "Planned maintenance",
    "in_progress": "Maintenance has begun",
    "completed": "Maintenance is over",
    "notice": "Notice",
    "status": "Status",
    "affects": "Affects",
    "begins": "Begins",
    "ends": "Ends",
    "view": "View on the status page",
    "why": "You get this because you subscribed to {page}.",
    "manage": "Choose what you hear of",
    "unsubscribe": "Unsubscribe",
    "confirm_badge": "Subscription",
    "confirm_mail": "Please confirm: news of {page}",
    "confirm_mail_text": "Somebody, you we hope, asked for news of {page} to be sent to this address.",
    "confirm_mail_action": "Yes, send me news",
    "confirm_mail_end": "The link works for 7 days. If it was not you, do nothing: you will not hear from us again.",
    "known_mail": "You get the news of {page} already",
    "known_mail_text": (
        "Somebody, you we hope, asked for news of {page} to be sent to this address. It gets them already, and nothing "
        "has changed."
    ),
    "greeting": "News of {page} will arrive here.",
    # Pages.
    "asked": "Look into your mailbox",
    "asked_text": (
        "If this address can be told of {page}, a letter is on its way to it. Confirm with the link in it, and you will "
        "hear from us."
    ),
    "greeted": "That worked",
    "greeted_text": "A first message has arrived there. From now on you will hear of {page}.",
    "confirm": "Confirm your subscription",
    "confirm_text": "Do you want to get news of {page} by mail?",
    "confirm_action": "Yes, send me news",
    "confirmed": "You are subscribed",
    "confirmed_text": "From now on you will hear of {page}. Each mail has a link to end that.",
    "leave": "Unsubscribe",
    "leave_text": "Do you want no more news of {page}?",
    "leave_action": "Unsubscribe",
    "left": "You are unsubscribed",
    "left_text": "You will not hear of {page} any more. Your address has been deleted.",
    "choose": "Choose what you hear of",
    "choose_text": "News of what is not ticked do not reach you. What is said about the whole page always does.",
    "choose_action": "Save",
    "chosen": "Saved",
    "everything": "Without a tick you hear of everything.",
    "over": "This link does not work any more",
    "over_text": "The subscription that it was for has ended, or was not confirmed in time.",
    "to_page": "To the status page",
    "too_many": "Too many attempts. Wait a moment, then try again.",
    "fault_address_email": "This is not an e-mail address.",
    "fault_address": "This is not a web address. It begins with https://.",
    "fault_kind": "This way of subscribing is not offered here.",
    "fault_greeting": "The first message was not taken there: {why}",
    "unreachable": "nobody answered at this address.",
    "forbidden": "this address may not be reached from here.",
    "answered": "the answer was {status}.",
}

DE: Words = {
    "stamp": "%d.%m.%Y, %H:%M",
    "investigating": "Wird untersucht",
    "identified": "Ursache gefunden",
    "monitoring": "Wird beobachtet",
    "resolved": "Behoben",
    "postmortem": "Was passiert ist",
    "scheduled": "Geplante Wartung",
    "in_progress": "Die Wartung hat begonnen",
    "completed": "Die Wartung ist vorbei",
    "notice": "Hinweis",
    "status": "Stand",
    "affects": "Betrifft",
    "begins": "Beginn",
    "ends": "Ende",
    "view": "Auf der Statusseite ansehen",
    "why": "Sie bekommen diese Nachricht, weil Sie {page} abonniert haben.",
    "manage": "Auswählen, was Sie erfahren",
    "unsubscribe": "Abbestellen",
    "confirm_badge": "Abonnement",
    "confirm_mail": "Bitte bestätigen: Meldungen von {page}",
    "confirm_mail_text": "Jemand, hoffentlich Sie, möchte Meldungen von {page} an diese Adresse bekommen.",
    "confirm_mail_action": "Ja, Meldungen schicken",
    "confirm_mail_end": (
        "Der Link gilt 7 Tage. Wenn Sie es nicht waren, tun Sie nichts: Sie hören dann nicht wieder von uns."
    ),
    "known_mail": "Sie bekommen die Meldungen von {page} schon",
    "known_mail_text": (
        "Jemand, hoffentlich Sie, möchte Meldungen von {page} an diese Adresse bekommen. Sie bekommt sie schon, und es "
        "hat sich nichts geändert."
    ),
    "greeting": "Hier kommen ab jetzt die Meldungen von {page} an.",
    "asked": "Sehen Sie in Ihr Postfach",
    "asked_text": (
        "Wenn an diese Adresse Meldungen von {page} gehen können, ist ein Brief dorthin unterwegs. Bestätigen Sie mit "
        "dem Link darin, dann hören Sie von uns."
    ),
    "greeted": "Das hat geklappt",
    "greeted_text": "Eine erste Nachricht ist dort angekommen. Ab jetzt erfahren Sie, was bei {page} los ist.",
    "confirm": "Abonnement bestätigen",
    "confirm_text": "Möchten Sie Meldungen von {page} per E-Mail bekommen?",
    "confirm_action": "Ja, Meldungen schicken",
    "confirmed": "Sie haben abonniert",
    "confirmed_text": (
        "Ab jetzt erfahren Sie, was bei {page} los ist. In jeder E-Mail steht ein Link zum Abbestellen."
    ),
    "leave": "Abbestellen",
    "leave_text": "Möchten Sie keine Meldungen von {page} mehr?",
    "leave_action": "Abbestellen",
    "left": "Sie haben abbestellt",
    "left_text": "Sie bekommen keine Meldungen von {page} mehr. Ihre Adresse ist gelöscht.",
    "choose": "Auswählen, was Sie erfahren",
    "choose_text": (
        "Meldungen zu dem, was nicht angekreuzt ist, erreichen Sie nicht. Was die ganze Seite betrifft, erfahren Sie "
        "immer."
    ),
    "choose_action": "Speichern",
    "chosen": "Gespeichert",
    "everything": "Ohne Kreuz erfahren Sie alles.",
    "over": "Dieser Link gilt nicht mehr",
    "over_text": "Das Abonnement dazu ist beendet oder wurde nicht rechtzeitig bestätigt.",
    "to_page": "Zur Statusseite",
    "too_many": "Zu viele Versuche. Warten Sie einen Moment und versuchen Sie es dann noch einmal.",
    "fault_address_email": "Das ist keine E-Mail-Adresse.",
    "fault_address": "Das ist keine Web-Adresse. Sie beginnt mit https://.",
    "fault_kind": "Auf diese Weise kann man hier nicht abonnieren.",
    "fault_greeting": "Die erste Nachricht wurde dort nicht angenommen: {why}",
    "unreachable": "Unter dieser Adresse hat niemand geantwortet.",
    "forbidden": "Diese Adresse darf von hier aus nicht angesprochen werden.",
    "answered": "Die Antwort war {status}.",
}

ZH: Words = {
    "stamp": "%Y-%m-%d %H:%M",
    "investigating": "正在调查",
    "identified": "已找到原因",
    "monitoring": "正在观察",
    "resolved": "已解决",
    "postmortem": "事后说明",
    "scheduled": "计划维护",
    "in_progress": "维护已开始",
    "completed": "维护已结束",
    "notice": "公告",
    "status": "状态",
    "affects": "影响",
    "begins": "开始",
    "ends": "结束",
    "view": "在状态页上查看",
    "why": "您收到此消息是因为您订阅了 {page}。",
    "manage": "选择要接收的内容",
    "unsubscribe": "退订",
    "confirm_badge": "订阅",
    "confirm_mail": "请确认：订阅 {page} 的消息",
    "confirm_mail_text": "有人（希望是您本人）请求将 {page} 的消息发送到此地址。",
    "confirm_mail_action": "是的，请发送消息",
    "confirm_mail_end": "此链接在 7 天内有效。如果不是您本人操作，请忽略此邮件，我们不会再打扰您。",
    "known_mail": "您已订阅 {page} 的消息",
    "known_mail_text": "有人（希望是您本人）请求将 {page} 的消息发送到此地址。此地址已经订阅，没有任何变化。",
    "greeting": "{page} 的消息将发送到这里。",
    "asked": "请查看您的邮箱",
    "asked_text": "如果此地址可以接收 {page} 的消息，我们已向其发送一封邮件。请点击其中的链接确认。",
    "greeted": "订阅成功",
    "greeted_text": "第一条消息已送达。今后您将收到 {page} 的消息。",
    "confirm": "确认订阅",
    "confirm_text": "您要通过邮件接收 {page} 的消息吗？",
    "confirm_action": "是的，请发送消息",
    "confirmed": "您已订阅",
    "confirmed_text": "今后您将收到 {page} 的消息。每封邮件中都有退订链接。",
    "leave": "退订",
    "leave_text": "您不想再接收 {page} 的消息吗？",
    "leave_action": "退订",
    "left": "您已退订",
    "left_text": "您不会再收到 {page} 的消息。您的地址已被删除。",
    "choose": "选择要接收的内容",
    "choose_text": "未勾选的内容不会通知您。涉及整个页面的消息总会通知您。",
    "choose_action": "保存",
    "chosen": "已保存",
    "everything": "不勾选则接收所有消息。",
    "over": "此链接已失效",
    "over_text": "对应的订阅已结束，或未及时确认。",
    "to_page": "前往状态页",
    "too_many": "尝试次数过多。请稍候再试。",
    "fault_address_email": "这不是电子邮件地址。",
    "fault_address": "这不是网址。网址以 https:// 开头。",
    "fault_kind": "此处不提供这种订阅方式。",
    "fault_greeting": "对方没有接收第一条消息：{why}",
    "unreachable": "该地址没有响应。",
    "forbidden": "不允许从这里访问该地址。",
    "answered": "响应为 {status}。",
}

LANGUAGES: dict[str, Words] = {"en": EN, "de": DE, "zh": ZH}


def words(language: str) -> Words:
    """Return the words of a language; English where there are none of it."""
    return LANGUAGES.get(language, EN)
