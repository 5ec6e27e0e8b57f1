//! What the pages say, in each language.

use axum::http::StatusCode;

use crate::config::Language;

/// The words of one language.
#[derive(Debug)]
pub(super) struct Phrases {
    pub(super) lang: &'static str,
    pub(super) dir: &'static str,
    /// Before the other buttons of a page.
    pub(super) also: &'static str,
    pub(super) unsubscribe: Deed,
    pub(super) pause: Deed,
    pub(super) digest: Deed,
    pub(super) mute: Deed,
    pub(super) relevant: Deed,
    pub(super) irrelevant: Deed,
    /// Before the rules that are meant, where there are several.
    pub(super) which_rules: &'static str,
    pub(super) confirm: Deed,
    /// In place of the time of a pause.
    pub(super) gone: (&'static str, &'static str),
    pub(super) suspended: &'static str,
    pub(super) nothing_happens: &'static str,
    pub(super) rules_are: &'static str,
    pub(super) every_rule: &'static str,
    pub(super) signup: Signup,
    errors: [(u16, &'static str, &'static str); 10],
}

/// What a link does, before and after.
#[derive(Debug)]
pub(super) struct Deed {
    pub(super) title: &'static str,
    /// What will happen; `{}` is a time.
    pub(super) will: &'static str,
    pub(super) button: &'static str,
    pub(super) done_title: &'static str,
    /// What has happened; `{}` is a time.
    pub(super) done: &'static str,
    pub(super) undo: &'static str,
    pub(super) undone_title: &'static str,
    pub(super) undone: &'static str,
}

/// The words of the page for signing up.
#[derive(Debug, serde::Serialize)]
pub(super) struct Signup {
    pub(super) title: &'static str,
    pub(super) intro: &'static str,
    pub(super) email: &'static str,
    pub(super) rules: &'static str,
    pub(super) language: &'static str,
    pub(super) delivery: &'static str,
    pub(super) immediate: &'static str,
    pub(super) daily: &'static str,
    pub(super) timezone: &'static str,
    pub(super) button: &'static str,
    pub(super) other_language: &'static str,
    pub(super) asked_title: &'static str,
    pub(super) asked: &'static str,
    pub(super) bad_email: &'static str,
    pub(super) no_rule: &'static str,
    pub(super) bad_timezone: &'static str,
}

impl Phrases {
    /// Title and text for a request that is refused.
    pub(super) fn error(&self, status: StatusCode) -> (&'static str, &'static str) {
        let known = self.errors.iter().find(|(code, ..)| *code == status.as_u16());
        known.or(self.errors.last()).map_or(("", ""), |&(_, title, text)| (title, text))
    }
}

/// The words of a language.
pub(super) fn of(language: Language) -> &'static Phrases {
    match language {
        Language::Ar => &AR,
        Language::En => &EN,
    }
}

static AR: Phrases = Phrases {
    lang: "ar",
    dir: "rtl",
    also: "أو بدل ذلك:",
    unsubscribe: Deed {
        title: "إلغاء الاشتراك",
        will: "إن ضغطت الزر فلن تصل أي رسالة من هذا الراصد إلى عنوانك بعد ذلك.",
        button: "ألغِ اشتراكي",
        done_title: "أُلغي اشتراكك",
        done: "لن تصل أي رسالة من هذا الراصد إلى عنوانك بعد الآن. يمكنك العودة متى شئت من هذه الصفحة.",
        undo: "أعد اشتراكي",
        undone_title: "عاد اشتراكك",
        undone: "ستصلك التنبيهات كما كانت.",
    },
    pause: Deed {
        title: "وقف البريد يومًا",
        will: "إن ضغطت الزر فلن تصلك رسائل حتى {}. ما يأتي في هذه المدة يُحفظ لك ويصلك كله بعدها في رسالة واحدة.",
        button: "أوقف البريد ٢٤ ساعة",
        done_title: "توقّف البريد مؤقتًا",
        done: "لن تصلك رسائل حتى {}، ثم يصلك ما فاتك في رسالة واحدة.",
        undo: "استأنف الآن",
        undone_title: "استؤنف البريد",
        undone: "ستصلك التنبيهات كما كانت، ومعها ما حُفظ لك.",
    },
    digest: Deed {
        title: "رسالة واحدة في اليوم",
        will: "إن ضغطت الزر فستصلك كل التنبيهات في رسالة واحدة كل يوم عند الثامنة صباحًا بتوقيتك، بدل أن تصل كل رسالة في حينها.",
        button: "اجمعها في رسالة يومية",
        done_title: "ستصلك رسالة واحدة في اليوم",
        done: "تصلك التنبيهات كلها عند الثامنة صباحًا بتوقيتك.",
        undo: "أعدها كما كانت",
        undone_title: "عادت الرسائل كما كانت",
        undone: "ستصلك التنبيهات في مواعيدها السابقة.",
    },
    mute: Deed {
        title: "كتم هذا الخبر",
        will: "إن ضغطت الزر فلن تصلك متابعات هذا الخبر بعد ذلك. الأخبار الأخرى تصلك كعادتها.",
        button: "اكتم هذا الخبر",
        done_title: "كُتم الخبر",
        done: "لن تصلك متابعاته بعد الآن. الأخبار الأخرى تصلك كعادتها.",
        undo: "ألغِ الكتم",
        undone_title: "أُلغي الكتم",
        undone: "ستصلك متابعات هذا الخبر من جديد.",
    },
    relevant: Deed {
        title: "أصابت القاعدة؟",
        will: "إن ضغطت الزر سُجّل أن هذا الخبر مما تريد أن تُنبَّه إليه. يرى ذلك من يكتب القواعد، فيعرف أيها يصيب.",
        button: "نعم، خبر يهمني",
        done_title: "سُجّل رأيك",
        done: "قلت إن هذا الخبر مما تريد أن تُنبَّه إليه. شكرًا لك.",
        undo: "تراجع",
        undone_title: "مُحي رأيك",
        undone: "لم يعد لك رأي مسجل في هذا الخبر.",
    },
    irrelevant: Deed {
        title: "أخطأت القاعدة؟",
        will: "إن ضغطت الزر سُجّل أن هذا الخبر لا يهمك. تبقى التنبيهات كما هي، ويرى ذلك من يكتب القواعد فيصلحها.",
        button: "نعم، خبر لا يهمني",
        done_title: "سُجّل رأيك",
        done: "قلت إن هذا الخبر لا يهمك. تبقى التنبيهات كما هي حتى تُصلَح القاعدة. شكرًا لك.",
        undo: "تراجع",
        undone_title: "مُحي رأيك",
        undone: "لم يعد لك رأي مسجل في هذا الخبر.",
    },
    which_rules: "جاءت به هذه القواعد؛ أبقِ العلامة على ما تعنيه:",
    confirm: Deed {
        title: "تأكيد الاشتراك",
        will: "طُلب الاشتراك في تنبيهات هذا الراصد لعنوانك. إن لم تكن أنت من طلب فأغلق هذه الصفحة.",
        button: "نعم، اشترك",
        done_title: "تم اشتراكك",
        done: "ستصلك التنبيهات التي طلبتها. في كل رسالة رابط لإلغاء الاشتراك.",
        undo: "",
        undone_title: "",
        undone: "",
    },
    gone: ("لا اشتراك لهذا العنوان", "لا يرسل هذا الراصد شيئًا إلى هذا العنوان، فلا حاجة إلى شيء."),
    suspended: "أُوقف البريد إلى عنوانك لأن خادمه رفض الرسائل أيامًا. يستطيع المشرف أن يستأنفه.",
    nothing_happens: "لا يتغيّر شيء بمجرد فتح هذه الصفحة.",
    rules_are: "القواعد:",
    every_rule: "كل القواعد",
    signup: Signup {
        title: "الاشتراك في التنبيهات",
        intro: "اختر ما تريد أن تُنبَّه إليه. تصلك رسالة لتأكيد العنوان قبل أي شيء.",
        email: "البريد الإلكتروني",
        rules: "القواعد",
        language: "لغة الرسائل",
        delivery: "متى تصل الرسائل",
        immediate: "في حينها",
        daily: "رسالة واحدة في اليوم عند الثامنة صباحًا",
        timezone: "المنطقة الزمنية",
        button: "اشترك",
        other_language: "English",
        asked_title: "انظر في بريدك",
        asked: "إن كان العنوان صالحًا فقد أُرسلت إليه رسالة فيها رابط التأكيد، وهو صالح ٤٨ ساعة. لا يبدأ شيء قبل التأكيد.",
        bad_email: "ليس هذا عنوان بريد صحيحًا.",
        no_rule: "اختر قاعدة واحدة على الأقل.",
        bad_timezone: "لا توجد منطقة زمنية بهذا الاسم. مثال: Asia/Baghdad",
    },
    errors: [
        (400, "طلب غير مفهوم", "لم يُفهم هذا الطلب."),
        (404, "لا شيء هنا", "هذا الرابط غير صالح أو انتهت مدته. افتح رابطًا من رسالة أحدث."),
        (405, "طلب غير مسموح", "لا يُقبل هذا النوع من الطلبات هنا."),
        (408, "تأخر الطلب", "استغرق الطلب وقتًا أطول من اللازم. أعد المحاولة."),
        (413, "طلب أكبر من اللازم", "ما أُرسل أكبر مما تحتاجه هذه الصفحة."),
        (421, "اسم غير معروف", "لا يجيب هذا الخادم بهذا الاسم."),
        (429, "طلبات كثيرة", "الطلبات كثيرة الآن. أعد المحاولة بعد ساعة."),
        (431, "طلب أكبر من اللازم", "ترويسات الطلب أكبر مما تحتاجه هذه الصفحة."),
        (503, "غير متاح الآن", "لم يُحفظ شيء لأن قاعدة البيانات لا تستجيب. أعد المحاولة بعد قليل."),
        (500, "خطأ", "لم يكتمل الطلب. أعد المحاولة."),
    ],
};

static EN: Phrases = Phrases {
    lang: "en",
    dir: "ltr",
    also: "Or rather:",
    unsubscribe: Deed {
        title: "Unsubscribe",
        will: "If you press the button, no more mail from this service will reach your address.",
        button: "Unsubscribe me",
        done_title: "You are unsubscribed",
        done: "No more mail from this service will reach your address. You can come back by this page at any time.",
        undo: "Subscribe me again",
        undone_title: "You are subscribed again",
        undone: "Alerts reach you as before.",
    },
    pause: Deed {
        title: "Pause for a day",
        will: "If you press the button, no mail reaches you until {}. What comes meanwhile is kept and reaches you then, in one message.",
        button: "Pause for 24 hours",
        done_title: "Mail is paused",
        done: "No mail reaches you until {}; then what came meanwhile does, in one message.",
        undo: "Resume now",
        undone_title: "Mail is resumed",
        undone: "Alerts reach you as before, and what was kept with them.",
    },
    digest: Deed {
        title: "One mail a day",
        will: "If you press the button, all alerts reach you in one mail a day at 8:00 of your time zone, instead of each at its own time.",
        button: "Send one mail a day",
        done_title: "You will get one mail a day",
        done: "All alerts reach you together at 8:00 of your time zone.",
        undo: "As it was before",
        undone_title: "As it was before",
        undone: "Alerts reach you at their former times.",
    },
    mute: Deed {
        title: "Mute this story",
        will: "If you press the button, no follow-ups of this story reach you. Other stories do as before.",
        button: "Mute this story",
        done_title: "The story is muted",
        done: "No follow-ups of it reach you any more. Other stories do as before.",
        undo: "Unmute it",
        undone_title: "The story is not muted any more",
        undone: "Follow-ups of this story reach you again.",
    },
    relevant: Deed {
        title: "Was the rule right?",
        will: "If you press the button, it is noted that this report is worth an alert to you. Whoever writes the rules sees it, and learns which of them are right.",
        button: "Yes, it is relevant",
        done_title: "Noted",
        done: "You said that this report is worth an alert. Thank you.",
        undo: "Take it back",
        undone_title: "Taken back",
        undone: "Nothing is noted of this report any more.",
    },
    irrelevant: Deed {
        title: "Was the rule wrong?",
        will: "If you press the button, it is noted that this report is of no interest to you. Alerts stay as they are; whoever writes the rules sees it, and can mend them.",
        button: "Yes, it is not relevant",
        done_title: "Noted",
        done: "You said that this report is of no interest to you. Alerts stay as they are until the rule is mended. Thank you.",
        undo: "Take it back",
        undone_title: "Taken back",
        undone: "Nothing is noted of this report any more.",
    },
    which_rules: "These rules brought it; leave ticked which you mean:",
    confirm: Deed {
        title: "Confirm your subscription",
        will: "Somebody asked for alerts of this service to your address. If that was not you, close this page.",
        button: "Yes, subscribe me",
        done_title: "You are subscribed",
        done: "The alerts you asked for will reach you. Every mail has a link to unsubscribe.",
        undo: "",
        undone_title: "",
        undone: "",
    },
    gone: (
        "This address is not subscribed",
        "This service sends nothing to this address, so there is nothing to do.",
    ),
    suspended: "Mail to your address was suspended, since its server refused it for days. The administrator can resume it.",
    nothing_happens: "Opening this page changes nothing.",
    rules_are: "Rules:",
    every_rule: "every rule",
    signup: Signup {
        title: "Subscribe to alerts",
        intro: "Choose what you want to be alerted of. Before anything else you get a mail to confirm your address.",
        email: "E-mail",
        rules: "Rules",
        language: "Language of the mails",
        delivery: "When mails arrive",
        immediate: "At once",
        daily: "One a day at 8:00",
        timezone: "Time zone",
        button: "Subscribe",
        other_language: "العربية",
        asked_title: "Look into your mail",
        asked: "If the address is valid, a message with a link to confirm it was sent there. The link holds for 48 hours. Nothing begins before that.",
        bad_email: "This is not a valid e-mail address.",
        no_rule: "Choose at least one rule.",
        bad_timezone: "There is no time zone of this name. Example: Asia/Baghdad",
    },
    errors: [
        (400, "Not understood", "This request was not understood."),
        (404, "Nothing here", "This link is not valid, or not any more. Open one from a newer mail."),
        (405, "Not allowed", "Requests of this kind are not taken here."),
        (408, "Too slow", "The request took too long. Please try again."),
        (413, "Too large", "What was sent is larger than this page needs."),
        (421, "Unknown name", "This server does not answer to this name."),
        (429, "Too many requests", "There are too many requests now. Please try again in an hour."),
        (431, "Too large", "The headers of the request are larger than this page needs."),
        (
            503,
            "Not available now",
            "Nothing was kept, since the database does not answer. Please try again soon.",
        ),
        (500, "Error", "The request failed. Please try again."),
    ],
};
