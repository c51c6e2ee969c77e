//! The `ffmpeg` program, for what nothing in this process decodes. It is found when it is needed,
//! reads one local file, may open no network, and is ended when it takes too long.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::collect::Collector;
use super::riff::Header;
use super::source::Source;
use super::{By, DecodeError, Heard, Limits};

/// Telephone sound decodes thousands of times faster than it lasts; ten minutes is for hours of it.
const TIME: Duration = Duration::from_secs(600);

/// The version of the `ffmpeg` program on this machine, for example `5.1.9`, if there is one.
pub fn ffmpeg_version() -> Option<String> {
    let output = Command::new("ffmpeg").arg("-version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.strip_prefix("ffmpeg version ")?.split_whitespace().next()?;
    Some(version.to_string())
}

/// Decodes the file's first track of sound with ffmpeg.
pub(super) fn decode(
    source: &Source<'_>,
    codec: &str,
    limits: &Limits,
    collector: &mut Collector,
) -> Result<Heard, DecodeError> {
    let needed = || DecodeError::NeedsFfmpeg { codec: codec.to_string() };
    let Source::File(path) = source else { return Err(needed()) };
    if !limits.ffmpeg {
        return Err(needed());
    }
    let mut url = std::ffi::OsString::from("file:");
    url.push(std::path::absolute(path)?);
    let seconds = format!("{}", limits.max_seconds.min(1e9) + 1.0);
    let mut child = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-v", "error", "-protocol_whitelist", "file,pipe", "-i"])
        .arg(url)
        .args(["-map", "0:a:0", "-t", &seconds, "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|_| needed())?;
    let (bytes, complaint) = watch(&mut child, limits.max_memory)?;
    let _ = child.wait();
    take(&bytes, collector).map_err(|error| match error {
        DecodeError::NothingDecodes { .. } if !complaint.is_empty() => {
            DecodeError::NothingDecodes { reason: format!("ffmpeg says: {complaint}") }
        }
        other => other,
    })?;
    let reason = (!complaint.is_empty()).then(|| format!("ffmpeg says: {complaint}"));
    Ok(Heard { by: By::Ffmpeg, reason, ..Heard::whole(codec) })
}

/// Reads what the program writes, at most `most` bytes, and ends it after [`TIME`].
/// Gives the sound and the first line of complaint.
fn watch(child: &mut Child, most: u64) -> Result<(Vec<u8>, String), DecodeError> {
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(DecodeError::NothingDecodes { reason: "ffmpeg could not be listened to".into() });
    };
    let complaints = thread::spawn(move || {
        let mut text = Vec::new();
        let _ = err.take(4096).read_to_end(&mut text);
        without_address(String::from_utf8_lossy(&text).lines().next().unwrap_or("")).to_string()
    });
    let sound = Arc::new(Mutex::new(Vec::new()));
    let (done, wait) = channel();
    let shared = Arc::clone(&sound);
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // A header more than the limit, so that too much shows as too much.
        let result = out.take(most.saturating_add(4096)).read_to_end(&mut bytes);
        if let Ok(mut shared) = shared.lock() {
            *shared = bytes;
        }
        let _ = done.send(result.map(|_| ()));
    });
    let timed_out = matches!(wait.recv_timeout(TIME), Err(RecvTimeoutError::Timeout));
    // Also ends a program that still writes beyond the limit.
    let _ = child.kill();
    if timed_out {
        return Err(DecodeError::TooLong { limit: format!("{} s of ffmpeg's time", TIME.as_secs()) });
    }
    let bytes = sound.lock().map(|mut bytes| std::mem::take(&mut *bytes)).unwrap_or_default();
    Ok((bytes, complaints.join().unwrap_or_default()))
}

/// A complaint without the address in memory that ffmpeg puts before it, so that the same file always gets the same reason.
fn without_address(line: &str) -> &str {
    match line.split_once("] ") {
        Some((head, rest)) if head.starts_with('[') && head.contains(" @ 0x") => rest,
        _ => line,
    }
}

/// Takes the float WAVE that ffmpeg wrote.
fn take(bytes: &[u8], collector: &mut Collector) -> Result<(), DecodeError> {
    let header = Header::read(&Source::Bytes(bytes))?;
    let channels = usize::from(header.channels);
    collector.begin(header.rate, channels)?;
    let start = usize::try_from(header.data_at).unwrap_or(usize::MAX);
    let data = bytes.get(start..).unwrap_or(&[]);
    for block in data.chunks(channels * 4 * 65_536) {
        let mut rows = vec![Vec::with_capacity(65_536); channels];
        for (index, sample) in block.as_chunks::<4>().0.iter().enumerate() {
            if let Some(row) = rows.get_mut(index % channels) {
                row.push(f32::from_le_bytes(*sample));
            }
        }
        collector.block(&rows)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_the_same_on_every_run() {
        assert_eq!(without_address("[mp3 @ 0x558e54ed39c0] Failed to read frame"), "Failed to read frame");
        assert_eq!(without_address("pipe:0: Invalid data"), "pipe:0: Invalid data");
    }
}
