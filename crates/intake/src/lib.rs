//! What was handed over, read and understood: the delivered files, the table that came with them, and which row
//! speaks of which file.
//!
//! This crate knows no archive and no audio; `pipeline` joins them. Everything it reads comes from outside and may be
//! hostile: nothing here panics on it, follows a path out of the delivery, or holds more than stated limits in memory.
//!
//! The way through: [`delivery::Delivery`] lists the files, [`table`] reads the table, [`mapping`] says which column
//! means what, [`rows::interpret`] turns rows into statements about calls, [`matching::join`] ties rows to files.

pub mod delivery;
pub mod fields;
pub mod mapping;
pub mod matching;
pub mod rows;
pub mod table;

pub use delivery::{Delivery, Entry};
pub use mapping::Mapping;
pub use rows::{CallRow, CellFault, Options};
pub use table::Table;
