//! The one place where archive, listen, intake and find meet: a delivery becomes sealed recordings and calls
//! ([`import()`]), waiting calls become kept and indexed transcripts ([`process()`]), their voices are measured
//! ([`voices`]), and the search index follows the archive ([`index`]).

pub mod documents;
pub mod import;
pub mod index;
pub mod process;
pub mod sound;
pub mod status;
pub mod voices;

pub use import::{
    Fault, FileError, FileReport, ImportError, ImportEvent, ImportOptions, ImportReport, LongerOriginal, SampleRow,
    TableReport, import,
};
pub use index::{IndexError, OpenIndex};
pub use process::{CallDone, CallFailed, Hands, ProcessError, ProcessEvent, ProcessOptions, ProcessReport, process};
