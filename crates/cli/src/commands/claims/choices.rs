//! Arguments that are one of several things: the desk names them and says what they mean.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use earwitness_desk::claims::NotAChoice;
use std::str::FromStr;

/// A parser of one of these.
pub(super) fn one_of<T>(
    all: &[T],
    name: fn(T) -> &'static str,
    means: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> + use<T>
where
    T: Copy + FromStr<Err = NotAChoice> + Send + Sync + 'static,
{
    let values: Vec<PossibleValue> = all.iter().map(|one| PossibleValue::new(name(*one)).help(means(*one))).collect();
    PossibleValuesParser::new(values).try_map(|text| text.parse())
}
