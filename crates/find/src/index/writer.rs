//! Putting calls in.

use super::{guarded, schema::Fields};
use crate::{document::CallDocument, error::FindError, filters::Facet, text::Analyzer};
use earwitness_model::CallId;
use std::{path::PathBuf, sync::Arc};
use tantivy::{Term, indexer::UserOperation};

/// Bytes held in memory before they are written out: much where a whole archive goes in, and little where a call does,
/// while recognisers need the memory.
pub(super) const FOR_ALL: usize = 100_000_000;
pub(super) const FOR_FEW: usize = 16_000_000;

/// The one writer of an index; holds its lock until dropped. What was put is found after [`Self::commit`], and is
/// gone if the writer is dropped before.
pub struct IndexWriter {
    inner: tantivy::IndexWriter,
    fields: Fields,
    analyzer: Arc<Analyzer>,
    dir: PathBuf,
}

impl IndexWriter {
    pub(super) fn new(
        index: &tantivy::Index,
        fields: &Fields,
        analyzer: &Arc<Analyzer>,
        dir: &std::path::Path,
        memory: usize,
    ) -> Result<Self, FindError> {
        // One thread: text is analysed in the caller's thread meanwhile, and turns keep their order.
        let inner = guarded(dir, || index.writer_with_num_threads(1, memory))?;
        Ok(Self { inner, fields: fields.clone(), analyzer: Arc::clone(analyzer), dir: dir.to_owned() })
    }

    /// Puts a call in, in place of all that was there of it. A search sees all of the old or all of the new.
    ///
    /// # Errors
    /// [`FindError::Io`] when the disk refuses.
    pub fn put_call(&mut self, call: &CallDocument) -> Result<(), FindError> {
        let documents = self.fields.documents(call, &self.analyzer);
        let add = documents.into_iter().map(UserOperation::Add);
        let operations: Vec<_> = self.delete(&call.call).map(UserOperation::Delete).into_iter().chain(add).collect();
        guarded(&self.dir, || self.inner.run(operations)).map(|_| ())
    }

    /// Takes a call out; one that is not there is no error.
    ///
    /// # Errors
    /// [`FindError::Io`] when the disk refuses.
    pub fn remove_call(&mut self, call: &CallId) -> Result<(), FindError> {
        if let Some(term) = self.delete(call) {
            guarded(&self.dir, || self.inner.run([UserOperation::Delete(term)]))?;
        }
        Ok(())
    }

    /// Keeps what was put and removed, durably, and lets it be found.
    ///
    /// # Errors
    /// [`FindError::Io`] when the disk refuses; what was committed before stays.
    pub fn commit(&mut self) -> Result<(), FindError> {
        guarded(&self.dir, || self.inner.commit()).map(|_| ())
    }

    /// Waits until the files of the index have been tidied up, and lets the lock go. Without it the next writer
    /// tidies up.
    ///
    /// # Errors
    /// [`FindError::Io`] when the disk refuses.
    pub fn close(self) -> Result<(), FindError> {
        let Self { inner, dir, .. } = self;
        guarded(&dir, || inner.wait_merging_threads())
    }

    fn delete(&self, call: &CallId) -> Option<Term> {
        self.fields.facet(Facet::Call).map(|field| Term::from_field_text(field, call.as_str()))
    }
}
