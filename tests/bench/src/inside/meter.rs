//! Time of the clock and of the processor, and memory, of this process.

use std::time::Instant;

/// Measures from its start on.
pub(crate) struct Meter {
    wall: Instant,
    processor: f64,
}

impl Meter {
    pub(crate) fn start() -> Self {
        Self {
            wall: Instant::now(),
            processor: processor_ms(),
        }
    }

    /// What passed, in milliseconds: by the clock, and of all threads of this process.
    pub(crate) fn passed(&self) -> (f64, f64) {
        (
            self.wall.elapsed().as_secs_f64() * 1000.0,
            processor_ms() - self.processor,
        )
    }
}

/// The most memory that this process ever held, in MiB; none where the system does not say.
pub(crate) fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let found = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    let kib: f64 = found.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

#[cfg(unix)]
#[expect(
    clippy::cast_precision_loss,
    reason = "a measurement takes seconds, not months"
)]
fn processor_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

#[cfg(not(unix))]
fn processor_ms() -> f64 {
    0.0
}
