//! A network of ONNX Runtime whose graph lies in this program and whose weights lie in the publisher's checkpoint
//! (`tools/networks.py` says how), in as many copies as threads work on a recording.

use crate::{ListenError, permits::Permits, weights};
use ort::{
    ep,
    session::{Session, SessionInputValue, builder::GraphOptimizationLevel},
    value::TensorRef,
};
use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// The name by which the graphs call the file of their weights.
const LOCATION: &str = "checkpoint";

pub(crate) struct Network {
    what: &'static str,
    input: &'static str,
    copies: Vec<Mutex<Session>>,
    permits: Arc<Permits>,
}

impl Network {
    /// `checkpoint` has been checked against its hash by the caller. There is a copy for each permit.
    pub fn load(
        what: &'static str,
        input: &'static str,
        graph: &[u8],
        checkpoint: &Path,
        permits: &Arc<Permits>,
    ) -> Result<Self, ListenError> {
        let environment = weights::onnx_runtime()?;
        let bytes: Arc<[u8]> = std::fs::read(checkpoint).map_err(ListenError::io(checkpoint))?.into();
        let engine = |e: String| ListenError::Engine { what: what.into(), why: e };
        let session = || {
            Session::builder(environment)
                .and_then(|b| Ok(b.with_intra_threads(1)?))
                .and_then(|b| Ok(b.with_inter_threads(1)?))
                .and_then(|b| Ok(b.with_optimization_level(GraphOptimizationLevel::All)?))
                // Pieces have many lengths, and an arena keeps the most that each ever needed.
                .and_then(|b| Ok(b.with_execution_providers([ep::CPU::default().with_arena_allocator(false).build()])?))
                .and_then(|b| Ok(b.with_memory_pattern(false)?))
                .and_then(|b| Ok(b.with_external_initializer_file_in_memory(LOCATION, bytes.clone())?))
                .and_then(|mut b| b.commit_from_memory(graph))
                .map_err(|e| engine(e.to_string()))
        };
        let copies = (0..permits.all()).map(|_| Ok(Mutex::new(session()?))).collect::<Result<_, ListenError>>()?;
        Ok(Self { what, input, copies, permits: permits.clone() })
    }

    /// Runs one input through a copy that is free and gives its first output.
    fn run(&self, shape: [usize; 3], values: &[f32]) -> Result<Vec<f32>, ListenError> {
        let engine = |e: ort::Error| ListenError::Engine { what: self.what.into(), why: e.to_string() };
        // Whoever holds a permit finds a free copy, unless an earlier run broke off in the midst of one.
        let free = self.copies.iter().find_map(|copy| copy.try_lock().ok());
        let waited = || self.copies.first().map(|copy| copy.lock().unwrap_or_else(PoisonError::into_inner));
        let none = || ListenError::Engine { what: self.what.into(), why: "no copy is loaded".into() };
        let mut session = free.or_else(waited).ok_or_else(none)?;
        let tensor = TensorRef::from_array_view((shape, values)).map_err(engine)?;
        let inputs: Vec<(&str, SessionInputValue<'_>)> = vec![(self.input, tensor.into())];
        let results = session.run(inputs).map_err(engine)?;
        let (_, values) = results[0].try_extract_tensor::<f32>().map_err(engine)?;
        Ok(values.to_vec())
    }

    /// Runs every item on all copies at once; `input` makes shape and values of an item. The results come in order.
    pub fn run_all<T: Sync>(
        &self,
        items: &[T],
        input: impl Fn(&T) -> ([usize; 3], Vec<f32>) + Sync,
        cancel: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Vec<f32>>, ListenError> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<(usize, Vec<f32>)>, ListenError> {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(index) else { return Ok(done) };
                if cancel() {
                    return Err(ListenError::Cancelled);
                }
                let _permit = self.permits.one();
                let (shape, values) = input(item);
                done.push((index, self.run(shape, &values)?));
            }
        };
        let mut all = Vec::with_capacity(items.len());
        std::thread::scope(|scope| {
            let work = &work;
            let others: Vec<_> = (1..self.copies.len().min(items.len())).map(|_| scope.spawn(work)).collect();
            all.extend(work()?);
            for other in others {
                let broke = || ListenError::Engine { what: self.what.into(), why: "a thread broke off".into() };
                all.extend(other.join().map_err(|_| broke())??);
            }
            Ok::<(), ListenError>(())
        })?;
        all.sort_by_key(|(index, _)| *index);
        Ok(all.into_iter().map(|(_, values)| values).collect())
    }
}
