//! The file of passwords: one line for each person, `name:hash`, where the hash is Argon2id in PHC form. Nobody but its
//! owner may read it.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use earwitness_archive::ActorName;
use earwitness_model::Digest;
use std::{
    collections::BTreeMap,
    fs::{File, Metadata},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::OnceLock,
};
use unicode_normalization::UnicodeNormalization;

/// The largest file, bytes: thousands of people.
const LARGEST: u64 = 1 << 20;
/// The shortest and the longest password, in characters.
const SHORTEST: usize = 12;
const LONGEST: usize = 1000;
/// 64 MiB, three passes, one lane: more than what RFC 9106 asks of small machines in its second choice (4 lanes).
const MEMORY: u32 = 64 << 10;
const PASSES: u32 = 3;

/// Why passwords cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// The file cannot be read or written.
    #[error("{} cannot be used: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Others can read or change it.
    #[error("other users of this machine can read or change {} (its mode is {mode:04o})", file.display())]
    Open {
        /// The file.
        file: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A line that is none.
    #[error("line {line} of {} cannot be read: {why}", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Nobody could come in.
    #[error("there is nobody in {}", file.display())]
    Nobody {
        /// The file.
        file: PathBuf,
    },
    /// No name for somebody who signs in.
    #[error("“{0}” cannot be the name of somebody who signs in: 1 to 200 characters on one line, no colon")]
    Name(String),
    /// Too short or too long.
    #[error("a password has {} to {} characters", SHORTEST, LONGEST)]
    Length,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Chance(#[source] io::Error),
    /// The password cannot be hashed.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// The state of a file: whether it was changed is told by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    inode: u64,
    size: u64,
    changed: (i64, i64),
}

impl Stamp {
    /// Of the file that lies there now.
    ///
    /// # Errors
    /// Where there is none.
    pub fn of(file: &Path) -> io::Result<Self> {
        Ok(Self::from(&file.metadata()?))
    }
}

impl From<&Metadata> for Stamp {
    fn from(of: &Metadata) -> Self {
        Self { inode: of.ino(), size: of.size(), changed: (of.ctime(), of.ctime_nsec()) }
    }
}

/// Who has which password.
#[derive(Debug, Default)]
pub struct Passwords(BTreeMap<String, String>);

/// Opens a file that nobody but its owner may read or change.
///
/// # Errors
/// [`PasswordError::Io`], [`PasswordError::Open`].
pub fn open_private(file: &Path) -> Result<(File, Metadata), PasswordError> {
    let wrong = |source| PasswordError::Io { file: file.to_owned(), source };
    let opened = File::open(file).map_err(wrong)?;
    let is = opened.metadata().map_err(wrong)?;
    if !is.is_file() {
        return Err(wrong(io::Error::other("it is no file")));
    }
    let mode = is.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(PasswordError::Open { file: file.to_owned(), mode });
    }
    Ok((opened, is))
}

impl Passwords {
    /// Reads them.
    ///
    /// # Errors
    /// [`PasswordError`] where the file cannot be read, others can read it, or a line is none.
    pub fn read(file: &Path) -> Result<(Stamp, Self), PasswordError> {
        let wrong = |source| PasswordError::Io { file: file.to_owned(), source };
        let (opened, is) = open_private(file)?;
        let mut text = String::new();
        opened.take(LARGEST + 1).read_to_string(&mut text).map_err(wrong)?;
        if text.len() as u64 > LARGEST {
            return Err(wrong(io::Error::other("it is longer than a list of people")));
        }
        let mut people = BTreeMap::new();
        for (n, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, hash) =
                entry(line).map_err(|why| PasswordError::Line { file: file.to_owned(), line: n + 1, why })?;
            if people.insert(name, hash).is_some() {
                let why = "somebody of this name stands above";
                return Err(PasswordError::Line { file: file.to_owned(), line: n + 1, why });
            }
        }
        Ok((Stamp::from(&is), Self(people)))
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What changes when somebody's password changes.
    pub fn proof(&self, name: &str) -> Option<Digest> {
        self.0.get(name).map(|hash| Digest::of(hash.as_bytes()))
    }

    /// Whether this is somebody's password, and what proves it then. A name that is not there takes as long as one that
    /// is, and the comparison does not tell how much of a hash fits.
    pub fn check(&self, name: &str, password: &str) -> Option<Digest> {
        let known = self.0.get(name);
        let hash: &str = known.map_or_else(|| nobody(), String::as_str);
        let parsed = PasswordHash::new(hash).ok()?;
        let fits = hasher().verify_password(plain(password).as_bytes(), &parsed).is_ok();
        known.filter(|_| fits).map(|hash| Digest::of(hash.as_bytes()))
    }

    fn write(&self, file: &Path) -> Result<(), PasswordError> {
        let wrong = |source| PasswordError::Io { file: file.to_owned(), source };
        let folder = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Made with 0600, and whole before it stands in the place of the old one.
        let mut new = tempfile::NamedTempFile::new_in(folder).map_err(wrong)?;
        for (name, hash) in &self.0 {
            writeln!(new, "{name}:{hash}").map_err(wrong)?;
        }
        new.as_file().sync_all().map_err(wrong)?;
        new.persist(file).map_err(|e| wrong(e.error))?;
        Ok(())
    }
}

fn entry(line: &str) -> Result<(String, String), &'static str> {
    let (name, hash) = line.split_once(':').ok_or("a name, a colon and a hash are needed")?;
    let name = ActorName::new(name).map_err(|_| "this is no name")?;
    let hash = hash.trim();
    let parsed = PasswordHash::new(hash).map_err(|_| "behind the colon stands no hash in PHC form ($argon2id$…)")?;
    if parsed.algorithm != argon2::ARGON2ID_IDENT || parsed.hash.is_none() || parsed.salt.is_none() {
        return Err("the hash is not one of argon2id");
    }
    let params = Params::try_from(&parsed).map_err(|_| "the parameters of the hash cannot be")?;
    if params.m_cost() > (1 << 20) || params.t_cost() > 100 || params.p_cost() > 16 {
        return Err("to compare this hash would take more than a GiB, 100 passes or 16 lanes");
    }
    Ok((name.as_str().to_owned(), hash.to_owned()))
}

/// One character is one character, on whatever keyboard it was typed.
fn plain(password: &str) -> String {
    password.chars().take(LONGEST + 1).nfc().collect()
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY, PASSES, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hashed(password: &str) -> Result<String, PasswordError> {
    let mut bytes = [0; 16];
    let filled = File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes));
    filled.map_err(PasswordError::Chance)?;
    let wrong = |e: argon2::password_hash::Error| PasswordError::Hash(e.to_string());
    let salt = SaltString::encode_b64(&bytes).map_err(wrong)?;
    Ok(hasher().hash_password(plain(password).as_bytes(), &salt).map_err(wrong)?.to_string())
}

/// A hash that nobody's password fits, for names that are not there.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| crate::session::random().ok().and_then(|text| hashed(&text).ok()).unwrap_or_default())
}

/// Gives somebody a password, in the place of the one they had. The file is made where there is none. Tells whether they
/// are new.
///
/// # Errors
/// [`PasswordError`].
pub fn add(file: &Path, name: &str, password: &str) -> Result<bool, PasswordError> {
    let wrong = || PasswordError::Name(name.chars().filter(|c| !c.is_control()).take(60).collect());
    let who = ActorName::new(name).ok().filter(|name| !name.as_str().contains(':')).ok_or_else(wrong)?;
    if who.as_str().starts_with('#') {
        return Err(wrong());
    }
    if !(SHORTEST..=LONGEST).contains(&plain(password).chars().count()) {
        return Err(PasswordError::Length);
    }
    let mut known = match Passwords::read(file) {
        Err(PasswordError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Passwords::default(),
        known => known?.1,
    };
    let new = known.0.insert(who.as_str().to_owned(), hashed(password)?).is_none();
    known.write(file)?;
    Ok(new)
}

/// Takes somebody's password away; their sessions end. Tells whether they had one.
///
/// # Errors
/// [`PasswordError`].
pub fn remove(file: &Path, name: &str) -> Result<bool, PasswordError> {
    let mut known = Passwords::read(file)?.1;
    let had = known.0.remove(name.trim()).is_some();
    if had {
        known.write(file)?;
    }
    Ok(had)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const ANNA: &str = "correct horse battery";

    fn file() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("people");
        (dir, file)
    }

    #[test]
    fn a_password_fits_its_person_alone() {
        let (_dir, file) = file();
        assert!(add(&file, "Анна", ANNA).unwrap());
        assert!(!add(&file, " Анна ", "another long one").unwrap(), "changed");
        assert!(add(&file, "Taras", "é is one character").unwrap());
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let (_, known) = Passwords::read(&file).unwrap();
        assert!(known.check("Анна", "another long one").is_some());
        assert!(known.check("Taras", "e\u{301} is one character").is_some(), "however it was typed");
        for (name, password) in [("Анна", ANNA), ("Taras", "another long one"), ("Nobody", ANNA), ("", "")] {
            assert!(known.check(name, password).is_none(), "{name} {password}");
        }
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("Taras:$argon2id$v=19$m=65536,t=3,p=1$") && !text.contains("character"), "{text}");
        assert!(remove(&file, "Taras").unwrap() && !remove(&file, "Taras").unwrap());
        assert!(Passwords::read(&file).unwrap().1.proof("Taras").is_none());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let (_dir, file) = file();
        for name in ["", "a:b", "a\nb", "#a", &"x".repeat(201)] {
            assert!(matches!(add(&file, name, ANNA), Err(PasswordError::Name(_))), "{name:?}");
        }
        assert!(matches!(add(&file, "Anna", "short"), Err(PasswordError::Length)));
        assert!(matches!(add(&file, "Anna", &"x".repeat(1001)), Err(PasswordError::Length)));
        assert!(!file.exists());
        let hash = hashed(ANNA).unwrap();
        for (text, line) in [
            ("Anna".to_owned(), 1),
            ("# us\n\nAnna:secret".to_owned(), 3),
            (format!("Anna:{hash}\nAnna:{hash}"), 2),
            (format!(":{hash}"), 1),
            (format!("Anna:{}", hash.replace("argon2id", "argon2i")), 1),
            (format!("Anna:{}", hash.replace("m=65536", "m=4000000")), 1),
            ("Anna:$argon2id$v=19$m=65536,t=3,p=1".to_owned(), 1),
        ] {
            fs::write(&file, &text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            let told = Passwords::read(&file).unwrap_err();
            assert!(matches!(told, PasswordError::Line { line: l, .. } if l == line), "{text}: {told}");
        }
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Passwords::read(&file), Err(PasswordError::Open { mode: 0o640, .. })));
        assert!(matches!(Passwords::read(file.parent().unwrap()), Err(PasswordError::Io { .. })));
    }
}
