//! Properties of the limiter.
use super::simulation::*;
use std::println;

#[test]
fn probe() {
    for leases in [false, true] {
        for hosts in [1, 2, 8] {
            for limit in [60, 120, 600, 3_000] {
                for counting in [Counting::FromFirst, Counting::Fixed(7_000), Counting::Sliding] {
                    let mut course = Course::new(Vendor::new(counting, limit));
                    (course.leases, course.hosts) = (leases, hosts);
                    course.urgent_every = 1_000 * 3_000 / limit;
                    let start = std::time::Instant::now();
                    let report = run(&course);
                    println!(
                        "leases {leases} hosts {hosts} limit {limit} {counting:?}: accepted {} refused {} used {:.4} urgent max {:?} of {} trips 1 in {} time {:?}",
                        report.accepted.len(), report.refused.len(), report.used(limit, 60_000, 240_000),
                        report.urgent_waits.iter().max(), report.urgent_waits.len(),
                        report.accepted.len() / report.trips.max(1), start.elapsed()
                    );
                }
            }
        }
    }
}
