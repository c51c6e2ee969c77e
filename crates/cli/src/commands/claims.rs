//! `earwitness claims`: what callers assert happened, what bears on it, and how it stands by that.

mod change;
mod choices;
mod exchange;
mod list;
mod show;

use super::Outcome;
use crate::context::Context;
use choices::one_of;
use earwitness_desk::claims::{self, Basis, ClaimStanding, Claims, ClaimsError, Says};
use earwitness_desk::kept::Kept;
use earwitness_model::{Span, time::read_clock};
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, clap::Subcommand)]
#[command(after_help = "\
For example:
  earwitness claims add k07#12 --kind casualties --what \"Nine men of his company were killed\" \\
      --who \"the company\" --when 2022-03-07/2022-03-09 --basis hearsay --key k07.c4
  earwitness claims bear k07.c4 D1 --says contradicts --why \"the paper gives March 8 and one man\"
  earwitness claims --standing disputed
  earwitness claims export --out claims.json; earwitness claims import claims.json

How a claim stands is never typed: it follows from what bears on it. docs/claims.md describes it, and the form in JSON.")]
enum Action {
    /// Lists claims (as `earwitness claims` alone does)
    List(Filters),
    /// Adds a claim
    Add {
        /// Where it is said: CALL#TURN, or CALL#FIRST-LAST; turns count from 0, as `earwitness show` numbers them
        #[arg(value_name = "CALL#TURN")]
        at: Turns,
        /// What sort it is, in one word: casualties, looting, order …
        #[arg(long, value_name = "KIND")]
        kind: String,
        /// What happened, in a sentence
        #[arg(long, value_name = "TEXT")]
        what: String,
        #[command(flatten)]
        facts: Facts,
    },
    /// Changes a claim
    Change {
        /// The claim: its key, or its name (m1)
        claim: String,
        /// Where it is said, as in `add`; it then rests on the transcript that stands now
        #[arg(long, value_name = "CALL#TURN")]
        at: Option<Turns>,
        /// What sort it is, in one word
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        /// What happened, in a sentence
        #[arg(long, value_name = "TEXT")]
        what: Option<String>,
        #[command(flatten)]
        facts: Facts,
    },
    /// Takes a claim back; its history stays
    Remove {
        /// The claim
        claim: String,
    },
    /// Shows a claim: its words, what bears on it and who decided that, how it stands, its history
    Show {
        /// The claim: its key, or its name (m1)
        claim: String,
    },
    /// Decides what a piece of evidence says about a claim
    Bear {
        /// The claim
        claim: String,
        /// The evidence
        evidence: String,
        /// What it says about it
        #[arg(long, value_name = "SAYS", value_parser = one_of(&Says::ALL, Says::name, Says::means))]
        says: Says,
        /// Why, in your words
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// Takes back that a piece of evidence bears on a claim
    Unbear {
        /// The claim
        claim: String,
        /// The evidence
        evidence: String,
    },
    /// Puts back what a claim, or a decision about it, was before its last change (again: undoes the undoing)
    Undo {
        /// The claim: its key, or its name (m1); of one that was taken back the name, or the key that it had
        claim: String,
        /// The evidence: the decision about the two is put back
        evidence: Option<String>,
        /// The revision to put back; 0 takes the thing back altogether
        #[arg(long, value_name = "N")]
        to: Option<u32>,
    },
    /// Takes claims in from a file: all of it, or nothing where anything is wrong
    Import {
        /// The file; - reads stdin
        file: PathBuf,
    },
    /// Writes all claims, with what bears on them, as JSON; the ledger notes it, for nothing is hidden in it
    Export {
        /// The file; nothing is written over. - writes to stdout
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Which claims are listed.
#[derive(Debug, clap::Args)]
struct Filters {
    /// Only those of this call
    #[arg(long, value_name = "CALL")]
    call: Option<String>,
    /// Only those of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only those that stand so
    #[arg(long, value_name = "STANDING", value_parser = one_of(&ClaimStanding::ALL, ClaimStanding::name, ClaimStanding::means))]
    standing: Option<ClaimStanding>,
}

/// What else is claimed; an empty text removes what was known.
#[derive(Debug, clap::Args)]
struct Facts {
    /// Who acted
    #[arg(long, value_name = "TEXT")]
    who: Option<String>,
    /// Where
    #[arg(long = "where", value_name = "TEXT")]
    place: Option<String>,
    /// When: a day (2022-03-07), a month (2022-03), or a range of them (2022-03-07/2022-03-09)
    #[arg(long, value_name = "WHEN")]
    when: Option<String>,
    /// How the caller knows (default: firsthand)
    #[arg(long, value_name = "BASIS", value_parser = one_of(&Basis::ALL, Basis::name, Basis::means))]
    basis: Option<Basis>,
    /// A short name of your own, by which stories point at it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The very words, where less than all that is said in the turns is meant
    #[arg(long, value_name = "TEXT")]
    words: Option<String>,
    /// The seconds of the recording, as 12.5-20 or 0:12.5-0:20 (default: those of the words, or of the turns)
    #[arg(long, value_name = "FROM-TO")]
    seconds: Option<Seconds>,
}

/// Turns of a call, as people name them.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    pub(super) call: String,
    pub(super) first: usize,
    pub(super) last: Option<usize>,
}

impl std::str::FromStr for Turns {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "name a call and its turn, as in k07#12 or k07#12-14".to_string();
        let (call, turns) = text.rsplit_once('#').filter(|(call, _)| !call.is_empty()).ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<usize>().map_err(|_| wrong());
        let (first, last) = match turns.split_once(['-', '–']) {
            Some((first, last)) => (number(first)?, Some(number(last)?)),
            None => (number(turns)?, None),
        };
        Ok(Self { call: call.to_string(), first, last })
    }
}

/// Seconds of a recording; none where they are to be removed.
#[derive(Clone, Copy, Debug)]
struct Seconds(Option<Span>);

impl std::str::FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        let span = text.split_once(['-', '–']).and_then(|(from, to)| {
            let span = Span { start: read_clock(from)?, end: read_clock(to)? };
            (span.start < span.end).then_some(span)
        });
        span.map(|span| Self(Some(span))).ok_or("give two times, as in 12.5-20 or 0:12.5-0:20")
    }
}

/// Lists, shows, changes, decides, takes in and writes claims.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    match args.action {
        None => list::run(&args.filters, context),
        Some(Action::List(filters)) => list::run(&filters, context),
        Some(Action::Show { claim }) => show::run(&claim, context),
        Some(Action::Add { at, kind, what, facts }) => change::add(at, kind, what, facts, context),
        Some(Action::Change { claim, at, kind, what, facts }) => change::change(&claim, at, kind, what, facts, context),
        Some(Action::Remove { claim }) => change::remove(&claim, context),
        Some(Action::Bear { claim, evidence, says, why }) => change::bear(&claim, &evidence, says, &why, context),
        Some(Action::Unbear { claim, evidence }) => change::unbear(&claim, &evidence, context),
        Some(Action::Undo { claim, evidence, to }) => change::undo(&claim, evidence.as_deref(), to, context),
        Some(Action::Import { file }) => exchange::import(&file, context),
        Some(Action::Export { out }) => exchange::export(&out, context),
    }
}

/// The claim that people mean.
fn find(claims: &Claims, wanted: &str) -> anyhow::Result<Kept<claims::Claim>> {
    let missing = || ClaimsError::NotFound { kind: "claim", wanted: wanted.into() };
    Ok(claims.claim(wanted).cloned().ok_or_else(missing)?)
}
