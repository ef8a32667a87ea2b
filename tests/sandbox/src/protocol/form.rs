//! Multipart forms with a file, as imports use them.

use std::io::Cursor;

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use multer::Multipart;
use serde_json::Value;

use super::input::{self, Input};

/// A file of a form.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) bytes: Bytes,
}

/// Returns the boundary of a multipart body, if the request has one.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(content_type).ok()
}

/// Reads a form's fields and its file. The vendor's page does not name the file's field; here it is `file`.
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
