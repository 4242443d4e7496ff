//! What a map shows, as data.
