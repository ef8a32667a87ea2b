//! Imports and exports of contacts. Both are accepted first and processed later.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::contact::ContactFilter;
use super::store::Record;
use crate::clock::SimTime;

/// An import or an export.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Transfer {
    pub(crate) id: Uuid,
    pub(crate) work: Work,
    pub(crate) is_done: bool,
    pub(crate) created_at: SimTime,
}

/// The work of a transfer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Work {
    Import { rows: Vec<Row>, outcome: Outcome },
    Export { filter: ContactFilter, csv: String },
}

/// A line of an uploaded file.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) phone_number: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) notes: Option<String>,
    pub(crate) custom_fields: Map<String, Value>,
}

/// The outcome of an import.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) created: usize,
    pub(crate) updated: usize,
    /// The skipped lines, each with its number (as a spreadsheet counts) and the reason.
    pub(crate) skipped: Vec<(usize, String)>,
}

impl Record for Transfer {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Transfer {
    pub(crate) fn view(&self) -> Value {
        let status = if self.is_done { "completed" } else { "queued" };
        match &self.work {
            Work::Import { outcome, .. } => json!({
                "id": self.id,
                "type": "import",
                "status": status,
                "created": outcome.created,
                "updated": outcome.updated,
                "skipped": outcome.skipped.iter().map(|(line, why)| json!({ "line": line, "reason": why }))
                    .collect::<Vec<_>>(),
            }),
            Work::Export { .. } => json!({ "id": self.id, "type": "export", "status": status }),
        }
    }
}
