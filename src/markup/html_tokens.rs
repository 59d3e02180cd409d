//! HTML as tokens, by a tokenizer of WHATWG's rules. Its own reader is copied
//! into each of its hundred states, a twentieth of the component; here it is
//! called.

use std::convert::Infallible;

use html5gum::{DefaultEmitter, Readable, Reader, StringReader, Tokenizer};

/// The tokens of a text, with the places where they stand.
pub(super) fn tokens(source: &str) -> Tokenizer<Bytes<'_>, DefaultEmitter<usize>> {
    let bytes = Bytes(source.to_reader());
    Tokenizer::new_with_emitter(bytes, DefaultEmitter::new_with_span())
}

/// A text for the tokenizer.
pub(super) struct Bytes<'s>(StringReader<'s>);

impl Reader for Bytes<'_> {
    type Error = Infallible;

    #[inline(never)]
    fn read_byte(&mut self) -> Result<Option<u8>, Infallible> {
        self.0.read_byte()
    }

    #[inline(never)]
    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Infallible> {
        self.0.try_read_string(text, case_sensitive)
    }

    #[inline(never)]
    fn read_until<'b>(
        &'b mut self,
        needle: &[u8],
        buffer: &'b mut [u8; 4],
    ) -> Result<Option<&'b [u8]>, Infallible> {
        self.0.read_until(needle, buffer)
    }
}
