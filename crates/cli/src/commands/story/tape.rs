//! The sound of a quote for editors: some seconds around it, nothing taken out.

use super::proof::Proof;
use earwitness_archive::Archive;
use earwitness_audio::{bleep, decode_file, encode_wav, peaks};
use earwitness_publish::report::{BARS, Tape};

/// Seconds of the recording before and after the quoted turns, so that editors hear what they stand in.
const AROUND: f64 = 5.0;

/// The tape of a quote; the reason where there is none: a report says so, and goes on.
pub(super) fn of(archive: &Archive, proof: &Proof) -> Result<Tape, String> {
    let source = proof.report.source.as_ref().ok_or("the quote has no source")?;
    let decoded = decode_file(&archive.originals().path(&proof.call.recording)).map_err(|e| e.to_string())?;
    let (span, rate) = (source.span(), decoded.sample_rate);
    let start = (span.start - AROUND).max(0.0);
    // All channels: what the other side says belongs to it.
    let samples = bleep::clip(&decoded.mono(), rate, start, span.end + AROUND);
    if samples.is_empty() {
        return Err("the recording ends before the quote".into());
    }
    let seconds = samples.len() as f64 / f64::from(rate.max(1));
    let peaks = peaks(&samples, BARS);
    let wav = encode_wav(&[samples], rate).map_err(|e| e.to_string())?;
    let (from, to) = (span.start - start, (span.end - start).min(seconds));
    Ok(Tape { start, seconds, from, to, peaks, wav })
}
