//! Questions, as anybody may type them. Written out and read again, a query stays the same.
#![no_main]

use earwitness_find::Query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(query) = Query::parse(text) {
        let written = query.to_string();
        match Query::parse(&written) {
            Ok(again) => assert_eq!(query, again, "{text:?} was written as {written:?}"),
            Err(error) => panic!("{text:?} was written as {written:?}, which cannot be read: {error}"),
        }
    }
});
