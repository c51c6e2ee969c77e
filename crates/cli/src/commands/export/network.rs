//! `earwitness export network`: who is joined to whom, for programs that draw and count.

use super::{note_unprotected, outside, put};
use crate::{
    commands::{Outcome, protect},
    context::Context,
    output::{clean, count},
};
use clap::ValueEnum;
use earwitness_archive::Archive;
use earwitness_desk::{
    network::{Network as Drawn, network},
    people::Naming,
    protection::Guard,
};
use earwitness_publish::{
    network::{edges_csv, graphml, nodes_csv},
    transcripts::Cover,
};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Network {
    /// graphml (Gephi, yEd, networkx), csv (two tables in a folder: nodes.csv and edges.csv) or json
    #[arg(long)]
    format: Format,
    /// The file; for csv the folder
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    #[command(flatten)]
    leaving: Leaving,
    /// Write over files that are there
    #[arg(long)]
    force: bool,
}

/// How a network leaves the house, as a table or as a picture.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(in crate::commands) struct Leaving {
    /// Hide no numbers and no names of calls; the ledger notes it
    #[arg(long)]
    pub unprotected: bool,
    /// Write the names of protected persons and the numbers that are held to be theirs, too; without it those persons
    /// appear under their alias, or not by name at all, and their numbers are withheld
    #[arg(long, requires = "unprotected")]
    names: bool,
}

impl Leaving {
    /// The archive, to be written where the ledger has to note something.
    pub fn open(self, context: &Context) -> anyhow::Result<Archive> {
        if self.unprotected { context.open() } else { context.open_to_read() }
    }

    /// The network and a text as they may leave; what leaves unprotected is noted in the ledger before.
    pub fn network(self, archive: &Archive, what: &str, text: &str) -> anyhow::Result<(Drawn, String)> {
        let naming = if self.names { Naming::Working } else { Naming::Guarded };
        let (network, calls) = (network(archive, naming)?, archive.calls()?);
        if self.unprotected {
            let how = json!({"calls": calls.len(), "nodes": network.nodes.len(), "names": self.names});
            note_unprotected(archive, what, &how)?;
            return Ok((network, text.to_string()));
        }
        let guard = Guard::new(&protect::rules(archive)?)?;
        let cover = Cover::new(&guard, &calls);
        Ok((cover.over_network(network), cover.text(text)))
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Graphml,
    Csv,
    Json,
}

pub(super) fn run(args: &Network, context: &Context) -> anyhow::Result<Outcome> {
    let archive = args.leaving.open(context)?;
    outside(&args.out, archive.root())?;
    let (network, _) = args.leaving.network(&archive, "network", "")?;
    let files = match args.format {
        Format::Graphml => vec![(args.out.clone(), graphml(&network)?)],
        Format::Json => vec![(args.out.clone(), serde_json::to_string_pretty(&network)? + "\n")],
        Format::Csv => {
            vec![(args.out.join("nodes.csv"), nodes_csv(&network)?), (args.out.join("edges.csv"), edges_csv(&network)?)]
        }
    };
    put(&files, args.force)?;
    let (nodes, edges) = (network.nodes.len(), network.edges.len());
    if context.out.json {
        let written: Vec<&PathBuf> = files.iter().map(|(path, _)| path).collect();
        context.out.json(&json!({"written": written, "nodes": nodes, "edges": edges}))?;
    } else {
        let (nodes, edges) = (count(nodes as u64, "node", "nodes"), count(edges as u64, "edge", "edges"));
        context.out.line(&format!("{nodes} and {edges} written to {}", clean(&args.out.display().to_string())))?;
        context.out.note("No voiceprints are in it. Read it before you hand it on: links are hypotheses.");
    }
    Ok(Outcome::Done)
}
