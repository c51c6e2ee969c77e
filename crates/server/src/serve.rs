//! Listening, answering, and ending cleanly.

use crate::{api, app::App, error::Problem};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::{
    runtime,
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};

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
    /// Where to listen: an address of the loopback interface; port 0 is any that is free.
    pub address: SocketAddr,
    /// Nothing may be changed.
    pub read_only: bool,
    /// The folder of weights.
    pub models: PathBuf,
    /// Processor threads for listening.
    pub threads: usize,
    /// The program `earwitness`, whose commands check, sign and build stories.
    pub program: PathBuf,
}

/// Why an archive cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Other machines could reach it.
    #[error("{0} can be reached from other machines, and this version serves its own machine alone")]
    NotLoopback(SocketAddr),
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
        if !options.address.ip().is_loopback() {
            return Err(ServeError::NotLoopback(options.address));
        }
        // Opened once by itself: its errors say more than ours.
        drop(earwitness_archive::Archive::open_to_read(&options.root)?);
        let wrong = |source| ServeError::Listen { address: options.address, source };
        let listener = TcpListener::bind(options.address).map_err(wrong)?;
        listener.set_nonblocking(true).map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        let app = App::new(options, address).map_err(|problem: Problem| ServeError::Unreadable(problem.words()))?;
        let (stop, stopped) = watch::channel(false);
        Ok(Self { listener, address, app: Arc::new(app), stop, stopped })
    }

    /// The address that opens it: whoever has it can work on the archive.
    pub fn url(&self) -> String {
        format!("http://{}/open?token={}", self.address, self.app.sessions.token())
    }

    /// What ends it.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// Answers until it is stopped, then ends what is under way.
    ///
    /// # Errors
    /// [`ServeError::System`].
    pub fn run(self) -> Result<(), ServeError> {
        let runtime = runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::System)?;
        let Self { listener, app, stop: _stop, stopped, .. } = self;
        let (own, filling) = (Arc::clone(&app), stopped.clone());
        let filler = std::thread::spawn(move || own.fill(&|| *filling.borrow()));
        let served = runtime.block_on(serve(listener, Arc::clone(&app), stopped));
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

async fn serve(listener: TcpListener, app: Arc<App>, mut stopped: watch::Receiver<bool>) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let (router, ending) = (api::router(&app), GracefulShutdown::new());
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let beat = tokio::spawn(heart(Arc::clone(&app)));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connection(stream, router.clone(), place, &ending),
                Err(error) => {
                    // Too many open files, say: others may close some.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            _ = stopped.wait_for(|stopped| *stopped) => break,
        }
    }
    beat.abort();
    app.events.end();
    // Answers that take longer are broken off; what they keep is whole.
    let _ = timeout(LAST, ending.shutdown()).await;
    Ok(())
}

fn connection(stream: tokio::net::TcpStream, router: Router, place: OwnedSemaphorePermit, ending: &GracefulShutdown) {
    // Small answers are not held back.
    let _ = stream.set_nodelay(true);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let watched = ending.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(place);
    });
}

/// What happens by itself: pages that have gone are forgotten, and what other programs change is told.
async fn heart(app: Arc<App>) {
    let mut beat = tokio::time::interval(BEAT);
    loop {
        beat.tick().await;
        app.events.sweep();
        if app.events.heard() {
            let own = Arc::clone(&app);
            if let Err(problem) = app.read(move |archive| own.look_around(archive)).await {
                tracing::debug!(why = problem.words(), "nobody knows what other programs changed");
            }
        }
    }
}
