//! Where things are: the archive, the weights, and who sits here.

use crate::{
    errors::{Problem, advise},
    output::{Output, When},
};
use earwitness_archive::{ActorName, Archive};
use earwitness_model::Author;
use std::{
    env, fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};
use tracing_subscriber::EnvFilter;

/// The options of all commands.
#[derive(Debug, Clone, clap::Args)]
pub struct Globals {
    /// The archive folder (default: the current folder, if it is one)
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "EARWITNESS_ARCHIVE",
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub archive: Option<PathBuf>,
    /// Print JSON on stdout
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// Use colour (auto: on a terminal, unless NO_COLOR is set)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Everywhere")]
    pub color: When,
    /// Who acts, as the ledger and new revisions name them (default: the name of the account)
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "EARWITNESS_AUTHOR",
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub author: Option<String>,
    /// Say more about what happens (-vv: much more)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Everywhere")]
    pub verbose: u8,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Everywhere")]
    pub quiet: bool,
}

/// What every command is given.
#[derive(Debug)]
pub struct Context {
    /// How to print.
    pub out: Output,
    archive: Option<PathBuf>,
    author: Option<String>,
}

impl Context {
    /// From the command line; starts logging, too.
    pub fn new(globals: Globals) -> Self {
        let level = match (globals.quiet, globals.verbose) {
            (true, _) => "error",
            // What decoders say of a damaged file is in its verdict.
            (_, 0) => "warn,symphonia=off,symphonia_core=off,symphonia_format_riff=off,symphonia_bundle_mp3=off",
            (_, 1) => {
                "warn,symphonia=off,symphonia_core=off,symphonia_format_riff=off,symphonia_bundle_mp3=off,earwitness=info,earwitness_archive=info,earwitness_listen=info,earwitness_pipeline=info"
            }
            _ => "info,earwitness=debug,earwitness_archive=debug,earwitness_listen=debug,earwitness_pipeline=debug",
        };
        let filter = EnvFilter::try_from_env("EARWITNESS_LOG").unwrap_or_else(|_| EnvFilter::new(level));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).without_time();
        let out = Output::new(globals.json, globals.quiet, globals.color);
        // A second logger in one process exists only in tests.
        let _ = log.with_target(false).with_ansi(out.paint_err(crate::output::Style::Red, "x") != "x").try_init();
        Self { out, archive: globals.archive, author: globals.author }
    }

    /// The archive folder that was named, or the current folder if it is an archive.
    pub fn archive_dir(&self) -> anyhow::Result<PathBuf> {
        if let Some(dir) = self.archive.as_ref().filter(|d| !d.as_os_str().is_empty()) {
            return Ok(dir.clone());
        }
        let here = PathBuf::from(".");
        if here.join("earwitness.toml").is_file() {
            return Ok(here);
        }
        let next = "name one with --archive DIR or EARWITNESS_ARCHIVE, or make one with `earwitness init DIR`";
        Err(Problem::usage("no archive was named, and the current folder is not one", next).into())
    }

    /// The archive folder that was named, if any.
    pub fn named_archive(&self) -> Option<&Path> {
        self.archive.as_deref()
    }

    /// Opens the archive to read and write.
    pub fn open(&self) -> anyhow::Result<Archive> {
        Ok(Archive::open(&self.archive_dir()?, &self.actor()?)?)
    }

    /// Opens the archive only to read.
    pub fn open_to_read(&self) -> anyhow::Result<Archive> {
        Ok(Archive::open_to_read(&self.archive_dir()?)?)
    }

    /// Who acts, for the ledger.
    pub fn actor(&self) -> anyhow::Result<ActorName> {
        let name = self.author.clone().unwrap_or_else(account);
        ActorName::new(&name).map_err(|e| advise(e, "give a plain name with --author NAME"))
    }

    /// Who acts, as the author of a revision.
    pub fn author(&self) -> anyhow::Result<Author> {
        Ok(Author::person(self.actor()?.as_str()))
    }

    /// The folder of weights: EARWITNESS_MODELS, else the first that exists beside the program, else the user's own.
    pub fn models(&self) -> PathBuf {
        if let Some(dir) = env::var_os("EARWITNESS_MODELS").filter(|d| !d.is_empty()) {
            return dir.into();
        }
        let program = env::current_exe().ok().and_then(|p| p.canonicalize().ok());
        let places: Vec<PathBuf> = program.as_deref().and_then(Path::parent).into_iter().flat_map(beside).collect();
        let there = places.iter().find(|d| d.is_dir());
        // Before the first fetch: the folder is not there, but the one that it belongs in is.
        let home = || places.iter().find(|d| d.parent().is_some_and(Path::is_dir));
        there.or_else(home).cloned().unwrap_or_else(own_models)
    }
}

/// Where weights lie beside an installed program, and beside one that was built in its source folder.
fn beside(program: &Path) -> [PathBuf; 3] {
    let tidy = |up: usize, down: &str| program.ancestors().nth(up).unwrap_or(Path::new("/")).join(down);
    [tidy(1, "share/earwitness/models"), tidy(2, "native/models"), tidy(3, "native/models")]
}

fn own_models() -> PathBuf {
    let set = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|d| d.is_absolute());
    let data = set.unwrap_or_else(|| PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".local/share"));
    data.join("earwitness/models")
}

/// The account's name by the number under which this program runs: environment variables are said by anybody.
fn account() -> String {
    let id = fs::metadata("/proc/self").map(|m| m.uid()).ok();
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse().ok() == id).then(|| name.to_string())
    });
    let said = || ["USER", "LOGNAME"].iter().find_map(|v| env::var(v).ok().filter(|n| !n.trim().is_empty()));
    named.or_else(said).unwrap_or_else(|| id.map_or("unknown".into(), |id| format!("account {id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_looked_for_beside_the_program() {
        let places = beside(Path::new("/opt/x/bin"));
        assert_eq!(places[0], Path::new("/opt/x/share/earwitness/models"));
        assert_eq!(beside(Path::new("/src/target/release"))[1], Path::new("/src/native/models"));
        assert_eq!(beside(Path::new("/src/target/debug/deps"))[2], Path::new("/src/native/models"));
        assert_eq!(beside(Path::new("/"))[1], Path::new("/native/models"));
    }

    #[test]
    fn somebody_sits_here() {
        assert!(!account().is_empty());
    }
}
