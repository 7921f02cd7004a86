//! The attribute `#[co_await::bridge]`. Depend on `co-await`, which hands it on.

mod module;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Ident, ImplItem, ItemImpl, ItemMod, LitInt, Path, Result, Token, Type, TypePath};

/// A bridge of [cxx](https://cxx.rs) with asynchronous functions in it.
///
/// ```ignore
/// #[co_await::bridge(namespace = "shop")]
/// mod ffi {
///     unsafe extern "C++" {
///         include!("shop/cpp/counter.h");
///
///         #[thread_safe]
///         type Counter;
///         fn new_counter() -> SharedPtr<Counter>;
///         async fn price(self: &Counter, what: String) -> Result<f64>;
///         #[buffer = 16]
///         fn prices(self: &Counter) -> impl Stream<Item = Result<f64>>;
///     }
///
///     extern "Rust" {
///         #[spawn(self.0)]
///         type Stock;
///         async fn pieces(self: &Stock, what: &str) -> Result<u32>;
///     }
/// }
/// ```
///
/// All else in the module is as cxx has it, and the attribute's arguments are cxx's. What is
/// asynchronous:
///
/// - `async fn` gives `co_await::Future<T>` in Rust and `rust::async::future<T>` in C++, and
///   `impl Stream<Item = …>` gives `co_await::Stream<T>` and `rust::async::stream<T, buffer>`. C++ may
///   throw, so what it gives is a `Result<T>`.
/// - A method of C++'s is one of the trait `CounterAsync`, for each [`Owner`] of a `Counter`: each call
///   keeps it. With `#[ends_calls]` it is a method of `Counter`, and no call keeps anything.
/// - `#[thread_safe]` makes a type of C++'s `Send` and `Sync`, and says that it is.
/// - Each type of Rust's has to be `Send`, `Sync` and, where it has an `async fn`, `Clone`.
/// - `#[spawn(handle)]` and `#[runtime(handle)]`, above a type of Rust's or a function, say where
///   Rust's futures are polled: by a Tokio runtime, or where C++ awaits them but within one.
///
/// [`Owner`]: https://docs.rs/co-await/latest/co_await/trait.Owner.html
///
/// # A future with a name
///
/// Above an `impl` it makes a future, or a stream, that both languages know by a name, as cxx-async
/// does:
///
/// ```ignore
/// #[co_await::bridge]
/// unsafe impl Future for FuturePng {
///     type Output = UniquePtr<CxxVector<u8>>;
/// }
///
/// #[co_await::bridge(namespace = shop::prices, buffer = 16)]
/// unsafe impl Stream for StreamPrice {
///     type Item = f64;
/// }
/// ```
///
/// C++ gives the same type its other half, with the same name and namespace:
/// `CXXASYNC_DEFINE_FUTURE(std::unique_ptr<std::vector<std::uint8_t>>, FuturePng);` and
/// `CXXASYNC_DEFINE_STREAM(double, shop, prices, StreamPrice);`.
///
/// The type gets `infallible`, `fallible` and `spawn`, which make one from Rust, and `keep`.
///
/// `buffer` is for streams: how many items may wait to be read, whichever side writes them; one,
/// unless it says otherwise.
///
/// # Safety
///
/// The type that C++ names has to be what [cxx](https://cxx.rs/bindings.html) makes of the Rust
/// type here: one side writes it and the other reads it, bit by bit.
#[proc_macro_attribute]
pub fn bridge(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    if let Ok(module) = syn::parse::<ItemMod>(item.clone()) {
        return module::expand(arguments.into(), module)
            .unwrap_or_else(Error::into_compile_error)
            .into();
    }
    Bridge::parse(arguments, item)
        .map_or_else(Error::into_compile_error, |bridge| bridge.expand())
        .into()
}

/// What the attribute is given.
struct Bridge {
    /// The namespace in C++, from the outermost inwards.
    namespace: Vec<Ident>,
    /// How many items of a stream may wait to be read.
    buffer: usize,
    kind: Kind,
    name: Ident,
    /// `Future` or `Stream`, by the path that the user knows it by.
    trait_path: Path,
    /// The output of the future, or the item of the stream.
    value: Type,
}

enum Kind {
    Future,
    Stream,
}

impl Bridge {
    fn parse(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> Result<Self> {
        let Arguments { namespace, buffer } = syn::parse(arguments)?;
        let item: ItemImpl = syn::parse(item)?;
        if item.unsafety.is_none() {
            return Err(Error::new(
                item.impl_token.span(),
                "write `unsafe impl`: that C++ names the same type is a promise of yours",
            ));
        }
        if !item.generics.params.is_empty() || item.generics.where_clause.is_some() {
            return Err(Error::new(
                item.generics.span(),
                "C++ knows one concrete type: it cannot be generic",
            ));
        }
        let Some((None, trait_path, _)) = item.trait_ else {
            return Err(Error::new(
                item.impl_token.span(),
                "write `unsafe impl Future for …` or `unsafe impl Stream for …`",
            ));
        };
        let name = match *item.self_ty {
            Type::Path(TypePath { qself: None, path }) => path.require_ident().cloned()?,
            other => {
                return Err(Error::new(
                    other.span(),
                    "the name of the future or stream is one identifier",
                ));
            }
        };
        let expected = "one line is expected here: `type Output = …;` for a future, \
                        `type Item = …;` for a stream";
        let [ImplItem::Type(associated)] = item.items.as_slice() else {
            return Err(Error::new(name.span(), expected));
        };
        let kind = match associated.ident.to_string().as_str() {
            "Output" => Kind::Future,
            "Item" => Kind::Stream,
            _ => return Err(Error::new(associated.ident.span(), expected)),
        };
        if let (Kind::Future, Some(buffer)) = (&kind, &buffer) {
            return Err(Error::new(buffer.span(), "only a stream has a buffer"));
        }
        let buffer = match &buffer {
            None => 1,
            Some(size) => match size.base10_parse()? {
                0 => return Err(Error::new(size.span(), "at least one item has to fit")),
                size => size,
            },
        };
        Ok(Bridge {
            namespace,
            buffer,
            kind,
            name,
            trait_path,
            value: associated.ty.clone(),
        })
    }

    fn expand(self) -> TokenStream {
        let private = quote!(::co_await::private);
        let Bridge {
            kind,
            name,
            trait_path,
            value,
            buffer,
            ..
        } = &self;
        // What the C++ macro calls the same function.
        let symbol = format!("coawait_{}_in_rust", self.joined("$"));
        let function = format_ident!("coawait_{}_in_rust", self.joined("_"));
        let qualified = self.joined("::");
        let (inner, declared, body) = match kind {
            Kind::Future => (
                quote!(Future),
                quote!(future::<#value>()),
                quote! {
                    type Output = ::core::result::Result<#value, ::co_await::Error>;
                    fn poll(
                        mut self: ::core::pin::Pin<&mut Self>,
                        cx: &mut ::core::task::Context<'_>,
                    ) -> ::core::task::Poll<Self::Output> {
                        ::core::future::Future::poll(::core::pin::Pin::new(&mut self.0), cx)
                    }
                },
            ),
            Kind::Stream => (
                quote!(Stream),
                quote!(stream::<#value>(#buffer)),
                quote! {
                    type Item = ::core::result::Result<#value, ::co_await::Error>;
                    fn poll_next(
                        mut self: ::core::pin::Pin<&mut Self>,
                        cx: &mut ::core::task::Context<'_>,
                    ) -> ::core::task::Poll<::core::option::Option<Self::Item>> {
                        #private::futures::Stream::poll_next(::core::pin::Pin::new(&mut self.0), cx)
                    }
                },
            ),
        };
        let constructors = self.constructors(&private);
        quote! {
            /// Made by Rust or by C++, and awaited by either.
            #[must_use = "C++ has begun already; awaiting is how to learn the result"]
            #[repr(transparent)]
            pub struct #name(::co_await::#inner<#value>);

            impl #trait_path for #name {
                #body
            }

            impl #name {
                /// Keeps a value until nothing is left of what C++ runs for this, whether or not
                /// anybody waits for it by then. May be called more than once.
                pub fn keep(self, value: impl ::core::marker::Send + 'static) -> Self {
                    Self(self.0.keep(value))
                }

                #constructors
            }

            // SAFETY: in C++ it is a class of the same two words, and neither language minds where
            // it stands.
            unsafe impl #private::cxx::ExternType for #name {
                type Id = #private::cxx::type_id!(#qualified);
                type Kind = #private::cxx::kind::Trivial;
            }

            #[doc(hidden)]
            #[allow(non_snake_case)]
            #[unsafe(export_name = #symbol)]
            pub extern "C" fn #function() -> &'static #private::Declared {
                static DECLARED: #private::Declared = #private::Declared::#declared;
                &DECLARED
            }
        }
    }

    fn constructors(&self, private: &TokenStream) -> TokenStream {
        let (value, buffer) = (&self.value, self.buffer);
        match self.kind {
            Kind::Future => quote! {
                /// Makes one of a Rust future that cannot fail, for C++ to await.
                ///
                /// It is polled where C++ awaits it: in the thread that comes to the `co_await`,
                /// and then on the executor of the coroutine.
                pub fn infallible(
                    future: impl ::core::future::Future<Output = #value>
                        + ::core::marker::Send + 'static,
                ) -> Self {
                    Self(::co_await::Future::infallible(future))
                }

                /// The same of one that may fail: C++ gets an exception with the error's message.
                pub fn fallible<E: ::core::fmt::Display>(
                    future: impl ::core::future::Future<Output = ::core::result::Result<#value, E>>
                        + ::core::marker::Send + 'static,
                ) -> Self {
                    Self(::co_await::Future::fallible(future))
                }

                #private::if_tokio! {
                    /// Runs a Rust future as a task of a Tokio runtime, and gives C++ what it comes
                    /// to. It has all that Tokio gives its tasks, timers and sockets among it; when
                    /// C++ lets go of it, the task is aborted.
                    pub fn spawn<E: ::core::fmt::Display>(
                        runtime: &#private::tokio::runtime::Handle,
                        future: impl ::core::future::Future<
                                Output = ::core::result::Result<#value, E>,
                            > + ::core::marker::Send + 'static,
                    ) -> Self {
                        Self(::co_await::Future::spawn(runtime, future))
                    }
                }
            },
            Kind::Stream => quote! {
                /// Makes one of a Rust stream that cannot fail.
                pub fn infallible(
                    stream: impl #private::futures::Stream<Item = #value> + ::core::marker::Send + 'static,
                ) -> Self {
                    Self(::co_await::Stream::infallible(stream))
                }

                /// The same of one that may fail.
                pub fn fallible<E: ::core::fmt::Display>(
                    stream: impl #private::futures::Stream<Item = ::core::result::Result<#value, E>>
                        + ::core::marker::Send + 'static,
                ) -> Self {
                    Self(::co_await::Stream::fallible(stream))
                }

                #private::if_tokio! {
                    /// Runs a Rust stream as a task of a Tokio runtime, which goes ahead of C++ by
                    /// as many items as the buffer takes. When C++ lets go of it, the task is
                    /// aborted.
                    pub fn spawn<E: ::core::fmt::Display>(
                        runtime: &#private::tokio::runtime::Handle,
                        stream: impl #private::futures::Stream<
                                Item = ::core::result::Result<#value, E>,
                            > + ::core::marker::Send + 'static,
                    ) -> Self {
                        Self(::co_await::Stream::spawn(runtime, stream, #buffer))
                    }
                }
            },
        }
    }

    /// Namespace and name in one word.
    fn joined(&self, separator: &str) -> String {
        let parts = self.namespace.iter().chain([&self.name]);
        let parts: Vec<_> = parts.map(Ident::to_string).collect();
        parts.join(separator)
    }
}

/// `namespace = outer::inner`, `buffer = 16`, both or neither.
#[derive(Default)]
struct Arguments {
    namespace: Vec<Ident>,
    buffer: Option<LitInt>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut arguments = Arguments::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            if key != "namespace" && key != "buffer" {
                return Err(Error::new(
                    key.span(),
                    "the arguments are `namespace = outer::inner` and `buffer = 16`",
                ));
            }
            input.parse::<Token![=]>()?;
            if key == "buffer" {
                arguments.buffer = Some(input.parse()?);
            } else {
                let path = input.call(Path::parse_mod_style)?;
                let parts = path.segments.into_iter();
                arguments.namespace = parts.map(|part| part.ident).collect();
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}
