//! Rust files, and which of them use which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree, Visibility};

use crate::graph::Graph;

/// A path of names from the crate's root.
type Names = Vec<String>;

/// The files of a crate.
pub(crate) struct Sources {
    files: BTreeMap<Names, File>,
}

/// One file: a module.
struct File {
    /// Its path below `src`.
    name: String,
    text: String,
    /// Names that stand for something of another place, with that place.
    bound: BTreeMap<String, Names>,
    /// Those that are only passed on.
    passed_on: BTreeSet<String>,
    /// Paths in its code.
    paths: BTreeSet<Names>,
}

impl Sources {
    pub(crate) fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut open = vec![root.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                if path.extension().is_none_or(|it| it != "rs") {
                    continue;
                }
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                let file = File::read(name, &fs::read_to_string(&path).unwrap());
                files.insert(module_of(name), file);
            }
        }
        // Files of tests are declared behind `cfg(test)`, and nobody else's.
        let mut sources = Self { files };
        sources.forget_tests();
        sources
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .values()
            .map(|file| (file.name.as_str(), file.text.as_str()))
    }

    /// Which file uses which.
    pub(crate) fn uses(&self) -> Graph {
        let mut graph = Graph::default();
        for (module, file) in &self.files {
            for (name, place) in &file.bound {
                if !file.passed_on.contains(name) {
                    self.add(&mut graph, file, place);
                }
            }
            for path in &file.paths {
                if let Some(place) = self.absolute(module, file, path) {
                    self.add(&mut graph, file, &place);
                }
            }
        }
        graph
    }

    fn add(&self, graph: &mut Graph, user: &File, place: &Names) {
        if let Some(used) = self.defining(place, 0) {
            graph.add(&user.name, &used.name);
        }
    }

    /// A path in the code, from the root; `None` for another crate's.
    fn absolute(&self, module: &Names, file: &File, path: &Names) -> Option<Names> {
        let (first, rest) = path.split_first().unwrap();
        let mut child = module.clone();
        child.push(first.clone());
        let base = match file.bound.get(first) {
            Some(place) => place.clone(),
            None if self.files.contains_key(&child) => child,
            None => return None,
        };
        Some([base, rest.to_vec()].concat())
    }

    /// The file that defines what stands at a place. A module as such is none.
    fn defining(&self, place: &Names, depth: usize) -> Option<&File> {
        assert!(depth < 10, "{place:?} leads in circles");
        let longest = (0..place.len())
            .rev()
            .find(|length| self.files.contains_key(&place[..*length]))?;
        let (module, rest) = place.split_at(longest);
        let file = self.files.get(module)?;
        let (first, more) = rest.split_first()?;
        match file
            .bound
            .get(first)
            .filter(|_| file.passed_on.contains(first))
        {
            Some(passed) => self.defining(&[passed.clone(), more.to_vec()].concat(), depth + 1),
            None if self.files.contains_key(place) => None,
            // What is at the root is another crate's.
            None if module.is_empty() => None,
            None => Some(file),
        }
    }

    fn forget_tests(&mut self) {
        let mut tests: Vec<Names> = Vec::new();
        for (module, file) in &self.files {
            for item in syn::parse_file(&file.text).unwrap().items {
                if let Item::Mod(child) = item
                    && child.content.is_none()
                    && is_test(&child.attrs)
                {
                    tests.push([module.clone(), vec![child.ident.to_string()]].concat());
                }
            }
        }
        self.files
            .retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
    }
}

/// `a/b.rs` and `a/b/mod.rs` are both `a::b`.
fn module_of(name: &str) -> Names {
    let path = name.strip_suffix(".rs").unwrap();
    let path = path.strip_suffix("/mod").unwrap_or(path);
    match path {
        "lib" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        attribute.path().is_ident("cfg") && list.is_ok_and(|it| it.tokens.to_string() == "test")
    })
}

impl File {
    fn read(name: &str, text: &str) -> Self {
        let mut file = Self {
            name: name.to_owned(),
            text: text.to_owned(),
            bound: BTreeMap::new(),
            passed_on: BTreeSet::new(),
            paths: BTreeSet::new(),
        };
        let mut reader = Reader {
            module: module_of(name),
            file: &mut file,
        };
        reader.visit_file(&syn::parse_file(text).unwrap());
        file
    }
}

struct Reader<'f> {
    module: Names,
    file: &'f mut File,
}

impl Reader<'_> {
    /// `crate`, `self` and `super` resolved; `None` for another crate's.
    fn rooted(&self, names: &[String]) -> Option<Names> {
        let mut base = match names.first()?.as_str() {
            "crate" => Vec::new(),
            "self" => self.module.clone(),
            "super" => self.module[..self.module.len() - 1].to_vec(),
            // In a `mod.rs`, a child.
            _ => [self.module.clone(), vec![names[0].clone()]].concat(),
        };
        for name in &names[1..] {
            match name.as_str() {
                "super" => drop(base.pop()),
                "self" => {}
                name => base.push(name.to_owned()),
            }
        }
        Some(base)
    }

    fn bind(&mut self, tree: &UseTree, before: &[String], passes_on: bool) {
        match tree {
            UseTree::Path(path) => {
                let names = [before, &[path.ident.to_string()]].concat();
                self.bind(&path.tree, &names, passes_on);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.bind(tree, before, passes_on);
                }
            }
            UseTree::Name(name) => {
                let own = name.ident.to_string();
                let (own, names) = match own.as_str() {
                    "self" => (before.last().unwrap().clone(), before.to_vec()),
                    _ => (own.clone(), [before, std::slice::from_ref(&own)].concat()),
                };
                self.bind_name(own, &names, passes_on);
            }
            UseTree::Rename(rename) => {
                let names = [before, &[rename.ident.to_string()]].concat();
                self.bind_name(rename.rename.to_string(), &names, passes_on);
            }
            UseTree::Glob(_) => {}
        }
    }

    fn bind_name(&mut self, own: String, names: &[String], passes_on: bool) {
        if let Some(place) = self.rooted(names) {
            if passes_on {
                self.file.passed_on.insert(own.clone());
            }
            self.file.bound.insert(own, place);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let passes_on = !matches!(item.vis, Visibility::Inherited);
        self.bind(&item.tree, &[], passes_on);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Names = path
            .segments
            .iter()
            .map(|it| it.ident.to_string())
            .collect();
        let is_own = matches!(names[0].as_str(), "crate" | "self" | "super");
        match is_own && names.len() > 1 {
            true => {
                let place = self.rooted(&names).unwrap();
                self.file.bound.insert(names.join("::"), place);
            }
            false => drop(self.file.paths.insert(names)),
        }
        visit::visit_path(self, path);
    }
}
