//! Tests of the binary: its first line, log, signals, state file and listening address.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use hudhud_sandbox::{Config, Sandbox, StartError};
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::harness::{SESSION, config};

/// The running binary and its lines of output.
struct Running {
    child: Child,
    lines: Receiver<String>,
    introduction: Value,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hudhud-sandbox"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let first = lines.recv_timeout(Duration::from_secs(10)).expect("a first line");
        let introduction = serde_json::from_str(&first).expect("the first line is JSON");
        Self { child, lines, introduction }
    }

    fn ready_text(&self, name: &str) -> &str {
        self.introduction[name].as_str().unwrap_or_else(|| panic!("the first line has no {name}"))
    }

    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::blocking::RequestBuilder {
        let url = format!("{}{path}", self.ready_text("zagely_base_url"));
        Client::new()
            .request(method, url)
            .header("accept", "application/json")
            .header("x-public-key", self.ready_text("public_key"))
            .header("x-secret-key", self.ready_text("secret_key"))
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(status.expect("kill can be run").success());
    }

    /// Sends a signal, waits for the exit and returns the remaining output.
    fn end(mut self, signal: &str) -> String {
        self.signal(signal);
        assert!(self.child.wait().unwrap().success(), "{signal} ends it cleanly");
        self.lines.iter().collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn the_first_line_is_json_and_the_log_contains_no_secrets() {
    let running = Running::start(&["--seed", "1"]);
    for name in [
        "address",
        "zagely_base_url",
        "wazaj_base_url",
        "public_key",
        "secret_key",
        "app_token",
        "wazaj_key",
        "admin_token",
        "session_id",
    ] {
        assert!(!running.ready_text(name).is_empty(), "{name}");
    }
    assert_eq!(running.introduction["seed"], 1);
    let body = json!({ "channel": "whatsapp", "session_id": SESSION, "to": "+15551234567", "message": "a secret text" });
    running.request(reqwest::Method::POST, "/api/v1/messages/send").json(&body).send().unwrap();
    let contact = json!({ "phone_number": "+15551234567", "name": "Jane Doe", "email": "jane@example.com" });
    running.request(reqwest::Method::POST, "/api/v1/contacts").json(&contact).send().unwrap();
    running.request(reqwest::Method::GET, "/api/v1/contacts?search=jane%40example.com").send().unwrap();
    let hidden = [
        running.ready_text("secret_key").to_owned(),
        running.ready_text("public_key").to_owned(),
        running.ready_text("admin_token").to_owned(),
        "5551234567".to_owned(),
        "a secret text".to_owned(),
        "Jane".to_owned(),
        "jane".to_owned(),
    ];
    let log = running.end("-INT");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert!(lines[0].contains("  201  POST   /api/v1/messages/send  messages.send  "), "{}", lines[0]);
    assert!(lines[2].contains("  200  GET    /api/v1/contacts  contacts.list  "), "{}", lines[2]);
    for text in hidden {
        assert!(!log.contains(&text), "the log contains {text}");
    }
}

#[test]
fn the_same_seed_produces_the_same_keys() {
    let keys = |seed: &str| {
        let running = Running::start(&["--seed", seed, "--quiet"]);
        let keys = (running.ready_text("secret_key").to_owned(), running.ready_text("wazaj_key").to_owned());
        assert_eq!(running.end("-TERM"), "");
        keys
    };
    assert_eq!(keys("5"), keys("5"));
    assert_ne!(keys("5"), keys("6"));
}

#[test]
fn state_is_kept_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let arguments = ["--state", file.to_str().unwrap(), "--no-scan"];
    let before = Running::start(&arguments);
    let body = json!({ "phone_number": "+15551234567", "name": "Jane" });
    let send = |running: &Running, key: &str| {
        let request =
            running.request(reqwest::Method::POST, "/api/v1/contacts").header("idempotency-key", key);
        request.json(&body).send().unwrap()
    };
    let made = send(&before, "k").text().unwrap();
    let unreachable = json!({ "url": "http://127.0.0.1:9/", "events": ["contact.created"] });
    before.request(reqwest::Method::POST, "/api/v1/webhooks").json(&unreachable).send().unwrap();
    let introduction = before.introduction.clone();
    before.end("-TERM");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600,
            "only the owner may read the keys"
        );
    }

    let after = Running::start(&arguments);
    for name in ["public_key", "secret_key", "app_token", "wazaj_key", "admin_token", "seed"] {
        assert_eq!(after.introduction[name], introduction[name], "{name}");
    }
    let list: Value = after.request(reqwest::Method::GET, "/api/v1/contacts").send().unwrap().json().unwrap();
    assert_eq!((&list["total"], &list["data"][0]["name"]), (&json!(1), &json!("Jane")));
    let again = send(&after, "k");
    assert_eq!(again.headers()["idempotent-replay"], "true");
    assert_eq!(again.text().unwrap(), made);
    let other = json!({ "phone_number": "+15552" });
    let other: Value =
        after.request(reqwest::Method::POST, "/api/v1/contacts").json(&other).send().unwrap().json().unwrap();
    assert_ne!(other["id"], list["data"][0]["id"], "the random stream continues after a restart");
    after.end("-INT");

    std::fs::write(&file, "no state").unwrap();
    let wrong = Command::new(env!("CARGO_BIN_EXE_hudhud-sandbox")).args(arguments).output().unwrap();
    assert!(!wrong.status.success());
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("state file"));
}

#[test]
fn pending_events_continue_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let state = Some(folder.path().join("state.json"));
    let receiver = crate::harness::Receiver::new();
    receiver.react([crate::harness::Reaction::Status(500)]);
    let kept = || Config { state: state.clone(), scan_after: None, ..config() };
    let before = crate::harness::Harness::with(kept());
    before.webhook(&receiver.url, "s", &["contact.created"]);
    before.contact("+15551", json!({}));
    receiver.wait_for_count(1);
    let body = json!({
        "name": "Later", "session_id": SESSION, "message_content": "x", "target_type": "all",
        "scheduled_at": "2099-01-01T00:00:00Z",
    });
    before.post("/api/v1/campaigns", body).expect(201);
    before.sandbox.shutdown();

    let after = crate::harness::Harness::with(kept());
    after.advance(10);
    let arrived = receiver.wait_for_count(2);
    assert_eq!(arrived[0].body, arrived[1].body);
    assert_eq!(after.get("/api/analytics/campaigns").expect(200)["campaigns"][0]["status"], "scheduled");
}

#[test]
fn addresses_other_than_loopback_require_expose() {
    let open = Config { bind: "0.0.0.0".parse().unwrap(), ..config() };
    assert!(matches!(Sandbox::start(open.clone()), Err(StartError::NotLoopback(_))));
    let sandbox = Sandbox::start(Config { expose: true, ..open }).unwrap();
    let page = Client::new().get(format!("http://127.0.0.1:{}/", sandbox.address().port())).send().unwrap();
    assert!(!page.text().unwrap().contains(sandbox.admin_token()), "the page does not contain the token");
    let refused =
        Command::new(env!("CARGO_BIN_EXE_hudhud-sandbox")).args(["--bind", "0.0.0.0"]).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--expose"));
}

#[test]
fn invalid_options_are_refused_with_a_reason() {
    let refused = |config: Config| Sandbox::start(config).unwrap_err().to_string();
    assert!(refused(Config { time_scale: 0.0, ..config() }).contains("time scale"));
    assert!(refused(Config { time_scale: f64::NAN, ..config() }).contains("time scale"));
    assert!(refused(Config { start_at: Some("soon".into()), ..config() }).contains("`soon`"));
    let first = Sandbox::start(config()).unwrap();
    let taken = Config { port: first.address().port(), ..config() };
    assert!(matches!(Sandbox::start(taken), Err(StartError::Listen { .. })));
    let port = first.address().port();
    first.shutdown();
    Sandbox::start(Config { port, ..config() }).expect("the port is free again");
}

#[test]
fn several_sandboxes_run_at_once_in_an_asynchronous_test() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (one, other) = (Sandbox::start(config()).unwrap(), Sandbox::start(config()).unwrap());
        assert_ne!(one.address(), other.address());
        let health = reqwest::get(format!("{}/api/v1/health", one.zagely_base_url())).await.unwrap();
        assert_eq!(health.status(), 200);
    });
}
