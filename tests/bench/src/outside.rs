//! The order of the measurements: prepares, starts the processes in turn, and prints.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::table::{Figure, Series, heading, say};
use crate::{Asked, Failure, peers, window};

/// The largest synthetic record, and the smaller one that a person may really have.
const MANY: usize = 10_000;
const FEW: usize = 1_000;

/// How many entries the lists of the persona with a long record hold at least; with what stands
/// inside other entries it has more than 5,000 resources.
const LONG: usize = 3_000;

/// How many of them are measurements, at least.
const MEASURED: usize = 1_000;

/// The folder of the app among those of other programs: `identifier` of `tauri.conf.json`.
const IDENTIFIER: &str = "uk.hale.app";

/// Measures what was asked for.
pub(crate) fn measure(asked: &Asked) -> Result<(), Failure> {
    let mut bench = Bench::begin(asked)?;
    say(machine());
    say(heading());
    if bench.wants("sync") {
        bench.first_sync(MANY)?;
        bench.first_sync(FEW)?;
    }
    if bench.wants("peers") {
        peers::measure(&mut bench)?;
    }
    if bench.wants("core") {
        bench.core()?;
    }
    if bench.wants("window") {
        bench.window()?;
    }
    if bench.wants("mock") {
        bench.mock()?;
    }
    say(machine());
    Ok(())
}

/// What else goes on here: absolute figures mean little without it.
fn machine() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split_whitespace().take(3).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores, load {}", load.join(" "))
}

pub(crate) struct Bench<'a> {
    asked: &'a Asked,
    json: Option<std::fs::File>,
    mock: Option<PathBuf>,
}

impl<'a> Bench<'a> {
    fn begin(asked: &'a Asked) -> Result<Self, Failure> {
        let json = asked.json.as_ref().map(std::fs::File::create).transpose()?;
        let mock = std::env::var_os("HALE_MOCK").map(PathBuf::from);
        Ok(Self { asked, json, mock })
    }

    /// How often each is measured.
    pub(crate) fn runs(&self) -> usize {
        self.asked.runs
    }

    /// How often the largest record is measured.
    pub(crate) fn large_runs(&self) -> usize {
        self.asked.large
    }

    fn wants(&self, name: &str) -> bool {
        self.asked
            .only
            .as_ref()
            .is_none_or(|only| name.contains(only.as_str()))
    }

    pub(crate) fn report(&mut self, figure: &Figure) -> Result<(), Failure> {
        if figure.ours.is_empty() {
            return Ok(());
        }
        say(figure.line());
        if let Some(file) = &mut self.json {
            writeln!(file, "{}", figure.json())?;
        }
        Ok(())
    }

    pub(crate) fn alone(
        &mut self,
        metric: &str,
        unit: &'static str,
        ours: Series,
        goal: &'static str,
    ) -> Result<(), Failure> {
        self.report(&Figure {
            metric: metric.to_owned(),
            unit,
            ours,
            peer: None,
            goal,
        })
    }

    /// The engine, the prototype and the bare insertion take turns.
    fn first_sync(&mut self, count: usize) -> Result<(), Failure> {
        let server = Server::start(inside("serve").args(["--count", &count.to_string()]))?;
        let (mut ours, mut prototype, mut insert) =
            (Work::default(), Work::default(), Work::default());
        let mut again = Series::default();
        for _ in 0..self.asked.runs {
            let folder = tempfile::tempdir()?;
            ask("sign-up", folder.path(), &server.url, 0, "")?;
            let answer = ask("sync", folder.path(), &server.url, count, "")?;
            ours.add(&answer);
            again.push(number(&answer, "again"));
            let folder = tempfile::tempdir()?;
            prototype.add(&ask("prototype", folder.path(), &server.url, count, "")?);
            let folder = tempfile::tempdir()?;
            insert.add(&ask("insert-alone", folder.path(), "", count, "")?);
        }
        drop(server);
        let goal = if count == MANY { "1.13 x" } else { "" };
        let name = |what: &str| format!("first sync of {count} Observations, {what}");
        for (what, unit, ours, peer, bare, goal) in [
            (
                "wall",
                "ms",
                ours.wall,
                prototype.wall.clone(),
                insert.wall,
                goal,
            ),
            (
                "processor",
                "ms",
                ours.processor,
                prototype.processor,
                insert.processor,
                "",
            ),
            (
                "peak memory",
                "MiB",
                ours.peak,
                prototype.peak,
                insert.peak,
                if count == MANY { "40" } else { "" },
            ),
        ] {
            let name = name(what);
            self.report(&Figure {
                metric: name.clone(),
                unit,
                ours,
                peer: Some(("bare prototype", peer.clone())),
                goal,
            })?;
            self.report(&Figure {
                metric: format!("  the bare prototype's own, {what}"),
                unit,
                ours: peer,
                peer: Some(("bare insertion", bare)),
                goal: "",
            })?;
        }
        self.alone(&name("then a check without changes"), "ms", again, "")
    }

    /// Opening, searching and listing 10,000 entries.
    fn core(&mut self) -> Result<(), Failure> {
        let server = Server::start(inside("serve").args(["--count", &MANY.to_string()]))?;
        let folder = tempfile::tempdir()?;
        ask("sign-up", folder.path(), &server.url, 0, "")?;
        ask("sync", folder.path(), &server.url, MANY, "")?;
        drop(server);
        let (mut warm, mut evicted) = (Series::default(), Series::default());
        let mut home = Series::default();
        let (mut search, mut search_all) = (Series::default(), Series::default());
        let (mut list, mut list_all) = (Series::default(), Series::default());
        for _ in 0..self.asked.runs {
            home.push(opened("first-home", folder.path(), "")?);
            warm.push(opened("first-rows", folder.path(), "")?);
            forget(folder.path());
            evicted.push(opened("first-rows", folder.path(), "")?);
            let answer = ask("browse", folder.path(), "", 0, "")?;
            let (p50, p95) = spread(&answer, "keystrokes");
            search_all.push(p50);
            search.push(p95);
            let (p50, p95) = spread(&answer, "pages");
            list_all.push(p50);
            list.push(p95);
        }
        self.alone(
            "core: process start to the home view, key from a file",
            "ms",
            home,
            "20",
        )?;
        self.alone(
            "core: process start to 50 rows, key from a file",
            "ms",
            warm,
            "20",
        )?;
        self.alone(
            "  the same, files not in the system's cache",
            "ms",
            evicted,
            "",
        )?;
        self.keychain()?;
        self.alone("search in 10000, a keystroke, p95", "ms", search, "5")?;
        self.alone("  the same, median", "ms", search_all, "")?;
        self.alone("sorted list page of 100 in 10000, p95", "ms", list, "10")?;
        self.alone("  the same, median", "ms", list_all, "")
    }

    /// The same start with the key in the system's keychain, where there is one for tests.
    fn keychain(&mut self) -> Result<(), Failure> {
        if std::env::var_os("HALE_BENCH_KEYCHAIN").is_none() {
            say("  the same, key from the keychain: not measured, there is none for tests here");
            return Ok(());
        }
        let server = Server::start(inside("serve").args(["--count", &MANY.to_string()]))?;
        let folder = tempfile::tempdir()?;
        let word = "keychain";
        ask("sign-up", folder.path(), &server.url, 0, word)?;
        ask("sync", folder.path(), &server.url, MANY, word)?;
        drop(server);
        let mut series = Series::default();
        for _ in 0..self.asked.runs {
            series.push(opened("first-rows", folder.path(), word)?);
        }
        self.alone("  the same, key from the keychain", "ms", series, "20")
    }

    /// The real window on a device with a saved record and no server, and a bare page, in turn.
    fn window(&mut self) -> Result<(), Failure> {
        let Some((driver, shell)) = window::programs() else {
            say("the window: not measured, HALE_BIN and HALE_WEBDRIVER name no programs");
            return Ok(());
        };
        if std::env::var_os("HALE_BENCH_KEYCHAIN").is_none() {
            say("the window: not measured, there is no keychain for tests here");
            return Ok(());
        }
        let device = tempfile::tempdir()?;
        let data = device.path().join("data").join(IDENTIFIER);
        std::fs::create_dir_all(&data)?;
        let server = Server::start(inside("serve").args(["--count", &MANY.to_string()]))?;
        ask("sign-up", &data, &server.url, 0, "keychain")?;
        ask("sync", &data, &server.url, MANY, "keychain")?;
        drop(server);
        let bare = tempfile::tempdir()?;
        let (mut wall, mut memory) = (Series::default(), Series::default());
        let (mut bare_wall, mut bare_memory) = (Series::default(), Series::default());
        for _ in 0..self.asked.runs {
            let opened = window::app(&driver, &shell, device.path())?;
            wall.push(opened.wall);
            memory.push(opened.memory);
            let opened = window::bare(&driver, bare.path())?;
            bare_wall.push(opened.wall);
            bare_memory.push(opened.memory);
        }
        for (metric, unit, ours, peer, goal) in [
            (
                "window: start to the saved home page",
                "ms",
                wall,
                bare_wall,
                "600",
            ),
            (
                "window: memory of its processes",
                "MiB",
                memory,
                bare_memory,
                "260",
            ),
        ] {
            self.report(&Figure {
                metric: metric.to_owned(),
                unit,
                ours,
                peer: Some(("a bare page", peer)),
                goal,
            })?;
        }
        Ok(())
    }

    /// The mock's start, and a long record of it.
    fn mock(&mut self) -> Result<(), Failure> {
        let Some(program) = self.mock.clone() else {
            say("the mock: not measured, HALE_MOCK names no program");
            return Ok(());
        };
        let (mut start, mut memory, mut after) =
            (Series::default(), Series::default(), Series::default());
        let (mut wall, mut processor, mut peak, mut entries) = (
            Series::default(),
            Series::default(),
            Series::default(),
            Series::default(),
        );
        let mut speed = Series::default();
        for _ in 0..self.asked.runs {
            let began = Instant::now();
            let mock = Server::start(Command::new(&program).args(["--port", "0"]))?;
            start.push(began.elapsed().as_secs_f64() * 1000.0);
            memory.push(mock.memory());
            let folder = tempfile::tempdir()?;
            let answer = ask("sync-persona", folder.path(), &mock.url, LONG, "long")?;
            wall.push(number(&answer, "wall"));
            processor.push(number(&answer, "processor"));
            peak.push(number(&answer, "peak"));
            entries.push(number(&answer, "entries"));
            let answer = ask("ceiling-of-mock", folder.path(), &mock.url, MEASURED, "")?;
            speed.push(number(&answer, "entries"));
            after.push(mock.memory());
        }
        self.alone("mock: start", "ms", start, "1000")?;
        self.alone("mock: memory at start", "MiB", memory, "100")?;
        self.alone("mock: memory after one long record", "MiB", after, "100")?;
        self.alone("mock: its ceiling for one client", "entries/s", speed, "")?;
        self.alone("first sync of the long persona, wall", "ms", wall, "")?;
        self.alone("  the same, processor", "ms", processor, "")?;
        self.alone("  the same, peak memory", "MiB", peak, "40")?;
        self.alone("  entries listed", "", entries, "")
    }
}

/// Wall time, processor time and memory of one kind of work.
#[derive(Default)]
struct Work {
    wall: Series,
    processor: Series,
    peak: Series,
}

impl Work {
    fn add(&mut self, answer: &Value) {
        self.wall.push(number(answer, "wall"));
        self.processor.push(number(answer, "processor"));
        self.peak.push(number(answer, "peak"));
    }
}

pub(crate) fn number(answer: &Value, name: &str) -> f64 {
    answer[name].as_f64().unwrap_or(f64::NAN)
}

pub(crate) fn spread(answer: &Value, name: &str) -> (f64, f64) {
    let mut series = Series::default();
    let values = answer[name].as_array().into_iter().flatten();
    values
        .filter_map(Value::as_f64)
        .for_each(|it| series.push(it));
    (series.median(), series.at(0.95))
}

pub(crate) fn inside(name: &str) -> Command {
    // A program that was replaced while it runs has no path any more; then the start says so.
    let own = std::env::current_exe().unwrap_or_else(|_| "hale-bench".into());
    let mut command = Command::new(own);
    command.args(["inside", name]).stdin(Stdio::null());
    command
}

/// Runs a task in a process of its own to its end.
pub(crate) fn ask(
    name: &str,
    folder: &Path,
    url: &str,
    count: usize,
    word: &str,
) -> Result<Value, Failure> {
    let output = inside(name)
        .arg("--folder")
        .arg(folder)
        .args(["--url", url, "--word", word, "--count", &count.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{name} failed").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// From the start of a process until it has what the task names, in milliseconds.
pub(crate) fn opened(task: &str, folder: &Path, word: &str) -> Result<f64, Failure> {
    let began = Instant::now();
    let mut child = inside(task)
        .arg("--folder")
        .arg(folder)
        .args(["--word", word])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    let passed = began.elapsed().as_secs_f64() * 1000.0;
    if !child.wait()?.success() {
        return Err(format!("{task} failed").into());
    }
    Ok(passed)
}

/// Asks the system to drop the files of a folder from its cache.
#[cfg(target_os = "linux")]
fn forget(folder: &Path) {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
            } else if let Ok(file) = std::fs::File::open(entry.path()) {
                file.sync_all().ok();
                rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).ok();
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn forget(_: &Path) {}

/// A server in a process of its own; it ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts it and waits for its first line, which is its address.
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            let mut output = BufReader::new(output);
            output.read_line(&mut line)?;
            // A server that goes on to print must not stop at a full pipe.
            std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        }
        let url = line.trim().trim_start_matches("HALE_MOCK_URL=").to_owned();
        if url.is_empty() {
            return Err("a server did not start".into());
        }
        Ok(Self { child, url })
    }

    /// The memory that it holds now, in MiB.
    fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok())
            .map_or(f64::NAN, |kib| kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
