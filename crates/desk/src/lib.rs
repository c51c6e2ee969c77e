//! The desk: where people work on what the machines heard.
//!
//! It knows no terminal and no file. `correction` and `quote` work on texts alone; what people decide about whoever
//! speaks (`people`) is kept in the archive, as revisions that can be undone.

pub mod basket;
pub mod claims;
pub mod codebook;
pub mod correction;
pub mod editing;
pub mod fidelity;
pub mod hints;
pub mod kept;
pub mod names;
pub mod network;
pub mod notes;
mod object;
pub mod passage;
pub mod people;
pub mod phones;
pub mod protection;
pub mod quote;
pub mod speakers;
pub mod voices;
