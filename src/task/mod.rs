//! Background work: progress, cancel, result or crash. Threads are made here and nowhere else.

mod interrupt;

pub use interrupt::{heed_interrupts, is_interrupted};

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Shared handle on one piece of work: how far it is, and whether somebody wants it to stop.
///
/// Cloning gives another handle on the same work.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a stage of the work with this number of steps; 0 while it is not known.
    pub fn set_total(&self, total: u64) {
        self.0.done.store(0, Ordering::Relaxed);
        self.0.total.store(total, Ordering::Relaxed);
    }

    pub fn add(&self, steps: u64) {
        self.0.done.fetch_add(steps, Ordering::Relaxed);
    }

    /// `(done, total)` in steps of the stage.
    pub fn counts(&self) -> (u64, u64) {
        (self.0.done.load(Ordering::Relaxed), self.0.total.load(Ordering::Relaxed))
    }

    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Well-behaved work asks this between steps and returns early.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed) || is_interrupted()
    }
}

/// How a piece of background work ended.
#[derive(Debug)]
pub enum Outcome<T> {
    Done(T),
    /// The work panicked; the text is the panic's message, for the log and the notice.
    Crashed(String),
}

/// Work that runs elsewhere. Dropping it cancels it.
#[derive(Debug)]
pub struct Task<T> {
    progress: Progress,
    receiver: Receiver<Outcome<T>>,
}

impl<T> Task<T> {
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The result once it is there; `None` while the work goes on.
    pub fn poll(&self) -> Option<Outcome<T>> {
        match self.receiver.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Outcome::Crashed("the worker ended without an answer".into())),
        }
    }
}

impl<T> Task<T> {
    /// Waits for the result. Never on the window's thread. A result that was polled already is not given again.
    pub fn wait(&self) -> Outcome<T> {
        self.receiver.recv().unwrap_or_else(|_| Outcome::Crashed("the worker ended without an answer".into()))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// Starts `work` on a thread of its own; `wake` is called once its result can be polled.
pub fn spawn<T: Send + 'static>(
    name: &str,
    wake: impl FnOnce() + Send + 'static,
    work: impl FnOnce(&Progress) -> T + Send + 'static,
) -> Task<T> {
    let progress = Progress::new();
    let (sender, receiver) = channel();
    let handle = progress.clone();
    let body = move || {
        // A receiver that is gone means the task was dropped: nobody wants the answer.
        let _ = sender.send(guard(|| work(&handle)));
        wake();
    };
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(body);
    // Without a thread the sender is gone and `poll` reports a crash, as it would for a panic.
    drop(started);
    Task { progress, receiver }
}

/// Does `work` at once, on this thread: for tests of the window, where nothing may happen at an unknown moment.
pub fn run_here<T>(work: impl FnOnce(&Progress) -> T) -> Task<T> {
    let progress = Progress::new();
    let (sender, receiver) = channel();
    let _ = sender.send(guard(|| work(&progress)));
    Task { progress, receiver }
}

/// Runs `work` and turns a panic into [`Outcome::Crashed`]: one broken feature never stops a batch.
pub fn guard<T>(work: impl FnOnce() -> T) -> Outcome<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(value) => Outcome::Done(value),
        Err(payload) => {
            let text = payload
                .downcast_ref::<&str>()
                .map(|s| (*s).to_owned())
                .or_else(|| payload.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "unknown panic".to_owned());
            Outcome::Crashed(text)
        }
    }
}

/// `f` of every item on `threads` threads (0: one a core), the results given to `sink` in the order of the items.
///
/// Items are taken block by block, so no more than a block of results waits at any time. A panic in one item is that
/// item's [`Outcome::Crashed`]. Each finished item is one step of `progress`; once that is cancelled no further block is
/// begun. Returns whether all items were done.
pub fn map_in_order<T: Send, R: Send>(
    items: impl Iterator<Item = T>,
    threads: usize,
    progress: &Progress,
    f: impl Fn(T) -> R + Sync,
    mut sink: impl FnMut(Outcome<R>),
) -> bool {
    const BLOCK: usize = 4096;
    let work = |item: T| {
        let outcome = guard(|| f(item));
        progress.add(1);
        outcome
    };
    // Without a pool of its own the work is done on the calling thread: slower, and the same answers.
    let pool = if threads == 1 { None } else { rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok() };
    let mut items = items.peekable();
    while items.peek().is_some() {
        if progress.is_cancelled() {
            return false;
        }
        let block: Vec<T> = items.by_ref().take(BLOCK).collect();
        let done: Vec<Outcome<R>> = match &pool {
            Some(pool) => pool.install(|| block.into_par_iter().map(work).collect()),
            None => block.into_iter().map(work).collect(),
        };
        done.into_iter().for_each(&mut sink);
    }
    true
}

/// Lets go of something large beside the caller: taking apart a layer of a million parcels takes longer than a frame.
pub fn discard<T: Send + 'static>(large: T) {
    rayon::spawn(move || drop(large));
}

/// Does two things at once and gives both answers.
pub fn both<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(a, b)
}

/// `f` of every block that `next` gives, on `threads` threads (0: one a core), the results given to `sink` on this
/// thread in the order of the blocks.
///
/// Blocks are asked for as threads become free, and never more than four a thread are in hand: what is read, worked on
/// or waiting for its turn is bounded, however many blocks there are. A panic in a block is that block's
/// [`Outcome::Crashed`]. Once `progress` is cancelled no further block is asked for. Returns whether all were done.
pub fn blocks_in_order<T: Send, R: Send>(
    mut next: impl FnMut() -> Option<T> + Send,
    threads: usize,
    progress: &Progress,
    f: impl Fn(T) -> R + Sync,
    mut sink: impl FnMut(Outcome<R>),
) -> bool {
    let threads = if threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { threads };
    if threads == 1 {
        while !progress.is_cancelled() {
            let Some(block) = next() else { return true };
            sink(guard(|| f(block)));
        }
        return false;
    }
    let source = Mutex::new((0u64, Some(next)));
    let free = (Mutex::new(4 * threads), Condvar::new());
    let (sender, receiver) = channel();
    let work = |sender: Sender<(u64, Outcome<R>)>| {
        loop {
            {
                let mut permits = locked(&free.0);
                while *permits == 0 {
                    permits = free.1.wait(permits).unwrap_or_else(PoisonError::into_inner);
                }
                *permits -= 1;
            }
            let (number, block) = {
                let mut source = locked(&source);
                let block = if progress.is_cancelled() { None } else { source.1.as_mut().and_then(|next| next()) };
                if block.is_none() {
                    source.1 = None;
                }
                source.0 += 1;
                (source.0 - 1, block)
            };
            let Some(block) = block else {
                *locked(&free.0) += 1;
                free.1.notify_one();
                return;
            };
            // The receiver outlives the threads.
            let _ = sender.send((number, guard(|| f(block))));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            // Fewer threads than asked for do the same work.
            let _ = std::thread::Builder::new().spawn_scoped(scope, || work(sender));
        }
        drop(sender);
        let (mut waiting, mut turn) = (BTreeMap::new(), 0);
        for (number, outcome) in receiver {
            waiting.insert(number, outcome);
            while let Some(outcome) = waiting.remove(&turn) {
                sink(outcome);
                turn += 1;
                *locked(&free.0) += 1;
                free.1.notify_one();
            }
        }
    });
    !progress.is_cancelled()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic of a reader leaves nothing half done that another thread would trust.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_crash_with_its_words() {
        let outcome: Outcome<()> = guard(|| panic!("broken ring"));
        assert!(matches!(outcome, Outcome::Crashed(text) if text == "broken ring"));
    }

    #[test]
    fn dropping_a_task_cancels_it() {
        let (sender, receiver) = channel();
        let task = spawn(
            "t",
            || {},
            move |progress| {
                while !progress.is_cancelled() {
                    std::thread::yield_now();
                }
                sender.send(()).ok();
            },
        );
        drop(task);
        assert!(receiver.recv().is_ok());
    }

    #[test]
    fn results_come_in_the_order_of_the_items_whatever_the_threads_and_a_panic_stays_with_its_item() {
        let run = |threads| {
            let mut out = Vec::new();
            let whole = map_in_order(
                0..10_000u32,
                threads,
                &Progress::new(),
                |i| if i == 4321 { panic!("item {i}") } else { i * 2 },
                |outcome| {
                    out.push(match outcome {
                        Outcome::Done(n) => n.to_string(),
                        Outcome::Crashed(why) => why,
                    });
                },
            );
            assert!(whole);
            out
        };
        let one = run(1);
        assert_eq!((one.len(), &*one[4321], &*one[9999]), (10_000, "item 4321", "19998"));
        assert_eq!(one, run(2));
        assert_eq!(one, run(8));
    }

    #[test]
    fn blocks_come_in_order_whatever_the_threads_and_never_too_many_at_once() {
        let run = |threads| {
            let (mut out, mut given) = (Vec::new(), 0u32..);
            let whole = blocks_in_order(
                || given.next().filter(|i| *i < 3000),
                threads,
                &Progress::new(),
                |i| {
                    assert_ne!(i, 77, "block {i}");
                    if i % 50 == 0 {
                        std::thread::sleep(std::time::Duration::from_millis(1))
                    }
                    i * 2
                },
                |outcome| out.push(if let Outcome::Done(n) = outcome { n } else { 1 }),
            );
            assert!(whole);
            out
        };
        let expected: Vec<u32> = (0..3000).map(|i| if i == 77 { 1 } else { i * 2 }).collect();
        for threads in [1, 2, 8] {
            assert_eq!(run(threads), expected);
        }
    }

    #[test]
    fn cancelled_work_begins_no_further_block() {
        let (progress, mut seen) = (Progress::new(), 0);
        let handle = progress.clone();
        assert!(!map_in_order(
            0..100_000u32,
            2,
            &progress,
            |i| i,
            |_| {
                seen += 1;
                handle.cancel();
            }
        ));
        assert!(seen < 100_000);
    }
}
