//! What the component prints: to this program's stderr and to a log file, as
//! Spin does, whole lines at a time.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll};

use anyhow::{Context, Result};
use async_trait::async_trait;
use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// A line is written in pieces of this size when it never ends.
const LONGEST_LINE: usize = 1 << 20;

/// Where one of the component's streams goes.
#[derive(Clone)]
pub(crate) struct Sink {
    file: Option<Arc<Mutex<File>>>,
    console: bool,
}

impl Sink {
    /// Appends to `<folder>/<component>_<stream>.txt`, and to the console.
    pub(crate) fn new(
        folder: Option<&Path>,
        component: &str,
        stream: &str,
        console: bool,
    ) -> Result<Self> {
        let file = folder
            .map(|folder| -> Result<_> {
                let path = folder.join(format!("{component}_{stream}.txt"));
                let file = File::options().create(true).append(true).open(&path);
                let file =
                    file.with_context(|| format!("cannot write the log {}", path.display()))?;
                Ok(Arc::new(Mutex::new(file)))
            })
            .transpose()?;
        Ok(Self { file, console })
    }

    /// A stream for one instance.
    pub(crate) fn stream(&self) -> Stream {
        Stream(Arc::new(Mutex::new(Lines {
            sink: self.clone(),
            waiting: Vec::new(),
        })))
    }

    fn write(&self, text: &[u8]) {
        // A log that cannot be written must not stop the component.
        if let Some(file) = &self.file {
            let _ = file
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write_all(text);
        }
        if self.console {
            let _ = io::stderr().lock().write_all(text);
        }
    }
}

/// Holds a line back until it is whole, so that instances do not mix theirs.
struct Lines {
    sink: Sink,
    waiting: Vec<u8>,
}

impl Lines {
    fn write(&mut self, text: &[u8]) {
        self.waiting.extend_from_slice(text);
        let whole = match self.waiting.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => end + 1,
            None if self.waiting.len() > LONGEST_LINE => self.waiting.len(),
            None => return,
        };
        self.sink.write(&self.waiting[..whole]);
        self.waiting.drain(..whole);
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.waiting.is_empty() {
            self.waiting.push(b'\n');
            self.sink.write(&self.waiting);
        }
    }
}

/// One instance's stdout or stderr.
#[derive(Clone)]
pub(crate) struct Stream(Arc<Mutex<Lines>>);

impl Stream {
    fn put(&self, text: &[u8]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(text);
    }
}

impl IsTerminal for Stream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Stream {
    async fn ready(&mut self) {}
}

impl OutputStream for Stream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.put(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(LONGEST_LINE)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
        text: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.put(text);
        Poll::Ready(Ok(text.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_two_instances_stay_whole() {
        let folder = tempfile::tempdir().unwrap();
        let sink = Sink::new(Some(folder.path()), "c", "stdout", false).unwrap();
        let (one, two) = (sink.stream(), sink.stream());
        one.put(b"from ");
        two.put(b"second\nhalf");
        one.put(b"one\n");
        drop(two);
        let log = std::fs::read_to_string(folder.path().join("c_stdout.txt")).unwrap();
        assert_eq!(log, "second\nfrom one\nhalf\n");
    }
}
