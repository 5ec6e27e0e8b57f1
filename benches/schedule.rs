//! How late entries are found by the schedule, beside a fixed ten minutes with as many requests, over
//! rhythms out of a seed and a clock that only the simulation moves: `cargo bench --bench schedule`.

#![allow(clippy::expect_used, clippy::print_stdout, missing_docs, unreachable_pub)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap
)] // a simulation's clock

#[path = "support/rhythms.rs"]
mod rhythms;

use rhythms::{Found, KINDS, simulate};

const EACH: usize = 20;
const DAYS: usize = 56;
const WARM: usize = 14;

fn main() {
    println!(
        "{EACH} feeds of each kind, {DAYS} days of which {WARM} to learn; delays in minutes, fixed | by rhythm"
    );
    println!("seed kind       requests a day        median              p95    median's ratio");
    for seed in 1..=5 {
        let [fixed, ours] = simulate(EACH, DAYS, WARM, seed);
        for (kind, (fixed, ours)) in KINDS.iter().zip(fixed.iter().zip(&ours)) {
            row(seed, &format!("{kind:?}"), fixed, ours);
        }
        row(seed, "all", &Found::together(&fixed), &Found::together(&ours));
    }
}

fn row(seed: u64, name: &str, fixed: &Found, ours: &Found) {
    let a_day = |found: &Found| found.requests as f64 / (DAYS - WARM) as f64;
    println!(
        "{seed:4} {name:8} {:8.0} | {:8.0}   {:5.2} | {:5.2}   {:7.2} | {:7.2}   {:3.0} %",
        a_day(fixed),
        a_day(ours),
        fixed.quantile(0.5) / 60.0,
        ours.quantile(0.5) / 60.0,
        fixed.quantile(0.95) / 60.0,
        ours.quantile(0.95) / 60.0,
        100.0 * ours.quantile(0.5) / fixed.quantile(0.5),
    );
}
