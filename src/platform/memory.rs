//! How an instance gets memory: small blocks from lists of free blocks of one size each,
//! large ones from another allocator.
//!
//! An event is thousands of short strings and small nodes. A general allocator looks for
//! the best gap and joins neighbours when one is given back; here both are a few
//! instructions. The price: a small block is only ever used again for its own size, so
//! the memory of small blocks is the sum of the most that each size ever needed. An
//! instance lives for one request; nothing adds up over days (docs/benchmarks.md has
//! what it gives).
#![allow(unsafe_code, reason = "an allocator deals in raw memory")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr::null_mut;

/// Sizes are rounded up to a multiple of this, which is also how blocks are aligned.
const STEP: usize = 16;
/// The largest small block, in bytes.
const LARGEST: usize = 1024;
/// What is asked for at a time to cut small blocks from, in bytes.
const CHUNK: usize = 16 * 1024;

/// Small blocks from lists, the rest from `A`.
///
/// For one thread: a component of WebAssembly has no other.
#[derive(Debug)]
pub struct SmallFirst<A> {
    rest: A,
    small: UnsafeCell<Small>,
}

#[derive(Debug)]
struct Small {
    /// Per size, the first block given back; each begins with where the next one is.
    free: [*mut u8; LARGEST / STEP],
    /// Where the part of the chunk begins that was never used, and how long it is.
    fresh: *mut u8,
    left: usize,
}

// SAFETY: WebAssembly without threads has one thread; nothing else implements this.
#[cfg(all(target_family = "wasm", not(target_feature = "atomics")))]
unsafe impl<A: Sync> Sync for SmallFirst<A> {}

impl<A> SmallFirst<A> {
    /// With nothing in its lists yet.
    pub const fn new(rest: A) -> Self {
        let small = Small {
            free: [null_mut(); LARGEST / STEP],
            fresh: null_mut(),
            left: 0,
        };
        Self {
            rest,
            small: UnsafeCell::new(small),
        }
    }
}

/// Which list a block is of: the number of its steps, less one. `None` for a large one,
/// and for one that wants to stand in a way that small ones do not.
fn list_of(layout: Layout) -> Option<usize> {
    let small = layout.size() <= LARGEST && layout.align() <= STEP;
    // Nobody asks for 0 bytes (a rule of `GlobalAlloc`).
    small.then(|| layout.size().saturating_sub(1) / STEP)
}

impl Small {
    /// A block given back, or one that was never used.
    ///
    /// # Safety
    /// `list` is a list's place.
    unsafe fn take(&mut self, list: usize, rest: &impl GlobalAlloc) -> *mut u8 {
        let first = self.free[list];
        if first.is_null() {
            // SAFETY: the same rule.
            return unsafe { self.cut(list, rest) };
        }
        // SAFETY: what is in a list is a block of at least STEP bytes that nobody has,
        // and begins with a pointer that `give` wrote.
        self.free[list] = unsafe { first.cast::<*mut u8>().read() };
        first
    }

    /// A block of the part of the chunk that was never used.
    ///
    /// # Safety
    /// `list` is a list's place.
    #[cold]
    unsafe fn cut(&mut self, list: usize, rest: &impl GlobalAlloc) -> *mut u8 {
        let size = (list + 1) * STEP;
        if self.left < size {
            // SAFETY: the layout has a size.
            let chunk = match Layout::from_size_align(CHUNK, STEP) {
                Ok(layout) => unsafe { rest.alloc(layout) },
                Err(_) => null_mut(),
            };
            if chunk.is_null() {
                return chunk;
            }
            if self.left > 0 {
                // SAFETY: it is nobody's, and shorter than a block of `list`.
                unsafe { self.give(self.left / STEP - 1, self.fresh) };
            }
            (self.fresh, self.left) = (chunk, CHUNK);
        }
        let block = self.fresh;
        // SAFETY: at least `size` bytes of the chunk are left.
        self.fresh = unsafe { block.add(size) };
        self.left -= size;
        block
    }

    /// # Safety
    /// The block has the size of `list`, is aligned, and is nobody's from here on.
    unsafe fn give(&mut self, list: usize, block: *mut u8) {
        // SAFETY: a block has room for a pointer.
        unsafe { block.cast::<*mut u8>().write(self.free[list]) };
        self.free[list] = block;
    }
}

// SAFETY: a block is in one list or with one user, never both; `take` and `cut` return
// what is aligned to STEP and as long as the list says, which is no shorter than asked.
unsafe impl<A: GlobalAlloc> GlobalAlloc for SmallFirst<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match list_of(layout) {
            // SAFETY: one thread, and nothing in here calls back.
            Some(list) => unsafe { (*self.small.get()).take(list, &self.rest) },
            // SAFETY: the caller's promise.
            None => unsafe { self.rest.alloc(layout) },
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match list_of(layout) {
            // SAFETY: one thread; the caller gives back what `alloc` gave for this layout.
            Some(list) => unsafe { (*self.small.get()).give(list, block) },
            // SAFETY: the caller's promise.
            None => unsafe { self.rest.dealloc(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the size is a valid one for this alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (list_of(layout), list_of(wanted)) {
            (Some(has), Some(wants)) if has == wants => block,
            // SAFETY: the caller's promise.
            (None, None) => unsafe { self.rest.realloc(block, layout, size) },
            // SAFETY: both blocks are as long as what is copied, and are not one.
            _ => unsafe {
                let moved = self.alloc(wanted);
                if !moved.is_null() {
                    moved.copy_from_nonoverlapping(block, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                moved
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::alloc::System;

    /// What a program does with memory: the sizes are around the limits between lists.
    #[derive(Debug, Clone)]
    enum Step {
        Get(usize, usize),
        GiveBack(usize),
        Resize(usize, usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let size = || prop_oneof![1..80_usize, 900..1_200_usize, 1..20_000_usize];
        let align = (0..7_u32).prop_map(|power| 1 << power);
        let step = prop_oneof![
            3 => (size(), align).prop_map(|(size, align)| Step::Get(size, align)),
            2 => any::<usize>().prop_map(Step::GiveBack),
            2 => (any::<usize>(), size()).prop_map(|(which, size)| Step::Resize(which, size)),
        ];
        proptest::collection::vec(step, 1..300)
    }

    /// A block and what its user wrote into all of it.
    struct Held {
        block: *mut u8,
        layout: Layout,
        mark: u8,
    }

    impl Held {
        fn get(memory: &SmallFirst<System>, layout: Layout, mark: u8) -> Self {
            let block = unsafe { memory.alloc(layout) };
            assert!(!block.is_null());
            let held = Self {
                block,
                layout,
                mark,
            };
            held.write();
            held
        }

        fn write(&self) {
            assert_eq!(self.block.addr() % self.layout.align(), 0);
            unsafe { self.block.write_bytes(self.mark, self.layout.size()) };
        }

        fn check(&self, length: usize) {
            let bytes = unsafe { std::slice::from_raw_parts(self.block, length) };
            assert!(bytes.iter().all(|byte| *byte == self.mark));
        }
    }

    proptest! {
        /// Nobody's block is written to by the allocator or by another's user.
        #[test]
        fn what_is_written_stays(steps in steps()) {
            let memory = SmallFirst::new(System);
            let mut held: Vec<Held> = Vec::new();
            for (mark, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Get(size, align) => {
                        let layout = Layout::from_size_align(size, align).expect("a layout");
                        held.push(Held::get(&memory, layout, mark as u8));
                    }
                    Step::GiveBack(_) | Step::Resize(..) if held.is_empty() => {}
                    Step::GiveBack(which) => {
                        let given = held.swap_remove(which % held.len());
                        given.check(given.layout.size());
                        unsafe { memory.dealloc(given.block, given.layout) };
                    }
                    Step::Resize(which, size) => {
                        let place = which % held.len();
                        let one = &mut held[place];
                        let common = one.layout.size().min(size);
                        one.block = unsafe { memory.realloc(one.block, one.layout, size) };
                        one.layout = Layout::from_size_align(size, one.layout.align()).expect("a layout");
                        one.check(common);
                        one.write();
                    }
                }
            }
            for one in held {
                one.check(one.layout.size());
                unsafe { memory.dealloc(one.block, one.layout) };
            }
        }
    }

    #[test]
    fn a_block_given_back_is_used_again() {
        let memory = SmallFirst::new(System);
        let layout = |size| Layout::from_size_align(size, 1).expect("a layout");
        let first = unsafe { memory.alloc(layout(17)) };
        unsafe { memory.dealloc(first, layout(17)) };
        assert_eq!(unsafe { memory.alloc(layout(32)) }, first);
        assert_ne!(unsafe { memory.alloc(layout(33)) }, first);
    }

    #[test]
    fn what_is_left_of_a_chunk_is_used() {
        let memory = SmallFirst::new(System);
        let layout = |size| Layout::from_size_align(size, 1).expect("a layout");
        let blocks = CHUNK / 1008;
        for _ in 0..blocks {
            unsafe { memory.alloc(layout(1008)) };
        }
        let last = unsafe { (*memory.small.get()).fresh };
        let left = CHUNK - blocks * 1008;
        unsafe { memory.alloc(layout(1008)) };
        assert_eq!(unsafe { memory.alloc(layout(left)) }, last);
    }
}
