//! JSON Lines: one flat object a line; or one array of such objects.

use super::decode::Decoded;
use super::{MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Row, Table, TableError, not_a_table, short};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Whether the text begins as JSON does.
pub(super) fn looks_like(text: &str) -> bool {
    let text = text.trim_start();
    let line = text.lines().next().unwrap_or_default().trim_end_matches([',', '\r']);
    if let Some(inside) = text.strip_prefix('[') {
        return inside.trim_start().starts_with('{');
    }
    text.starts_with('{') && serde_json::from_str::<Map<String, Value>>(line).is_ok()
}

/// Reads a decoded text.
pub(super) fn read(name: &str, decoded: &Decoded) -> Result<Table, TableError> {
    let mut table = Table::new(name, &decoded.encoding, "JSON Lines");
    let mut objects: Vec<(usize, Map<String, Value>)> = Vec::new();
    if decoded.text.trim_start().starts_with('[') {
        table.dialect = "JSON array".to_owned();
        let all: Vec<Map<String, Value>> =
            serde_json::from_str(&decoded.text).map_err(|e| not_a_table(name, format!("it is not valid JSON: {e}")))?;
        objects.extend(all.into_iter().take(MAX_ROWS + 1).enumerate().map(|(i, o)| (i + 1, o)));
    } else {
        for (i, line) in decoded.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match serde_json::from_str(line.trim().trim_end_matches(',')) {
                Ok(object) => objects.push((i + 1, object)),
                Err(error) => table.problem(i + 1, format!("not a JSON object: {error}: “{}”", short(line))),
            }
            if objects.len() > MAX_ROWS {
                break;
            }
        }
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows = Vec::new();
    for (line, object) in objects {
        let mut cells = Vec::new();
        for (key, value) in object {
            let next = places.len();
            let at = *places.entry(key).or_insert(next);
            if at < MAX_COLUMNS {
                cells.resize(cells.len().max(at + 1), String::new());
                if let Some(cell) = cells.get_mut(at) {
                    *cell = text_of(value);
                }
            }
        }
        rows.push(Row { line, cells });
    }
    if places.is_empty() {
        return Err(not_a_table(name, "it holds no objects"));
    }
    if places.len() > MAX_COLUMNS {
        table.problem(None, format!("only the first {MAX_COLUMNS} keys are read"));
    }
    let mut names: Vec<(usize, String)> = places.into_iter().map(|(key, at)| (at, key)).collect();
    names.sort_unstable();
    table.name_columns(names.into_iter().take(MAX_COLUMNS).map(|(_, key)| key).collect());
    let width = table.columns.len();
    let most = MAX_CELLS / width.max(1);
    if rows.len() > most {
        table.problem(None, format!("only the first {most} objects are read"));
        rows.truncate(most);
    }
    // An object that leaves a key out is no fault of form.
    rows.iter_mut().for_each(|row| row.cells.resize(width, String::new()));
    table.keep_rows(rows);
    Ok(table)
}

fn text_of(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_bytes;

    #[test]
    fn keys_become_columns() {
        let text =
            "{\"file\":\"a.wav\",\"from\":380591104472}\n\n{\"file\":\"b.wav\",\"note\":null,\"lat\":51.6}\noops\n";
        let table = read_bytes("t.jsonl", text.as_bytes()).unwrap();
        assert_eq!(table.columns, ["file", "from", "note", "lat"]);
        assert_eq!(table.rows[0].cells, ["a.wav", "380591104472", "", ""]);
        assert_eq!(table.rows[1].cells, ["b.wav", "", "", "51.6"]);
        assert_eq!(table.rows[1].line, 3);
        assert_eq!(table.problems[0].line, Some(4));
    }

    #[test]
    fn an_array_is_read_too() {
        let table = read_bytes("t.json", br#"[{"file":"a.wav"},{"file":"b.wav"}]"#).unwrap();
        assert_eq!(table.rows.len(), 2);
        assert!(read_bytes("t.json", br#"[{"file":"a.wav"},"#).is_err());
    }
}
