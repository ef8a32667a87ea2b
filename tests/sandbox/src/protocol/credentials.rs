//! The caller of a request: a key pair, the app token, a Wazaj key, or no credentials.

use axum::http::{HeaderMap, header};

use super::access::Access;
use super::answer::Refusal;
use super::surface::Surface;
use crate::clock::SimTime;
use crate::config::AppAuth;
use crate::state::key::ApiKey;
use crate::state::world::World;

/// The caller of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Caller {
    Anonymous,
    /// The key at this index.
    Key(usize),
    AppToken,
    WazajKey,
}

/// Identifies the caller by the credentials of the call's surface.
pub(crate) fn identify(
    world: &World,
    surface: Surface,
    access: Access,
    headers: &HeaderMap,
    now: SimTime,
) -> Result<Caller, Refusal> {
    if access == Access::Open {
        return Ok(Caller::Anonymous);
    }
    match surface {
        Surface::V1 => key_of(world, headers, now).map(Caller::Key),
        Surface::App => {
            let auth = world.config.app_auth;
            if auth != AppAuth::Keys
                && let Some(token) = credentials(headers, "bearer")
            {
                return if token == world.app_token {
                    Ok(Caller::AppToken)
                } else {
                    Err(Refusal::Unauthenticated)
                };
            }
            if auth == AppAuth::Token {
                return Err(Refusal::Unauthenticated);
            }
            match key_of(world, headers, now) {
                Err(Refusal::CredentialsMissing) => Err(Refusal::Unauthenticated),
                found => found.map(Caller::Key),
            }
        }
        Surface::Wazaj => {
            let header = headers.get("x-api-key").and_then(|value| value.to_str().ok());
            let offered = [header, credentials(headers, "bearer"), credentials(headers, "apikey")];
            let is_known = offered.into_iter().flatten().any(|key| world.wazaj.accepts(key, now));
            if is_known { Ok(Caller::WazajKey) } else { Err(Refusal::Unauthenticated) }
        }
    }
}

/// Returns the index of the key whose pair is in the two headers.
pub(crate) fn key_of(world: &World, headers: &HeaderMap, now: SimTime) -> Result<usize, Refusal> {
    let text =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
    let (Some(public), Some(secret)) = (text("x-public-key"), text("x-secret-key")) else {
        return Err(Refusal::CredentialsMissing);
    };
    let known = |key: &ApiKey| key.public == public && key.secret == secret;
    let place = world.keys.iter().position(known).ok_or(Refusal::InvalidCredentials)?;
    if world.keys[place].is_usable(now) { Ok(place) } else { Err(Refusal::KeyInactive) }
}

/// Returns the text after the scheme's name in `Authorization`.
pub(crate) fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (named, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

impl Caller {
    /// Returns the index of the key, if the caller uses one.
    pub(crate) fn key(self) -> Option<usize> {
        match self {
            Self::Key(place) => Some(place),
            Self::Anonymous | Self::AppToken | Self::WazajKey => None,
        }
    }
}
