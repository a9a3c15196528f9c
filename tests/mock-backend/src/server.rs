//! Owns the port, the connections and the life of a backend. What is answered is decided
//! elsewhere; here a connection may be cut off, which is how a lost reply is made.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

use crate::answer::{self, CutOff};
use crate::clock::MockClock;
use crate::console;
use crate::door::Door;
use crate::faults::Faults;
use crate::log::RequestLog;
use crate::population::{Place, Population};
use crate::reach::{self, Viewpoint};
use crate::repeats::{Actors, Repeats};
use crate::smart::{Lifetimes, Smart};
use crate::state::{State, lock};
use crate::store::Store;
use crate::tls::Tls;

/// How a backend is to be.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub bind: SocketAddr,
    /// What the population is made from.
    pub seed: u64,
    /// How many patients there are.
    pub patients: u32,
    /// Which part of care it is.
    pub place: Place,
    /// Whether to speak TLS, with a certificate made on the spot.
    pub tls: bool,
    /// Where the clock starts; real time if none.
    pub clock: Option<DateTime<Utc>>,
    /// How long codes and tokens live.
    pub lifetimes: Lifetimes,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            seed: 1,
            patients: 239_000,
            place: Place::default(),
            tls: false,
            clock: None,
            lifetimes: Lifetimes::default(),
        }
    }
}

/// Why a backend does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// No certificate could be made.
    #[error("could not make a certificate")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The embedded signing key does not load.
    #[error("the test signing key does not load")]
    SigningKey,
}

/// Starts backends.
#[derive(Debug)]
pub struct MockBackend;

impl MockBackend {
    /// Starts a backend; it answers when this returns.
    ///
    /// # Errors
    /// If the address is taken, or no certificate could be made.
    pub async fn start(config: Config) -> Result<RunningMock, StartError> {
        let tls = if config.tls {
            Some(Tls::make(config.bind.ip())?)
        } else {
            None
        };
        let clock = config
            .clock
            .map_or_else(MockClock::default, MockClock::starting_at);
        let state = Arc::new(State {
            store: Store::new(
                Population::new(config.seed, config.patients).at(config.place),
                clock.clone(),
            ),
            clock,
            actors: Actors::default(),
            faults: Faults::default(),
            log: RequestLog::default(),
            smart: Smart::new(config.lifetimes)?,
            tls,
        });
        let (address, running) = listen(config.bind, &state).await?;
        Ok(RunningMock {
            state,
            address,
            running: Mutex::new(Some(running)),
        })
    }

    /// The same on this address, whatever the configuration says.
    ///
    /// # Errors
    /// As [`MockBackend::start`].
    pub async fn start_at(address: SocketAddr, config: Config) -> Result<RunningMock, StartError> {
        Self::start(Config {
            bind: address,
            ..config
        })
        .await
    }
}

/// A backend that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct RunningMock {
    state: Arc<State>,
    address: SocketAddr,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl RunningMock {
    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scheme, host and port, as a program on this machine uses them.
    ///
    /// # Panics
    /// Never: an address with a port is a URL.
    #[must_use]
    pub fn origin(&self) -> Url {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(reach::loopback(address.ip()));
        }
        self.origin_at(address)
    }

    /// The FHIR bases that lead here, each with from where it does.
    #[must_use]
    pub fn fhir_bases(&self) -> Vec<(Viewpoint, Url)> {
        reach::addresses(self.address.ip())
            .into_iter()
            .map(|(viewpoint, ip)| {
                let mut base = self.origin_at(SocketAddr::new(ip, self.address.port()));
                base.set_path("/fhir");
                (viewpoint, base)
            })
            .collect()
    }

    fn origin_at(&self, address: SocketAddr) -> Url {
        let is_secure = self.state.tls.is_some();
        let scheme = if is_secure { "https" } else { "http" };
        Url::parse(&format!("{scheme}://{address}")).expect("an address with a port is a URL")
    }

    /// The FHIR base, without a slash at its end.
    #[must_use]
    pub fn fhir_base(&self) -> Url {
        self.at("/fhir")
    }

    /// The tester's console.
    #[must_use]
    pub fn console_url(&self) -> Url {
        self.at("/console")
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.origin();
        url.set_path(path);
        url
    }

    /// The faults in force.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.state.faults
    }

    /// The backend's clock.
    #[must_use]
    pub fn clock(&self) -> &MockClock {
        &self.state.clock
    }

    /// What was asked.
    #[must_use]
    pub fn log(&self) -> &RequestLog {
        &self.state.log
    }

    /// What was written, and the way to change the record behind the app's back.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.state.store
    }

    /// The practice and the pharmacy, for a tester to speak for.
    #[must_use]
    pub fn repeats(&self) -> Repeats<'_> {
        Repeats { state: &self.state }
    }

    /// Lifetimes and revocation of codes and tokens.
    #[must_use]
    pub fn smart(&self) -> &Smart {
        &self.state.smart
    }

    /// The people that a tester can sign in as.
    #[must_use]
    pub fn personas(&self) -> &[crate::population::Persona] {
        self.state.store.population().personas()
    }

    /// The sign-in page without a browser.
    #[must_use]
    pub fn door(&self) -> Door {
        Door::new(self.address)
    }

    /// Signs in at the page of this address as a persona and gives where the browser would go.
    ///
    /// # Errors
    /// If the page does not answer with a redirect.
    pub async fn authorize_as(
        &self,
        authorize_url: &str,
        persona_key: &str,
    ) -> Result<Url, crate::door::DoorError> {
        self.door().authorize_as(authorize_url, persona_key).await
    }

    /// The certificate authority to trust, in DER, if it speaks TLS.
    #[must_use]
    pub fn authority(&self) -> Option<&[u8]> {
        self.state.tls.as_ref().map(Tls::authority)
    }

    /// The certificate authority to trust, in PEM, if it speaks TLS.
    #[must_use]
    pub fn authority_pem(&self) -> Option<&str> {
        self.state.tls.as_ref().map(Tls::authority_pem)
    }

    /// Where a phone gets the certificate authority from, if it speaks TLS.
    #[must_use]
    pub fn authority_path(&self) -> Option<&'static str> {
        self.state.tls.as_ref().map(|_| console::AUTHORITY_PATH)
    }

    /// SHA-256 of the certificate authority as systems show it, if it speaks TLS.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        self.state.tls.as_ref().map(Tls::fingerprint)
    }

    /// Frees the port and cuts off every connection; what was written is kept. Stopping twice does
    /// nothing.
    pub async fn stop(&self) {
        let running = lock(&self.running).take();
        if let Some(running) = running {
            running.stop.send_replace(true);
            if running.task.await.is_err() {
                tracing::warn!("the server ended by itself before it was stopped");
            }
        }
    }

    /// Listens again on the same port, with everything that was written. Does nothing if it runs.
    ///
    /// # Errors
    /// If the port was taken meanwhile.
    pub async fn restart(&self) -> Result<(), StartError> {
        if lock(&self.running).is_some() {
            return Ok(());
        }
        let (_, running) = listen(self.address, &self.state).await?;
        *lock(&self.running) = Some(running);
        Ok(())
    }
}

impl Drop for RunningMock {
    fn drop(&mut self) {
        if let Some(running) = lock(&self.running).take() {
            running.stop.send_replace(true);
        }
    }
}

async fn listen(
    address: SocketAddr,
    state: &Arc<State>,
) -> Result<(SocketAddr, Running), StartError> {
    let refused = |source| StartError::Listen { address, source };
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }
    .map_err(refused)?;
    // On Windows the option means that two programs may listen at once; elsewhere it only lets a
    // restarted backend have its port back at once.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true).map_err(refused)?;
    socket.bind(address).map_err(refused)?;
    let listener = socket.listen(1024).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(accept(listener, Arc::clone(state), stopped));
    Ok((address, Running { stop, task }))
}

async fn accept(listener: TcpListener, state: Arc<State>, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => break,
            _ = connections.join_next(), if !connections.is_empty() => {}
            incoming = listener.accept() => {
                let Ok((stream, _)) = incoming else {
                    // Out of file handles, as a rule: without a pause this would spin.
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                    continue;
                };
                let state = Arc::clone(&state);
                let acceptor = state.tls.as_ref().map(Tls::acceptor);
                connections.spawn(async move {
                    match acceptor {
                        None => serve(stream, state).await,
                        Some(acceptor) => match acceptor.accept(stream).await {
                            Ok(stream) => serve(stream, state).await,
                            Err(error) => tracing::debug!(%error, "no TLS handshake"),
                        },
                    }
                });
            }
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: S, state: Arc<State>) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let state = Arc::clone(&state);
        async move { answer::answer(state, request).await }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        // A client that went away, nonsense instead of HTTP, or a connection cut off on purpose.
        let on_purpose =
            std::error::Error::source(&error).is_some_and(|inner| inner.is::<CutOff>());
        tracing::debug!(%error, on_purpose, "a connection ended early");
    }
}
