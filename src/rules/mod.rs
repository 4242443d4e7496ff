//! The precheck: facts measured once, rules that judge them, the verdict.
