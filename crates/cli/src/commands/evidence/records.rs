//! What is kept as a record and known by a name: found, taken back, put back, and said in one line.

use crate::{
    commands::Outcome,
    context::Context,
    output::{Output, clean},
};
use earwitness_archive::Tx;
use earwitness_desk::{
    claims::Undone,
    kept::{Keepable, Kept},
};
use serde::Serialize;

/// Finds a record and takes it back; its history stays.
pub(in crate::commands) fn take_back<T: Keepable>(
    find: impl FnOnce(&Tx<'_>) -> anyhow::Result<Kept<T>>,
    title: impl Fn(&Kept<T>, &Output) -> String,
    context: &Context,
) -> anyhow::Result<Outcome> {
    let archive = context.open()?;
    let author = context.author()?;
    let known = archive.try_write(|tx| -> anyhow::Result<_> {
        let known = find(tx)?;
        known.withdraw(tx, author)?;
        Ok(known)
    })?;
    told("taken back", &known, title, context)
}

/// Says what was done to a record.
pub(in crate::commands) fn told<T: Serialize>(
    what: &str,
    record: &Kept<T>,
    title: impl Fn(&Kept<T>, &Output) -> String,
    context: &Context,
) -> anyhow::Result<Outcome> {
    let out = &context.out;
    if out.json {
        out.json(record)?;
    } else {
        out.line(&format!("{what}: {}", title(record, out)))?;
    }
    Ok(Outcome::Done)
}

/// Says what a record was put back to.
pub(in crate::commands) fn undone<T: Serialize>(
    undone: &Undone<T>,
    title: impl Fn(&Kept<T>, &Output) -> String,
    context: &Context,
) -> anyhow::Result<Outcome> {
    let (id, out) = match undone {
        Undone::Stands(kept) => return told("put back", kept, title, context),
        Undone::TakenBack { id, .. } => (id, &context.out),
    };
    if out.json {
        out.json(undone)?;
    } else {
        out.line(&format!("{} was taken back: there was nothing before; undo it again to bring it again", clean(id)))?;
    }
    Ok(Outcome::Done)
}
