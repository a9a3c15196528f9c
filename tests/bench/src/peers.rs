//! Ours beside two peers that do the same work: `tests/bench/peers`. Each is what its users would
//! write: the server, the queries, the rows, the indexes and the encryption are the same, and all
//! take turns. `cargo xtask bench` makes the peers ready; without `HALE_PEERS` none is measured.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::Failure;
use crate::outside::{Bench, Server, ask, inside, number, opened, spread};
use crate::table::{Figure, Series, say};

/// The sizes of a first sync. The largest takes long, so that how often is said apart.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const LARGE: usize = 100_000;

/// The record that is opened, searched and checked again.
const RECORD: usize = 10_000;

/// One program to compare with.
struct Peer {
    name: &'static str,
    command: Vec<PathBuf>,
}

/// The peers that are ready.
fn ready() -> Vec<Peer> {
    let Some(folder) = std::env::var_os("HALE_PEERS").map(PathBuf::from) else {
        return Vec::new();
    };
    let python = if cfg!(windows) { "python" } else { "python3" };
    let all = [
        ("medplum + sqlcipher", "node".into(), "node/peer.mjs"),
        ("fhirpy + sqlcipher3", python.into(), "python/peer.py"),
    ];
    all.into_iter()
        .map(|(name, program, script)| (name, program, folder.join(script)))
        .filter(|(_, _, script)| script.is_file())
        .map(|(name, program, script)| Peer {
            name,
            command: vec![program, script],
        })
        .collect()
}

impl Peer {
    fn task(&self, task: &str, folder: &Path, url: &str, count: usize) -> Command {
        let mut command = Command::new(&self.command[0]);
        command
            .args(&self.command[1..])
            .arg(task)
            .arg(folder)
            .args([url, &count.to_string()])
            .stdin(Stdio::null());
        command
    }

    fn ask(&self, task: &str, folder: &Path, url: &str, count: usize) -> Result<Value, Failure> {
        let output = self
            .task(task, folder, url, count)
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(format!("{}: {task} failed", self.name).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// From the start of the process until it has the first rows, in milliseconds.
    fn cold(&self, folder: &Path) -> Result<f64, Failure> {
        let began = Instant::now();
        let mut child = self
            .task("cold-open", folder, "", 0)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let passed = began.elapsed().as_secs_f64() * 1000.0;
        if !child.wait()?.success() {
            return Err(format!("{}: cold-open failed", self.name).into());
        }
        Ok(passed)
    }
}

/// The values of one figure: ours, then each peer's.
struct Row {
    metric: String,
    unit: &'static str,
    goal: &'static str,
    series: Vec<Series>,
}

impl Row {
    fn new(metric: impl Into<String>, unit: &'static str, goal: &'static str, all: usize) -> Self {
        Self {
            metric: metric.into(),
            unit,
            goal,
            series: vec![Series::default(); all],
        }
    }

    fn report(&self, bench: &mut Bench<'_>, peers: &[Peer]) -> Result<(), Failure> {
        for (peer, theirs) in peers.iter().zip(&self.series[1..]) {
            bench.report(&Figure {
                metric: self.metric.clone(),
                unit: self.unit,
                ours: self.series[0].clone(),
                peer: Some((peer.name, theirs.clone())),
                goal: self.goal,
            })?;
        }
        Ok(())
    }
}

/// Measures ours and the peers in turn.
pub(crate) fn measure(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let peers = ready();
    if peers.is_empty() {
        say("the peers: not measured, HALE_PEERS names no folder with them");
        return Ok(());
    }
    let mut used = Vec::new();
    for count in SIZES {
        if count == LARGE && bench.large_runs() == 0 {
            say(format_args!(
                "first sync of {LARGE}: not measured, as was asked"
            ));
            continue;
        }
        used.push((count, first_sync(bench, &peers, count)?));
    }
    growth(bench, &peers, &used)?;
    later(bench, &peers)
}

/// Whoever holds less than all of it, or in the clear, did less work than the others.
fn is_same_work(answer: &Value, folder: &Path, count: usize) -> Result<(), Failure> {
    if answer["held"].as_u64() != Some(count as u64) {
        return Err(format!("{} entries are held, not {count}", answer["held"]).into());
    }
    let mut stores = 0;
    each_file(folder, &mut |path, _| {
        if path.extension().is_some_and(|it| it == "db") {
            let mut start = [0; 16];
            std::fs::File::open(path)?.read_exact(&mut start)?;
            if start.starts_with(b"SQLite format 3") {
                return Err("a store is not encrypted".into());
            }
            stores += 1;
        }
        Ok(())
    })?;
    if stores == 0 {
        return Err("there is no store".into());
    }
    Ok(())
}

/// The bytes of all files in a folder, in MiB.
fn on_disk(folder: &Path) -> Result<f64, Failure> {
    let mut bytes = 0;
    each_file(folder, &mut |_, length| {
        bytes += length;
        Ok(())
    })?;
    Ok(mebibytes(bytes))
}

/// Every file below a folder, with its length.
fn each_file(
    folder: &Path,
    look: &mut dyn FnMut(&Path, u64) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_dir() {
            each_file(&entry.path(), look)?;
        } else {
            look(&entry.path(), about.len())?;
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a size to read")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

/// What a server has sent so far, in MiB.
fn sent(server: &Server) -> Result<f64, Failure> {
    let answer = ask("stats", Path::new(""), &server.url, 0, "")?;
    Ok(mebibytes(answer["bytes"].as_u64().unwrap_or_default()))
}

/// An empty store is filled. Gives back the processor's times.
fn first_sync(bench: &mut Bench<'_>, peers: &[Peer], count: usize) -> Result<Row, Failure> {
    let all = peers.len() + 1;
    let name = |what: &str| format!("first sync of {count}, {what}");
    let (wall_goal, peak_goal) = match count {
        LARGE => ("8000", "60"),
        RECORD => ("<= 0.5 x", "40"),
        _ => ("<= 0.33 x", ""),
    };
    let mut wall = Row::new(name("wall"), "ms", wall_goal, all);
    let mut processor = Row::new(name("processor"), "ms", "", all);
    let mut peak = Row::new(name("peak memory"), "MiB", peak_goal, all);
    let mut wire = Row::new(name("answers' bytes"), "MiB", "", all);
    let mut disk = Row::new(name("files"), "MiB", "", all);
    let mut speed = Series::default();
    let server = Server::start(inside("serve").args(["--count", &count.to_string()]))?;
    let runs = match count {
        LARGE => bench.large_runs(),
        _ => bench.runs(),
    };
    for _ in 0..runs {
        let answer = ask("ceiling", Path::new(""), &server.url, count, "")?;
        speed.push(number(&answer, "pages"));
        for place in 0..all {
            let folder = tempfile::tempdir()?;
            if place == 0 {
                ask("sign-up", folder.path(), &server.url, 0, "")?;
            }
            let before = sent(&server)?;
            let answer = match place.checked_sub(1) {
                None => ask("first", folder.path(), &server.url, count, "")?,
                Some(place) => peers[place].ask("first-sync", folder.path(), &server.url, count)?,
            };
            is_same_work(&answer, folder.path(), count)?;
            wall.series[place].push(number(&answer, "wall"));
            processor.series[place].push(number(&answer, "processor"));
            peak.series[place].push(number(&answer, "peak"));
            wire.series[place].push(sent(&server)? - before);
            disk.series[place].push(on_disk(folder.path())?);
        }
    }
    for row in [&wall, &processor, &peak, &wire, &disk] {
        row.report(bench, peers)?;
    }
    bench.alone(
        &format!("  the server's ceiling, {count} in all"),
        "pages/s",
        speed,
        "",
    )?;
    Ok(processor)
}

/// The exponent of the growth of the processor's time, which other work on the machine changes
/// least, from the smallest record to the largest that was measured: 1 is linear.
fn growth(bench: &mut Bench<'_>, peers: &[Peer], used: &[(usize, Row)]) -> Result<(), Failure> {
    let ([(least, small), .., (most, large)], all) = (used, peers.len() + 1) else {
        return Ok(());
    };
    let name = format!("growth of a first sync, {least} to {most}, exponent");
    let mut row = Row::new(name, "", "1", all);
    #[expect(clippy::cast_precision_loss, reason = "two small numbers")]
    let steps = (*most as f64 / *least as f64).ln();
    for place in 0..all {
        let ratio = large.series[place].median() / small.series[place].median();
        row.series[place].push(ratio.ln() / steps);
    }
    row.report(bench, peers)
}

/// Later checks, the cold start, lists and search of a record that is there.
fn later(bench: &mut Bench<'_>, peers: &[Peer]) -> Result<(), Failure> {
    let all = peers.len() + 1;
    let server = Server::start(inside("serve").args(["--count", &RECORD.to_string()]))?;
    let folders = (0..all)
        .map(|_| tempfile::tempdir())
        .collect::<Result<Vec<_>, _>>()?;
    ask("sign-up", folders[0].path(), &server.url, 0, "")?;
    ask("first", folders[0].path(), &server.url, RECORD, "")?;
    for (peer, folder) in peers.iter().zip(&folders[1..]) {
        peer.ask("first-sync", folder.path(), &server.url, RECORD)?;
    }
    let mut nothing = Row::new("a check with no change, all its requests", "ms", "", all);
    let mut each = Row::new("a check with no change, a request", "ms", "1", all);
    let mut changes = Row::new("a check with 10 changes, all its requests", "ms", "3", all);
    let mut no_work = Row::new("  a check with no change, processor", "ms", "", all);
    let mut change_work = Row::new("  a check with 10 changes, processor", "ms", "", all);
    let mut cold = Row::new("process start to 50 rows", "ms", "20", all);
    let mut list = Row::new("list page of 100 in 10000, p95", "ms", "10", all);
    let mut search = Row::new("search in 10000, a keystroke, p95", "ms", "5", all);
    for _ in 0..bench.runs() {
        for (place, folder) in folders.iter().enumerate() {
            let folder = folder.path();
            let peer = place.checked_sub(1).map(|it| &peers[it]);
            let check = |task: &str, word: &str| match peer {
                None => ask("check", folder, &server.url, RECORD, word),
                Some(peer) => peer.ask(task, folder, &server.url, RECORD),
            };
            let answer = check("no-change", "")?;
            let wall = spread(&answer, "rounds").0;
            nothing.series[place].push(wall);
            each.series[place].push(wall / number(&answer, "requests"));
            no_work.series[place].push(number(&answer, "processor"));
            let answer = check("ten-changes", "changes")?;
            change_work.series[place].push(number(&answer, "processor"));
            changes.series[place].push(spread(&answer, "rounds").0);
            let (start, pages, keys) = match peer {
                None => {
                    let answer = ask("browse", folder, "", 0, "")?;
                    (opened("first-rows", folder, "")?, answer.clone(), answer)
                }
                Some(peer) => (
                    peer.cold(folder)?,
                    peer.ask("list", folder, "", 0)?,
                    peer.ask("search", folder, "", 0)?,
                ),
            };
            cold.series[place].push(start);
            list.series[place].push(spread(&pages, "pages").1);
            search.series[place].push(spread(&keys, "keystrokes").1);
        }
    }
    for row in [
        &nothing,
        &no_work,
        &each,
        &changes,
        &change_work,
        &cold,
        &list,
        &search,
    ] {
        row.report(bench, peers)?;
    }
    Ok(())
}
