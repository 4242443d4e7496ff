//! Every sentence of the clauses that bear on siting is tied to a rule and an example, or said not to be checked.

use luodi::rules::{CLAUSES, RULES, sentences};
use std::path::Path;

/// Articles of which every sentence has to be there.
const WHOLE: [&str; 10] = ["一(二)1", "一(二)2", "一(二)4", "二(四)", "三(一)", "三(二)", "三(四)", "四(一)", "四(二)", "四(四)"];

const POLICY: &str = include_str!("data/policy.txt");

/// The words of an article, from its number to the next one's.
fn article(name: &str) -> String {
    let (chapter, rest) = name.split_once('(').unwrap();
    let (section, item) = rest.split_once(')').unwrap();
    let lines = POLICY.lines().skip_while(|l| !l.starts_with(&format!("{chapter}、"))).skip(1);
    let lines = lines.skip_while(|l| !l.starts_with(&format!("({section})")));
    let numbered = |l: &str| l.starts_with(|c: char| c.is_ascii_digit()) && l.contains('.');
    let ends = |l: &str| l.starts_with('(') || "一二三四".chars().any(|c| l.starts_with(&format!("{c}、")));
    if item.is_empty() {
        let mut lines = lines;
        let first = lines.next().unwrap();
        return std::iter::once(first).chain(lines.take_while(|l| !ends(l) && !numbered(l))).collect();
    }
    let mut lines = lines.skip_while(|l| !l.starts_with(&format!("{item}.")));
    let first = lines.next().unwrap();
    std::iter::once(first).chain(lines.take_while(|l| !ends(l) && !numbered(l))).collect()
}

#[test]
fn no_sentence_of_the_articles_is_missing_and_each_is_word_for_word() {
    for name in WHOLE {
        let told: String = sentences().iter().filter(|s| s.article == name).map(|s| s.text.as_str()).collect();
        assert_eq!(told, article(name), "{name}");
    }
    assert!(sentences().iter().all(|s| WHOLE.contains(&s.article.as_str())));
}

#[test]
fn each_names_rules_and_examples_that_are_there_or_says_why_it_is_not_checked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for s in sentences() {
        let checked = !s.rules.is_empty() || !s.tests.is_empty();
        assert_ne!(checked, s.not_checked.is_some(), "{}", s.text);
        assert!(s.rules.is_empty() || !s.tests.is_empty(), "no test for {}", s.text);
        for code in &s.rules {
            assert!(RULES.iter().any(|r| r.code() == code), "{code}");
        }
        for test in &s.tests {
            let (file, name) = test.split_once(": ").unwrap();
            let (path, wanted) = match file.strip_suffix(".rs") {
                Some(_) => (root.join("tests").join(file), format!("fn {name}()")),
                None => (root.join(format!("assets/rules/examples/{file}.toml")), format!("name = \"{name}\"\n")),
            };
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{test}: {e}"));
            assert!(text.contains(&wanted), "{test}");
        }
    }
}

#[test]
fn every_rule_that_refuses_by_the_opinions_is_named_and_every_quotation_is_of_these_sentences() {
    for clause in CLAUSES {
        let article: String = sentences().iter().filter(|s| s.article == clause.article).map(|s| s.text.as_str()).collect();
        assert!(article.contains(clause.quote), "{}", clause.quote);
    }
    // Quality of data is nothing the opinions speak of.
    let named = |code: &str| sentences().iter().any(|s| s.rules.iter().any(|r| r == code));
    let silent: Vec<&str> = RULES.iter().map(|r| r.code()).filter(|code| !named(code)).collect();
    assert_eq!(silent, ["data_quality"]);
}
