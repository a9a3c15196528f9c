//! Many patients at once: each signs in and pulls the whole record, as the app does on a first
//! sync, side by side. Says how long the server took to start, what memory and processor time it
//! used (on Linux), and what came back wrong.
//!
//! `cargo build --release -p hale-mock-backend --bins --examples`, then
//! `target/release/examples/load [PATIENTS] [ID]`. With an id they are all the same patient;
//! `p000007` has a record of many thousand resources.

#![expect(clippy::print_stdout, reason = "telling the figures is what it is for")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many connections a patient's app has.
const SIDE_BY_SIDE: usize = 4;

/// How many small requests come after it.
const LATER: usize = 10_000;

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-in-length";

const SEARCHES: [&str; 13] = [
    "Appointment?_include=Appointment:location&_include=Appointment:practitioner&",
    "AllergyIntolerance?",
    "MedicationStatement?",
    "MedicationRequest?_include=MedicationRequest:medication&",
    "Condition?",
    "DiagnosticReport?_include=DiagnosticReport:result&",
    "Observation?category=laboratory&",
    "Immunization?",
    "Encounter?",
    "Observation?category=vital-signs&",
    "Observation?category=social-history&",
    "Procedure?",
    "DocumentReference?",
];

/// What came back.
#[derive(Debug, Default, Clone, Copy)]
struct Got {
    requests: usize,
    bytes: usize,
    slowest: Duration,
}

impl Got {
    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.bytes += other.bytes;
        self.slowest = self.slowest.max(other.slowest);
    }
}

/// One connection of an app.
struct Line {
    sender: SendRequest<Body>,
    host: String,
    got: Got,
}

impl Line {
    async fn open(host: &str) -> Result<Self, Failure> {
        let stream = tokio::net::TcpStream::connect(host).await?;
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: host.to_owned(),
            got: Got::default(),
        })
    }

    async fn ask(
        &mut self,
        request: hyper::http::request::Builder,
        body: String,
    ) -> Result<(hyper::http::response::Parts, Bytes), Failure> {
        let began = Instant::now();
        let request = request.header("Host", &self.host).body(Body::from(body))?;
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        self.got.add(Got {
            requests: 1,
            bytes: body.len(),
            slowest: began.elapsed(),
        });
        Ok((head, body))
    }

    async fn get(&mut self, target: &str, token: &str) -> Result<Value, Failure> {
        let request =
            hyper::Request::get(target).header("Authorization", format!("Bearer {token}"));
        let (head, body) = self.ask(request, String::new()).await?;
        if head.status != 200 {
            return Err(format!("{target} answers {}", head.status).into());
        }
        Ok(serde_json::from_slice(&body)?)
    }

    /// Signs in as a patient; gives the access token.
    async fn sign_in(&mut self, patient: &str) -> Result<String, Failure> {
        let form = |pairs: &[(&str, &str)]| {
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish()
        };
        let redirect = "http://127.0.0.1:49152/callback";
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let aud = format!("http://{}/fhir", self.host);
        let choice = form(&[
            ("response_type", "code"),
            ("client_id", "hale"),
            ("redirect_uri", redirect),
            (
                "scope",
                "openid fhirUser launch/patient offline_access patient/*.rs",
            ),
            ("state", "the-state"),
            ("nonce", "the-nonce"),
            ("aud", &aud),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("persona", patient),
        ]);
        let (head, _) = self
            .ask(hyper::Request::post("/auth/choose"), choice)
            .await?;
        let back = head.headers.get("Location").ok_or("no redirect")?;
        let back = Url::parse(back.to_str()?)?;
        let code = back.query_pairs().find(|pair| pair.0 == "code");
        let grant = form(&[
            ("grant_type", "authorization_code"),
            ("code", &code.ok_or("no code")?.1),
            ("redirect_uri", redirect),
            ("client_id", "hale"),
            ("code_verifier", VERIFIER),
        ]);
        let (_, body) = self.ask(hyper::Request::post("/auth/token"), grant).await?;
        let tokens: Value = serde_json::from_slice(&body)?;
        Ok(tokens["access_token"]
            .as_str()
            .ok_or("no token")?
            .to_owned())
    }
}

/// Signs one patient in and pulls the whole record.
async fn pull(host: Arc<str>, patient: String) -> Result<Got, Failure> {
    let mut line = Line::open(&host).await?;
    let token = line.sign_in(&patient).await?;
    line.get(&format!("/fhir/Patient/{patient}"), &token)
        .await?;
    let mut got = line.got;
    let lanes = (0..SIDE_BY_SIDE).map(|lane| {
        let (host, patient, token) = (Arc::clone(&host), patient.clone(), token.clone());
        tokio::spawn(async move {
            let mut line = Line::open(&host).await?;
            for search in SEARCHES.iter().skip(lane).step_by(SIDE_BY_SIDE) {
                let mut next = Some(format!("/fhir/{search}patient={patient}&_count=100"));
                while let Some(target) = next {
                    let bundle = line.get(&target, &token).await?;
                    next = bundle["link"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .find(|link| link["relation"] == "next")
                        .and_then(|link| Url::parse(link["url"].as_str()?).ok())
                        .map(|url| format!("{}?{}", url.path(), url.query().unwrap_or_default()));
                }
            }
            Ok::<_, Failure>(line.got)
        })
    });
    for lane in futures::future::join_all(lanes).await {
        got.add(lane??);
    }
    Ok(got)
}

/// The server as a program, ended with this.
struct Server {
    child: Child,
    host: Arc<str>,
    /// Kept open: it goes on to say things.
    _said: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start() -> Result<Self, Failure> {
        let here = std::env::current_exe()?;
        let folder = here.parent().and_then(std::path::Path::parent);
        let program: PathBuf = folder.ok_or("no folder")?.join("hale-mock-backend");
        let mut child = Command::new(program)
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut first = String::new();
        let mut said = BufReader::new(child.stdout.take().ok_or("no output")?);
        said.read_line(&mut first)?;
        let host = first
            .trim()
            .strip_prefix("HALE_MOCK_URL=http://")
            .and_then(|rest| rest.strip_suffix("/fhir"))
            .ok_or("the server does not say where it is")?
            .into();
        Ok(Self {
            child,
            host,
            _said: said,
        })
    }

    /// A line of what the system says about the program, in MB.
    fn memory(&self, name: &str) -> String {
        let status = format!("/proc/{}/status", self.child.id());
        let kilobytes = std::fs::read_to_string(status).ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        });
        kilobytes.map_or_else(
            || "unknown".to_owned(),
            |kilobytes| format!("{:.1} MB", kilobytes / 1024.0),
        )
    }

    /// Processor time so far, in the system's hundredths of a second.
    fn processor(&self) -> String {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let hundredths = stat.ok().and_then(|text| {
            let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
            Some(fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?)
        });
        hundredths.map_or_else(
            || "unknown".to_owned(),
            |hundredths| format!("{:.2} s", f64::from(hundredths) / 100.0),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let patients: u32 = words.next().map_or(Ok(200), |word| word.parse())?;
    let one = words.next();

    let began = Instant::now();
    let server = Server::start()?;
    println!("start      {:.0?}", began.elapsed());
    println!("memory     {} at start", server.memory("VmRSS"));

    let began = Instant::now();
    let all = (0..patients).map(|at| {
        let patient = one
            .clone()
            .unwrap_or_else(|| format!("p{:06}", 1000 + at * (230_000 / patients)));
        tokio::spawn(pull(Arc::clone(&server.host), patient))
    });
    let mut got = Got::default();
    let mut errors = 0;
    for one in futures::future::join_all(all).await {
        match one? {
            Ok(one) => got.add(one),
            Err(why) => {
                errors += 1;
                eprintln!("{why}");
            }
        }
    }
    println!(
        "{patients} at once {:.2?}: {} requests, {:.1} MB, slowest {:.0?}, {errors} errors",
        began.elapsed(),
        got.requests,
        got.bytes as f64 / 1e6,
        got.slowest,
    );
    println!("processor  {}", server.processor());
    println!(
        "memory     {} at most, {} now",
        server.memory("VmHWM"),
        server.memory("VmRSS")
    );

    let began = Instant::now();
    let mut line = Line::open(&server.host).await?;
    let token = line.sign_in("full").await?;
    for _ in 0..LATER {
        line.get("/fhir/Condition?_count=1", &token).await?;
    }
    println!("{LATER} more in {:.2?}", began.elapsed());
    println!(
        "memory     {} at most, {} now",
        server.memory("VmHWM"),
        server.memory("VmRSS")
    );
    Ok(())
}
