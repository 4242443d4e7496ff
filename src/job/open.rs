//! STUB until io lands.
use crate::text::Message;
use std::ffi::OsStr;
use std::path::PathBuf;
#[derive(Clone, Debug)]
pub struct Input {
    pub path: PathBuf,
}
pub struct InputError(Message);
impl InputError {
    pub fn message(self) -> Message {
        self.0
    }
}
impl Input {
    pub fn parse(value: &OsStr) -> Result<Self, InputError> {
        Ok(Self { path: PathBuf::from(value) })
    }
}
