//! Sees to it that there is something to embed: a plain page where the pages of the workbench were not built.

use std::{fs, io, path::Path};

const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>earwitness</title>\n\
<h1>earwitness</h1>\n<p>The pages were not built: run <code>make web</code>, and build the program again.\n</html>\n";

fn main() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    println!("cargo:rerun-if-changed={}", dist.display());
    if !dist.join("index.html").exists() {
        fs::create_dir_all(&dist)?;
        fs::write(dist.join("index.html"), PAGE)?;
    }
    Ok(())
}
