//! Which variables the code reads. What is read are the calls in `src/`, as far as
//! they are no test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprCall, ExprMethodCall, ItemMod, Lit, LitStr};

/// Where settings are read.
const SETTINGS: &str = "src/settings";
/// Where the settings of a store are read, before any other is.
const STORE: &str = "src/platform/redis_address.rs";
/// The list itself, and what tests only.
const OTHERS: [&str; 3] = ["catalog", "tests", "tests.rs"];

/// Names in the code of the settings.
#[derive(Default)]
pub(crate) struct Code {
    /// What a call with a `Reader` is given.
    pub(crate) read: BTreeSet<String>,
    /// All texts.
    pub(crate) words: BTreeSet<String>,
}

/// Reads the code.
pub(crate) fn read() -> Code {
    let mut code = Code::default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    code.take(&fs::read_to_string(root.join(STORE)).unwrap());
    let mut open = vec![root.join(SETTINGS)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if OTHERS.contains(&name) {
                continue;
            }
            match path.is_dir() {
                true => open.push(path),
                false => code.take(&fs::read_to_string(&path).unwrap()),
            }
        }
    }
    code
}

impl Code {
    fn take(&mut self, text: &str) {
        self.visit_file(&syn::parse_file(text).unwrap());
    }

    /// The texts that are given to a call, if they are names.
    fn names<'a>(&mut self, arguments: impl IntoIterator<Item = &'a Expr>) {
        for argument in arguments {
            if let Expr::Lit(literal) = argument
                && let Lit::Str(text) = &literal.lit
                && is_name(&text.value())
            {
                self.read.insert(text.value());
            }
        }
    }
}

impl Visit<'_> for Code {
    fn visit_item_mod(&mut self, module: &ItemMod) {
        if !module.attrs.iter().any(is_for_tests) {
            visit::visit_item_mod(self, module);
        }
    }

    /// `read.text("adopt")`
    fn visit_expr_method_call(&mut self, call: &ExprMethodCall) {
        if is_reader(&call.receiver) && call.method != "mistake" {
            self.names(&call.args);
        }
        visit::visit_expr_method_call(self, call);
    }

    /// `base_url(read, "jira_url", "jira_context_path")`
    fn visit_expr_call(&mut self, call: &ExprCall) {
        if call.args.iter().any(is_reader) {
            self.names(&call.args);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_lit_str(&mut self, text: &LitStr) {
        self.words.insert(text.value());
    }
}

/// `read`, `reader`, `&mut read`
fn is_reader(expression: &Expr) -> bool {
    match expression {
        Expr::Reference(reference) => is_reader(&reference.expr),
        Expr::Path(path) => path.path.is_ident("read") || path.path.is_ident("reader"),
        _ => false,
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Path>()
            .is_ok_and(|path| path.is_ident("test"))
}

fn is_name(text: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    !text.is_empty() && text.chars().all(is_sign)
}

#[test]
fn names_that_are_read_are_found_and_others_are_not() {
    let mut code = Code::default();
    code.take(
        r#"
        fn of(read: &mut Reader<'_>) {
            read.choice("first", &[("word", 1)], 1);
            let name = "second";
            read.text(name);
            base_url(read, "third", "fourth");
            read.mistake("fifth");
            other.text("sixth");
        }
        #[cfg(test)]
        mod tests {
            fn of(read: &mut Reader<'_>) {
                read.text("seventh");
            }
        }
        "#,
    );
    let read: Vec<&String> = code.read.iter().collect();
    assert_eq!(read, ["first", "fourth", "third"]);
    assert!(code.words.contains("second") && !code.words.contains("seventh"));
}
