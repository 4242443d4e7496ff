//! The sources, parsed: what each file outside its tests uses, calls and expands, with line numbers.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// One file of `src`, without what is compiled for tests only.
#[derive(Clone)]
pub struct Source {
    /// From the repository's root, with slashes.
    pub path: String,
    /// The room it stands in; `None` for `lib.rs` and `main.rs`.
    pub room: Option<String>,
    pub text: String,
    pub uses: Vec<Use>,
    /// Names of called methods and where.
    pub methods: Vec<(String, usize)>,
    /// Names of expanded macros and where.
    pub macros: Vec<(String, usize)>,
}

/// A path that a file names: in a `use`, in an expression, a type or a macro's arguments.
#[derive(Clone)]
pub struct Use {
    /// With `self` and `super` resolved.
    pub path: String,
    pub line: usize,
    /// The room of ours that it leads to.
    pub room: Option<String>,
    /// It is a `use` that others can see.
    pub is_given_out: bool,
}

impl Use {
    /// Whether the path is `name` or lies in it. A single word is a thing of the file's own.
    pub fn is_of(&self, name: &str) -> bool {
        (self.path == name && name.contains("::")) || self.path.strip_prefix(name).is_some_and(|rest| rest.starts_with("::"))
    }

    /// Whether `name` is one of the path's words.
    pub fn holds(&self, name: &str) -> bool {
        self.path.split("::").any(|word| word == name)
    }
}

/// All files of `src`, sorted by path.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(root.join("src"))
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect();
    paths.sort();
    let mut test_only = BTreeSet::new();
    let mut all = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let module = module_of(path.strip_prefix(root.join("src")).unwrap());
        let shown = path.strip_prefix(root).unwrap().components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        let (source, tests) = read(shown, module.clone(), text);
        test_only.extend(tests);
        all.push((module, source));
    }
    let is_test = |module: &[String]| (1..=module.len()).any(|n| test_only.contains(&module[..n]));
    all.into_iter().filter(|(module, _)| !is_test(module)).map(|(_, source)| source).collect()
}

/// One file, and the modules in it that are for tests only.
pub fn read(path: String, module: Vec<String>, text: String) -> (Source, Vec<Vec<String>>) {
    let file = syn::parse_file(&text).unwrap_or_else(|e| panic!("{path}:{}: {e}", e.span().start().line));
    let room = module.first().cloned();
    let mut reader = Reader { module, found: Found::default() };
    reader.visit_file(&file);
    let Found { uses, methods, macros, test_modules } = reader.found;
    (Source { path, room, text, uses, methods, macros }, test_modules)
}

/// Names of the rooms that have a folder or a file.
pub fn rooms_of(sources: &[Source]) -> BTreeSet<String> {
    sources.iter().filter_map(|s| s.room.clone()).collect()
}

/// `geom/shape.rs` is the module `geom::shape`, `geom/mod.rs` is `geom`, `lib.rs` the crate itself.
fn module_of(path: &Path) -> Vec<String> {
    let mut words: Vec<String> = path.with_extension("").components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    if matches!(words.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        words.pop();
    }
    words
}

#[derive(Default)]
struct Found {
    uses: Vec<Use>,
    methods: Vec<(String, usize)>,
    macros: Vec<(String, usize)>,
    test_modules: Vec<Vec<String>>,
}

/// Walks one file; items for tests are passed over.
struct Reader {
    /// Where the walk is, inline modules included.
    module: Vec<String>,
    found: Found,
}

impl Reader {
    fn add(&mut self, words: &[String], line: usize, is_given_out: bool) {
        let mut base = self.module.clone();
        let mut rest = words;
        let mut of_ours = false;
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" | "luodi" => base.clear(),
                "self" => {}
                "super" => {
                    base.pop();
                }
                _ => break,
            }
            of_ours = true;
            rest = &rest[1..];
        }
        let full: Vec<String> = if of_ours { base.into_iter().chain(rest.iter().cloned()).collect() } else { words.to_vec() };
        let room = if of_ours { full.first().cloned() } else { None };
        let path = if of_ours { format!("crate::{}", full.join("::")) } else { full.join("::") };
        self.found.uses.push(Use { path, line, room, is_given_out });
    }

    fn add_tree(&mut self, tree: &syn::UseTree, before: &mut Vec<String>, is_given_out: bool) {
        let line = tree.span().start().line;
        let leaf = |this: &mut Self, name: String| {
            let words: Vec<String> = before.iter().cloned().chain((name != "self" || before.is_empty()).then_some(name)).collect();
            this.add(&words, line, is_given_out);
        };
        match tree {
            syn::UseTree::Name(name) => leaf(self, name.ident.to_string()),
            syn::UseTree::Rename(rename) => leaf(self, rename.ident.to_string()),
            syn::UseTree::Glob(_) => leaf(self, "*".to_owned()),
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.add_tree(&path.tree, before, is_given_out);
                before.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.add_tree(item, before, is_given_out)),
        }
    }

    /// Macros hide code from the parser: paths, method calls and macros are looked for in their tokens.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |tree: Option<&TokenTree>, mark: char| matches!(tree, Some(TokenTree::Punct(p)) if p.as_char() == mark);
        let mut i = 0;
        while let Some(tree) = trees.get(i) {
            match tree {
                TokenTree::Group(group) => self.add_tokens(group.stream()),
                TokenTree::Ident(ident) => {
                    let line = ident.span().start().line;
                    let called = i > 0 && is(trees.get(i - 1), '.') && matches!(trees.get(i + 1), Some(TokenTree::Group(_)));
                    if called {
                        self.found.methods.push((ident.to_string(), line));
                    } else if is(trees.get(i + 1), '!') && matches!(trees.get(i + 2), Some(TokenTree::Group(_))) {
                        self.found.macros.push((ident.to_string(), line));
                    }
                    let mut words = vec![ident.to_string()];
                    while is(trees.get(i + 1), ':') && is(trees.get(i + 2), ':') {
                        let Some(TokenTree::Ident(next)) = trees.get(i + 3) else { break };
                        words.push(next.to_string());
                        i += 3;
                    }
                    if words.len() > 1 {
                        self.add(&words, line, false);
                    }
                }
                _ => {}
            }
            i += 1;
        }
    }
}

/// Whether an item is there for tests only.
fn for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| match &a.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::NameValue(_) => false,
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Const(item) => &item.attrs,
            syn::Item::Static(item) => &item.attrs,
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if !for_tests(attributes) {
            visit::visit_item(self, item);
        } else if let syn::Item::Mod(item) = item {
            let module = self.module.iter().cloned().chain([item.ident.to_string()]).collect();
            self.found.test_modules.push(module);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_given_out = !matches!(item.vis, syn::Visibility::Inherited);
        self.add_tree(&item.tree, &mut Vec::new(), is_given_out);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.add(&words, path.span().start().line, false);
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.found.methods.push((call.method.to_string(), call.method.span().start().line));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, expanded: &'ast syn::Macro) {
        let line = expanded.path.span().start().line;
        if let Some(last) = expanded.path.segments.last() {
            self.found.macros.push((last.ident.to_string(), line));
        }
        self.add_tokens(expanded.tokens.clone());
        visit::visit_macro(self, expanded);
    }

    /// Documentation names what it likes.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}
