//! Walks the files of a crate and notes the place of every item.

use std::ops::Range;
use std::path::{Path, PathBuf};

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{
    Attribute, Block, ImplItem, Item, ItemImpl, ItemMod, ItemTrait, Signature, TraitItem, Type,
};

use super::path::tidy;
use super::{Found, Kind, SourceFile, SourceTree};
use crate::error::{Error, Result, read_text};
use crate::paths::normal;

/// What has been found so far.
#[derive(Default)]
pub(super) struct Collector {
    files: Vec<SourceFile>,
    items: Vec<Found>,
}

/// Where in the crate an item is being looked at.
#[derive(Clone)]
struct Scope {
    /// The modules around it: `["segment"]`.
    modules: Vec<String>,
    in_tests: bool,
    file: PathBuf,
    /// Where the files of the modules declared here lie, if they are to be followed.
    children: Option<PathBuf>,
}

impl Collector {
    /// Adds a file that is the root of a crate, its items below `prefix`.
    pub(super) fn root(&mut self, path: &Path, prefix: &str) -> Result<()> {
        let scope = Scope {
            modules: prefix
                .split("::")
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
            in_tests: false,
            file: path.to_owned(),
            children: Some(path.parent().unwrap_or(Path::new("")).to_owned()),
        };
        self.file(&scope)
    }

    /// Adds a text that is not a file of a crate.
    pub(super) fn text(&mut self, text: String, path: &Path) -> Result<()> {
        let scope = Scope {
            modules: Vec::new(),
            in_tests: false,
            file: path.to_owned(),
            children: None,
        };
        self.parsed(text, &scope)
    }

    pub(super) fn finish(self, root: &Path) -> SourceTree {
        SourceTree {
            root: root.to_owned(),
            files: self.files,
            items: self.items,
        }
    }

    fn file(&mut self, scope: &Scope) -> Result<()> {
        let text = read_text(&scope.file)?;
        self.parsed(text, scope)
    }

    fn parsed(&mut self, text: String, scope: &Scope) -> Result<()> {
        let parsed = syn::parse_file(&text).map_err(|error| {
            let start = error.span().start();
            Error::Syntax {
                path: scope.file.clone(),
                line: start.line,
                column: start.column + 1,
                message: error.to_string(),
            }
        })?;
        let mut walk = Walk {
            text: &text,
            items: Vec::new(),
            module_files: Vec::new(),
        };
        walk.items(&parsed.items, scope)?;
        let (items, module_files) = (walk.items, walk.module_files);
        self.items.extend(items);
        self.files.push(SourceFile {
            path: scope.file.clone(),
            text,
        });
        for scope in module_files {
            self.file(&scope)?;
        }
        Ok(())
    }
}

/// The walk through one file.
struct Walk<'a> {
    text: &'a str,
    items: Vec<Found>,
    module_files: Vec<Scope>,
}

impl Walk<'_> {
    fn items(&mut self, items: &[Item], scope: &Scope) -> Result<()> {
        for item in items {
            self.item(item, scope)?;
        }
        Ok(())
    }

    fn item(&mut self, item: &Item, scope: &Scope) -> Result<()> {
        let name = match item {
            Item::Fn(function) => {
                let name = function.sig.ident.to_string();
                self.function(
                    scope,
                    item.span(),
                    vec![name],
                    &function.sig,
                    Some(&function.block),
                );
                return Ok(());
            }
            Item::Mod(module) => return self.module(module, scope),
            Item::Impl(block) => {
                self.implementation(block, scope);
                return Ok(());
            }
            Item::Trait(definition) => {
                self.trait_methods(definition, scope);
                &definition.ident
            }
            Item::Struct(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Union(item) => &item.ident,
            Item::Const(item) => &item.ident,
            Item::Static(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::TraitAlias(item) => &item.ident,
            Item::Macro(item) => match &item.ident {
                Some(name) => name,
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        let name = name.to_string();
        self.push(scope, Kind::Definition, item.span(), vec![name]);
        Ok(())
    }

    fn module(&mut self, module: &ItemMod, scope: &Scope) -> Result<()> {
        let name = module.ident.to_string();
        let mut inner = scope.clone();
        inner.modules.push(name.clone());
        inner.in_tests |= is_test_only(&module.attrs);
        let found = self.push(
            &inner_scope(scope, &inner),
            Kind::Module,
            module.span(),
            vec![name.clone()],
        );
        if let Some((brace, items)) = &module.content {
            found.body = Some(range(brace.span.join()));
            if let Some(children) = &mut inner.children {
                children.push(&name);
            }
            return self.items(items, &inner);
        }
        let Some(children) = &scope.children else {
            return Ok(());
        };
        inner.file = module_file(scope, children, module)?;
        // Tests that lie elsewhere are no part of the crate: without them it is still whole.
        if inner.in_tests && path_attribute(&module.attrs).is_some() && !inner.file.is_file() {
            return Ok(());
        }
        found.module_file = Some(inner.file.clone());
        let directory = inner.file.parent().unwrap_or(Path::new(""));
        inner.children = Some(if inner.file.ends_with("mod.rs") {
            directory.to_owned()
        } else {
            inner.file.with_extension("")
        });
        self.module_files.push(inner);
        Ok(())
    }

    /// An implementation block and its methods.
    fn implementation(&mut self, block: &ItemImpl, scope: &Scope) {
        let (own, own_full) = (
            self.type_name(&block.self_ty),
            self.source(block.self_ty.span()),
        );
        let (prefixes, blocks) = match &block.trait_ {
            None => (
                vec![own.clone()],
                vec![format!("impl {own}"), format!("impl {own_full}")],
            ),
            Some((_, path, _)) => {
                let short = path
                    .segments
                    .last()
                    .map(|s| s.ident.to_string())
                    .unwrap_or_default();
                let last = path
                    .segments
                    .last()
                    .map(|s| self.source(s.span()))
                    .unwrap_or_default();
                let full = self.source(path.span());
                let mut prefixes = Vec::new();
                let mut blocks = Vec::new();
                for (of, to) in [
                    (&short, &own),
                    (&last, &own),
                    (&full, &own),
                    (&short, &own_full),
                    (&full, &own_full),
                ] {
                    prefixes.push(format!("<{to} as {of}>"));
                    blocks.push(format!("impl {of} for {to}"));
                }
                prefixes.push(own);
                (prefixes, blocks)
            }
        };
        self.push(scope, Kind::Implementation, block.span(), blocks);
        for item in &block.items {
            let names = |name: &syn::Ident| -> Vec<String> {
                prefixes
                    .iter()
                    .map(|prefix| format!("{prefix}::{name}"))
                    .collect()
            };
            match item {
                ImplItem::Fn(method) => {
                    let names = names(&method.sig.ident);
                    self.function(scope, item.span(), names, &method.sig, Some(&method.block));
                }
                ImplItem::Const(constant) => {
                    self.push(scope, Kind::Definition, item.span(), names(&constant.ident));
                }
                ImplItem::Type(alias) => {
                    self.push(scope, Kind::Definition, item.span(), names(&alias.ident));
                }
                _ => {}
            }
        }
    }

    fn trait_methods(&mut self, definition: &ItemTrait, scope: &Scope) {
        for item in &definition.items {
            if let TraitItem::Fn(method) = item {
                let name = format!("{}::{}", definition.ident, method.sig.ident);
                self.function(
                    scope,
                    item.span(),
                    vec![name],
                    &method.sig,
                    method.default.as_ref(),
                );
            }
        }
    }

    fn function(
        &mut self,
        scope: &Scope,
        span: Span,
        names: Vec<String>,
        signature: &Signature,
        block: Option<&Block>,
    ) {
        let text = self.source(signature.span());
        let found = self.push(scope, Kind::Function, span, names);
        found.body = block.map(|block| range(block.brace_token.span.join()));
        found.is_const = signature.constness.is_some();
        found.signature = Some(bare(&text));
    }

    /// Notes an item under the first name; the others are aliases.
    fn push(&mut self, scope: &Scope, kind: Kind, span: Span, names: Vec<String>) -> &mut Found {
        let mut paths = names.into_iter().map(|name| {
            let mut path = scope.modules.clone();
            path.push(name);
            path.join("::")
        });
        let path = paths.next().unwrap_or_default();
        self.items.push(Found {
            kind,
            file: scope.file.clone(),
            item: range(span),
            body: None,
            signature: None,
            is_const: false,
            module_file: None,
            aliases: paths.filter(|alias| *alias != path).collect(),
            path,
            in_tests: scope.in_tests,
        });
        let last = self.items.len() - 1;
        &mut self.items[last]
    }

    /// `Writer` for `Writer<'a, T>`, `&mut Writer` and `dyn Writer`.
    fn type_name(&self, of: &Type) -> String {
        match of {
            Type::Path(path) => match path.path.segments.last() {
                Some(segment) => segment.ident.to_string(),
                None => self.source(of.span()),
            },
            Type::Reference(reference) => self.type_name(&reference.elem),
            Type::Paren(paren) => self.type_name(&paren.elem),
            _ => self.source(of.span()),
        }
    }

    fn source(&self, span: Span) -> String {
        tidy(&self.text[span.byte_range()])
    }
}

/// The scope of a module's declaration: that of its surroundings, but test code if the module is.
fn inner_scope(outer: &Scope, inner: &Scope) -> Scope {
    Scope {
        in_tests: inner.in_tests,
        ..outer.clone()
    }
}

/// The file of `mod name;`.
fn module_file(scope: &Scope, children: &Path, module: &ItemMod) -> Result<PathBuf> {
    if let Some(path) = path_attribute(&module.attrs) {
        let directory = scope.file.parent().unwrap_or(Path::new(""));
        return Ok(normal(&directory.join(path)));
    }
    let name = module.ident.to_string();
    let flat = children.join(format!("{name}.rs"));
    let nested = children.join(&name).join("mod.rs");
    if flat.is_file() {
        Ok(flat)
    } else if nested.is_file() {
        Ok(nested)
    } else {
        Err(Error::ModuleMissing {
            path: scope.file.clone(),
            module: name,
            expected: flat,
        })
    }
}

/// The text of `#[path = "…"]`.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let pair = attribute.meta.require_name_value().ok()?;
        match &pair.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) if pair.path.is_ident("path") => Some(text.value()),
            _ => None,
        }
    })
}

/// Whether one of the attributes is `#[cfg(test)]`.
fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|name| name == "test")
    })
}

fn range(span: Span) -> Range<usize> {
    span.byte_range()
}

/// A signature as it is compared: no spaces, no commas before a closing bracket.
fn bare(signature: &str) -> String {
    let text: String = signature.split_whitespace().collect();
    text.replace(",)", ")").replace(",>", ">")
}
