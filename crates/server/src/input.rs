//! What pages send, with our own words where it cannot be read.

use crate::error::Problem;
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;

/// What stands behind `?` in the address.
pub struct Asked<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let read = Query::try_from_uri(&parts.uri);
        let Query(value) = read.map_err(|e| {
            Problem::unclear("the address cannot be understood", "load the page again").why(e.body_text())
        })?;
        Ok(Self(value))
    }
}

/// A JSON body.
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read: Result<Json<T>, JsonRejection> = Json::from_request(request, state).await;
        let Json(value) = read.map_err(|e| {
            let large = e.status() == StatusCode::PAYLOAD_TOO_LARGE;
            let status = if large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
            Problem::new(status, "what was sent cannot be understood").why(e.body_text()).next("load the page again")
        })?;
        Ok(Self(value))
    }
}
