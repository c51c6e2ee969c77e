//! The codebook as REFI-QDA `.qdc` (QDA-XML, codebook 1.0): the form in which programs for qualitative research hand
//! codebooks to each other.

use super::{COLOURS, Theme};
use crate::kept::Kept;
use earwitness_archive::{Archive, Error};
use earwitness_model::Digest;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use std::io;

const NAMESPACE: &str = "urn:QDA-XML:codebook:1.0";

/// One for each colour of a theme; told apart by people who see few colours, too.
const RGB: [&str; COLOURS as usize] = [
    "#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BBBBBB", "#882255", "#44AA99", "#999933",
    "#DDCC77", "#332288",
];

/// All themes of an archive. A theme has the same GUID in every export of every archive in which it is called so.
///
/// # Errors
/// What the archive gives.
pub fn qdc(archive: &Archive) -> earwitness_archive::Result<String> {
    let themes = Kept::<Theme>::all(archive)?;
    let written = write(&themes).map_err(|e| Error::Unrecordable(e.to_string()))?;
    String::from_utf8(written).map_err(|e| Error::Unrecordable(e.to_string()))
}

fn write(themes: &[Kept<Theme>]) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = xml.create_element("CodeBook").with_attributes([("xmlns", NAMESPACE), ("origin", "earwitness")]);
    root.write_inner_content(|xml| {
        xml.create_element("Codes").write_inner_content(|xml| themes.iter().try_for_each(|theme| code(xml, theme)))?;
        Ok(())
    })?;
    let mut text = xml.into_inner();
    text.push(b'\n');
    Ok(text)
}

fn code(xml: &mut Writer<Vec<u8>>, theme: &Theme) -> io::Result<()> {
    let guid = guid(&theme.name);
    let colour = RGB.get(usize::from(theme.colour)).copied().unwrap_or(RGB[0]);
    let codable = if theme.retired { "false" } else { "true" };
    let attributes = [("guid", guid.as_str()), ("name", &theme.name), ("isCodable", codable), ("color", colour)];
    let element = xml.create_element("Code").with_attributes(attributes);
    if theme.about.is_empty() {
        element.write_empty()?;
        return Ok(());
    }
    let about = |xml: &mut Writer<Vec<u8>>| {
        xml.create_element("Description").write_text_content(BytesText::new(&theme.about)).map(|_| ())
    };
    element.write_inner_content(about)?;
    Ok(())
}

/// A name-based GUID in the form of version 8 (RFC 9562), from the SHA-256 of the name.
fn guid(name: &str) -> String {
    let hex = Digest::of(format!("earwitness theme {}", name.to_lowercase()).as_bytes()).hex();
    format!("{}-{}-8{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}
