//! The choices of a world: the order of events, delays and faults. They are random, or they follow a path that is explored.

use alloc::vec::Vec;

use crate::random::Random;

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fault {
    /// A process is killed before a step.
    Crash,
    /// A request never arrives.
    LostRequest,
    /// A response never arrives. The request had its effect.
    LostResponse,
    /// A request or a response takes longer than a lease.
    Late,
    /// The vendor is unavailable.
    Unavailable,
    /// The shared store fails.
    StoreFails,
    /// A delivery comes twice at the same moment.
    Twice,
    /// A delivery is not the vendor's.
    Forged,
    /// A handler fails.
    HandlerFails,
    /// A process stops for a day.
    LongStop,
    /// The disk loses what is not durable.
    PowerLoss,
}

impl Fault {
    const ALL: [Self; 11] = [
        Self::Crash,
        Self::LostRequest,
        Self::LostResponse,
        Self::Late,
        Self::Unavailable,
        Self::StoreFails,
        Self::Twice,
        Self::Forged,
        Self::HandlerFails,
        Self::LongStop,
        Self::PowerLoss,
    ];
}

/// The rates of faults, in thousandths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates([u64; Fault::ALL.len()]);

impl Rates {
    pub(super) const NONE: Self = Self([0; Fault::ALL.len()]);

    pub(super) fn with(mut self, fault: Fault, rate: u64) -> Self {
        self.0[fault as usize] = rate;
        self
    }
}

/// The choices of one run.
pub(super) enum Choices {
    /// Drawn at random, with rates of faults.
    Random(Random, Rates),
    /// Taken from a path.
    Path(Path),
}

/// The choices of a run that is explored: those of the prefix, and then the first of each.
#[derive(Debug, Default)]
pub(super) struct Path {
    /// Each choice, with the number of its alternatives.
    chosen: Vec<(usize, usize)>,
    at: usize,
    faults: Vec<Fault>,
    /// The number of faults that may still happen.
    pub(super) left: usize,
}

impl Path {
    pub(super) fn new(faults: &[Fault]) -> Self {
        Self { faults: faults.to_vec(), ..Self::default() }
    }

    /// Starts the next run with this number of faults.
    pub(super) fn restart(&mut self, left: usize) {
        (self.at, self.left) = (0, left);
    }

    /// Moves to the next path. Returns false after the last one.
    pub(super) fn advance(&mut self) -> bool {
        self.chosen.truncate(self.at);
        while let Some((choice, of)) = self.chosen.pop() {
            if choice + 1 < of {
                self.chosen.push((choice + 1, of));
                return true;
            }
        }
        false
    }

    /// Returns true if the run still repeats the run before.
    pub(super) fn is_repeating(&self) -> bool {
        self.at < self.chosen.len()
    }

    fn choose(&mut self, of: usize) -> usize {
        if of < 2 {
            return 0;
        }
        if self.at == self.chosen.len() {
            self.chosen.push((0, of));
        }
        let (choice, known) = self.chosen[self.at];
        assert_eq!(known, of, "a run is not repeated by the same choices");
        self.at += 1;
        choice
    }
}

impl Choices {
    /// Chooses one of several things that can happen next.
    pub(super) fn pick(&mut self, of: usize) -> usize {
        match self {
            Self::Random(random, _) => random.below(of as u64) as usize,
            Self::Path(path) => path.choose(of),
        }
    }

    /// Returns true if a fault happens here.
    pub(super) fn happens(&mut self, fault: Fault) -> bool {
        match self {
            Self::Random(random, rates) => random.chance(rates.0[fault as usize]),
            Self::Path(path) => {
                let is_possible = path.left > 0 && path.faults.contains(&fault);
                let happens = is_possible && path.choose(2) == 1;
                path.left -= usize::from(happens);
                happens
            }
        }
    }

    /// Chooses a delay in milliseconds, at random or the usual one.
    pub(super) fn delay(&mut self, typical: u64, longest: u64) -> u64 {
        match self {
            Self::Random(random, _) => random.below(longest.max(1)),
            Self::Path(_) => typical,
        }
    }
}
