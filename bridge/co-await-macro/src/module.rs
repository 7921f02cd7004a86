//! The attribute above a module: a bridge of cxx, with asynchronous functions.

use std::collections::BTreeMap;

use co_await_syntax::{Bridge, Call, Caller, Declared, Output, Parameter, Passed, Place, Receiver};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, ItemMod, Result};

/// The module: within it the bridge as cxx knows it, and what stands in the place of its asynchronous
/// functions.
pub(crate) fn expand(arguments: TokenStream, module: ItemMod) -> Result<TokenStream> {
    let bridge = Bridge::read(arguments, module)?;
    let Bridge {
        attributes,
        visibility,
        name,
        arguments,
        outputs,
        calls,
        ..
    } = &bridge;
    let cfg: Vec<_> = attributes
        .iter()
        .filter(|it| it.path().is_ident("cfg"))
        .collect();
    let for_cxx = bridge.for_cxx();
    let of_rust = bridge.of_rust.iter().chain(&bridge.functions_of_rust);
    let of_rust = of_rust.map(|it| {
        let (name, cfg) = (&it.name, &it.cfg);
        quote_spanned! {name.span()=> #(#cfg)* #[allow(unused_imports)] use super::#name; }
    });
    let held = bridge.of_rust.iter().map(|it| {
        let (name, cfg) = (&it.name, &it.cfg);
        quote_spanned! {name.span()=>
            #(#cfg)* const _: () = ::co_await::private::may_be_held_in_any_thread::<#name>();
        }
    });
    let thread_safe = bridge.thread_safe.iter().map(|Declared { name, cfg }| {
        quote! {
            // SAFETY: `#[thread_safe]` says so.
            #(#cfg)* unsafe impl ::core::marker::Send for #name {}
            // SAFETY: as above.
            #(#cfg)* unsafe impl ::core::marker::Sync for #name {}
        }
    });
    let outputs = outputs.iter().map(output);
    let mut methods: BTreeMap<String, (&Ident, Vec<TokenStream>)> = BTreeMap::new();
    let mut functions = Vec::new();
    for call in calls {
        let function = match call.caller {
            Caller::Rust => of_cpp(&bridge, call),
            Caller::Cpp => of_rust_for_cpp(&bridge, call),
        };
        match (&call.receiver, call.caller) {
            (Some(Receiver { of, ends_calls }), Caller::Rust) if *ends_calls => {
                let cfg = call
                    .attributes
                    .iter()
                    .filter(|it| it.path().is_ident("cfg"));
                functions.push(quote! { #(#cfg)* impl #of { #function } });
            }
            (Some(Receiver { of, .. }), Caller::Rust) => {
                let (_, methods) = methods.entry(of.to_string()).or_insert((of, Vec::new()));
                methods.push(function);
            }
            (Some(Receiver { of, .. }), Caller::Cpp) => {
                let cfg = call
                    .attributes
                    .iter()
                    .filter(|it| it.path().is_ident("cfg"));
                functions.push(quote! { #(#cfg)* impl #of { #function } });
            }
            (None, _) => functions.push(function),
        }
    }
    let traits = methods.values().map(|(of, methods)| {
        let name = format_ident!("{of}Async");
        let docs = format!(
            "The asynchronous functions of C++'s `{of}`, for who keeps one: `SharedPtr<{of}>`, \
             `Arc<UniquePtr<{of}>>` and `&'static {of}`."
        );
        quote! {
            #[doc = #docs]
            pub trait #name: ::co_await::Owner<#of> { #(#methods)* }
            impl<Keeps: ::co_await::Owner<#of>> #name for Keeps {}
        }
    });
    let uses = methods.values().map(|(of, _)| {
        let of = format_ident!("{of}Async");
        quote! { #(#cfg)* #[allow(unused_imports)] use #name::#of as _; }
    });
    Ok(quote! {
        #(#attributes)*
        #[allow(unsafe_code)]
        #visibility mod #name {
            #[allow(unused_imports)]
            use ::co_await::private::cxx::{CxxString, CxxVector, SharedPtr, UniquePtr, WeakPtr};
            #(#of_rust)*

            #[::cxx::bridge(#arguments)]
            #[allow(clippy::missing_safety_doc, missing_docs)]
            mod __bridge { #for_cxx }
            #[allow(unused_imports)]
            pub use self::__bridge::*;

            #(#outputs)*
            #(#held)*
            #(#thread_safe)*
            #(#functions)*
            #(#traits)*
        }
        #(#uses)*
    })
}

/// What stands for a future or a stream, for cxx.
fn output(output: &Output) -> TokenStream {
    let Output { name, value, .. } = output;
    let (cfg, kind) = (output.cfg(), kind(output, Span::call_site()));
    let qualified = format!("{}::{name}", co_await_syntax::NAMESPACE);
    quote! {
        #cfg
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #[repr(transparent)]
        pub struct #name(#kind<#value>);

        // SAFETY: in C++ it is a class of the same two words, and neither language minds where it
        // stands. Its type there is made of this one, and compared by the compiler.
        #cfg
        unsafe impl ::co_await::private::cxx::ExternType for #name {
            type Id = ::co_await::private::cxx::type_id!(#qualified);
            type Kind = ::co_await::private::cxx::kind::Trivial;
        }
    }
}

/// Which of the two it is.
fn kind(output: &Output, at: Span) -> TokenStream {
    match output.buffer {
        None => quote_spanned!(at=> ::co_await::Future),
        Some(_) => quote_spanned!(at=> ::co_await::Stream),
    }
}

/// A function by which Rust calls a coroutine of C++'s.
fn of_cpp(bridge: &Bridge, call: &Call) -> TokenStream {
    let Call {
        attributes,
        name,
        raw,
        ..
    } = call;
    let output = &bridge.outputs[call.output];
    let (kind, value) = (kind(output, Span::call_site()), &output.value);
    let parameters = call.parameters.iter().map(|it| {
        let Parameter { name, ty, .. } = it;
        match it.passed {
            Passed::Awaited(output) => {
                let output = &bridge.outputs[output];
                let value = &output.value;
                let result = quote! {
                    ::core::result::Result<#value, impl ::core::fmt::Display>
                };
                let awaited = match output.buffer {
                    None => quote!(::core::future::Future<Output = #result>),
                    Some(_) => quote!(::co_await::private::futures::Stream<Item = #result>),
                };
                quote!(#name: impl #awaited + ::core::marker::Send + 'static)
            }
            _ => quote!(#name: #ty),
        }
    });
    let checks = call.parameters.iter().filter_map(|it| match it.passed {
        Passed::Awaited(_) => None,
        _ => Some(check(it)),
    });
    let arguments = call.parameters.iter().map(|it| {
        let name = &it.name;
        match it.passed {
            Passed::Awaited(output) => {
                let output = &bridge.outputs[output];
                let (newtype, kind) = (&output.name, self::kind(output, Span::call_site()));
                quote!(#newtype(#kind::fallible(#name)))
            }
            _ => quote!(#name),
        }
    });
    // Not what a parameter may be called.
    let [object, called] = ["object", "called"].map(ours);
    let (receiver, begin) = match &call.receiver {
        // SAFETY, for all: its parameters are Rust's to give away, and go to any thread. The object
        // stays as long as the call, or ends it when it goes.
        Some(it) if it.ends_calls => (
            Some(quote!(&self,)),
            quote! {
                ::co_await::private::call_ended_by_its_object(|| {
                    unsafe { self.#raw(#(#arguments),*) }.map(|#called| #called.0)
                })
            },
        ),
        Some(_) => (
            Some(quote!(&self,)),
            quote! {
                ::co_await::private::call_on(self, |#object| {
                    unsafe { #object.#raw(#(#arguments),*) }.map(|#called| #called.0)
                })
            },
        ),
        None => (
            None,
            quote! {
                ::co_await::private::call(|| {
                    unsafe { __bridge::#raw(#(#arguments),*) }.map(|#called| #called.0)
                })
            },
        ),
    };
    let is_of_a_trait = call.receiver.as_ref().is_some_and(|it| !it.ends_calls);
    let visibility = (!is_of_a_trait).then(|| quote!(pub));
    quote! {
        #(#attributes)*
        #visibility fn #name(#receiver #(#parameters),*) -> #kind<#value> {
            #(#checks)*
            #[allow(clippy::undocumented_unsafe_blocks)]
            #begin
        }
    }
}

/// A name that no name of the user's is.
fn ours(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// Refuses what may not go to any thread, or refers to something.
fn check(parameter: &Parameter) -> TokenStream {
    let name = &parameter.name;
    quote_spanned!(parameter.ty.span()=> ::co_await::private::goes_to_cpp(&#name);)
}

/// A function that C++ calls, which makes a future of Rust's.
fn of_rust_for_cpp(bridge: &Bridge, call: &Call) -> TokenStream {
    let Call { name, raw, .. } = call;
    let output = &bridge.outputs[call.output];
    let (newtype, kind) = (&output.name, kind(output, name.span()));
    let cfg = call
        .attributes
        .iter()
        .filter(|it| it.path().is_ident("cfg"));
    let parameters = call.parameters.iter().map(|it| {
        let (name, ty) = (&it.name, it.type_for_cxx(bridge));
        quote!(#name: #ty)
    });
    let copies = call.parameters.iter().map(|it| {
        let name = &it.name;
        match it.passed {
            Passed::Moved => TokenStream::new(),
            Passed::Cloned => quote_spanned! {it.ty.span()=>
                let #name = ::std::borrow::ToOwned::to_owned(#name);
            },
            Passed::Awaited(_) => quote!(let #name = #name.0;),
        }
    });
    let arguments = call.parameters.iter().map(|it| {
        let name = &it.name;
        match it.passed {
            Passed::Cloned => quote!(&#name),
            _ => quote!(#name),
        }
    });
    let this = ours("this");
    let (receiver, check, copy, function) = match &call.receiver {
        Some(Receiver { of, .. }) => (
            Some(quote!(&self,)),
            (!call.begins_at_once).then(|| {
                quote_spanned! {of.span()=> ::co_await::private::is_held_by_calls::<#of>(); }
            }),
            (!call.begins_at_once).then(|| {
                quote_spanned! {of.span()=> let #this = ::core::clone::Clone::clone(self); }
            }),
            match call.begins_at_once {
                true => quote!(self.#name),
                false => quote!(#this.#name),
            },
        ),
        None => (None, None, None, quote!(super::#name)),
    };
    let called = quote!(#function(#(#arguments),*));
    let at = name.span();
    let future = match (call.begins_at_once, call.is_fallible, output.buffer) {
        (true, true, _) => called,
        (true, false, None) => quote! {
            ::co_await::private::futures::FutureExt::map(#called, ::co_await::private::never_fails)
        },
        (true, false, Some(_)) => quote! {
            ::co_await::private::futures::StreamExt::map(#called, ::co_await::private::never_fails)
        },
        (false, true, _) => quote_spanned!(at=> async move { #called.await }),
        (false, false, _) => quote_spanned! {at=>
            async move { ::co_await::private::never_fails(#called.await) }
        },
    };
    let made = match (&call.place, output.buffer) {
        (Place::Here, _) => quote_spanned!(at=> #kind::fallible(#future)),
        (Place::Spawned(runtime), None) => {
            quote_spanned!(at=> #kind::spawn(&#runtime, #future))
        }
        (Place::Spawned(runtime), Some(buffer)) => {
            quote_spanned!(at=> #kind::spawn(&#runtime, #future, #buffer))
        }
        (Place::Within(runtime), _) => quote_spanned! {at=>
            #kind::fallible(::co_await::private::Within::new(&#runtime, #future))
        },
    };
    quote_spanned! {at=>
        #(#cfg)*
        #[doc(hidden)]
        fn #raw(#receiver #(#parameters),*) -> #newtype {
            #check
            #newtype(::co_await::private::made(|| {
                #copy
                #(#copies)*
                #made
            }))
        }
    }
}
