//! Closed vocabularies: an enum whose variants are stored and shown as words.

/// A word that is not of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a word of the vocabulary")]
pub struct UnknownWord(pub String);

/// Defines such an enum: its words serve the database, JSON and people alike.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that is stored and shown.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::receipt::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, $crate::receipt::words::UnknownWord> {
                match word { $($word => Ok(Self::$variant),)+ _ => Err($crate::receipt::words::UnknownWord(word.to_owned())) }
            }
        }
    };
}
pub(crate) use words;
