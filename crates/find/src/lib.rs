//! Finding: text analysis for Russian, Ukrainian and English, the query language, and the full-text index.
//!
//! The crate is handed [`CallDocument`]s and keeps nothing that could not be made again from them: an index of
//! another version or a damaged one is reported as [`FindError::NeedsRebuild`], and whoever owns the calls puts
//! them in again.

pub mod document;
pub mod error;
pub mod filters;
pub mod highlight;
pub mod index;
pub mod query;
pub mod text;

pub use document::{CallDocument, TurnDocument};
pub use error::FindError;
pub use filters::{CallMeta, Filter, FilterKind, Filters};
pub use index::{Hit, Index, IndexWriter, Order, SearchOptions, SearchResult};
pub use query::{Expr, Query, QueryError, WordMode};
