//! Listening, answering, and ending cleanly.

use crate::{
    api,
    app::App,
    door::{Door, PasswordError, Peer, Tls, TlsError},
    error::Problem,
};
use axum::Router;
use earwitness_model::Digest;
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
    service::TowerToHyperService,
};
use std::{
    net::{IpAddr, SocketAddr, TcpListener},
    path::PathBuf,
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    runtime,
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

/// Connections at once.
const CONNECTIONS: usize = 512;
/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(15);
/// How long answers that are under way may take when the server ends.
const LAST: Duration = Duration::from_millis(800);
/// How often pages that have gone are forgotten, and changes by other programs are looked for.
const BEAT: Duration = Duration::from_secs(5);

/// How to serve an archive.
#[derive(Clone, Debug)]
pub struct Options {
    /// The archive's folder.
    pub root: PathBuf,
    /// Where to listen; port 0 is any that is free. Without `abroad`, an address of the loopback interface.
    pub address: SocketAddr,
    /// What it takes to let other machines in.
    pub abroad: Option<Abroad>,
    /// It ends by itself when nobody used it for so long; an open page is use.
    pub idle: Option<Duration>,
    /// Nothing may be changed.
    pub read_only: bool,
    /// The folder of weights.
    pub models: PathBuf,
    /// Processor threads for listening.
    pub threads: usize,
    /// The program `earwitness`, whose commands check, sign and build stories.
    pub program: PathBuf,
}

/// What it takes to let other machines in.
#[derive(Clone, Debug)]
pub struct Abroad {
    /// Who may come in: see [`crate::add_person`].
    pub passwords: PathBuf,
    /// The certificate, with those that vouch for it behind it: PEM.
    pub certificate: PathBuf,
    /// Its private key: PEM, mode 0600.
    pub key: PathBuf,
    /// Names under which people ask for it, beside its address.
    pub names: Vec<String>,
}

/// Why a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Somebody asked it to.
    Asked,
    /// Nobody used it for as long as it was to wait.
    Unused,
}

/// Why an archive cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Other machines could reach it, and nothing would keep them out.
    #[error("{0} can be reached from other machines: that takes passwords and TLS")]
    NotLoopback(SocketAddr),
    /// Nobody could ask for it.
    #[error("{0} stands for all addresses of this machine, and no name was given under which people ask for it")]
    NoName(SocketAddr),
    /// The passwords cannot be used.
    #[error(transparent)]
    Passwords(#[from] PasswordError),
    /// Certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address cannot be had.
    #[error("{address} cannot be listened at: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The archive cannot be opened.
    #[error(transparent)]
    Archive(#[from] earwitness_archive::Error),
    /// The archive was opened, but not all of it can be read.
    #[error("the archive cannot be served: {0}")]
    Unreadable(String),
    /// The system gives no threads.
    #[error("the server cannot be started: {0}")]
    System(#[source] std::io::Error),
}

/// A server that listens, and does not answer yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    app: Arc<App>,
    stop: watch::Sender<bool>,
    stopped: watch::Receiver<bool>,
}

/// Ends a server from elsewhere.
#[derive(Clone, Debug)]
pub struct Stopper(watch::Sender<bool>);

impl Stopper {
    /// Asks it to end.
    pub fn stop(&self) {
        // One that has ended already needs no telling.
        let _ = self.0.send(true);
    }
}

impl Server {
    /// Opens the archive and begins to listen.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn bind(options: Options) -> Result<Self, ServeError> {
        let tls = match &options.abroad {
            None if !options.address.ip().is_loopback() => return Err(ServeError::NotLoopback(options.address)),
            None => None,
            Some(abroad) if abroad.names.is_empty() && options.address.ip().is_unspecified() => {
                return Err(ServeError::NoName(options.address));
            }
            Some(abroad) => Some(Tls::new(&abroad.certificate, &abroad.key)?),
        };
        let door = Door::new(options.abroad.as_ref())?;
        // Opened once by itself: its errors say more than ours.
        drop(earwitness_archive::Archive::open_to_read(&options.root)?);
        let wrong = |source| ServeError::Listen { address: options.address, source };
        let listener = TcpListener::bind(options.address).map_err(wrong)?;
        listener.set_nonblocking(true).map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        let app =
            App::new(options, address, door).map_err(|problem: Problem| ServeError::Unreadable(problem.words()))?;
        let (stop, stopped) = watch::channel(false);
        Ok(Self { listener, address, tls, app: Arc::new(app), stop, stopped })
    }

    /// The address that opens it. On this machine alone, whoever has it can work on the archive; otherwise it leads to the
    /// page on which people sign in.
    pub fn url(&self) -> String {
        match &self.app.door {
            Door::Token(token) => format!("http://{}/open?token={token}", self.address),
            Door::Password(_) => format!("{}/", self.app.names.address()),
        }
    }

    /// The SHA-256 of the certificate, where there is one.
    pub fn fingerprint(&self) -> Option<Digest> {
        self.tls.as_ref().map(|tls| tls.fingerprint)
    }

    /// What ends it.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// Answers until it is stopped, then ends what is under way.
    ///
    /// # Errors
    /// [`ServeError::System`].
    pub fn run(self) -> Result<Ended, ServeError> {
        let runtime = runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::System)?;
        let Self { listener, tls, app, stop, stopped, .. } = self;
        let (own, filling) = (Arc::clone(&app), stopped.clone());
        let filler = std::thread::spawn(move || own.fill(&|| *filling.borrow()));
        let served = runtime.block_on(serve(listener, tls, Arc::clone(&app), stopped));
        // Whatever ended it, the list is not prepared any further.
        let _ = stop.send(true);
        app.works.end();
        app.uploads.end();
        if filler.join().is_err() {
            tracing::warn!("the list of calls was not prepared");
        }
        app.keep_list();
        runtime.shutdown_timeout(LAST);
        served.map_err(ServeError::System)
    }
}

async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    app: Arc<App>,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<Ended> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let (router, ending, acceptor) = (api::router(&app), GracefulShutdown::new(), tls.map(|tls| tls.acceptor));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let beat = tokio::spawn(heart(Arc::clone(&app)));
    let mut unused = pin!(unused(&app));
    let ended = loop {
        // Asked for here, so that a crowd at the door does not keep the server from ending.
        let place = Arc::clone(&places).acquire_owned();
        tokio::select! {
            accepted = accepted(&listener, place) => match accepted {
                Ok((stream, from, place)) => {
                    // Small answers are not held back.
                    let _ = stream.set_nodelay(true);
                    let (router, watcher, acceptor) = (router.clone(), ending.watcher(), acceptor.clone());
                    tokio::spawn(async move {
                        connection(stream, acceptor, from.ip(), router, watcher).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    // Too many open files, say: others may close some.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            () = &mut unused => break Ended::Unused,
            _ = stopped.wait_for(|stopped| *stopped) => break Ended::Asked,
        }
    };
    beat.abort();
    app.events.end();
    // Answers that take longer are broken off; what they keep is whole.
    let _ = timeout(LAST, ending.shutdown()).await;
    Ok(ended)
}

type Place = Result<OwnedSemaphorePermit, AcquireError>;

async fn accepted(
    listener: &tokio::net::TcpListener,
    place: impl Future<Output = Place>,
) -> std::io::Result<(tokio::net::TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = place.await.map_err(std::io::Error::other)?;
    let (stream, from) = listener.accept().await?;
    Ok((stream, from, place))
}

/// Ends when nobody used the server for as long as it is to wait; never, where it is to wait for ever.
async fn unused(app: &App) {
    let Some(most) = app.options.idle else { return std::future::pending().await };
    while let Some(left) = most.checked_sub(app.unused()).filter(|left| !left.is_zero()) {
        // Looked at now and then all the same: a page that is open has used it until now.
        tokio::time::sleep(left.min(BEAT)).await;
    }
}

async fn connection(
    stream: tokio::net::TcpStream,
    acceptor: Option<TlsAcceptor>,
    from: IpAddr,
    router: Router,
    watcher: Watcher,
) {
    let Some(acceptor) = acceptor else { return answer(stream, from, router, watcher).await };
    match timeout(HEAD, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => answer(stream, from, router, watcher).await,
        Ok(Err(error)) => tracing::debug!(%error, "a connection was no TLS connection"),
        Err(_) => tracing::debug!("a connection did not begin in time"),
    }
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin + 'static>(
    stream: S,
    from: IpAddr,
    router: Router,
    watcher: Watcher,
) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let answering = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(from));
        answering.call(request)
    });
    if let Err(error) = watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// What happens by itself: pages that have gone are forgotten, whoever may no longer come in is shown out, and what other
/// programs change is told.
async fn heart(app: Arc<App>) {
    let mut beat = tokio::time::interval(BEAT);
    loop {
        beat.tick().await;
        app.events.sweep();
        if app.door.refresh() {
            // Pages ask for their events again, and only those whose session still stands get them.
            app.events.end();
        }
        if app.events.heard() {
            let own = Arc::clone(&app);
            if let Err(problem) = app.read(move |archive| own.look_around(archive)).await {
                tracing::debug!(why = problem.words(), "nobody knows what other programs changed");
            }
        }
    }
}
