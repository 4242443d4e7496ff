//! The program: one binary, two faces.

fn main() {}
