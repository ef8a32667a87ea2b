//! Tests of the import of CSV and XLSX files, and of the export.

use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, until};

fn upload(harness: &Harness, field: &'static str, name: &'static str, bytes: Vec<u8>) -> Answer {
    let form = Form::new().part(field, Part::bytes(bytes).file_name(name));
    Answer::of(harness.request(Method::POST, "/api/contacts/import").multipart(form))
}

fn outcome(harness: &Harness, accepted: &Value) -> Value {
    let path = format!("/imports/{}", accepted["import_id"].as_str().unwrap());
    until(|| {
        let import = harness.admin(Method::GET, &path, json!({})).expect(200);
        (import["status"] == "completed").then_some(import)
    })
}

#[test]
fn a_csv_file_is_imported() {
    let harness = Harness::fast();
    harness.contact("+15551", json!({ "name": "Old", "tags": ["kept"] }));
    let csv = "phone_number,name,email,tags,notes,city\n\
               +1 555 1,Ann,ann@example.com,\"vip,active\",hello,NY\n\
               15552,Bob,,,,\n\
               ,Nobody,,,,\n\
               15553,Cy,not an email,,,\n";
    let accepted = upload(&harness, "file", "contacts.csv", csv.into()).expect(202);
    assert_eq!(accepted["status"], "queued");
    let import = outcome(&harness, &accepted);
    assert_eq!((&import["created"], &import["updated"]), (&json!(1), &json!(1)));
    assert_eq!(
        import["skipped"],
        json!([{ "line": 4, "reason": "no phone number" }, { "line": 5, "reason": "not an email address" }])
    );
    let ann = harness.get("/api/v1/contacts?search=ann").expect(200)["data"][0].clone();
    assert_eq!((&ann["phone_number"], &ann["tags"]), (&json!("+15551"), &json!(["kept", "vip", "active"])));
    assert_eq!((&ann["custom_fields"], &ann["email"]), (&json!({ "city": "NY" }), &json!("ann@example.com")));
}

#[test]
fn an_xlsx_file_is_imported() {
    let harness = Harness::fast();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["Phone Number", "Name", "Plan"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
    }
    // Spreadsheet programs store a phone number as a number.
    sheet.write(1, 0, 201_001_234_567_u64).unwrap();
    sheet.write(1, 1, "سارة").unwrap();
    sheet.write(1, 2, "gold").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let accepted = upload(&harness, "file", "contacts.xlsx", bytes).expect(202);
    assert_eq!(outcome(&harness, &accepted)["created"], 1);
    let sara = harness.get("/api/v1/contacts").expect(200)["data"][0].clone();
    assert_eq!((&sara["phone_number"], &sara["name"]), (&json!("+201001234567"), &json!("سارة")));
    assert_eq!(sara["custom_fields"], json!({ "plan": "gold" }));
}

#[test]
fn invalid_files_are_refused() {
    let harness = Harness::new();
    let errors = |answer: Answer| answer.errors()["file"][0].as_str().unwrap().to_owned();
    assert_eq!(errors(upload(&harness, "other", "a.csv", b"phone\n1".into())), "The file field is required.");
    assert_eq!(errors(harness.post("/api/contacts/import", json!({}))), "The file field is required.");
    let no_column = upload(&harness, "file", "a.csv", b"name\nAnn\n".into());
    assert_eq!(errors(no_column), "The file field must have a phone_number column.");
    let broken = upload(&harness, "file", "a.xlsx", b"PK\x03\x04 broken".into());
    assert_eq!(errors(broken), "The file field must be a file of type: csv, xlsx.");
    let mut corners = Workbook::new();
    let sheet = corners.add_worksheet();
    sheet.write(0, 0, "phone_number").unwrap();
    sheet.write(1_048_575, 16_383, "far away").unwrap();
    let corners = upload(&harness, "file", "a.xlsx", corners.save_to_buffer().unwrap());
    assert_eq!(errors(corners), "The file field has too many rows.");
    let boundless = harness.request(Method::POST, "/api/contacts/import");
    let boundless =
        boundless.header("content-type", "multipart/form-data; boundary=x").body("no such boundary");
    Answer::of(boundless).expect(400);
}

#[test]
fn an_export_contains_the_selected_contacts() {
    let harness = Harness::fast();
    harness.contact("+15551", json!({ "name": "Ann, the \"first\"", "tags": ["vip", "new"] }));
    harness.contact("+15552", json!({ "name": "Bob" }));
    let export = |path: &str, body: Value| {
        let accepted = harness.post(path, body).expect(202);
        let path = format!("/exports/{}", accepted["export_id"].as_str().unwrap());
        until(|| {
            (harness.admin(Method::GET, &path, json!({})).expect(200)["status"] == "completed").then_some(())
        });
        harness.admin(Method::GET, &format!("{path}/file"), json!({})).text
    };
    let all = export("/api/contacts/export", json!({}));
    assert_eq!(all.lines().count(), 3);
    assert!(all.contains("+15551,\"Ann, the \"\"first\"\"\",,\"vip,new\""));
    assert_eq!(export("/api/contacts/export", json!({ "tags": ["vip"] })).lines().count(), 2);
    assert_eq!(export("/api/contacts/export?search=bob", json!({})).lines().count(), 2);
    let wrong = harness.post("/api/contacts/export", json!({ "group_id": "x" })).errors();
    assert_eq!(wrong, json!({ "group_id": ["The group id field must be a valid UUID."] }));
}
