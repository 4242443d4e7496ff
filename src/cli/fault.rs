//! Why a call ended without its work: a fault of usage (exit status 2) or of what it was given (exit status 1).

use crate::text::{Lang, Message};

/// Ends a call. Nothing was written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum Fault {
    /// The command line itself cannot be understood.
    #[error("{}", .0.render(Lang::En))]
    Usage(Message),
    /// A named input or output cannot be used.
    #[error("{}", .0.render(Lang::En))]
    Work(Message),
}

impl Fault {
    pub fn usage(message: Message) -> Self {
        Self::Usage(message)
    }

    pub fn work(message: Message) -> Self {
        Self::Work(message)
    }

    /// The program itself failed: never a panic on the user's screen.
    pub fn crashed(cause: String) -> Self {
        Self::Work(Message::new("cli.crashed").with("cause", cause))
    }

    pub fn status(&self) -> u8 {
        match self {
            Self::Work(_) => 1,
            Self::Usage(_) => 2,
        }
    }

    /// As printed on standard error, with where to read on after a usage fault.
    pub fn render(&self, lang: Lang) -> String {
        let (Self::Usage(message) | Self::Work(message)) = self;
        let said = Message::new("cli.fault").with("message", message.clone()).render(lang);
        match self {
            Self::Work(_) => said,
            Self::Usage(_) => format!("{said}\n{}", Message::new("cli.see_help").render(lang)),
        }
    }
}
