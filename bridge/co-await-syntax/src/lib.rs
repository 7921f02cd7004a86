//! Reads a bridge of [co-await](https://docs.rs/co-await): a module with `#[co_await::bridge]`.
//!
//! cxx knows no asynchronous functions. What it is given in their place, the attribute and the
//! build script have to agree on, so both take it from here: a function that returns a type with a
//! name of its own, which stands for `rust::async::future<T>` or `rust::async::stream<T>`.

#![warn(missing_docs)]

mod attributes;
mod call;
mod cpp;
mod patch;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Error, ForeignItem, Item, ItemForeignMod, ItemMod, Result, Type, Visibility};

pub use call::{Call, Caller, Parameter, Passed, Place, Receiver};
pub use patch::{Patched, patch};

use attributes::Attributes;
use cpp::{Kind, Names};

/// The namespace of the types that stand for futures and streams, for cxx.
pub const NAMESPACE: &str = "co_await_types";

/// A module with the attribute, read.
pub struct Bridge {
    /// What stands above the module besides the attribute.
    pub attributes: Vec<Attribute>,
    /// Whether anybody else sees the module.
    pub visibility: Visibility,
    /// Its name.
    pub name: Ident,
    /// What the attribute was given, which is cxx's.
    pub arguments: TokenStream,
    /// The asynchronous functions.
    pub calls: Vec<Call>,
    /// What they come to, each once.
    pub outputs: Vec<Output>,
    /// The types of Rust's that C++ may hold.
    pub of_rust: Vec<Declared>,
    /// The functions of Rust's that C++ calls, and that are neither asynchronous nor methods.
    pub functions_of_rust: Vec<Declared>,
    /// The types of C++'s that any thread may use at any time.
    pub thread_safe: Vec<Declared>,
    items: Vec<Read>,
    implementations: Vec<TokenStream>,
    header: String,
}

/// What a bridge declares.
pub struct Declared {
    /// Its name.
    pub name: Ident,
    /// Its `cfg`.
    pub cfg: Vec<Attribute>,
}

/// What a future comes to, or what a stream has; cxx knows it by a name.
pub struct Output {
    /// That name, in both languages.
    pub name: Ident,
    /// In Rust.
    pub value: Type,
    /// In C++: `rust::async::future<rust::String>`.
    pub cpp: String,
    /// How many items may wait to be read, where it is a stream.
    pub buffer: Option<usize>,
    /// Under which conditions it is used; none where it always is.
    pub cfg: Option<Vec<TokenStream>>,
}

/// An item of the module: as it stands, or what cxx gets in its place.
enum Read {
    AsIs(Box<Item>),
    Foreign {
        block: ItemForeignMod,
        items: Vec<(ForeignItem, Option<TokenStream>)>,
    },
}

impl Bridge {
    /// Whether this is the attribute.
    pub fn is_attribute(attribute: &Attribute) -> bool {
        is(attribute, ["co_await", "bridge"])
    }

    /// Reads a module, from which the attribute was taken.
    ///
    /// # Errors
    ///
    /// All that stands wrongly in it, each at its place.
    pub fn read(arguments: TokenStream, module: ItemMod) -> Result<Self> {
        let Some((_, items)) = module.content else {
            return Err(Error::new_spanned(
                &module,
                "a bridge stands in braces: `mod ffi { … }`",
            ));
        };
        if let Some(cxx) = module.attrs.iter().find(|it| is(it, ["cxx", "bridge"])) {
            return Err(Error::new_spanned(
                cxx,
                "leave this line out: `#[co_await::bridge]` is a bridge of cxx too, and takes its arguments",
            ));
        }
        let namespace = cpp::namespace_of_arguments(&arguments)?;
        let names = Names::of(&namespace, &items)?;
        let mut bridge = Bridge {
            attributes: module.attrs,
            visibility: module.vis,
            name: module.ident,
            arguments,
            calls: Vec::new(),
            outputs: Vec::new(),
            of_rust: Vec::new(),
            functions_of_rust: Vec::new(),
            thread_safe: Vec::new(),
            items: Vec::new(),
            implementations: Vec::new(),
            header: names.forward_declarations(),
        };
        let mut errors: Option<Error> = None;
        let mut note = |error: Error| match &mut errors {
            Some(errors) => errors.combine(error),
            None => errors = Some(error),
        };
        for item in items {
            let Item::ForeignMod(mut block) = item else {
                bridge.items.push(Read::AsIs(Box::new(item)));
                continue;
            };
            let mut read = Vec::new();
            for item in std::mem::take(&mut block.items) {
                match bridge.read_foreign(&block, &item, &names) {
                    Ok(instead) => read.push((item, instead)),
                    Err(error) => note(error),
                }
            }
            bridge.items.push(Read::Foreign { block, items: read });
        }
        bridge.check_objects(&names).for_each(&mut note);
        if let Some(errors) = errors {
            return Err(errors);
        }
        bridge.instantiate(&names);
        Ok(bridge)
    }

    /// What cxx gets in an item's place, where it is not the item itself.
    fn read_foreign(
        &mut self,
        block: &ItemForeignMod,
        item: &ForeignItem,
        names: &Names,
    ) -> Result<Option<TokenStream>> {
        let caller = match cpp::language(block) {
            Some(language) if language == "Rust" => Caller::Cpp,
            Some(language) if language == "C++" => Caller::Rust,
            _ => return Ok(None), // cxx says what is wrong with it
        };
        match item {
            ForeignItem::Type(item) => {
                let attributes = Attributes::take(&item.attrs)?;
                attributes.of_type(caller)?;
                let declared = Declared {
                    name: item.ident.clone(),
                    cfg: attributes.cfg(),
                };
                match caller {
                    Caller::Cpp => self.of_rust.push(declared),
                    Caller::Rust if attributes.thread_safe.is_some() => {
                        self.thread_safe.push(declared);
                    }
                    Caller::Rust => {}
                }
                let mut instead = item.clone();
                instead.attrs = attributes.others;
                Ok((instead != *item).then(|| instead.into_token_stream()))
            }
            ForeignItem::Fn(item) => {
                let attributes = Attributes::take(&item.attrs)?;
                let Some(call) = Call::read(caller, block, item, &attributes, self, names)? else {
                    if let (Caller::Cpp, None) = (caller, item.sig.receiver())
                        && !item.attrs.iter().any(|it| it.path().is_ident("Self"))
                    {
                        self.functions_of_rust.push(Declared {
                            name: attributes.name_in_rust(&item.sig.ident),
                            cfg: attributes.cfg(),
                        });
                    }
                    return Ok(None);
                };
                let instead = call.for_cxx(item, self);
                self.calls.push(call);
                Ok(Some(instead))
            }
            _ => Ok(None),
        }
    }

    /// The output of that type, which is added where it is new.
    fn output(
        &mut self,
        value: &Type,
        buffer: Option<usize>,
        cfg: &[Attribute],
        names: &Names,
    ) -> Result<usize> {
        let inner = names.of_value(value)?;
        let cpp = match buffer {
            None => format!("rust::async::future<{inner}>"),
            Some(1) => format!("rust::async::stream<{inner}>"),
            Some(buffer) => format!("rust::async::stream<{inner}, {buffer}>"),
        };
        let conditions: Vec<_> = cfg
            .iter()
            .filter_map(|it| it.parse_args::<TokenStream>().ok())
            .collect();
        let condition = (!conditions.is_empty()).then(|| quote!(all(#(#conditions),*)));
        if let Some(at) = self.outputs.iter().position(|output| output.cpp == cpp) {
            let there = &mut self.outputs[at].cfg;
            match condition {
                None => *there = None,
                Some(condition) => {
                    if let Some(there) = there {
                        there.push(condition);
                    }
                }
            }
            return Ok(at);
        }
        self.outputs.push(Output {
            name: format_ident!("{}", cpp::identifier(&cpp)),
            value: value.clone(),
            cpp,
            buffer,
            cfg: condition.map(|condition| vec![condition]),
        });
        Ok(self.outputs.len() - 1)
    }

    /// Calls run in any thread, so the objects that have some may be used in any.
    fn check_objects(&self, names: &Names) -> impl Iterator<Item = Error> {
        let receivers = self.calls.iter().filter_map(|call| match call.caller {
            Caller::Rust => call.receiver.as_ref(),
            Caller::Cpp => None,
        });
        receivers.map(|receiver| &receiver.of).filter_map(|name| {
            let is_own = names.kind(name) == Some(Kind::Cpp);
            let is_safe = self.thread_safe.iter().any(|safe| safe.name == *name);
            (is_own && !is_safe).then(|| {
                Error::new(
                    name.span(),
                    format!(
                        "a call of `{name}` may run while another thread calls it: write \
                         `#[thread_safe]` above `type {name};` where C++ keeps that promise"
                    ),
                )
            })
        })
    }

    /// cxx makes a vector of a type, or a box, where it sees one; it sees none that a future or a
    /// stream has.
    fn instantiate(&mut self, names: &Names) {
        let mut wanted = BTreeMap::new();
        for output in &self.outputs {
            names.instantiations(&output.value, &mut wanted);
        }
        for item in &self.items {
            if let Read::AsIs(item) = item
                && let Item::Impl(item) = &**item
            {
                let written = &item.self_ty;
                wanted.remove(&written.to_token_stream().to_string());
            }
        }
        let wanted = wanted.into_values();
        self.implementations = wanted.map(|of| quote!(impl #of {})).collect();
    }

    /// What cxx gets beside what stands in the module: the types that stand for futures and
    /// streams, whose C++ is in this header.
    fn additions(&self, header: &str) -> TokenStream {
        if self.outputs.is_empty() {
            return TokenStream::new();
        }
        let types = self.outputs.iter().map(|output| {
            let (name, cfg) = (&output.name, output.cfg());
            quote! { #cfg #[namespace = #NAMESPACE] type #name = super::#name; }
        });
        let implementations = &self.implementations;
        quote! {
            unsafe extern "C++" { include!(#header); #(#types)* }
            #(#implementations)*
        }
    }

    /// The bridge as cxx gets it, for the attribute: a module within this one.
    pub fn for_cxx(&self) -> TokenStream {
        let items = self.items.iter().map(|item| match item {
            Read::AsIs(item) => item.to_token_stream(),
            Read::Foreign { block, items } => {
                let items = items.iter().map(|(item, instead)| match instead {
                    Some(instead) => instead.clone(),
                    None => item.to_token_stream(),
                });
                let ItemForeignMod {
                    attrs,
                    unsafety,
                    abi,
                    ..
                } = block;
                quote! { #(#attrs)* #unsafety #abi { #(#items)* } }
            }
        });
        let items = one_module_deeper(quote!(#(#items)*));
        // The header is the build script's.
        let additions = self.additions("co_await");
        quote!(#items #additions)
    }

    /// The C++ header with the types that stand for futures and streams.
    fn header(&self) -> String {
        let aliases: String = self
            .outputs
            .iter()
            .map(|output| format!("using {} = ::{};\n", output.name, output.cpp))
            .collect();
        format!(
            "// What stands for the futures and streams of a bridge, for cxx.\n\
             #pragma once\n\n\
             #include \"rust/co_await.h\"\n\n\
             {}\n\
             namespace {NAMESPACE} {{\n{aliases}}}\n",
            self.header
        )
    }
}

impl Output {
    /// Under which condition it is used, as an attribute.
    pub fn cfg(&self) -> Option<TokenStream> {
        let conditions = self.cfg.as_ref()?;
        Some(quote!(#[cfg(any(#(#conditions),*))]))
    }
}

/// Whether an attribute has that path.
fn is(attribute: &Attribute, path: [&str; 2]) -> bool {
    let parts = attribute.path().segments.iter();
    parts.map(|part| part.ident.to_string()).eq(path)
}

/// Paths that begin with `super` or `self`, as they are from a module within this one.
fn one_module_deeper(tokens: TokenStream) -> TokenStream {
    use proc_macro2::{Group, TokenTree};
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(it)) if it.as_char() == ':');
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut deeper = TokenStream::new();
    for (at, token) in tokens.iter().enumerate() {
        let begins_a_path = is_colon(tokens.get(at + 1))
            && is_colon(tokens.get(at + 2))
            && !(at > 0 && is_colon(tokens.get(at - 1)));
        match token {
            TokenTree::Group(group) => {
                let mut within = Group::new(group.delimiter(), one_module_deeper(group.stream()));
                within.set_span(group.span());
                deeper.extend([TokenTree::Group(within)]);
            }
            TokenTree::Ident(name) if begins_a_path && name == "super" => {
                deeper.extend(quote::quote_spanned!(name.span()=> super::super));
            }
            TokenTree::Ident(name) if begins_a_path && name == "self" => {
                deeper.extend([TokenTree::Ident(Ident::new("super", name.span()))]);
            }
            token => deeper.extend([token.clone()]),
        }
    }
    deeper
}

/// An error at a place of its own.
fn refuse<T>(at: Span, says: impl std::fmt::Display) -> Result<T> {
    Err(Error::new(at, says))
}
