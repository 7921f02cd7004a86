//! A source file as cxx's code generator reads it: its bridges of ours are bridges of cxx. What
//! stays has its line, so that cxx's errors name the lines of the file.

use std::ops::Range;

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::{ForeignItem, Item, ItemMod, Meta, Result};

use crate::{Bridge, Read};

/// A source file, patched.
pub struct Patched {
    /// For cxx.
    pub source: String,
    /// The C++ header that it includes.
    pub header: String,
}

/// Patches a source file, for which cxx shall include a header of that name; none where it has no
/// bridge of ours.
///
/// # Errors
///
/// What stands wrongly in one, which the attribute says too.
pub fn patch(source: &str, header: &str) -> Result<Option<Patched>> {
    let mut modules = Vec::new();
    find(syn::parse_str::<syn::File>(source)?.items, &mut modules);
    if modules.is_empty() {
        return Ok(None);
    }
    let mut edits = Vec::new();
    let mut headers = String::new();
    for mut module in modules {
        let at = module.attrs.iter().position(Bridge::is_attribute);
        let Some(attribute) = at.map(|at| module.attrs.remove(at)) else {
            continue;
        };
        let crate_name = &attribute.path().segments[0].ident;
        edits.push((crate_name.span().byte_range(), "cxx".to_string()));
        let end = module
            .content
            .as_ref()
            .map(|(braces, _)| braces.span.close());
        let arguments = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let bridge = Bridge::read(arguments, module)?;
        for item in &bridge.items {
            let Read::Foreign { items, .. } = item else {
                continue;
            };
            for (item, instead) in items {
                if let Some(instead) = instead {
                    edits.push(edit(source, item, instead));
                }
            }
        }
        if let Some(end) = end.map(|end: Span| end.byte_range().start) {
            edits.push((end..end, bridge.additions(header).to_string()));
        }
        headers.push_str(&bridge.header());
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut patched = source.to_string();
    for (range, instead) in edits.into_iter().rev() {
        patched.replace_range(range, &instead);
    }
    Ok(Some(Patched {
        source: patched,
        header: headers,
    }))
}

/// Of as many lines as before, and its first word on the line where it was.
fn edit(source: &str, item: &ForeignItem, instead: &TokenStream) -> (Range<usize>, String) {
    let range = item.span().byte_range();
    let first_word = match item {
        ForeignItem::Fn(item) => item.sig.span(),
        ForeignItem::Type(item) => item.type_token.span(),
        item => item.span(),
    };
    let lines = |range: Range<usize>| "\n".repeat(source[range].matches('\n').count());
    let before = lines(range.start..first_word.byte_range().start);
    let after = lines(first_word.byte_range().start..range.end);
    let text = instead.to_string().replace('\n', " ");
    (range, format!("{before}{text}{after}"))
}

/// The modules with the attribute, wherever they stand.
fn find(items: Vec<Item>, found: &mut Vec<ItemMod>) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        if module.attrs.iter().any(Bridge::is_attribute) {
            found.push(module);
        } else if let Some((_, items)) = module.content {
            find(items, found);
        }
    }
}
