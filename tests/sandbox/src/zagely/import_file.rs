//! The file of an import: a form's upload, read as CSV or as XLSX.

use std::io::Cursor;

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use calamine::{Data, Reader, Xlsx};
use multer::Multipart;
use serde_json::Value;

use crate::protocol::input::{self, Input};
use crate::state::transfer::Row;

/// More rows than this are refused.
const MOST_ROWS: usize = 50_000;
/// More columns than this are refused.
const MOST_COLUMNS: usize = 200;
/// A spreadsheet that unpacks to more than this is refused: a few kilobytes can hold gigabytes of nothing.
const LONGEST_UNPACKED: u64 = 100 * 1024 * 1024;

const NOT_READABLE: &str = "The file field must be a file of type: csv, xlsx.";
const TOO_LARGE: &str = "The file field has too many rows.";

/// A file that came with a form.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    bytes: Bytes,
}

/// The boundary of a multipart body, if the request has one.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(content_type).ok()
}

/// A form's fields and its file, which the vendor's page leaves unnamed: here it is called `file`.
pub(crate) async fn read(body: &Bytes, boundary: String) -> Result<(Input, Option<Upload>), ()> {
    let mut form = Multipart::with_reader(Cursor::new(body.clone()), boundary);
    let (mut fields, mut upload) = (Input::new(), None);
    while let Some(field) = form.next_field().await.map_err(drop)? {
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = field.file_name().is_some();
        let bytes = field.bytes().await.map_err(drop)?;
        if !is_file {
            fields.insert(name, Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        } else if name == "file" {
            upload = Some(Upload { bytes });
        }
    }
    input::tidy(&mut fields);
    Ok((fields, upload))
}

impl Upload {
    /// The rows of the file, by the names in its first line; what is wrong with it otherwise.
    pub(crate) fn rows(&self) -> Result<Vec<Row>, &'static str> {
        // Every XLSX is a ZIP file, and no CSV begins like one.
        let table = if self.bytes.starts_with(b"PK") { self.spreadsheet()? } else { self.comma_separated()? };
        let mut lines = table.into_iter();
        let names: Vec<String> = lines.next().unwrap_or_default().iter().map(|name| column(name)).collect();
        if !names.iter().any(|name| name == "phone_number") {
            return Err("The file field must have a phone_number column.");
        }
        Ok(lines.map(|cells| row(&names, cells)).collect())
    }

    fn comma_separated(&self) -> Result<Vec<Vec<String>>, &'static str> {
        // Spreadsheets put a mark in front of UTF-8.
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut table = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|_| NOT_READABLE)?;
            if table.len() > MOST_ROWS || record.len() > MOST_COLUMNS {
                return Err(TOO_LARGE);
            }
            table.push(record.iter().map(|cell| cell.trim().to_owned()).collect());
        }
        Ok(table)
    }

    fn spreadsheet(&self) -> Result<Vec<Vec<String>>, &'static str> {
        if unpacked_length(&self.bytes).is_none_or(|length| length > LONGEST_UNPACKED) {
            return Err(NOT_READABLE);
        }
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(self.bytes.clone())).map_err(|_| NOT_READABLE)?;
        let range = book.worksheet_range_at(0).ok_or(NOT_READABLE)?.map_err(|_| NOT_READABLE)?;
        if range.height() > MOST_ROWS || range.width() > MOST_COLUMNS {
            return Err(TOO_LARGE);
        }
        Ok(range.rows().map(|cells| cells.iter().map(cell).collect()).collect())
    }
}

/// What a ZIP file's directory says its entries unpack to, summed.
fn unpacked_length(bytes: &[u8]) -> Option<u64> {
    let mut total = 0_u64;
    let mut rest = bytes;
    let mut found = false;
    // Entries of the central directory begin with this mark and hold their unpacked length 24 bytes on.
    while let Some(at) = rest.windows(4).position(|mark| mark == b"PK\x01\x02") {
        let length = rest.get(at + 24..at + 28)?;
        total += u64::from(u32::from_le_bytes(length.try_into().ok()?));
        rest = &rest[at + 4..];
        found = true;
    }
    found.then_some(total)
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        // A phone number that a spreadsheet took for a number.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e18 => format!("{number:.0}"),
        other => other.to_string().trim().to_owned(),
    }
}

/// A column's name as a field's: `Phone Number` and `phone` are both `phone_number`.
fn column(name: &str) -> String {
    let name = name.trim().to_lowercase().replace([' ', '-'], "_");
    match name.as_str() {
        "phone" | "mobile" | "number" => "phone_number".to_owned(),
        "tag" => "tags".to_owned(),
        "note" => "notes".to_owned(),
        "e_mail" | "mail" => "email".to_owned(),
        _ => name,
    }
}

/// A line's cells as a contact's fields; columns of other names are custom fields.
fn row(names: &[String], cells: Vec<String>) -> Row {
    let mut row = Row::default();
    for (name, cell) in names.iter().zip(cells) {
        if cell.is_empty() {
            continue;
        }
        match name.as_str() {
            "phone_number" => row.phone_number = cell,
            "name" => row.name = Some(cell),
            "email" => row.email = Some(cell),
            "notes" => row.notes = Some(cell),
            "tags" => {
                row.tags = cell
                    .split([',', ';', '|'])
                    .map(|tag| tag.trim().to_owned())
                    .filter(|tag| !tag.is_empty())
                    .collect();
            }
            _ => drop(row.custom_fields.insert(name.clone(), Value::String(cell))),
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_columns_become_fields() {
        let text = "\u{feff}Phone,Name,Tags,City\n+1 555 1,Jane,\"vip, active\",NY\n\n15552,,,\n";
        let rows = Upload { bytes: Bytes::from(text) }.rows().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].phone_number.as_str(), rows[0].name.as_deref()), ("+1 555 1", Some("Jane")));
        assert_eq!(rows[0].tags, ["vip", "active"]);
        assert_eq!(rows[0].custom_fields["city"], "NY");
        assert!(rows[1].name.is_none() && rows[1].custom_fields.is_empty());
    }

    #[test]
    fn what_is_no_table_of_contacts_is_refused() {
        for bytes in [&b"PK\x03\x04nonsense"[..], b"name\nJane\n", b"", b"\xff\xfe\x00"] {
            assert!(Upload { bytes: Bytes::from_static(bytes) }.rows().is_err());
        }
    }
}
