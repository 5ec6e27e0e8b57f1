//! What an element does to the text around it.

/// The kinds of element that matter to plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// Changes nothing.
    Inline,
    /// Begins and ends a paragraph.
    Block,
    /// A block whose line breaks count.
    Preformatted,
    /// Begins and ends a line.
    Line,
    /// `<br>`: ends a line.
    Break,
    /// A table cell.
    Cell,
    /// Its content is never shown.
    Hidden(Hidden),
}

/// Elements whose content is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    Script,
    Style,
    Template,
}

impl Hidden {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Hidden::Script => "script",
            Hidden::Style => "style",
            Hidden::Template => "template",
        }
    }
}

/// The longest name in the table.
const LONGEST: usize = 10;

impl Element {
    /// The element of this name in any case, with or without a prefix; `None` where HTML knows none.
    pub(super) fn named(name: &str) -> Option<Element> {
        let local = name.rfind(':').map_or(name, |colon| &name[colon + 1..]);
        let mut buffer = [0; LONGEST];
        let lower = buffer.get_mut(..local.len())?;
        lower.copy_from_slice(local.as_bytes());
        lower.make_ascii_lowercase();
        Some(match &*lower {
            b"address" | b"article" | b"aside" | b"blockquote" | b"body" | b"center" | b"dd" | b"details"
            | b"dialog" | b"dir" | b"div" | b"dl" | b"dt" | b"fieldset" | b"figcaption" | b"figure"
            | b"footer" | b"form" | b"frameset" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"head"
            | b"header" | b"hgroup" | b"hr" | b"html" | b"legend" | b"main" | b"menu" | b"nav" | b"ol"
            | b"optgroup" | b"p" | b"search" | b"section" | b"summary" | b"table" | b"title" | b"ul" => {
                Element::Block
            }
            b"pre" | b"listing" | b"xmp" | b"plaintext" | b"textarea" => Element::Preformatted,
            b"li" | b"tr" | b"caption" | b"tbody" | b"thead" | b"tfoot" | b"option" => Element::Line,
            b"br" => Element::Break,
            b"td" | b"th" => Element::Cell,
            b"script" => Element::Hidden(Hidden::Script),
            b"style" => Element::Hidden(Hidden::Style),
            b"template" => Element::Hidden(Hidden::Template),
            b"a" | b"abbr" | b"acronym" | b"applet" | b"area" | b"audio" | b"b" | b"base" | b"bdi"
            | b"bdo" | b"big" | b"blink" | b"button" | b"canvas" | b"cite" | b"code" | b"col"
            | b"colgroup" | b"data" | b"datalist" | b"del" | b"dfn" | b"em" | b"embed" | b"font"
            | b"frame" | b"i" | b"iframe" | b"image" | b"img" | b"input" | b"ins" | b"kbd" | b"label"
            | b"link" | b"map" | b"mark" | b"marquee" | b"math" | b"meta" | b"meter" | b"nobr"
            | b"noframes" | b"noscript" | b"object" | b"output" | b"param" | b"picture" | b"progress"
            | b"q" | b"rp" | b"rt" | b"ruby" | b"s" | b"samp" | b"select" | b"slot" | b"small"
            | b"source" | b"span" | b"strike" | b"strong" | b"sub" | b"sup" | b"svg" | b"time" | b"track"
            | b"tt" | b"u" | b"var" | b"video" | b"wbr" => Element::Inline,
            _ => return None,
        })
    }
}
