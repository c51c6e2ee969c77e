//! The same voice in other calls: what speaks for it, what against it, and groups that a person can take apart.
//!
//! A voiceprint comparison is evidence and never an identity. [`score`] says how much it is worth, [`facts`] what
//! else is known, [`suggest`] which pairs are worth a person's ear, [`group`] which voices may stand together until
//! somebody looks, [`find`] who sounds like a given voice. Nothing of it is kept but by [`keep`]: what a person
//! decided ([`Decision`]) and what was grouped ([`Group`]), as revisions of records.

mod decide;
pub mod facts;
pub mod find;
pub mod group;
pub mod keep;
mod scene;
pub mod score;
pub mod suggest;
#[cfg(test)]
mod testing;

pub use decide::{Decision, Decisions, Split, split};
pub use facts::Fact;
pub use find::{Match, Scan};
pub use group::{Group, Linkage, Method, Plan, Strict, TooManyAlike};
pub use keep::{Voices, VoicesError};
pub use scene::{Heard, Scene};
pub use score::{Likelihood, Strength, Towards};
pub use suggest::{Party, Suggestion};
