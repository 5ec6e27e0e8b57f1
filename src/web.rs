//! The web: requests of strangers in, pages out. What subscribers may do from a mail, by links that need no
//! account, and signing up.
//!
//! [`mod@serve`] takes connections under deadlines and a cap, so that nobody who is slow holds up others; [`router`]
//! says what is where, behind one guard that every request and answer passes. A GET changes nothing. What a
//! stranger wrote is escaped, and no path is logged, since links are secrets. The pages know the daemon only
//! as a [`Desk`].

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;

use crate::alert::People;
use crate::config::Config;
use crate::links::Links;
use crate::mail::message::Names;
use crate::store::Store;

mod action;
mod api;
mod guard;
mod judge;
mod limit;
mod machine;
mod page;
mod phrases;
mod serve;
mod signup;

pub use guard::Peer;
pub use serve::serve;

/// Bytes of a request's body: a form of ours with all its boxes ticked is smaller.
const MAX_BODY: usize = 64 * 1024;

/// What the pages ask of the daemon.
pub trait Desk: Clone + Send + Sync + 'static {
    /// Where choices are kept.
    type Store: Store;

    /// Where choices are kept.
    fn store(&self) -> &Self::Store;

    /// What is in force now.
    fn front(&self) -> Front;

    /// Puts in force what was kept in the store; where that fails now, soon.
    fn chosen(&self) -> impl Future<Output = ()> + Send;

    /// Says that a message is due.
    fn due(&self);

    /// What keeps the daemon from working; nothing where it works.
    fn problems(&self) -> Vec<String>;

    /// All that it counts, in OpenMetrics.
    fn metrics(&self) -> impl Future<Output = String> + Send;

    /// Id and title of each rule, in the order of the config.
    fn rules(&self) -> Vec<(String, String)>;
}

/// What is in force, as far as strangers may ask about it.
#[derive(Debug, Clone)]
pub struct Front {
    /// Without rules.
    pub config: Arc<Config>,
    /// Where there is a public address and a key.
    pub links: Option<Arc<Links>>,
    /// Who is written to.
    pub people: Arc<People>,
    /// Id and title of each rule, where people may sign up for them.
    pub rules: Arc<[(String, String)]>,
    /// What every rule is called.
    pub names: Arc<Names>,
}

/// Everything that is served. A room that adds routes merges them here, before the guard.
pub fn router<D: Desk>(desk: D) -> Router {
    let pages = action::routes().merge(signup::routes()).merge(machine::routes(desk.clone()));
    pages
        .fallback(page::nowhere)
        .method_not_allowed_fallback(page::other_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(desk.clone(), guard::guard::<D>))
        .with_state(desk)
}
