//! The two calls of Wazaj. They check the account, then the fields, then the business rules.

use serde_json::{Value, json};

use crate::call::Call;
use crate::protocol::answer::{Answer, Body, Outcome, Refusal};
use crate::protocol::validation::Check;
use crate::state::wazaj::{Account, CodeIn};

/// `POST /api/wazaj/business/messages/text`
pub(crate) fn send_text(call: &mut Call<'_>) -> Outcome {
    if let Some(answer) = standing(call)? {
        return Ok(answer);
    }
    let mut check = Check::new(&call.body);
    let to = recipient(&mut check);
    let body = check.field("body").required().text().value();
    let preview_url = check.field("preview_url").boolean().value();
    let reply_to = check.field("reply_to_meta_message_id").text().value();
    check.done()?;
    if !call.world.wazaj.standing.billing {
        return Ok(broken_rule(call, "billing_send_denied"));
    }
    let content = json!({ "body": body, "preview_url": preview_url, "reply_to_meta_message_id": reply_to });
    take(call, to, content)
}

/// `POST /api/wazaj/business/messages/template`
pub(crate) fn send_template(call: &mut Call<'_>) -> Outcome {
    if let Some(answer) = standing(call)? {
        return Ok(answer);
    }
    let mut check = Check::new(&call.body);
    let to = recipient(&mut check);
    let name = check.field("template_name").required().text().value();
    let language = check.field("template_language").required().text().value();
    let components = check.field("template_components").array().value();
    for (place, component) in components.iter().flatten().enumerate() {
        if !component.is_object() {
            let field = format!("template_components.{place}");
            check.fail(&field, format!("The template components.{place} field must be an array."));
        }
    }
    check.done()?;
    if !call.world.wazaj.standing.templates {
        return Ok(broken_rule(call, "templates_not_entitled"));
    }
    if !call.world.wazaj.standing.billing {
        return Ok(broken_rule(call, "billing_send_denied"));
    }
    let content =
        json!({ "template_name": name, "template_language": language, "template_components": components });
    take(call, to, content)
}

fn recipient(check: &mut Check<'_>) -> String {
    let is_number = |value: &Value| {
        let digits = value.as_str().and_then(|text| text.strip_prefix('+')).unwrap_or_default();
        (1..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let field = check.field("to").required();
    field
        .must(|value| !value.is_string() || is_number(value), "The to field format is invalid.")
        .text()
        .value()
        .unwrap_or_default()
}

/// Checks whether the account may send: 403 if not, 503 if the module is not ready.
fn standing(call: &Call<'_>) -> Result<Option<Answer>, Refusal> {
    let standing = &call.world.wazaj.standing;
    if !standing.ready {
        return Err(Refusal::Unavailable("Messaging module is not ready"));
    }
    let message = match standing.account {
        Account::Connected => return Ok(None),
        Account::Disconnected => "Wazaj account disconnected",
        Account::Blocked => "Wazaj account blocked from sending",
    };
    Ok(Some(Answer::new(403, Body::Plain(json!({ "success": false, "message": message })))))
}

/// Returns the 422 of a business rule, with its code in the configured field.
fn broken_rule(call: &Call<'_>, code: &str) -> Answer {
    let message = match code {
        "templates_not_entitled" => "The plan of this workspace does not include templates.",
        _ => "Billing does not allow this message.",
    };
    let body = match call.world.wazaj.standing.code_in {
        CodeIn::Code => json!({ "success": false, "message": message, "code": code }),
        CodeIn::ErrorCode => json!({ "success": false, "message": message, "error_code": code }),
        CodeIn::Error => json!({ "success": false, "message": message, "error": code }),
        CodeIn::Message => json!({ "success": false, "message": code }),
        CodeIn::Errors => {
            json!({ "success": false, "message": "Validation failed", "errors": { code: [message] } })
        }
    };
    Answer::new(422, Body::Plain(body))
}

fn take(call: &mut Call<'_>, to: String, content: Value) -> Outcome {
    let keep = call.world.config.keep;
    let id = call.world.wazaj.take(to, content, call.now, keep);
    Answer::plain(json!({ "success": true, "message_id": id }))
}
