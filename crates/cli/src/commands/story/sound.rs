//! Whether the clip of each quote carries its words: it is cut and recognised again.

use super::{clips::Bare, proof::Proof};
use crate::{
    context::Context,
    interrupt,
    listening::{Ears, reason},
    progress::{Progress, Unit},
};
use earwitness_archive::Archive;
use earwitness_desk::fidelity::heard;
use earwitness_publish::story::Story;

/// Adds to each quote that has a sound what was heard in it, or why nobody listened.
pub(in crate::commands) fn listen(
    archive: &Archive,
    story: &Story,
    proofs: &mut [Proof],
    no_listen: bool,
    context: &Context,
) -> anyhow::Result<()> {
    let ears = Ears::new(context, archive);
    let progress = Progress::new(&context.out, "listening", proofs.len() as u64, Unit::Count);
    for (done, (proof, wanted)) in proofs.iter_mut().zip(&story.quotes).enumerate() {
        progress.at(done as u64, &proof.label);
        let said = proof.report.spoken.as_ref().or(proof.report.source.as_ref()).map(|source| source.text());
        let Some(said) = said.filter(|_| !wanted.silent) else { continue };
        if no_listen {
            proof.report.add(heard::unheard("--no-listen"));
            continue;
        }
        match again(archive, proof, &ears) {
            Ok(text) => {
                proof.report.add(heard::finding(&said, &text));
                proof.heard = Some(text);
            }
            Err(error) if interrupt::asked() => return Err(error),
            Err(error) => proof.report.add(heard::unheard(&reason(&error))),
        }
    }
    progress.finish();
    Ok(())
}

/// What is heard in the bare clip, before anything is taken out of it.
fn again(archive: &Archive, proof: &Proof, ears: &Ears) -> anyhow::Result<String> {
    let bare = Bare::of(archive, proof)?.map_err(|why| anyhow::anyhow!("{why}"))?;
    let (samples, rate) = bare.clip();
    Ok(ears.hear(&[samples], rate, ears.languages())?.text())
}
