//! The HTML pages of the framework, for clients that do not ask for JSON, and of a proxy.

/// Returns a short error page in Laravel's format.
pub(crate) fn error_page(status: u16) -> String {
    let title = title(status);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n</head>\n\
         <body>\n<div class=\"code\">{status}</div>\n<div class=\"message\">{title}</div>\n</body>\n</html>\n"
    )
}

/// Returns the page that Laravel sends with a redirect.
pub(crate) fn redirect_page(location: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"UTF-8\" />\n\
         <meta http-equiv=\"refresh\" content=\"0;url='{location}'\" />\n<title>Redirecting to {location}</title>\n\
         </head>\n<body>\nRedirecting to <a href=\"{location}\">{location}</a>.\n</body>\n</html>\n"
    )
}

/// Returns the page that a proxy sends when its upstream server does not respond.
pub(crate) fn proxy_page(status: u16) -> String {
    let title = title(status);
    format!(
        "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n\
         <center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
}

fn title(status: u16) -> &'static str {
    axum::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error")
}
