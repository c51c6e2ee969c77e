//! The seeds of the fuzz target `query`, held to what it holds them to, with any compiler.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use earwitness_find::Query;
use std::{fs, path::Path};

#[test]
fn what_is_read_is_written_out_and_read_again() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/query");
    let texts = fs::read_dir(seeds).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let texts: Vec<String> = texts.filter_map(|bytes| String::from_utf8(bytes).ok()).collect();
    let queries: Vec<Query> = texts.iter().filter_map(|text| Query::parse(text).ok()).collect();
    assert!(queries.len() > 5, "{} of {} seeds are queries", queries.len(), texts.len());
    for query in queries {
        assert_eq!(Query::parse(&query.to_string()), Ok(query));
    }
}
