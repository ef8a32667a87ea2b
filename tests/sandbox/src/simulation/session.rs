//! The connection of a session: the QR code, its scan, and the loss of the connection.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fast_qr::QRBuilder;
use uuid::Uuid;

use crate::clock::SimTime;
use crate::state::campaign::CampaignStatus;
use crate::state::schedule::Job;
use crate::state::session::{Pairing, SessionStatus};
use crate::state::world::World;

/// The lifetime of a QR code, as on WhatsApp. An older code is replaced.
const CODE_LIVES: Duration = Duration::from_secs(20);
/// The size of a module in pixels, and the width of the white margin in modules.
const SCALE: usize = 6;
const QUIET: usize = 4;

impl World {
    /// Starts the pairing of a session. An imaginary phone scans the code later, if configured.
    pub(crate) fn begin_pairing(&mut self, id: Uuid, now: SimTime) {
        let code = self.new_code();
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.status = SessionStatus::Connecting;
        session.pairing = Some(Pairing { code, since: now });
        session.updated_at = now;
        if let Some(after) = self.config.scan_after {
            self.schedule.at(now.plus(after), Job::Scan(id));
        }
    }

    /// Returns the image of the QR code of a connecting session. Replaces an expired code.
    pub(crate) fn qr_code(&mut self, id: Uuid, now: SimTime) -> Option<String> {
        let session = self.sessions.get(id).filter(|session| session.status == SessionStatus::Connecting)?;
        let is_old = session.pairing.as_ref().is_none_or(|pairing| now >= pairing.since.plus(CODE_LIVES));
        if is_old {
            let code = self.new_code();
            self.sessions.get_mut(id)?.pairing = Some(Pairing { code, since: now });
        }
        let pairing = self.sessions.get(id)?.pairing.as_ref()?;
        Some(format!("data:image/png;base64,{}", STANDARD.encode(picture(&pairing.code)?)))
    }

    fn new_code(&mut self) -> String {
        format!("2@{},{}", self.job_rng.token("", 64), self.job_rng.token("", 32))
    }

    /// Scans the code: the session becomes connected and gets a phone number.
    pub(crate) fn scan(&mut self, id: Uuid, now: SimTime) {
        let known = self.sessions.len();
        let Some(session) =
            self.sessions.get_mut(id).filter(|session| session.status == SessionStatus::Connecting)
        else {
            return;
        };
        session.status = SessionStatus::Connected;
        session.pairing = None;
        session.updated_at = now;
        session.phone_number.get_or_insert_with(|| format!("+1555000{known:04}"));
        let session = session.clone();
        self.emit_session("session.connected", &session, now);
    }

    /// Ends a session's connection, at its owner's request or not.
    pub(crate) fn lose_session(&mut self, id: Uuid, becomes: SessionStatus, now: SimTime) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let was_connected = session.is_connected();
        session.status = becomes;
        session.pairing = None;
        session.updated_at = now;
        let session = session.clone();
        if was_connected {
            self.emit_session("session.disconnected", &session, now);
        }
    }

    /// Removes a session. Pauses the running campaigns that use it and removes its automations.
    pub(crate) fn remove_session(&mut self, id: Uuid, now: SimTime) {
        self.lose_session(id, SessionStatus::Disconnected, now);
        let running: Vec<Uuid> = self
            .campaigns
            .iter()
            .filter(|campaign| campaign.session_id == Some(id) && campaign.status == CampaignStatus::Running)
            .map(|campaign| campaign.id)
            .collect();
        for campaign in running {
            self.pause_campaign(campaign, now);
        }
        self.automations.retain(|automation| automation.session_id != id);
        // Messages that were held back for the next day have no session now, so they fail.
        for message in self.sessions.take(id).into_iter().flat_map(|session| session.waiting) {
            self.schedule.at(now, Job::Dispatch(message));
        }
    }
}

/// Returns the code as a PNG image, black on white.
fn picture(code: &str) -> Option<Vec<u8>> {
    let qr = QRBuilder::new(code).build().ok()?;
    let side = (qr.size + 2 * QUIET) * SCALE;
    let is_dark = |at: usize| {
        let (row, column) = (at / side / SCALE, at % side / SCALE);
        let inside = QUIET..qr.size + QUIET;
        inside.contains(&row) && inside.contains(&column) && qr[row - QUIET][column - QUIET].value()
    };
    let pixels: Vec<u8> = (0..side * side).map(|at| if is_dark(at) { 0 } else { 255 }).collect();
    let mut bytes = Vec::new();
    let length = u32::try_from(side).ok()?;
    let mut encoder = png::Encoder::new(&mut bytes, length, length);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}
