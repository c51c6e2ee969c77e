//! Who made a revision: a person, or a model with its version, parameters and weights.

use crate::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The maker of a revision or of an act in the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    /// A human being, by the name given with `--author` or taken from the account.
    Person {
        /// The name.
        name: String,
    },
    /// A model. Everything that is needed to make the same revision again.
    Model {
        /// For example `whisper-base`.
        name: String,
        /// The version of the engine that ran it.
        version: String,
        /// SHA-256 of the weights file.
        weights: Digest,
        /// Every parameter that bears on the result.
        parameters: serde_json::Value,
    },
}

impl Author {
    /// A person's name as an author.
    pub fn person(name: impl Into<String>) -> Self {
        Self::Person { name: name.into() }
    }

    /// Whether a human being stands behind this.
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Person { .. })
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person { name } => write!(f, "person:{name}"),
            Self::Model { name, weights, .. } => write!(f, "model:{name}@{}", weights.short()),
        }
    }
}
