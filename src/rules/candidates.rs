//! Rules to look at in one document: a set of numbers that comes out in order.

/// A set of numbers, with a bit for each and a bit for every 64 of those.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    bits: Vec<u64>,
    groups: Vec<u64>,
}

impl Candidates {
    /// Makes room for numbers below `count`. The set must have been drained.
    pub(super) fn clear(&mut self, count: usize) {
        self.bits.resize(count.div_ceil(64), 0);
        self.groups.resize(self.bits.len().div_ceil(64), 0);
    }

    /// Adds numbers.
    #[inline]
    pub(super) fn add(&mut self, numbers: &[u32]) {
        for &number in numbers {
            let group = number as usize / 64;
            self.bits[group] |= 1 << (number % 64);
            self.groups[group / 64] |= 1 << (group % 64);
        }
    }

    /// Takes out every number, ascending.
    pub(super) fn drain(&mut self, mut each: impl FnMut(u32)) {
        for (high, groups) in self.groups.iter_mut().enumerate() {
            while *groups != 0 {
                let group = high * 64 + groups.trailing_zeros() as usize;
                *groups &= *groups - 1;
                let mut bits = std::mem::take(&mut self.bits[group]);
                while bits != 0 {
                    each((group * 64) as u32 + bits.trailing_zeros());
                    bits &= bits - 1;
                }
            }
        }
    }
}
