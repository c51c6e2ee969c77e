//! Names of things. They come from content or from the catalog, never from a phone number.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text that the catalog or the deriving function made.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text of the name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A call: `c` and the first ten hexadecimal digits of its recording's SHA-256, so that the same
    /// recording is the same call in every archive.
    CallId
}
id! {
    /// A delivery: `d` and its running number in the archive.
    DeliveryId
}
id! {
    /// A revision: `r` and the first twelve hexadecimal digits of the SHA-256 of its canonical JSON.
    RevisionId
}

impl CallId {
    /// The call that a recording with this digest holds.
    pub fn of_recording(digest: &crate::Digest) -> Self {
        Self(format!("c{}", &digest.hex()[..10]))
    }
}
