//! Conversions between core's requests and responses and those of the crate `http`.

use hudhud::{Request, Response, TransportFault};

use crate::limits::Limits;
use crate::unpack::unpack;

/// Converts a request for an HTTP library that uses the crate `http`.
///
/// # Errors
/// `Connect` if the URL or a header is not legal HTTP: nothing was sent.
pub fn http_request(request: Request) -> Result<http::Request<Vec<u8>>, TransportFault> {
    request.try_into().map_err(|_| TransportFault::Connect)
}

/// Converts a response for core. Unpacks gzip and deflate if the HTTP library has not unpacked them. Some servers and
/// proxies send them although the request did not ask for them.
///
/// # Errors
/// `Closed` if the body exceeds the maximum size, packed or unpacked, or if it is not in its stated encoding. The vendor
/// has responded, so the call may have taken effect.
pub fn response(mut answer: http::Response<Vec<u8>>, limits: &Limits) -> Result<Response, TransportFault> {
    limits.check_size(answer.body().len())?;
    let packed = std::mem::take(answer.body_mut());
    *answer.body_mut() = unpack(answer.headers_mut(), packed, limits)?;
    Ok(answer.into())
}

#[cfg(test)]
mod tests {
    use hudhud::zagely::CheckHealth;
    use hudhud::{CallOptions, KeyPair, Zagely};

    use super::*;

    #[test]
    fn a_request_with_an_illegal_header_is_a_connect_fault() {
        let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap());
        let mut request = zagely.request(&CheckHealth::new(), &CallOptions::new()).unwrap();
        assert_eq!(http_request(request.clone()).unwrap().uri().path(), "/api/v1/health");
        request.headers.push(("X-Illegal".into(), "a\nb".into()));
        assert_eq!(http_request(request).unwrap_err(), TransportFault::Connect);
    }

    #[test]
    fn status_headers_and_body_are_kept() {
        let answer = http::Response::builder().status(429).header("Retry-After", "7").body(b"{}".to_vec());
        let response = response(answer.unwrap(), &Limits::new()).unwrap();
        assert_eq!((response.status, response.header("retry-after")), (429, Some("7")));
        assert_eq!(response.body, b"{}");
    }

    #[test]
    fn a_body_above_the_maximum_size_is_a_closed_fault() {
        let limits = Limits::new().with_max_response_bytes(1);
        assert_eq!(response(http::Response::new(vec![0; 1]), &limits).unwrap().body.len(), 1);
        assert_eq!(response(http::Response::new(vec![0; 2]), &limits).unwrap_err(), TransportFault::Closed);
    }
}
