//! The network that finds names in text, where its weights are.

use crate::context::Context;
use earwitness_desk::names::Tagger;
use earwitness_listen::{ListenError, weights};

/// Reads the network; where its weights are missing, says so once and leaves names to the lexicon.
pub fn tagger(context: &Context) -> anyhow::Result<Option<Tagger>> {
    match weights::names(&context.models()) {
        Ok((network, embeddings)) => Ok(Some(Tagger::read(&network, &embeddings)?)),
        Err(ListenError::WeightsMissing { .. }) => {
            context.out.warn(
                "names are looked for by lexicon alone: the weights of the network that knows more of them are not \
                 there (`earwitness models fetch names`)",
            );
            Ok(None)
        }
        Err(changed) => Err(changed.into()),
    }
}
