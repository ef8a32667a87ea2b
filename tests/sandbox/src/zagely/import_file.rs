//! Parses the file of an import as CSV or XLSX.

use std::io::{Cursor, Read, copy, sink};

use bytes::Bytes;
use calamine::{Data, Reader, Xlsx};
use serde_json::Value;
use zip::ZipArchive;

use crate::state::transfer::Row;

/// The maximum number of rows.
const MOST_ROWS: usize = 50_000;
/// The maximum number of columns.
const MOST_COLUMNS: usize = 200;
/// The maximum unpacked size of a spreadsheet, in bytes. A few compressed kilobytes can unpack to gigabytes.
const LONGEST_UNPACKED: u64 = 64 * 1024 * 1024;

const NOT_READABLE: &str = "The file field must be a file of type: csv, xlsx.";
const TOO_LARGE: &str = "The file field has too many rows.";

/// Parses the rows of the file. The first line contains the column names. Returns a message if the file is invalid.
pub(crate) fn rows(bytes: &Bytes) -> Result<Vec<Row>, &'static str> {
    // Every XLSX is a ZIP file and starts with `PK`; a CSV file does not.
    let table = if bytes.starts_with(b"PK") { spreadsheet(bytes)? } else { comma_separated(bytes)? };
    let mut lines = table.into_iter();
    let names: Vec<String> = lines.next().unwrap_or_default().iter().map(|name| column(name)).collect();
    if !names.iter().any(|name| name == "phone_number") {
        return Err("The file field must have a phone_number column.");
    }
    Ok(lines.map(|cells| row(&names, cells)).collect())
}

fn comma_separated(bytes: &[u8]) -> Result<Vec<Vec<String>>, &'static str> {
    // Spreadsheet programs write a byte order mark before UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
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

fn spreadsheet(bytes: &Bytes) -> Result<Vec<Vec<String>>, &'static str> {
    if !unpacks_within(bytes, LONGEST_UNPACKED) {
        return Err(NOT_READABLE);
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).map_err(|_| NOT_READABLE)?;
    let sheet = book.sheet_names().into_iter().next().ok_or(NOT_READABLE)?;
    // Reads cell by cell. Two cells in opposite corners would otherwise need a table of billions of cells.
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|_| NOT_READABLE)?;
    let (mut table, mut length) = (Vec::<Vec<String>>::new(), 0);
    while let Some(found) = cells.next_cell().map_err(|_| NOT_READABLE)? {
        let (row, column) = (found.get_position().0 as usize, found.get_position().1 as usize);
        let text = cell(&Data::from(found.get_value().clone()));
        length += text.len() as u64;
        if row > MOST_ROWS || column >= MOST_COLUMNS || length > LONGEST_UNPACKED {
            return Err(TOO_LARGE);
        }
        if table.len() <= row {
            table.resize_with(row + 1, Vec::new);
        }
        let cells = &mut table[row];
        if cells.len() <= column {
            cells.resize_with(column + 1, String::new);
        }
        cells[column] = text;
    }
    Ok(table)
}

/// Returns true if the entries of a ZIP file unpack to at most `most` bytes. It unpacks them without storing the
/// data, because the lengths in the directory may be false.
fn unpacks_within(bytes: &Bytes, most: u64) -> bool {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes.clone())) else { return false };
    let mut left = most;
    for place in 0..archive.len() {
        let Ok(entry) = archive.by_index(place) else { return false };
        match copy(&mut entry.take(left + 1), &mut sink()) {
            Ok(length) if length <= left => left -= length,
            Ok(_) | Err(_) => return false,
        }
    }
    true
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        // A phone number that the spreadsheet program stored as a number.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e18 => format!("{number:.0}"),
        other => other.to_string().trim().to_owned(),
    }
}

/// Normalizes a column name to a field name: `Phone Number` and `phone` are both `phone_number`.
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

/// Converts the cells of a line to a contact's fields. Columns with other names become custom fields.
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
        let rows = rows(&Bytes::from(text)).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].phone_number.as_str(), rows[0].name.as_deref()), ("+1 555 1", Some("Jane")));
        assert_eq!(rows[0].tags, ["vip", "active"]);
        assert_eq!(rows[0].custom_fields["city"], "NY");
        assert!(rows[1].name.is_none() && rows[1].custom_fields.is_empty());
    }

    #[test]
    fn invalid_files_and_files_without_phone_numbers_are_refused() {
        for bytes in [&b"PK\x03\x04nonsense"[..], b"name\nJane\n", b"", b"\xff\xfe\x00"] {
            assert!(super::rows(&Bytes::from_static(bytes)).is_err());
        }
    }
}
