//! The rules that tell messages from other literals, and that give each message its kind.
//!
//! Long because it is one table in which the order matters: the first rule that fits decides.

use std::cmp::Reverse;

use super::literal::Literal;

/// A message that a user can meet.
pub(super) struct Message {
    pub(super) text: String,
    pub(super) kind: String,
    /// The field or argument that the message is about, if the code passes it as a text of its own.
    pub(super) field: Option<String>,
    pub(super) file: String,
    /// Set for the hints of the vendors' codes: `kind` is the code.
    pub(super) is_hint: bool,
}

/// The meaning of a literal.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    /// A message of this kind.
    Kind(&'static str),
    /// A part of a message of this kind. It replaces the last placeholder of this text in the message that contains the
    /// text.
    Part(&'static str, &'static str),
    /// The hint of the code before it.
    Hint,
    /// No message of an error.
    Nothing,
}

/// A rule for literals. The first rule that fits decides.
#[derive(Debug)]
pub(super) struct Rule {
    /// The beginning of the file's path.
    file: &'static str,
    /// A name around the literal, or nothing.
    within: &'static str,
    /// A part of the literal, or nothing.
    text: &'static str,
    then: Then,
}

impl Rule {
    fn fits(&self, literal: &Literal) -> bool {
        literal.file.starts_with(self.file)
            && (self.within.is_empty() || literal.context.iter().any(|name| name == self.within))
            && literal.text.contains(self.text)
    }
}

const fn rule(file: &'static str, within: &'static str, text: &'static str, then: Then) -> Rule {
    Rule { file, within, text, then }
}

pub(super) const RULES: &[Rule] = &[
    // The beginning of the errors about rows of an outbox: `docs/outbox.md` shows it.
    rule("", "", "row {row} of the list: ", Then::Nothing),
    // --- Core.
    rule("core/src/dynamic/raw.rs", "", "expected", Then::Kind("invalid_request")),
    rule("core/src/service/variables.rs", "fn required", "", Then::Kind("invalid_request")),
    rule(
        "core/src/",
        "fn from_variables",
        "set it to",
        Then::Part("invalid_request", "The variable is not set: {hint}."),
    ),
    rule(
        "core/src/",
        "fn secrets_from_variables",
        "set it to",
        Then::Part("invalid_request", "The variable is not set: {hint}."),
    ),
    rule("core/src/service/custom_headers.rs", "", " ", Then::Kind("invalid_request")),
    rule("core/src/service/settings.rs", "fn session_fault", "", Then::Kind("invalid_request")),
    rule(
        "core/src/error/display.rs",
        "impl Display for Error",
        "deadline",
        Then::Kind("rate_limited, unavailable or transport"),
    ),
    rule("core/src/codec/input/from_json.rs", "fn refuse_unknown", "", Then::Kind("invalid_request")),
    rule("core/src/codec/input/surrogates.rs", "const LONE_SURROGATE", "", Then::Kind("invalid_request")),
    rule("core/src/codec/input/validate.rs", "fn check_number", "at least", LIMIT),
    rule("core/src/codec/input/validate.rs", "fn check_number", "between", LIMIT),
    rule(
        "core/src/schema.rs",
        "impl Display for Requirement",
        "",
        Then::Part("invalid_request", "required {condition}"),
    ),
    rule("core/src/codec/input/multipart.rs", "fn finish", "", Then::Nothing),
    rule("core/src/zagely/webhook/samples.rs", "", "", Then::Nothing),
    rule("core/src/codec/input/", "fault", "field", FIELD),
    rule("core/src/codec/input/leaf.rs", "macro impl_from_json", "field", FIELD),
    // Errors of the JSON reader, which become a `DecodeError`.
    rule("core/src/", "Error::custom", "", Then::Nothing),
    rule("core/src/text/json_reader.rs", "impl Display for Fault", "", Then::Nothing),
    rule("core/src/", "DecodeError::Shape", "", Then::Part("unexpected_response", "is not {expected}")),
    rule(
        "core/src/codec/output/page.rs",
        "const NO_PAGE",
        "",
        Then::Part("unexpected_response", "is not {expected}"),
    ),
    rule("core/src/", "impl Display for DecodeError", "", Then::Kind("unexpected_response")),
    rule("core/src/", "", "any JSON value", Then::Nothing),
    rule("core/src/", "write_str", "a JSON object", Then::Nothing),
    rule("core/src/", "write_str", "an object or a list", Then::Nothing),
    // The words of the vendors' messages, and the hints, which have their own table.
    rule("core/src/error/message/vocabulary.rs", "const VOCABULARY", "", Then::Nothing),
    rule("core/src/error/hint.rs", "fn general_hint", "", Then::Nothing),
    rule("core/src/error/hint.rs", "fn doubt", "", Then::Nothing),
    rule("core/src/", "hints:", "", Then::Hint),
    rule(
        "core/src/error/display.rs",
        "impl Display for Error",
        "No connection",
        Then::Kind("transport, connect"),
    ),
    rule(
        "core/src/error/display.rs",
        "impl Display for Error",
        "No response",
        Then::Kind("transport, timeout or closed"),
    ),
    rule(
        "core/src/error/display.rs",
        "impl Display for Error",
        "The connection",
        Then::Kind("transport, timeout or closed"),
    ),
    rule("core/src/error/display.rs", "impl Display for Error", "attempts in", Then::Kind("any kind")),
    rule("core/src/error/display.rs", "impl Display for Error", "", Then::Kind("permission")),
    rule("core/src/error/hint.rs", "fn hint_of_kind", "with a later", Then::Kind("wait_too_long")),
    rule("core/src/error/hint.rs", "fn hint_of_kind", "Call again in", Then::Kind("rate_limited")),
    rule("core/src/error/hint.rs", "fn hint_of_kind", "The quota", Then::Kind("quota_exceeded")),
    rule("core/src/error/hint.rs", "fn hint_of_kind", "Set the method", Then::Kind("method_not_allowed")),
    rule("core/src/error/mod.rs", "fn misuse", "", Then::Kind("invalid_request, use of an exchange")),
    rule("core/src/error/mod.rs", "const INVALID_VALUE", "", Then::Kind("invalid_request")),
    rule("core/src/error/mod.rs", "INVALID_VALUE", "", Then::Kind("invalid_request")),
    rule("core/src/error/limiter.rs", "fn held", "", Then::Kind("wait_too_long")),
    rule("core/src/client.rs", "fn call_with", "", Then::Kind("invalid_request")),
    rule("core/src/error/limiter.rs", "fn of_store", "", Then::Kind("store")),
    rule("core/src/error/mod.rs", "fn from_transport", "No connection", Then::Kind("transport, connect")),
    rule("core/src/error/mod.rs", "fn from_transport", "", Then::Kind("transport, timeout or closed")),
    rule("core/src/error/mod.rs", "fn from_response", "", OF_STATUS),
    rule("core/src/error/mod.rs", "fn unreadable", "", Then::Kind("unexpected_response")),
    rule("core/src/error/vendor_body.rs", "", "", OF_STATUS),
    rule(
        "core/src/exchange/paginator.rs",
        "why",
        "",
        Then::Part("unexpected_response, list cut short", "{why}"),
    ),
    rule(
        "core/src/exchange/paginator.rs",
        "fn into_error",
        "",
        Then::Kind("unexpected_response, list cut short"),
    ),
    rule("core/src/service/base_url.rs", "", "", Then::Kind("invalid_request")),
    rule("core/src/service/mod.rs", "fn build", "", Then::Kind("invalid_request")),
    rule(
        "core/src/limiter/bytes.rs",
        "impl Display for RateLimiterStateError",
        "",
        Then::Kind("RateLimiterStateError"),
    ),
    rule("core/src/inbox/entry.rs", "impl Display for InvalidEntry", "", Then::Kind("InvalidEntry")),
    rule("core/stores/sqlite/src/error.rs", "", "", Then::Kind("hudhud_sqlite::Error")),
    rule("core/stores/sqlite/src/table.rs", "", "", Then::Nothing),
    rule("core/stores/sqlite/src/inbox.rs", "", "savepoint", Then::Nothing),
    rule("core/stores/sqlite/src/inbox.rs", "", "hudhud_inbox_handler", Then::Nothing),
    rule("core/transports/reqwest/examples/fleet.rs", "", "", Then::Nothing),
    rule("core/stores/sqlite/src/rate_limiter.rs", "", "", Then::Nothing),
    rule("core/src/limiter/store.rs", "", "took longer", Then::Kind("cause of an error of the kind store")),
    rule("core/src/limiter/", "", "", Then::Part("RateLimiterStateError", "invalid {name}")),
    rule(
        "core/stores/outbox-file/src/error.rs",
        "impl Display for OutboxFileError",
        "",
        Then::Kind("OutboxFileError"),
    ),
    rule("core/stores/outbox-file/src/journal.rs", "fn append", "", Then::Part("OutboxFileError", "{error}")),
    rule("core/stores/outbox-file/src/journal.rs", "fn extend", "", Then::Part("OutboxFileError", "{error}")),
    rule("core/stores/outbox-file/examples/", "", "", Then::Nothing),
    rule("core/src/outbox/error.rs", "impl Display for OutboxError", "", Then::Kind("OutboxError")),
    rule("core/src/outbox/", "", "", Then::Nothing),
    rule("core/src/template.rs", "impl Display for MissingVariables", "", Then::Kind("MissingVariables")),
    rule("core/src/", "impl Display for InvalidIdempotencyKey", "", Then::Kind("invalid_request")),
    rule("core/src/", "impl Display for InvalidJson", "", Then::Kind("InvalidJson")),
    rule("core/src/types/secret.rs", "fn for_header", "", Then::Kind("invalid_request")),
    rule("core/src/zagely/webhook/verifier.rs", "fn mismatch_hint", "", Then::Kind("WebhookError")),
    rule("core/src/zagely/webhook/verifier.rs", "fn check_secret", "", Then::Kind("invalid_request")),
    rule("core/src/zagely/webhook/verifier.rs", "fn check_age", "", Then::Kind("WebhookError")),
    // --- JavaScript.
    rule("bindings-wasm/js/host/fetch-web.ts", "", "fetch may send", Then::Kind("InvalidRequestError")),
    rule("bindings-wasm/js/host/", "", "EPROTO", Then::Nothing),
    rule("bindings-wasm/js/host/", "", "bad port", Then::Nothing),
    rule("bindings-wasm/js/webhook.ts", "", "webhook refused", Then::Kind("WebhookError")),
    rule("bindings-wasm/js/text.ts", "", "number: expected", Then::Kind("InvalidRequestError")),
    rule("bindings-wasm/js/client.ts", "", " is required", Then::Kind("InvalidRequestError")),
    rule("bindings-wasm/js/client.ts", "", "publicKey: ", Then::Nothing),
    rule("bindings-wasm/js/call-names.ts", "", "there is no call", Then::Kind("InvalidRequestError")),
    rule("bindings-wasm/js/call-names.ts", "", " of this name", Then::Nothing),
    rule("bindings-wasm/js/client.ts", "", "a list takes no", Then::Kind("InvalidRequestError")),
    rule("bindings-wasm/js/near.ts", "", "did you mean", Then::Nothing),
    rule("bindings-wasm/js/observer.ts", "has", "", Then::Nothing),
    rule("bindings-wasm/js/transport.ts", "UnusableResponse", "", Then::Kind("TransportError")),
    rule("bindings-wasm/js/arguments.ts", "", "expected an id", Then::Kind("InvalidRequestError")),
    rule("bindings-wasm/js/arguments.ts", "", "an object", Then::Part("TypeError", "expected {argument}")),
    rule("bindings-wasm/js/exchange.ts", "", "Page{which}", Then::Nothing),
    // Core's messages, which the functions read.
    rule("bindings-uniffi/src/names.rs", "fn in_message", "", Then::Nothing),
    rule("bindings-wasm/js/observer.ts", "", " ms", Then::Nothing),
    rule("bindings-wasm/js/observer.ts", "", "; the calls wait", Then::Nothing),
    rule("bindings-wasm/js/reasons.ts", "", "", Then::Part("TransportError", "Reason: {reason}")),
    rule("bindings-wasm/js/inbox-sql.ts", "", "hudhud_inbox", Then::Nothing),
    rule("bindings-wasm/js/inbox-sql.ts", "", " ON CONFLICT", Then::Nothing),
    rule("bindings-wasm/js/postgres.ts", "", "hudhud_rate_limiter", Then::Nothing),
    rule("bindings-wasm/js/redis.ts", "", "redis.call", Then::Nothing),
    rule(
        "bindings-wasm/js/errors.ts",
        "Interruption",
        "",
        Then::Part("AbortError", "{call}: aborted by the signal. {hint}"),
    ),
    rule("bindings-wasm/js/rate-limiter-object.ts", "", "hudhud_rate_limiter", Then::Nothing),
    rule("bindings-wasm/src/inbox.rs", "fn new", "16 bytes", Then::Nothing),
    rule("bindings-wasm/js/outbox-reading.ts", "", " sent, ", Then::Nothing),
    rule("bindings-wasm/js/json.ts", "", "a finite number", Then::Kind("TypeError")),
    rule(
        "bindings-wasm/js/json.ts",
        "",
        "a promise: await it",
        Then::Part("TypeError", "expected a JSON value, not {object}"),
    ),
    rule("bindings-wasm/js/", "", ": expected ", Then::Kind("TypeError")),
    rule("bindings-wasm/src/options.rs", "must_be", "", Then::Part("TypeError", "expected {what}")),
    // --- Python.
    rule("bindings-python/python/hudhud/", "_of_value", "", Then::Kind("InvalidRequestError")),
    rule("bindings-python/python/hudhud/inbox/_rules.py", "def _first", "", Then::Nothing),
    rule("bindings-python/python/hudhud/inbox/_rules.py", "log.error", "", Then::Kind("log record")),
    rule("bindings-python/python/hudhud/inbox/_rules.py", "log.warning", "", Then::Kind("log record")),
    rule("bindings-python/python/hudhud/inbox/_sql.py", "class Dialect", "", Then::Nothing),
    rule("bindings-python/python/hudhud/inbox/_sql.py", "", "the handler", Then::Kind("HudhudError")),
    rule("bindings-python/python/hudhud/inbox/psycopg.py", "", "same moment", Then::Kind("StoreBusyError")),
    rule("bindings-python/python/hudhud/inbox/redis.py", "", "redis.call", Then::Nothing),
    // The ends of messages in `_store_arguments.py`.
    rule("bindings-python/python/hudhud/inbox/redis.py", "", "entries are bytes", Then::Nothing),
    rule("bindings-python/python/hudhud/rate_limiter/redis.py", "", "the state is bytes", Then::Nothing),
    rule("bindings-python/python/hudhud/inbox/sqlite.py", "database_of", "", Then::Nothing),
    rule("bindings-python/python/hudhud/rate_limiter/sqlite.py", "database_of", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_store_arguments.py", "", "an asynchronous", Then::Nothing),
    rule("bindings-python/python/hudhud/inbox/redis.py", "", "the handler", Then::Kind("HudhudError")),
    rule("bindings-python/python/hudhud/inbox/sqlite.py", "", "no such savepoint", Then::Nothing),
    rule("bindings-python/python/hudhud/inbox/sqlite.py", "connection.execute", "", Then::Nothing),
    rule(
        "bindings-python/python/hudhud/_sqlite.py",
        "def connect",
        "",
        Then::Part("sqlite3.OperationalError", "{error} {path}: {advice}"),
    ),
    rule("bindings-python/python/hudhud/_limits.py", "log.warning", "", Then::Kind("log record")),
    rule("bindings-python/python/hudhud/rate_limiter/", "", "hudhud_rate_limiter", Then::Nothing),
    rule("bindings-python/python/hudhud/rate_limiter/redis.py", "", "redis.call", Then::Nothing),
    rule("bindings-python/python/hudhud/_log.py", "log.warning", "", Then::Kind("log record")),
    // The records of calls are in the README.
    rule("bindings-python/python/hudhud/_watch.py", "class Watch", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_watch.py", "class _Held", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/progress.py", "", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_watch.py", "def waits", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_watch.py", "def verified", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_watch.py", "def _described", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_watch.py", "def _failed", "", Then::Kind("log record")),
    rule(
        "bindings-python/python/hudhud/_watch.py",
        "def guarded",
        "the class",
        Then::Part("ArgumentError", "end, not {kind}"),
    ),
    rule("bindings-python/python/hudhud/testing/_responses.py", "", "was refused", Then::Nothing),
    // The ends of messages: the name that is meant, or all names.
    rule("bindings-python/python/hudhud/testing/_responses.py", "def meant", "", Then::Nothing),
    rule("bindings-python/python/hudhud/testing/_responses.py", "def _meant_or_all", "", Then::Nothing),
    rule(
        "bindings-python/python/hudhud/transports/_fault.py",
        "",
        "",
        Then::Kind("reason of a TransportError"),
    ),
    rule("bindings-python/src/", "wrong_type", "", Then::Kind("ArgumentError")),
    rule("bindings-python/src/", "wrong_value", "", Then::Kind("InvalidRequestError")),
    rule("bindings-python/src/service.rs", "fn unknown", "", Then::Kind("ArgumentError")),
    rule("bindings-python/src/documentation.rs", "", "", Then::Nothing),
    rule(
        "bindings-python/src/exception.rs",
        "format!",
        "expected {wanted}",
        Then::Part("ArgumentError", "argument '{name}': {message}"),
    ),
    rule(
        "bindings-python/src/exception.rs",
        "fn bounds",
        "expected a",
        Then::Part("InvalidRequestError", "argument '{name}': {message}"),
    ),
    rule("bindings-python/src/exception.rs", "", "", Then::Nothing),
    rule("core/src/dynamic.rs", "fn unknown_call", "", Then::Kind("invalid_request")),
    rule("bindings-python/python/hudhud/_cli/", "UsageError", "", Then::Kind("exit status 2")),
    rule(
        "bindings-python/python/hudhud/_cli/",
        "argparse.ArgumentTypeError",
        "",
        Then::Kind("exit status 2"),
    ),
    rule("bindings-python/python/hudhud/_cli/call_names.py", "", "", Then::Kind("exit status 2")),
    rule("bindings-python/python/hudhud/_cli/braces.py", "def __str__", "", Then::Kind("warning")),
    rule("bindings-python/python/hudhud/_cli/braces.py", "", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/previewing.py", "", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/calling.py", "", "", Then::Nothing),
    rule(
        "bindings-python/python/hudhud/_cli/capture.py",
        "",
        "Expected one header",
        Then::Part("exit status 2", "{_WANTED}"),
    ),
    rule("bindings-python/python/hudhud/_cli/completion.py", "", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/curl.py", "", "Bearer", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/exit_codes.py", "", "", Then::Nothing),
    rule(
        "bindings-python/python/hudhud/_cli/fields.py",
        "def _unknown_field",
        "",
        Then::Kind("exit status 2"),
    ),
    rule("bindings-python/python/hudhud/_cli/fields.py", "def _refuse", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/fields.py", "", "list of ", Then::Nothing),
    rule(
        "bindings-python/python/hudhud/_cli/fields.py",
        "",
        "",
        Then::Part("exit status 2", "expected {kind}"),
    ),
    rule(
        "bindings-python/python/hudhud/_cli/listening.py",
        "def _forwarded",
        "",
        Then::Kind("response 502 or 504"),
    ),
    rule("bindings-python/python/hudhud/_cli/listening.py", "def _saved", "", Then::Kind("warning")),
    rule("bindings-python/python/hudhud/_cli/listening.py", "", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/contact_rows.py", "", "", Then::Kind("faulty row")),
    rule("bindings-python/python/hudhud/_cli/sending.py", "def _add", "", Then::Kind("faulty row")),
    rule(
        "bindings-python/python/hudhud/_cli/sending.py",
        "def _is_wanted",
        "nothing was sent: ",
        Then::Kind("exit status 3"),
    ),
    rule("bindings-python/python/hudhud/_cli/sending.py", "", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_outbox_report.py", "", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/parser.py", "", "", Then::Nothing),
    rule(
        "bindings-python/python/hudhud/_cli/registration.py",
        "write_error",
        "may have been",
        Then::Kind("warning"),
    ),
    rule(
        "bindings-python/python/hudhud/_cli/registration.py",
        "write_error",
        "not deleted",
        Then::Kind("warning"),
    ),
    rule("bindings-python/python/hudhud/_cli/registration.py", "write_error", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/repairs.py", "Callable", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/repairs.py", "", "longer than", Then::Nothing),
    rule(
        "bindings-python/python/hudhud/_cli/repairs.py",
        "def length_hint",
        "",
        Then::Kind("finding of verify"),
    ),
    rule(
        "bindings-python/python/hudhud/_cli/repairs.py",
        "def secret_hint",
        "",
        Then::Kind("finding of verify"),
    ),
    // The steps of a repair, which follow `the signature is right once`.
    rule("bindings-python/python/hudhud/_cli/repairs.py", "", "", Then::Nothing),
    rule(
        "bindings-python/python/hudhud/_cli/run.py",
        "def main",
        "interrupted",
        Then::Kind("exit status 130"),
    ),
    rule(
        "bindings-python/python/hudhud/_cli/run.py",
        "",
        "to retry",
        Then::Part("exit status 130", "{_AGAIN}"),
    ),
    rule("bindings-python/python/hudhud/_cli/run.py", "def _parsed", "", Then::Kind("exit status 2")),
    rule("bindings-python/python/hudhud/_cli/run.py", "def _message", "", Then::Kind("exit status 1")),
    rule("bindings-python/python/hudhud/_cli/usage.py", "def unknown", "", Then::Kind("exit status 2")),
    rule(
        "bindings-python/python/hudhud/_cli/usage.py",
        "def whole_number",
        "from",
        Then::Part("exit status 2", "{limits}"),
    ),
    rule("bindings-python/python/hudhud/_cli/verifying.py", "write", "genuine", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/verifying.py", "def duration", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/verifying.py", "def _age", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_cli/verifying.py", "", "", Then::Kind("finding of verify")),
    rule("bindings-python/python/hudhud/_calls.py", "def _keep_key", "", Then::Kind("note on the exception")),
    rule("bindings-python/python/hudhud/_runtimes.py", "RuntimeError", "", Then::Kind("RuntimeError")),
    rule("bindings-python/python/hudhud/_calls.py", "ArgumentError", "", Then::Kind("ArgumentError")),
    rule("bindings-python/python/hudhud/_arguments.py", "ArgumentError", "", Then::Kind("ArgumentError")),
    rule("bindings-python/python/hudhud/_calls.py", "AttributeError", "", Then::Kind("AttributeError")),
    rule(
        "bindings-python/python/hudhud/_names.py",
        "def meant",
        "",
        Then::Part("ArgumentError", "keyword argument {unknown}: {message}"),
    ),
    // Documentation.
    rule("bindings-python/python/hudhud/_calls.py", "", "", Then::Nothing),
    rule("bindings-python/python/hudhud/_arguments.py", "", "", Then::Nothing),
    rule(
        "bindings-python/python/hudhud/_client.py",
        "_variable",
        "",
        Then::Part("KeyError", "is not set: {message}"),
    ),
    rule(
        "bindings-python/python/hudhud/_client.py",
        "class _Zagely",
        "",
        Then::Part("ArgumentError", "is required: {description}"),
    ),
    rule(
        "bindings-python/python/hudhud/_client.py",
        "class _Wazaj",
        "",
        Then::Part("ArgumentError", "is required: {description}"),
    ),
    rule("bindings-python/python/hudhud/", "ReadBefore", "", Then::Part("ReadBefore", "{instead}")),
    rule("bindings-python/python/hudhud/", "class TooLarge", "", Then::Kind("TooLarge")),
    rule("bindings-python/python/hudhud/", "class ReadBefore", "", Then::Nothing),
    rule("bindings-python/python/hudhud/", "class Repeated", "", Then::Kind("Repeated")),
    rule("bindings-python/python/hudhud/", "class CutOff", "", Then::Kind("CutOff")),
    rule("bindings-python/python/hudhud/", "zlib.error", "", Then::Kind("zlib.error")),
    rule(
        "bindings-python/python/hudhud/",
        "http.client.RemoteDisconnected",
        "",
        Then::Kind("RemoteDisconnected"),
    ),
    rule(
        "bindings-python/python/hudhud/testing/pytest_plugin.py",
        "",
        "to install it",
        Then::Part("RuntimeError", "as JSON: {_HOW}"),
    ),
    rule(
        "bindings-python/python/hudhud/testing/pytest_plugin.py",
        "pytest.skip",
        "",
        Then::Kind("skipped test"),
    ),
    rule(
        "bindings-python/python/hudhud/testing/__init__.py",
        "AssertionError",
        "",
        Then::Kind("AssertionError"),
    ),
    rule(
        "bindings-python/python/hudhud/transports/__init__.py",
        "def _known",
        "",
        Then::Part("ArgumentError", "'transport': {_BLOCKING}"),
    ),
    rule("bindings-python/python/hudhud/transports/", "", "gzip, deflate", Then::Nothing),
    rule("bindings-python/src/", "fn __repr__", "", Then::Nothing),
    rule("bindings-python/src/operation.rs", "fn type_name", "", Then::Nothing),
    rule("bindings-python/src/declared/", "Error::custom", "", Then::Nothing),
    rule("bindings-python/src/declared/", "E::custom", "", Then::Nothing),
    rule(
        "bindings-python/src/declared/",
        "DecodeError::Shape",
        "",
        Then::Part("unexpected_response", "is not {expected}"),
    ),
    rule(
        "bindings-python/src/declared/",
        "PyTypeError::new_err",
        "",
        Then::Part("ArgumentError", "': {message}"),
    ),
    rule(
        "bindings-python/src/declared/",
        "PyValueError::new_err",
        "",
        Then::Part("InvalidRequestError", "': {message}"),
    ),
    // --- Kotlin and Swift.
    rule("bindings-uniffi/kotlin/okhttp/", "Thread", "Dispatcher", Then::Nothing),
    rule("bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/Outbox.kt", "", "Outbox(", Then::Nothing),
    rule("bindings-uniffi/swift/Sources/Hudhud/Outbox.swift", "", "Outbox(", Then::Nothing),
    rule(
        "bindings-uniffi/swift/Sources/Hudhud/Outbox.swift",
        "OutboxError.refused",
        "",
        Then::Kind("OutboxError.refused"),
    ),
    rule(
        "bindings-uniffi/src/outbox.rs",
        "fn closed",
        "",
        Then::Part(
            "OutboxException.File, OutboxError.file",
            "the journal of the outbox cannot be used: {error}",
        ),
    ),
    rule("bindings-uniffi/src/bridge.rs", "", "", Then::Kind("crash")),
    rule("bindings-uniffi/src/tape/", "Error::custom", "", Then::Nothing),
    rule("bindings-uniffi/src/tape/", "", "any JSON value", Then::Nothing),
    rule(
        "bindings-uniffi/src/tape/",
        "DecodeError::Shape",
        "",
        Then::Part("unexpected_response", "is not {expected}"),
    ),
    rule("bindings-uniffi/src/jni.rs", "", "", Then::Kind("crash")),
    rule("bindings-uniffi/src/webhook.rs", "fn render_template", "", Then::Kind("invalid_request")),
    rule("bindings-uniffi/src/services.rs", "fn refuse_call", "", Then::Kind("invalid_request")),
    rule("bindings-uniffi/src/services.rs", "fn refuse_negatives", "", Then::Kind("invalid_request")),
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/CallCancelledException.kt",
        "LastSent",
        "",
        Then::Kind("transport"),
    ),
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/Json.kt",
        "JsonForm",
        "; pass text",
        Then::Kind("IllegalArgumentException"),
    ),
    rule("bindings-uniffi/kotlin/testing/", "", "Delivery(", Then::Nothing),
    rule("bindings-uniffi/kotlin/", "", "payload_too_large", Then::Kind("DeliveryTooLargeException")),
    rule("bindings-uniffi/kotlin/", "", "webhook refused", Then::Kind("WebhookException")),
    rule(
        "bindings-uniffi/kotlin/",
        "RuntimeException",
        "the transport failed",
        Then::Kind("TransportException"),
    ),
    rule(
        "bindings-uniffi/kotlin/",
        "",
        "bytes; raise maxResponseBytes",
        Then::Kind("ResponseTooLargeException"),
    ),
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/JsonRecord.kt",
        "wrong",
        "",
        Then::Part("IllegalArgumentException", "{wanted}"),
    ),
    rule(
        "bindings-uniffi/kotlin/jdbc/",
        "IllegalArgumentException",
        "",
        Then::Kind("IllegalArgumentException"),
    ),
    rule("bindings-uniffi/kotlin/jdbc/", "", "", Then::Nothing),
    rule("bindings-uniffi/kotlin/redis/", "", "", Then::Nothing),
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/RateLimiterStore.kt",
        "",
        "",
        Then::Nothing,
    ),
    rule("bindings-uniffi/kotlin/", "requireNotNull", "", Then::Kind("IllegalArgumentException")),
    // The beginnings of messages of the JDK.
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/TransportReason.kt",
        "listOf",
        "",
        Then::Nothing,
    ),
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/TransportReason.kt",
        "",
        "",
        Then::Kind("transport"),
    ),
    rule("bindings-uniffi/kotlin/", "listOf", "", Then::Nothing),
    rule(
        "bindings-uniffi/kotlin/ktor-client/",
        "why",
        "",
        Then::Part("IllegalArgumentException", "use {instead}"),
    ),
    rule("bindings-uniffi/kotlin/ktor-client/", "", "cannot be prevented; use", Then::Nothing),
    rule("bindings-uniffi/kotlin/ktor-client/", "once.refuse", "", Then::Part("IOException", "{who}")),
    rule("bindings-uniffi/kotlin/ktor-client/", "refuse", "a plugin", Then::Part("IOException", "{who}")),
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/Log.kt",
        "",
        "expected",
        Then::Kind("warning"),
    ),
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/Watch.kt",
        "",
        "correct it",
        Then::Kind("log record"),
    ),
    // The lines about calls are in the README.
    rule("bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/Watch.kt", "", "", Then::Nothing),
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/Inbox.kt",
        "",
        "the event is",
        Then::Part("log record", "{attempt}: {then}"),
    ),
    rule(
        "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/Inbox.kt",
        "",
        "inbox: ",
        Then::Kind("log record"),
    ),
    rule(
        "bindings-uniffi/swift/Sources/Hudhud/InboxArrival.swift",
        "",
        "the event is",
        Then::Part("log record", "{attempt}: {then}"),
    ),
    rule("bindings-uniffi/swift/Sources/Hudhud/InboxArrival.swift", "", "inbox: ", Then::Kind("log record")),
    rule("bindings-uniffi/swift/Sources/Hudhud/InboxReceipt.swift", "", "", Then::Kind("RejectedEvent")),
    rule("bindings-uniffi/swift/Sources/Hudhud/InboxStore.swift", "", "", Then::Kind("InboxBusy")),
    rule("bindings-uniffi/swift/Sources/HudhudSQLite/", "", "PRAGMA", Then::Nothing),
    rule("bindings-uniffi/swift/Sources/HudhudSQLite/", "", "hudhud_inbox", Then::Nothing),
    rule("bindings-uniffi/swift/Sources/HudhudSQLite/", "", "BEGIN IMMEDIATE", Then::Nothing),
    rule("bindings-uniffi/swift/Sources/HudhudSQLite/", "", "ON CONFLICT", Then::Nothing),
    rule("bindings-uniffi/swift/Sources/HudhudSQLite/", "", "hudhud_rate_limiter", Then::Nothing),
    rule("bindings-uniffi/swift/Sources/HudhudSQLite/", "", "blob(", Then::Nothing),
    rule("bindings-uniffi/swift/Sources/HudhudSQLite/", "", "", Then::Kind("SQLiteError")),
    rule("bindings-uniffi/swift/Sources/Hudhud/CallCancelled.swift", "", "", Then::Kind("CallCancelled")),
    rule("bindings-uniffi/swift/Sources/Hudhud/Logger.swift", "", "expected", Then::Kind("warning")),
    rule("bindings-uniffi/swift/Sources/Hudhud/Logger.swift", "", "", Then::Nothing),
    // The lines about calls are in the README.
    rule("bindings-uniffi/swift/Sources/Hudhud/Observer.swift", "Watch", "", Then::Nothing),
    rule("bindings-uniffi/swift/Sources/Hudhud/Call.swift", "HudhudError", "", Then::Kind("transport")),
    rule("bindings-uniffi/swift/Sources/Hudhud/Call.swift", "ErrorDetails", "", Then::Kind("transport")),
    rule("bindings-uniffi/swift/Sources/Hudhud/Call.swift", "Mistake", "", Then::Nothing),
    rule(
        "bindings-uniffi/swift/Sources/Hudhud/URLSessionTransport.swift",
        "",
        "expected a ",
        Then::Kind("invalid_request"),
    ),
    // The sentences around the messages of the fields.
    rule(
        "bindings-uniffi/swift/Sources/Hudhud/URLSessionTransport.swift",
        "",
        "A value is invalid.",
        Then::Nothing,
    ),
    rule(
        "bindings-uniffi/swift/Sources/Hudhud/URLSessionTransport.swift",
        "",
        "Correct the named fields",
        Then::Nothing,
    ),
    rule(
        "bindings-uniffi/swift/Sources/HudhudTesting/",
        "",
        "no response was prepared",
        Then::Kind("NoResponse"),
    ),
    rule(
        "bindings-uniffi/swift/Sources/Hudhud/RateLimiterStore.swift",
        "",
        "the calls wait",
        Then::Kind("log record"),
    ),
    rule("bindings-uniffi/swift/Sources/Hudhud/Outcome.swift", "", "", Then::Kind("TransportError")),
    rule(
        "bindings-uniffi/swift/Sources/Hudhud/SessionAttempt.swift",
        "code",
        "",
        Then::Kind("TransportError"),
    ),
    rule(
        "bindings-uniffi/swift/Sources/Hudhud/SessionAttempt.swift",
        "TransportError",
        "",
        Then::Kind("TransportError"),
    ),
    // The beginnings of messages of libcurl.
    rule("bindings-uniffi/swift/Sources/Hudhud/SessionAttempt.swift", "", "", Then::Nothing),
    rule("bindings-uniffi/swift/Sources/Hudhud/Webhook.swift", "String", "", Then::Kind("WebhookError")),
    rule("bindings-uniffi/swift/Sources/Hudhud/JsonValue.swift", "", "", Then::Kind("DecodingError")),
    rule(
        "bindings-uniffi/swift/Sources/Hudhud/Transport.swift",
        "",
        "libcurl error",
        Then::Kind("LibcurlError"),
    ),
];

const FIELD: Then = Then::Part("invalid_request", "The {name} {what}");
const LIMIT: Then = Then::Part("invalid_request", "field must be {limit}");
const OF_STATUS: Then = Then::Kind("the kind of the HTTP status");

/// The names of calls and macros whose texts are for developers of this library.
const NO_MESSAGES: [&str; 4] = ["expect", "panic!", "fn expecting", "debug_struct"];

/// Returns the messages among literals. `all` are those of all sections, in which parts find their messages. The error lists the literals for which there is no rule.
pub(super) fn messages(
    literals: &[Literal],
    all: &[Literal],
    used: &mut [bool],
) -> Result<Vec<Message>, Vec<String>> {
    let mut messages = Vec::new();
    let mut unknown = Vec::new();
    for (at, literal) in literals.iter().enumerate() {
        let is_for_users = !literal
            .context
            .iter()
            .any(|name| NO_MESSAGES.contains(&name.as_str()) || name.starts_with("impl Debug for "));
        if !literal.is_prose() || !is_for_users {
            continue;
        }
        let rule = RULES.iter().position(|rule| rule.fits(literal));
        let before = at.checked_sub(1).map(|at| &literals[at]);
        let before = before.filter(|before| before.context == literal.context && !before.is_prose());
        let mut message = Message {
            text: literal.text.clone(),
            kind: String::new(),
            field: None,
            file: literal.file.clone(),
            is_hint: false,
        };
        if let Some(rule) = rule {
            used[rule] = true;
        }
        match rule.map(|rule| RULES[rule].then) {
            Some(Then::Nothing) => continue,
            Some(Then::Kind(kind)) => message.kind = kind.into(),
            Some(Then::Part(kind, frame)) => {
                message.kind = kind.into();
                match framed(all, frame, &literal.text, &literal.file) {
                    Some(text) => message.text = text,
                    None => unknown.push(format!("xtask/src/errors/rules.rs: no message contains {frame:?}")),
                }
            }
            Some(Then::Hint) => {
                message.kind = before.map(|before| before.text.clone()).unwrap_or_default();
                message.is_hint = true;
            }
            None => match kind_of(literal) {
                Some(kind) => message.kind = kind,
                None => {
                    unknown.push(format!(
                        "{}: {:?} (in {}): no rule in xtask/src/errors/rules.rs gives its kind",
                        literal.file,
                        literal.text,
                        literal.context.join(" > ")
                    ));
                    continue;
                }
            },
        }
        if literal.context.last().is_some_and(|last| last == "Error::invalid") {
            message.field = before.map(|before| before.text.clone());
        }
        messages.push(message);
    }
    if unknown.is_empty() { Ok(messages) } else { Err(unknown) }
}

/// Returns the message that contains `frame`, with `part` instead of the last placeholder of the frame. The message may be
/// a part itself. If several messages contain the frame, it is the first one of those that are nearest to `file`.
fn framed(all: &[Literal], frame: &str, part: &str, file: &str) -> Option<String> {
    let shared = |literal: &Literal| {
        literal.file.split('/').zip(file.split('/')).take_while(|(one, other)| one == other).count()
    };
    let wholes = all.iter().filter(|literal| literal.text.contains(frame));
    let whole = wholes.min_by_key(|literal| Reverse(shared(literal)))?;
    let placeholder = &frame[frame.rfind('{')?..=frame.rfind('}')?];
    let text = whole.text.replace(frame, &frame.replace(placeholder, part));
    match RULES.iter().find(|rule| rule.fits(whole)).map(|rule| rule.then) {
        Some(Then::Part(_, outer)) if outer != frame => framed(all, outer, &text, &whole.file),
        _ => Some(text),
    }
}

/// Returns the kind that the code around a literal shows.
fn kind_of(literal: &Literal) -> Option<String> {
    let (_, language) = literal.file.rsplit_once('.')?;
    literal.context.iter().rev().find_map(|name| {
        let name = name.strip_suffix("::new_err").unwrap_or(name);
        let name = ["impl Display for ", "impl ", "class "]
            .iter()
            .find_map(|start| name.strip_prefix(start))
            .unwrap_or(name);
        let last = name.rsplit(['.', ':']).next().unwrap_or(name);
        let kind = match (language, last) {
            ("kt", "require") => "IllegalArgumentException",
            ("kt", "check" | "checkNotNull" | "error") => "IllegalStateException",
            ("swift", "precondition" | "preconditionFailure") => "crash",
            ("rs", "misuse") if literal.file.starts_with("bindings-wasm/") => "TypeError",
            ("rs", "misuse") => "invalid_request, use of an exchange",
            ("rs", "fault" | "invalid") => "invalid_request",
            ("rs", "Error") => return None,
            _ if ["Error", "Exception"].iter().any(|end| last.ends_with(end)) => {
                last.strip_prefix("Py").filter(|_| language == "rs").unwrap_or(last)
            }
            _ => return None,
        };
        Some(kind.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(file: &str, context: &[&str], text: &str) -> Literal {
        let context = context.iter().map(|name| (*name).to_owned()).collect();
        Literal { file: file.into(), text: text.into(), context }
    }

    /// The text, the kind and the field of a message.
    type Row = (String, String, Option<String>);

    fn read(literals: &[Literal]) -> Result<Vec<Row>, Vec<String>> {
        let found = messages(literals, literals, &mut vec![false; RULES.len()])?;
        Ok(found.into_iter().map(|message| (message.text, message.kind, message.field)).collect())
    }

    #[test]
    fn a_message_has_the_kind_of_the_code_around_it() {
        let found = read(&[
            literal("core/src/new.rs", &["fn f", "Error::invalid"], "input"),
            literal("core/src/new.rs", &["fn f", "Error::invalid"], "The input is wrong."),
            literal("bindings-wasm/js/new.ts", &["f", "TypeError"], "now: expected a function"),
            literal("bindings-python/src/new.rs", &["fn f", "PyTypeError::new_err"], "unknown option"),
            literal("bindings-uniffi/kotlin/New.kt", &["require"], "timeout: expected a duration"),
        ]);
        let row = |text: &str, kind: &str, field: Option<&str>| {
            (text.to_owned(), kind.to_owned(), field.map(str::to_owned))
        };
        let expected = [
            row("The input is wrong.", "invalid_request", Some("input")),
            row("now: expected a function", "TypeError", None),
            row("unknown option", "TypeError", None),
            row("timeout: expected a duration", "IllegalArgumentException", None),
        ];
        assert_eq!(found, Ok(expected.into()));
    }

    #[test]
    fn a_message_of_an_unknown_constructor_is_rejected() {
        for context in [&["fn f"][..], &["fn f", "Fault::of"]] {
            let message = read(&[literal("core/src/new.rs", context, "The input is wrong.")]).unwrap_err();
            assert!(
                message[0].contains("core/src/new.rs") && message[0].contains("The input is wrong."),
                "{message:?}"
            );
        }
    }

    #[test]
    fn a_part_of_a_part_is_shown_in_the_whole_message() {
        let found = read(&[
            literal("core/src/codec/input/validate.rs", &["fn check_number", "format!"], "at least {low}"),
            literal("core/src/codec/input/validate.rs", &["fault", "format!"], "field must be {limit}."),
            literal("core/src/codec/input/validate.rs", &["fn fault", "format!"], "The {name} {what}"),
        ]);
        let texts: Vec<_> = found.unwrap().into_iter().map(|(text, ..)| text).collect();
        assert_eq!(texts, ["The {name} field must be at least {low}.", "The {name} field must be {limit}."]);
    }

    #[test]
    fn a_part_is_shown_in_the_message_of_the_nearest_file() {
        let kotlin = "bindings-uniffi/kotlin/hudhud/src/main/kotlin/dev/hudhud/JsonRecord.kt";
        let found = read(&[
            literal("bindings-python/src/exception.rs", &["fn plainly"], "{given} has no {wanted}"),
            literal(kotlin, &["require"], "{name}: expected {wanted}"),
            literal(kotlin, &["wrong"], "text in Base64"),
        ]);
        assert_eq!(found.unwrap().pop().unwrap().0, "{name}: expected text in Base64");
    }

    #[test]
    fn texts_for_developers_of_the_library_are_no_messages() {
        let found = read(&[
            literal("core/src/new.rs", &["fn f", "expect"], "the list has an item"),
            literal("core/src/new.rs", &["impl Debug for A", "fn fmt", "write!"], "A of {size} bytes or so"),
            literal("core/src/new.rs", &["fn f"], "content-type"),
        ]);
        assert_eq!(found, Ok(Vec::new()));
    }
}
