//! Outbound HTTP on Spin's SDK.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures::stream::LocalBoxStream;
use futures::{SinkExt, StreamExt};
use http::{Request, Response, StatusCode};
use spin_sdk::http::{ErrorCode, Fields, IncomingResponse, OutgoingRequest, Scheme, send};

use super::timer::sleep;
use super::words::told;
use super::{Spin, headers};
use crate::platform::{
    Http, Limits, LocalFuture, Piece, Pieces, RESPONSE_HEADERS, SendError, Sent,
};

impl Http for Spin {
    fn send<'a>(&'a self, request: Request<Vec<u8>>, limits: Limits) -> Sent<'a, Vec<u8>> {
        Box::pin(within(limits.time, async move {
            let (head, chunks) = begin(request).await?;
            let mut body = Arriving { spin: self, chunks };
            let mut whole = Vec::new();
            while let Some(chunk) = body.next_piece().await? {
                if whole.len() + chunk.len() > limits.answer {
                    // Dropping the stream closes the connection.
                    return Err(limits.passed());
                }
                whole.extend_from_slice(&chunk);
            }
            Ok(head.map(|()| whole))
        }))
    }

    fn open<'a>(
        &'a self,
        request: Request<Vec<u8>>,
        time: Duration,
    ) -> Sent<'a, Box<dyn Pieces + 'a>> {
        Box::pin(within(time, async move {
            let (head, chunks) = begin(request).await?;
            let body = Arriving { spin: self, chunks };
            Ok(head.map(|()| Box::new(body) as Box<dyn Pieces>))
        }))
    }
}

/// The rest of an answer. Dropping it closes the connection.
struct Arriving<'a> {
    spin: &'a Spin,
    chunks: Chunks,
}

type Chunks = LocalBoxStream<'static, Result<Vec<u8>, SendError>>;

impl Arriving<'_> {
    /// Nothing may have been waited for: then many pieces are taken without a break.
    async fn next_piece(&mut self) -> Piece {
        let piece = self.chunks.next().await;
        self.spin.time_passes();
        piece.transpose()
    }
}

impl Pieces for Arriving<'_> {
    fn next(&mut self) -> LocalFuture<'_, Piece> {
        Box::pin(self.next_piece())
    }
}

/// Sends the request; its answer's head, and its body as it arrives.
async fn begin(request: Request<Vec<u8>>) -> Result<(Response<()>, Chunks), SendError> {
    let (parts, body) = request.into_parts();
    let outgoing = outgoing(&parts, body.len())?;
    let mut sink = outgoing.take_body();
    let mut response = pin!(send::<_, IncomingResponse>(outgoing));
    // A write fails when the connection does; the response then says why.
    let mut write = pin!(async move {
        let _ = sink.send(body).await;
    });
    let mut written = false;
    let response = poll_fn(move |context| {
        if !written {
            written = write.as_mut().poll(context).is_ready();
        }
        response.as_mut().poll(context)
    })
    .await
    .map_err(send_error)?;
    let status = StatusCode::from_u16(response.status());
    let status = status.map_err(|_| unclear("invalid status code"))?;
    let headers = headers(&response.headers(), &RESPONSE_HEADERS)
        .ok_or_else(|| unclear("failed to parse header value"))?;
    let chunks = response.take_body_stream();
    let chunks = chunks.map(|chunk| chunk.map_err(|e| unclear(&e.to_debug_string())));
    let mut head = Response::new(());
    *head.status_mut() = status;
    *head.headers_mut() = headers;
    Ok((head, chunks.boxed_local()))
}

fn unclear(why: &str) -> SendError {
    SendError::Unclear(told(why.to_owned()))
}

/// The request's head. With a length: else the body is sent chunked, which
/// some proxies refuse.
fn outgoing(parts: &http::request::Parts, length: usize) -> Result<OutgoingRequest, SendError> {
    let invalid = |what: &str| SendError::NotSent(format!("{what} is invalid"));
    let mut headers: Vec<(String, Vec<u8>)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    if length > 0 || parts.method != http::Method::GET {
        headers.push(("content-length".to_owned(), length.to_string().into_bytes()));
    }
    let headers = Fields::from_list(&headers).map_err(|_| invalid("a header"))?;
    let request = OutgoingRequest::new(headers);
    let scheme = match parts.uri.scheme_str() {
        Some("http") => Scheme::Http,
        _ => Scheme::Https,
    };
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    let path = parts.uri.path_and_query().map(|path| path.as_str());
    request
        .set_method(&parts.method.clone().into())
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(authority))
        .and_then(|()| request.set_path_with_query(path))
        .map_err(|()| invalid("the address"))?;
    Ok(request)
}

fn send_error(error: spin_sdk::http::SendError) -> SendError {
    match error {
        spin_sdk::http::SendError::RequestConversion(e) => SendError::NotSent(told(e.to_string())),
        spin_sdk::http::SendError::ResponseConversion(e) => SendError::Unclear(told(e.to_string())),
        spin_sdk::http::SendError::Io(e) => SendError::Unclear(told(e.to_string())),
        spin_sdk::http::SendError::Http(code) => classify(&code),
    }
}

/// Sorts WASI's error codes by whether the request can have been processed.
fn classify(code: &ErrorCode) -> SendError {
    match code {
        ErrorCode::HttpRequestDenied => SendError::Denied,
        ErrorCode::DnsTimeout
        | ErrorCode::DnsError(_)
        | ErrorCode::DestinationNotFound
        | ErrorCode::DestinationUnavailable
        | ErrorCode::DestinationIpProhibited
        | ErrorCode::DestinationIpUnroutable
        | ErrorCode::ConnectionRefused
        | ErrorCode::TlsProtocolError
        | ErrorCode::TlsCertificateError
        | ErrorCode::TlsAlertReceived(_)
        | ErrorCode::HttpRequestUriInvalid => SendError::NotSent(code.to_string()),
        ErrorCode::InternalError(Some(why)) => SendError::Unclear(told(why.clone())),
        other => SendError::Unclear(other.to_string()),
    }
}

/// What a call comes to, if it does within this time: the SDK's `send` takes no
/// timeout. Dropping the call cancels it.
async fn within<T>(
    time: Duration,
    call: impl Future<Output = Result<T, SendError>>,
) -> Result<T, SendError> {
    let mut call = pin!(call);
    let mut deadline = pin!(sleep(time));
    let late = || SendError::Unclear(format!("timed out after {} ms", time.as_millis()));
    poll_fn(move |context| {
        if let Poll::Ready(output) = Pin::as_mut(&mut call).poll(context) {
            return Poll::Ready(output);
        }
        Pin::as_mut(&mut deadline)
            .poll(context)
            .map(|()| Err(late()))
    })
    .await
}
