//! Giving free room back to the file system: in short steps beside a daemon, or all at once without one.

use std::path::Path;
use std::time::Duration;

use rusqlite::OpenFlags;

use super::beside::Beside;
use super::error::{OpenError, error_of};
use super::lock::InstanceLock;
use super::{files, open, prune};
use crate::store::{Result, Space};

/// Between two steps, so that a daemon can write.
const PAUSE: Duration = Duration::from_millis(20);

impl Beside {
    /// How much room the database takes.
    pub fn space(&self) -> Result<Space> {
        self.read(prune::space)
    }

    /// Gives all free pages back, step by step; `false`, and nothing done, where the file was made by an
    /// early rasid and must be written anew for that.
    pub fn shrink(&mut self, mut progress: impl FnMut(Space)) -> Result<bool> {
        if !self.read(prune::can_give_back)? {
            return Ok(false);
        }
        loop {
            let more = self.write(|db| prune::give_back(db))?;
            progress(self.space()?);
            if !more {
                self.read(prune::cut)?;
                return Ok(true);
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// Writes the database anew, without gaps. No daemon may be using it.
pub fn rewrite(path: &Path) -> std::result::Result<(Space, Space), OpenError> {
    let path = files::real(path)?;
    if !path.exists() {
        return Err(OpenError::Missing { path });
    }
    let _lock = InstanceLock::take(&path)?;
    let db = open::connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    open::version(&db, &path)?;
    let failed =
        |error| OpenError::Failed { path: path.clone(), message: error_of(&path, &error).to_string() };
    let before = prune::space(&db).map_err(failed)?;
    db.pragma_update(None, "auto_vacuum", "incremental").map_err(failed)?;
    db.execute_batch("VACUUM").map_err(failed)?;
    let after = prune::space(&db).map_err(failed)?;
    db.close().map_err(|(_, error)| failed(error))?;
    Ok((before, after))
}
