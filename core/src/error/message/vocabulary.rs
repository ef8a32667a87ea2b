//! The words of vendors' messages and the names of fields, which are not private by themselves.

/// The words that messages of the vendors and of their framework usually consist of.
pub(crate) const VOCABULARY: &str = "\
    a abilities ability able about accepted access account active after again allowed already an and any \
    api are array as at attempts automation automation_id automations available bad banned be because \
    been before between billing blocked body boolean both business but buttons by call campaign \
    campaign_id campaigns can canceled cannot channel character characters chat code column completed \
    components conditions conflict connected connection contact contact_id contact_ids contacts contain \
    contains content could credentials custom custom_fields daily daily_limit data database date day \
    days deleted denied description different digits direction disconnected does down draft duplicate \
    during each either email empty enabled end enough entitled entity error events exceed exceeded exist \
    existing exists expired failed false field field_name fields file file_name filters for forbidden \
    format found from from_date gateway given greater group group_id groups had has have header id \
    idempotency ids if in inactive insufficient integer internal invalid ip is is_active is_blocked it \
    item items its json key keys kilobytes language large larger least length less like limit limits \
    list long longer maintenance malformed many match max maximum may media media_url message \
    message_content messages meta method methods minimum minute missing mode monthly more must name no \
    not notes nothing null number numbers object occurred of on once one only opted opted_out or order \
    origin other out outside owner page parameter parse paused payload per per_page permission \
    permissions phone phone_number phone_numbers plan please present preview preview_url priority \
    process processed queue queued quota range rate reached read regex reply reply_to_meta_message_id \
    request requests required resource response response_buttons response_content response_media_url \
    retry revoked route rule rules running scheduled scheduled_at search secret selected send sending \
    server service session session_id short should simulate simulate_typing smaller some something sort \
    sort_by sort_order start started state status string such supported sure table tag tags taken target \
    target_filters target_type telegram telegram_chat_id template template_components template_id \
    template_language template_name than that the then there these this time timed timeout timestamp to \
    to_date token too trigger trigger_type trigger_value true try type typing unable unauthenticated \
    unauthorized unavailable under unexpected unique unknown unless unprocessable unsupported until \
    upstream url used user uuid valid value values variable variables warmup warmup_days warmup_enabled \
    warmup_max_limit warmup_start_limit was wazaj webhook webhook_id whatsapp when while with within \
    without workspace wrong you your zagely";

/// Index of [`VOCABULARY`], which is in alphabetical order: the position of the first word with each initial letter.
const INITIALS: [usize; 27] = {
    let text = VOCABULARY.as_bytes();
    let mut starts = [text.len(); 27];
    let mut at = text.len();
    while at > 0 {
        at -= 1;
        if at == 0 || text[at - 1] == b' ' {
            starts[(text[at] - b'a') as usize] = at;
        }
    }
    // A letter without words gets the position of the next letter.
    let mut letter = 26;
    while letter > 0 {
        letter -= 1;
        if starts[letter] > starts[letter + 1] {
            starts[letter] = starts[letter + 1];
        }
    }
    starts
};

/// Returns `true` if a word is in [`VOCABULARY`], which contains the names of all fields and their parts.
pub(crate) fn is_known(word: &str) -> bool {
    let Some(initial @ b'a'..=b'z') = word.bytes().next() else { return false };
    let letter = usize::from(initial - b'a');
    VOCABULARY[INITIALS[letter]..INITIALS[letter + 1]].split(' ').any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    #[test]
    fn vocabulary_is_sorted_and_holds_the_names_of_all_fields() {
        let words: Vec<&str> = super::VOCABULARY.split(' ').collect();
        assert!(words.is_sorted_by(|one, other| one < other), "in order, and each once");
        let names = crate::ENDPOINTS.iter().flat_map(|spec| spec.input.fields).map(|field| field.name);
        let parts = names.flat_map(|name| name.split('_').chain([name]));
        for word in words.into_iter().chain(parts) {
            assert!(super::is_known(word), "{word}");
        }
        for word in
            ["", "a ", "abc", "jane", "zzz", "+1", "-", "_", "\u{e4}", "phone_", "_phone", "phone_numbe"]
        {
            assert!(!super::is_known(word), "{word}");
        }
    }
}
