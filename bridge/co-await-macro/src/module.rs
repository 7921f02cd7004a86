//! The attribute above a module that is a bridge of cxx.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Error, ForeignItem, Item, ItemMod, Result};

/// The module as it is, and an assertion for each type of Rust's in it: C++ may hold it in any thread,
/// and look at it from several.
pub(crate) fn expand(arguments: TokenStream, module: ItemMod) -> Result<TokenStream> {
    if !arguments.is_empty() {
        return Err(Error::new_spanned(
            arguments,
            "above a module there are no arguments: they go to `#[cxx::bridge]`",
        ));
    }
    let is_bridge = module.attrs.iter().any(|attribute| {
        let mut path = attribute.path().segments.iter();
        path.next().is_some_and(|first| first.ident == "cxx")
            && path.next().is_some_and(|second| second.ident == "bridge")
    });
    if !is_bridge {
        return Err(Error::new(
            module.ident.span(),
            "write `#[cxx::bridge]` between this attribute and the module",
        ));
    }
    let items = module.content.iter().flat_map(|(_, items)| items);
    let of_rust = items.filter_map(|item| match item {
        Item::ForeignMod(block) => Some(block),
        _ => None,
    });
    let of_rust = of_rust
        .filter(|block| {
            block
                .abi
                .name
                .as_ref()
                .is_some_and(|abi| abi.value() == "Rust")
        })
        .flat_map(|block| &block.items);
    let assertions = of_rust.filter_map(|item| {
        let ForeignItem::Type(item) = item else {
            return None;
        };
        let name = &item.ident;
        Some(quote_spanned! {name.span()=>
            ::co_await::private::may_be_held_in_any_thread::<#name>();
        })
    });
    Ok(quote! {
        #module
        const _: () = { #(#assertions)* };
    })
}
