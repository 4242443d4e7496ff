//! A message as JSON: its code and raw numbers, no words of a language.

use crate::text::{Arg, Message};
use serde_json::{Map, Value as Json, json};

/// `{"code": …, "args": {…}}`; areas in m², shares 0…1.
pub fn message_json(message: &Message) -> Json {
    let args: Map<String, Json> = message.args.iter().map(|(name, arg)| ((*name).to_owned(), arg_json(arg))).collect();
    json!({"code": message.code, "args": args})
}

fn arg_json(arg: &Arg) -> Json {
    match arg {
        Arg::Text(text) => text.as_str().into(),
        Arg::Count(n) => (*n).into(),
        Arg::AreaM2(v) | Arg::AreaHa(v) | Arg::Metres(v) | Arg::Share(v) => (*v).into(),
        Arg::Nested(message) => message_json(message),
    }
}
