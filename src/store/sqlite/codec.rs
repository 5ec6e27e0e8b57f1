//! How values stand in columns: times as milliseconds, hashes as signed numbers, lists as JSON.

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Result, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::feed::identity::Facets;

/// A time, as milliseconds since 1970.
#[derive(Clone, Copy)]
pub(super) struct Millis(pub(super) Timestamp);

impl ToSql for Millis {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let millis = value.as_i64()?;
        Timestamp::from_millisecond(millis).map(Millis).map_err(|_| FromSqlError::OutOfRange(millis))
    }
}

/// A time that may be missing.
pub(super) fn time(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<Millis>>(column)?.map(|millis| millis.0))
}

/// A value as JSON text.
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Json).map_err(|error| FromSqlError::Other(error.into()))
    }
}

/// A value as JSON text, the usual one where the text is of another shape.
#[derive(Default)]
pub(super) struct Lenient<T>(pub(super) T);

impl<T: DeserializeOwned + Default> FromSql for Lenient<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Lenient(serde_json::from_str(value.as_str()?).unwrap_or_default()))
    }
}

/// A list as JSON, nothing where it is empty.
pub(super) fn list(values: &[String]) -> Option<Json<&[String]>> {
    (!values.is_empty()).then_some(Json(values))
}

/// The facets in three columns from `first`: guid, link, title.
pub(super) fn facets(row: &Row<'_>, first: usize) -> Result<Facets> {
    let hash = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(Facets { guid: hash(first)?, link: hash(first + 1)?, title: hash(first + 2)? })
}
