//! A writer of XML: elements and texts, nothing that could break either.

/// XML under construction.
pub struct Xml(String);

impl Xml {
    /// A document's beginning.
    pub fn new() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned())
    }

    /// Opens an element.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.begin(name, attributes);
        self.0.push_str(">\n");
    }

    /// Closes it.
    pub fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push_str(">\n");
    }

    /// An element that holds a text.
    pub fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.begin(name, attributes);
        self.0.push('>');
        self.escape(text);
        self.close(name);
    }

    /// An element that holds nothing.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.begin(name, attributes);
        self.0.push_str("/>\n");
    }

    /// A remark that readers pass over.
    pub fn comment(&mut self, text: &str) {
        self.0.push_str("<!-- ");
        self.0.push_str(&text.replace("--", "-"));
        self.0.push_str(" -->\n");
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes back what was written since there were so many bytes.
    pub fn take_back(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// The document.
    pub fn finish(self) -> String {
        self.0
    }

    fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            self.escape(value);
            self.0.push('"');
        }
    }

    fn escape(&mut self, text: &str) {
        for c in text.chars().filter(|c| is_legal(*c)) {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                // Only `]]>` needs it, but then it must.
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                other => self.0.push(other),
            }
        }
    }
}

/// Whether XML 1.0 can carry the character at all (§ 2.2, and its advice against C1 controls and noncharacters).
fn is_legal(c: char) -> bool {
    let control = c.is_control() && !matches!(c, '\t' | '\n');
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    !control && !noncharacter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_carry_is_dropped_and_the_rest_is_escaped() {
        let mut xml = Xml::new();
        xml.text("t", &[("a", "\"<\u{1}")], "a\u{0}\u{8}b\u{b}\u{fffe} ]]> & ë\t\n\u{1f3b6}");
        let written = xml.finish();
        let (_, element) = written.split_once('\n').unwrap();
        assert_eq!(element, "<t a=\"&quot;&lt;\">ab ]]&gt; &amp; ë\t\n\u{1f3b6}</t>\n");
    }
}
