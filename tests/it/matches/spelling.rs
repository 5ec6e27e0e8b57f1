//! Spellings that are one word to a reader; and places, which are those of the text as given.

use super::marked::check;

#[test]
fn hamza_and_its_seats() {
    for (rule, text) in [
        ("أحمد", "[احمد] و [أحمد]"),
        ("احمد", "[أحمد] و [احمد]"),
        ("الإعلان", "[الاعلان] و [اعلان] و [إعلان]"),
        ("القرآن", "[القران] و [القرآن]"),
        ("مسؤول", "[مسؤول] و [مسئول] و [مسوول] و [المسؤولين]"),
        ("شؤون", "[شئون] و [شؤون]"),
        ("شيء", "[شيء] و [شئ] و [شىء]"),
        ("رئيس", "[رئيس] و [رييس]"),
    ] {
        check(rule, text);
    }
    check("رئيس", "[ر\u{64A}\u{654}يس]"); // the hamza as a mark of its own
    check("آسيا", "[ا\u{653}سيا] و [اسيا]");
}

#[test]
fn alef_maqsura_and_teh_marbuta() {
    check("مستشفى", "[مستشفي] و [مستشفى]");
    check("الوطني", "[الوطنى] و [وطني]");
    check("حكومة", "[الحكومه] و [حكومة]");
    check("حكومه", "[الحكومة] و [حكومه] و [حكومتهم]");
}

#[test]
fn tashkeel_tatweel_and_invisible_characters() {
    check("القُوّات", "[القوات] و [الْقُوَّاتُ] و [القـــوات] و [القـواتـ] و [قوات]");
    check("قـــوات", "[القوات]");
    check("قوات", "\u{202B}[القوات]\u{202C} و [الق\u{200F}وات] و [قوا\u{200B}ت] و \u{FEFF}[القو\u{AD}ات]");
    check("هذا", "[هٰذا]");
    check("\u{200F}قوات\u{200E}", "[القوات]");
}

#[test]
fn presentation_forms() {
    check("السلام", "[ﺍﻟﺴﻼﻡ] و [السلام]");
    check("الله", "[ﷲ]");
    check("مستشفى", "[ﻣﺴﺘﺸﻔﻰ]");
    check("محمد", "ﷺ [محمد]");
}

#[test]
fn persian_and_loan_letters() {
    check("كتاب", "[کتاب]");
    check("وطني", "[وطنی]");
    check("فيينا", "[ڤيينا]");
    check("باريس", "[پاریس]");
}

#[test]
fn digits_of_three_scripts() {
    check("2003", "[٢٠٠٣] و [۲۰۰۳] و [2003] و [الـ2003] لا 20031");
    check("كوفيد19", "[كوفيد١٩]");
    check("\"كوفيد 19\"", "[كوفيد-١٩]");
    check("كوفيد-19", "[كوفيد ١٩] لا 19 كوفيد");
}

#[test]
fn latin_and_other_scripts() {
    check("bbc", "قناة [BBC] و [الـBBC] و [بالـbbc] لا bbcs");
    check("Élysée", "[elysee] و [ÉLYSÉE] و [E\u{301}lysée]");
    check("ＢＢＣ", "[bbc]");
    check("Москва", "[МОСКВА] и Киев");
    check("北京", "在 [北京] 。");
}

#[test]
fn places_are_code_points_of_the_text_as_given() {
    check("قوات", "👩‍👩‍👧 [القوات] 🇮🇶\r\n[بقوات]\r\n\r\n\u{0}[قوات]");
    check("قوات", "(«[القوات]»، #[القوات]_العراقية)");
    check("جديدة", "قُوّاتٌ [جَدِيدَةٌ]");
}
