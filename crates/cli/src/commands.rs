//! One command each. A command's file holds its arguments and `run`; it translates between people and the libraries
//! and decides nothing else.

pub mod basket;
pub mod calls;
pub mod claims;
pub mod completions;
pub mod correct;
pub mod diarize;
pub mod doctor;
pub mod evidence;
pub mod export;
pub mod graph;
pub mod import;
pub mod index;
pub mod init;
pub mod leak_check;
pub mod ledger;
pub mod man;
pub mod models;
pub mod notes;
pub mod package;
pub mod people;
pub mod phones;
pub mod process;
pub mod protect;
pub mod quote;
pub mod search;
pub mod serve;
pub mod show;
pub mod speakers;
pub mod status;
pub mod story;
pub mod themes;
pub mod transcribe;
pub mod verify;
pub mod voices;

use crate::context::Context;

/// How a command ended that did not fail as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well: exit code 0.
    Done,
    /// Something failed and was named, or nothing was found: exit code 1.
    Failed,
}

impl Outcome {
    /// Done, or failed.
    pub fn of(well: bool) -> Self {
        if well { Self::Done } else { Self::Failed }
    }
}

/// The commands, in the order of the daily path.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Makes an archive in a new or empty folder
    Init(init::Args),
    /// Takes a delivery in: a folder or a zip of recordings, with its table
    Import(import::Args),
    /// Listens to the calls that wait: recognition and draft translation
    Process(process::Args),
    /// Tells what is done, what waits, what failed and why
    Status(status::Args),
    /// Lists calls, all or those that filters choose
    Calls(calls::Args),
    /// Shows one call: its facts, files, revisions and turns
    Show(show::Args),
    /// Finds words, in all their forms, in originals and translations
    Search(search::Args),
    /// Who speaks: persons, and what ties them to voices and phones
    People(people::Args),
    /// Lists telephone numbers with their calls, places, voices and contacts
    Phones(phones::Args),
    /// The same voice in other calls: suggestions, decisions, groups, search by sound
    Voices(voices::Args),
    /// Who speaks in one call: its labels, sides and voices, and corrections of them
    Speakers(speakers::Args),
    /// Brings a corrected transcript back as a new revision
    Correct(correct::Args),
    /// Writes transcripts into a folder (json, srt, vtt, txt, csv, rttm), or the network of people, voices and phones
    Export(export::Args),
    /// Seals what bears on the callers' words: documents, pictures, web captures, notes
    Evidence(evidence::Args),
    /// What callers assert happened, the evidence that bears on it, and how it stands by that
    Claims(claims::Args),
    /// The codebook: themes, what they lie on, and how that changes
    Themes(themes::Args),
    /// Notes on calls and on what is said in them, for the desk alone
    Notes(notes::Args),
    /// Words that somebody may want to quote, ready for a story
    Basket(basket::Args),
    /// What must never leave the archive, and what stands in its place
    Protect(protect::Args),
    /// The fidelity of a story's quotes, and the second pair of eyes
    Quote(quote::Args),
    /// Stories with quotes from the archive: checked, signed, built into a page
    Story(story::Args),
    /// Packs a story that was built: its site, its report for editors, and the hashes of both
    Package(package::Args),
    /// Opens a finished folder as an enemy would, and names what must not leave
    LeakCheck(leak_check::Args),
    /// Draws people, voices and phones, and what joins them, as one page
    Graph(graph::Args),
    /// Opens the workbench: the whole archive in a browser, on this machine
    Serve(serve::Args),
    /// Shows the chain of custody, or checks an exported one
    Ledger(ledger::Args),
    /// Recomputes everything the archive claims and names what is broken
    Verify(verify::Args),
    /// Listens to single files; needs no archive
    Transcribe(transcribe::Args),
    /// Tells who speaks when in single files, without words and without an archive
    Diarize(diarize::Args),
    /// Lists, fetches, checks and adds weights
    Models(models::Args),
    /// Builds the search index again
    Index(index::Args),
    /// Tells what is installed, what is missing, and how to get it
    Doctor(doctor::Args),
    /// Prints completions for a shell
    Completions(completions::Args),
    /// Writes the manual pages into a folder
    #[command(hide = true)]
    Man(man::Args),
}

impl Command {
    /// Runs it.
    pub fn run(self, context: &Context) -> anyhow::Result<Outcome> {
        match self {
            Self::Init(args) => init::run(args, context),
            Self::Import(args) => import::run(args, context),
            Self::Process(args) => process::run(args, context),
            Self::Status(args) => status::run(args, context),
            Self::Calls(args) => calls::run(args, context),
            Self::Show(args) => show::run(args, context),
            Self::Search(args) => search::run(args, context),
            Self::People(args) => people::run(args, context),
            Self::Phones(args) => phones::run(args, context),
            Self::Voices(args) => voices::run(args, context),
            Self::Speakers(args) => speakers::run(args, context),
            Self::Correct(args) => correct::run(args, context),
            Self::Export(args) => export::run(args, context),
            Self::Evidence(args) => evidence::run(args, context),
            Self::Claims(args) => claims::run(args, context),
            Self::Themes(args) => themes::run(args, context),
            Self::Notes(args) => notes::run(args, context),
            Self::Basket(args) => basket::run(args, context),
            Self::Protect(args) => protect::run(args, context),
            Self::Quote(args) => quote::run(args, context),
            Self::Story(args) => story::run(args, context),
            Self::Package(args) => package::run(args, context),
            Self::LeakCheck(args) => leak_check::run(args, context),
            Self::Graph(args) => graph::run(args, context),
            Self::Serve(args) => serve::run(args, context),
            Self::Ledger(args) => ledger::run(args, context),
            Self::Verify(args) => verify::run(args, context),
            Self::Transcribe(args) => transcribe::run(args, context),
            Self::Diarize(args) => diarize::run(args, context),
            Self::Models(args) => models::run(args, context),
            Self::Index(args) => index::run(args, context),
            Self::Doctor(args) => doctor::run(args, context),
            Self::Completions(args) => completions::run(args, context),
            Self::Man(args) => man::run(args, context),
        }
    }
}
