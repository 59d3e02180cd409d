//! Fits a document to Jira's limit without breaking anything in it.
//!
//! Blocks are rendered one by one until the limit is passed; the work is bound
//! by the limit, not by the document. The block at the edge is then cut inside
//! (text at a word, code at a line, a list at an item, a table at a row), and
//! a closing paragraph tells where the rest is.

use super::{
    part::Scale,
    seen::Seen,
    shape::shape,
    tree::{Block, Document, Inline},
};

/// The characters that a description or a comment may have
/// ([Jira REST API](https://developer.atlassian.com/cloud/jira/platform/rest/v3/),
/// field `description`; counted as UTF-16 units, as Java does).
pub const DESCRIPTION_LIMIT: usize = 32_767;

/// What a text that was cut ends with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// What it says: "… full text in OpenCTI".
    pub text: String,
    /// Where the full text is.
    pub url: Option<String>,
}

/// What a document is rendered to.
pub(super) struct Target {
    /// The size of a document without blocks.
    pub(super) frame: usize,
    /// The size of what stands between two blocks.
    pub(super) gap: usize,
    /// What things take at least.
    pub(super) scale: Scale,
    /// Renders one block, which stands at an index.
    pub(super) block: fn(usize, &Block) -> Piece,
}

/// A rendered block.
pub(super) struct Piece {
    /// A node of ADF, wiki markup, or Markdown.
    pub(super) text: String,
    /// Its size as Jira counts it.
    pub(super) size: usize,
    /// What a person sees of a node of ADF; nothing for the others, whose text says it.
    pub(super) seen: Seen,
}

impl Piece {
    /// A block whose text says all of it.
    pub(super) fn plain(text: String) -> Self {
        Self {
            // Java's length: UTF-16 units.
            size: text.chars().map(char::len_utf16).sum(),
            text,
            seen: Seen::default(),
        }
    }
}

/// The texts of blocks, with a gap between them.
pub(super) fn joined(pieces: &[Piece], gap: &str) -> String {
    let texts: Vec<&str> = pieces.iter().map(|piece| &*piece.text).collect();
    texts.join(gap)
}

/// The share of the limit that may stay unused: a hundredth is not worth
/// rendering once more.
const UNUSED_SHARE: usize = 100;

/// The rendered blocks of as much of a document as fits; the ending follows
/// when something is missing.
pub(super) fn fit(
    target: &Target,
    document: &Document,
    limit: usize,
    ending: &Ending,
) -> Vec<Piece> {
    let mut page = Page::new(target, limit);
    let ending = page.ending(ending);
    let spare = ending.as_ref().map_or(0, |(_, size)| target.gap + size);
    let mut missing = document.incomplete;
    // Once a block leaves no room for the ending, it and what follows stay
    // only if everything fits.
    let mut settled = 0;
    let mut edge = None;
    for block in document.blocks.iter().flat_map(shape) {
        let added = target.scale.weigh(&block) <= limit && page.add(&block);
        if !added {
            missing = true;
            edge.get_or_insert(block);
            break;
        }
        if edge.is_none() && page.used + spare <= limit {
            settled = page.pieces.len();
        } else {
            edge.get_or_insert(block);
        }
    }
    if missing {
        page.truncate(settled);
        if !edge.is_some_and(|block| page.add_part(&block, spare)) {
            page.drop_last_headings();
        }
        ending.iter().for_each(|(block, _)| {
            page.add(block);
        });
    }
    page.pieces.into_iter().map(|placed| placed.piece).collect()
}

/// What is rendered so far.
struct Page<'t> {
    target: &'t Target,
    limit: usize,
    used: usize,
    pieces: Vec<Placed>,
}

/// A rendered block, and how much of the page was used before it.
struct Placed {
    piece: Piece,
    before: usize,
    is_heading: bool,
}

impl<'t> Page<'t> {
    fn new(target: &'t Target, limit: usize) -> Self {
        Self {
            target,
            limit,
            used: target.frame,
            pieces: Vec::new(),
        }
    }

    fn gap(&self) -> usize {
        if self.pieces.is_empty() {
            0
        } else {
            self.target.gap
        }
    }

    /// The block rendered, and how much of the page would be used with it.
    fn render(&self, block: &Block) -> (Piece, usize) {
        let piece = (self.target.block)(self.pieces.len(), block);
        let used = self.used + self.gap() + piece.size;
        (piece, used)
    }

    fn add(&mut self, block: &Block) -> bool {
        let (piece, used) = self.render(block);
        let fits = used <= self.limit;
        if fits {
            self.push(piece, used, matches!(block, Block::Heading { .. }));
        }
        fits
    }

    fn push(&mut self, piece: Piece, used: usize, is_heading: bool) {
        self.pieces.push(Placed {
            piece,
            before: std::mem::replace(&mut self.used, used),
            is_heading,
        });
    }

    fn truncate(&mut self, length: usize) {
        if let Some(first) = self.pieces.get(length) {
            self.used = first.before;
            self.pieces.truncate(length);
        }
    }

    /// A title with nothing below it says nothing.
    fn drop_last_headings(&mut self) {
        while self.pieces.last().is_some_and(|last| last.is_heading) {
            self.truncate(self.pieces.len() - 1);
        }
    }

    /// Adds the longest part of a block that leaves `spare` besides.
    fn add_part(&mut self, block: &Block, spare: usize) -> bool {
        let Some(limit) = self.limit.checked_sub(spare) else {
            return false;
        };
        let room = limit.saturating_sub(self.used);
        // Once, so that the search does not walk what cannot fit.
        let scale = self.target.scale;
        let Some(block) = scale.part(block, room) else {
            return false;
        };
        let mut search = Search::new(scale.weigh(&block), self.used);
        let mut best = None;
        while let Some(budget) = search.next(limit) {
            let part = scale.part(&block, budget);
            let rendered = part.map(|part| self.render(&part));
            let used = rendered.as_ref().map_or(self.used, |(_, used)| *used);
            search.learn(budget, used, limit);
            if used <= limit {
                best = rendered.or(best);
            }
        }
        let found = best.is_some();
        if let Some((piece, used)) = best {
            self.push(piece, used, false);
        }
        found
    }

    /// The ending as a link, as words, or not at all, by what fits; with its
    /// size.
    fn ending(&self, ending: &Ending) -> Option<(Block, usize)> {
        let words = Inline::text(ending.text.as_str());
        let url = ending.url.as_deref();
        let link = url.map(|url| Inline::link(ending.text.as_str(), url));
        let mut forms = link.into_iter().chain([words]);
        forms.find_map(|inline| {
            let block = shape(&Block::Paragraph(vec![inline])).pop()?;
            let (piece, used) = self.render(&block);
            (used <= self.limit).then_some((block, piece.size))
        })
    }
}

/// Searches the largest budget whose part fits: guesses from the sizes seen,
/// and halves every other time, so that no block takes long.
struct Search {
    /// A budget that fits, and the size it gave.
    low: (usize, usize),
    /// A budget that does not fit, and the size it gave.
    high: Option<(usize, usize)>,
    most: usize,
    halve: bool,
}

impl Search {
    fn new(most: usize, used: usize) -> Self {
        Self {
            low: (0, used),
            high: None,
            most,
            halve: false,
        }
    }

    /// The next budget to try; `None` when a better one is not worth it.
    fn next(&mut self, limit: usize) -> Option<usize> {
        let (low, fits) = self.low;
        let Some((high, too_big)) = self.high else {
            return (low < self.most).then_some(self.most);
        };
        let unused = limit.saturating_sub(fits);
        if high - low <= 1 || (low > 0 && unused <= limit / UNUSED_SHARE) {
            return None;
        }
        self.halve = !self.halve;
        let guess = if self.halve {
            let per_unit = (high - low) as f64 / too_big.saturating_sub(fits).max(1) as f64;
            (unused as f64 * per_unit) as usize
        } else {
            (high - low) / 2
        };
        Some(low + guess.clamp(1, high - low - 1))
    }

    fn learn(&mut self, budget: usize, used: usize, limit: usize) {
        if used <= limit {
            self.low = (budget, used);
        } else {
            self.high = Some((budget, used));
        }
    }
}
