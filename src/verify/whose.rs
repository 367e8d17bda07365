//! Whether a page that a redirect led to is the post's own. Sites guess where a visitor wanted to go, and lead them to another post with a
//! similar name: what stands there says nothing of ours.

use url::Url;

use super::html;

/// How many addresses of its own a page may name; what names more says nothing by it.
const MOST: usize = 20;

/// What a page is, seen from the post that was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The post's own: the visit ended where it began, or the page names the post's address as its own.
    Own,
    /// Another one: it names other addresses as its own.
    Other,
    /// It does not say.
    Unsaid,
}

impl Whose {
    /// Of a page at `landed`, which is looked at for the post that stands at one of `ours`.
    pub fn of(html: &str, landed: &Url, ours: &[Url]) -> Self {
        let is_ours = |url: &Url| ours.iter().any(|own| is_same(own, url));
        if is_ours(landed) {
            return Self::Own;
        }
        let named: Vec<Url> = html::own_addresses(html)
            .take(MOST)
            .filter_map(|address| landed.join(address.trim()).ok())
            .collect();
        match named.iter().any(is_ours) {
            true => Self::Own,
            false if named.is_empty() => Self::Unsaid,
            false => Self::Other,
        }
    }
}

/// Whether two addresses are of one page: `www`, `https`, a last slash and what a reader's campaign hangs on make no other page of it.
fn is_same(own: &Url, other: &Url) -> bool {
    let place = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
        (host, url.port(), url.path().trim_matches('/').to_ascii_lowercase())
    };
    place(own) == place(other) && own.query().is_none_or(|query| other.query() == Some(query))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whose(html: &str, landed: &str) -> Whose {
        let ours = ["https://k.example/mbledhja/", "https://k.example/?p=12"].map(|url| Url::parse(url).unwrap());
        Whose::of(html, &Url::parse(landed).unwrap(), &ours)
    }

    #[test]
    fn a_page_that_is_at_the_posts_address_is_the_posts_own() {
        for landed in [
            "https://k.example/mbledhja",
            "http://www.k.example/mbledhja/?utm=1",
            "https://k.example/Mbledhja/#x",
            "https://k.example/?p=12",
        ] {
            assert_eq!(whose("<link rel=canonical href=/tjera/>", landed), Whose::Own, "{landed}");
        }
    }

    #[test]
    fn a_page_elsewhere_says_itself_whose_it_is() {
        let landed = "https://k.example/mbledhja-2/";
        for (html, is) in [
            ("<link rel=\"canonical\" href=\"https://k.example/mbledhja-2/\">", Whose::Other),
            ("<link rel='shortlink' href='https://k.example/?p=123' />", Whose::Other),
            ("<LINK HREF='/?p=12' REL='shortlink'>", Whose::Own),
            ("<link href=/mbledhja/ rel=canonical>", Whose::Own),
            ("<meta property=\"og:url\" content=\"https://k.example/?p=12\"/>", Whose::Own),
            (
                "<link rel=\"stylesheet\" href=\"/mbledhja/\"><a href=\"/mbledhja/\">x</a>",
                Whose::Unsaid,
            ),
            ("<!-- <link rel=canonical href=/mbledhja/> -->", Whose::Unsaid),
            ("", Whose::Unsaid),
        ] {
            assert_eq!(whose(html, landed), is, "{html}");
        }
    }
}
