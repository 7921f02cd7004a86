//! One asynchronous function of a bridge.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    AngleBracketedGenericArguments, Attribute, Expr, FnArg, ForeignItem, ForeignItemFn,
    GenericArgument, ItemForeignMod, Pat, PathArguments, Result, ReturnType, Type, TypeParamBound,
    parse_quote_spanned,
};

use crate::attributes::Attributes;
use crate::cpp::Names;
use crate::{Bridge, refuse};

/// An asynchronous function: a coroutine of C++'s, or what Rust has for one.
pub struct Call {
    /// Who calls it; the other language has it.
    pub caller: Caller,
    /// Its documentation, and what else Rust makes of what stands above it.
    pub attributes: Vec<Attribute>,
    /// Its name in Rust.
    pub name: Ident,
    /// The name of the function that cxx knows in its place.
    pub raw: Ident,
    /// The object that it is called on.
    pub receiver: Option<Receiver>,
    /// What it is called with.
    pub parameters: Vec<Parameter>,
    /// What it comes to, of the outputs of the bridge.
    pub output: usize,
    /// Whether Rust's function may fail; C++'s always may.
    pub is_fallible: bool,
    /// Whether it is a function that returns a future, of which a part runs at once.
    pub begins_at_once: bool,
    /// Where a future of Rust's is polled.
    pub place: Place,
    /// Those of its attributes that are cxx's.
    for_cxx: Vec<Attribute>,
    cxx_name: String,
}

/// Who calls a function.
#[derive(Clone, Copy, PartialEq)]
pub enum Caller {
    /// Rust: it stands in `extern "C++"`.
    Rust,
    /// C++: it stands in `extern "Rust"`.
    Cpp,
}

/// Where a future of Rust's is polled.
#[derive(Clone)]
pub enum Place {
    /// Where C++ awaits it.
    Here,
    /// In a task of a Tokio runtime, of which this is the handle.
    Spawned(Expr),
    /// Where C++ awaits it, within a Tokio runtime.
    Within(Expr),
}

/// The object of a method.
pub struct Receiver {
    /// Its type.
    pub of: Ident,
    /// Whether that is C++'s, and its destructor ends its calls.
    pub ends_calls: bool,
}

/// What a function is called with.
pub struct Parameter {
    /// Its name.
    pub name: Ident,
    /// As it stands in the bridge.
    pub ty: Type,
    /// How it gets there.
    pub passed: Passed,
}

/// How a parameter crosses.
pub enum Passed {
    /// By value.
    Moved,
    /// By reference to what C++ holds; Rust has a copy of it.
    Cloned,
    /// A future, or a stream: of the outputs of the bridge.
    Awaited(usize),
}

/// What a function returns that is asynchronous.
struct Returned {
    value: Type,
    is_fallible: bool,
    is_stream: bool,
}

impl Call {
    /// None where the function is not asynchronous.
    pub(crate) fn read(
        caller: Caller,
        block: &ItemForeignMod,
        item: &ForeignItemFn,
        attributes: &Attributes,
        bridge: &mut Bridge,
        names: &Names,
    ) -> Result<Option<Self>> {
        let signature = &item.sig;
        attributes.of_function(caller)?;
        let returned = returned(signature)?;
        let is_stream = returned.as_ref().is_some_and(|it| it.is_stream);
        if let (Some((attribute, _)), false) = (&attributes.buffer, is_stream) {
            return refuse(
                attribute.span(),
                "only a stream has a buffer: a function that returns `impl Stream<Item = …>`",
            );
        }
        let Some(Returned {
            value, is_fallible, ..
        }) = returned
        else {
            if let Some((attribute, _)) = &attributes.place {
                return refuse(
                    attribute.span(),
                    "this says where a future is polled, and this function returns none",
                );
            }
            for argument in &signature.inputs {
                alone(argument, names)?;
            }
            return Ok(None);
        };
        let name = attributes.name_in_rust(&signature.ident);
        if let Some(unsafety) = &signature.unsafety {
            return refuse(
                unsafety.span(),
                "an asynchronous function is safe to call: what it takes by value, it owns",
            );
        }
        if caller == Caller::Rust && block.unsafety.is_none() {
            return refuse(
                block.abi.span(),
                "write `unsafe extern \"C++\"`: that C++ does as this says is a promise of yours",
            );
        }
        if !signature.generics.params.is_empty() {
            return refuse(
                signature.generics.span(),
                "an asynchronous function of a bridge has no parameters of types or lifetimes: \
                 what it is called with, it owns",
            );
        }
        if caller == Caller::Rust && !is_fallible {
            return refuse(
                value.span(),
                format!(
                    "a C++ coroutine may throw, and its executor may go away: write `Result<{}>`",
                    spelled(&value)
                ),
            );
        }
        if let Some(attribute) = item.attrs.iter().find(|it| it.path().is_ident("Self")) {
            return refuse(
                attribute.span(),
                "an asynchronous function is a method, with `self: &Type`, or no member at all",
            );
        }
        let mut receiver = None;
        let mut parameters = Vec::new();
        let cfg = attributes.cfg();
        let begins_at_once = signature.asyncness.is_none() && caller == Caller::Cpp;
        for argument in &signature.inputs {
            match argument {
                FnArg::Receiver(it) => receiver = Some(Receiver::read(it, block, names)?),
                FnArg::Typed(it) => {
                    let Pat::Ident(pattern) = &*it.pat else {
                        return refuse(it.pat.span(), "a parameter of a bridge has a name");
                    };
                    let passed = match awaited(&it.ty)? {
                        Some(Returned {
                            value, is_stream, ..
                        }) => {
                            let buffer = is_stream.then_some(1);
                            Passed::Awaited(bridge.output(&value, buffer, &cfg, names)?)
                        }
                        None => passed(caller, begins_at_once, &it.ty)?,
                    };
                    parameters.push(Parameter {
                        name: pattern.ident.clone(),
                        ty: (*it.ty).clone(),
                        passed,
                    });
                }
            }
        }
        let buffer = attributes.buffer.as_ref().map_or(1, |(_, size)| *size);
        let output = bridge.output(&value, is_stream.then_some(buffer), &cfg, names)?;
        let plain = signature.ident.unraw();
        let cxx_name = attributes.cxx_name.clone();
        Ok(Some(Call {
            caller,
            attributes: attributes.others_than(&["cxx_name", "rust_name", "namespace"]),
            for_cxx: attributes.others_than(&[
                "doc",
                "cxx_name",
                "rust_name",
                "must_use",
                "deprecated",
            ]),
            raw: format_ident!("__co_await_{}", name.unraw(), span = name.span()),
            cxx_name: cxx_name.unwrap_or_else(|| plain.to_string()),
            name,
            place: match (&attributes.place, &receiver) {
                (Some((_, place)), _) => place.clone(),
                (None, Some(Receiver { of, .. })) => names.place(of),
                (None, None) => Place::Here,
            },
            receiver,
            parameters,
            output,
            is_fallible,
            begins_at_once,
        }))
    }

    /// What cxx knows in its place.
    pub(crate) fn for_cxx(&self, item: &ForeignItemFn, bridge: &Bridge) -> TokenStream {
        let Call {
            raw,
            cxx_name,
            for_cxx,
            ..
        } = self;
        let receiver = self
            .receiver
            .iter()
            .map(|Receiver { of, .. }| quote!(self: &#of));
        let parameters = self.parameters.iter().map(|it| {
            let (name, ty) = (&it.name, it.type_for_cxx(bridge));
            quote!(#name: #ty)
        });
        let parameters = receiver.chain(parameters);
        let output = &bridge.outputs[self.output].name;
        match self.caller {
            Caller::Rust => quote! {
                #(#for_cxx)* #[doc(hidden)] #[cxx_name = #cxx_name]
                unsafe fn #raw(#(#parameters),*) -> Result<#output>;
            },
            Caller::Cpp => {
                let docs = item.attrs.iter().filter(|it| it.path().is_ident("doc"));
                quote! {
                    #(#docs)* #(#for_cxx)* #[cxx_name = #cxx_name]
                    fn #raw(#(#parameters),*) -> #output;
                }
            }
        }
    }
}

impl Receiver {
    fn read(it: &syn::Receiver, block: &ItemForeignMod, names: &Names) -> Result<Self> {
        let of = receiver(it, block)?;
        let ends_calls = names.ends_calls(&of);
        Ok(Receiver { of, ends_calls })
    }
}

impl Parameter {
    /// As cxx knows it.
    pub fn type_for_cxx(&self, bridge: &Bridge) -> TokenStream {
        match self.passed {
            Passed::Awaited(output) => bridge.outputs[output].name.to_token_stream(),
            _ => self.ty.to_token_stream(),
        }
    }
}

/// A type as a human writes it.
pub(crate) fn spelled(ty: &Type) -> String {
    match ty {
        Type::Tuple(it) if it.elems.is_empty() => "()".into(),
        ty => {
            let spelled = ty.to_token_stream().to_string();
            [
                (" < ", "<"),
                (" >", ">"),
                (" ,", ","),
                ("& ", "&"),
                (" :: ", "::"),
            ]
            .iter()
            .fold(spelled, |spelled, (from, to)| spelled.replace(from, to))
        }
    }
}

/// What a function returns, if that is asynchronous.
fn returned(signature: &syn::Signature) -> Result<Option<Returned>> {
    let ty = match &signature.output {
        ReturnType::Type(_, ty) => Some(&**ty),
        ReturnType::Default => None,
    };
    let is_async = signature.asyncness.is_some();
    let awaited = ty.map(awaited).transpose()?.flatten();
    Ok(match (is_async, awaited, ty) {
        (false, awaited, _) => awaited,
        (true, Some(it), _) => {
            return refuse(
                signature.asyncness.span(),
                format!(
                    "what returns a {0} is no `async fn`: the {0} is awaited, and not the function",
                    if it.is_stream { "stream" } else { "future" }
                ),
            );
        }
        (true, None, Some(ty)) => Some(result(ty, false)),
        (true, None, None) => Some(Returned {
            value: parse_quote_spanned!(signature.ident.span()=> ()),
            is_fallible: false,
            is_stream: false,
        }),
    })
}

/// Of `impl Future<Output = …>` and `impl Stream<Item = …>`.
fn awaited(ty: &Type) -> Result<Option<Returned>> {
    let Type::ImplTrait(it) = ty else {
        return Ok(None);
    };
    let says = "a bridge knows `impl Future<Output = …>` and `impl Stream<Item = …>`";
    for bound in &it.bounds {
        let TypeParamBound::Trait(bound) = bound else {
            continue;
        };
        let Some(last) = bound.path.segments.last() else {
            continue;
        };
        let (kind, associated) = match last.ident.to_string().as_str() {
            "Future" => (false, "Output"),
            "Stream" => (true, "Item"),
            _ => continue,
        };
        let PathArguments::AngleBracketed(AngleBracketedGenericArguments { args, .. }) =
            &last.arguments
        else {
            return refuse(bound.span(), says);
        };
        for argument in args {
            if let GenericArgument::AssocType(it) = argument
                && it.ident == associated
            {
                return Ok(Some(result(&it.ty, kind)));
            }
        }
        return refuse(bound.span(), says);
    }
    refuse(it.span(), says)
}

/// Of `Result<T>`, or of a type that is none.
fn result(ty: &Type, is_stream: bool) -> Returned {
    let of_result = of_generic(ty, "Result");
    Returned {
        is_fallible: of_result.is_some(),
        value: of_result.unwrap_or(ty).clone(),
        is_stream,
    }
}

/// The first type between the angle brackets of that name.
fn of_generic<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(it) = &last.arguments else {
        return None;
    };
    it.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The type of the object: of `self: &Type`, or of `&self` where the block has one type.
fn receiver(it: &syn::Receiver, block: &ItemForeignMod) -> Result<Ident> {
    let says = "an asynchronous method takes `self: &Type`: another call may run meanwhile";
    if it.mutability.is_some() {
        return refuse(it.span(), says);
    }
    if it.colon_token.is_some() {
        return match &*it.ty {
            Type::Reference(reference) if reference.mutability.is_none() => {
                match &*reference.elem {
                    Type::Path(path) => path.path.require_ident().cloned(),
                    other => refuse(other.span(), says),
                }
            }
            other => refuse(other.span(), says),
        };
    }
    if it.reference.is_none() {
        return refuse(it.span(), says);
    }
    let types: Vec<_> = block
        .items
        .iter()
        .filter_map(|item| match item {
            ForeignItem::Type(it) => Some(it.ident.clone()),
            ForeignItem::Verbatim(tokens) => syn::parse2::<syn::ItemType>(tokens.clone())
                .ok()
                .map(|it| it.ident),
            _ => None,
        })
        .collect();
    match &*types {
        [of] => Ok(Ident::new(&of.to_string(), it.span())),
        _ => refuse(
            it.span(),
            "write `self: &Type`: this block does not have one type alone",
        ),
    }
}

/// Refuses `Pin<&mut T>` where calls of the object may run meanwhile.
fn alone(argument: &FnArg, names: &Names) -> Result<()> {
    let ty = match argument {
        FnArg::Receiver(it) => &it.ty,
        FnArg::Typed(it) => &it.ty,
    };
    if let Some(Type::Reference(reference)) = of_generic(ty, "Pin")
        && let Type::Path(path) = &*reference.elem
        && let Some(name) = path.path.get_ident()
        && names.ends_calls(name)
    {
        return refuse(
            ty.span(),
            format!(
                "a call of `{name}` may run meanwhile, for none borrows it: take `&{name}`, or leave \
                 `#[ends_calls]` out"
            ),
        );
    }
    Ok(())
}

/// How a parameter crosses that is no future.
fn passed(caller: Caller, begins_at_once: bool, ty: &Type) -> Result<Passed> {
    let goes = "it may be gone while the coroutine waits";
    match ty {
        _ if begins_at_once => Ok(Passed::Moved),
        Type::Ptr(_) => refuse(
            ty.span(),
            format!(
                "a pointer says not who owns what it points at, and {goes}: pass a value, `UniquePtr<…>` or `SharedPtr<…>`"
            ),
        ),
        Type::Reference(it) if it.mutability.is_some() => refuse(
            ty.span(),
            format!("what this refers to is somebody else's, and {goes}: pass it by value"),
        ),
        _ if of_generic(ty, "Pin").is_some() => refuse(
            ty.span(),
            format!(
                "what this refers to is somebody else's, and {goes}: pass `UniquePtr<…>` or `SharedPtr<…>`"
            ),
        ),
        Type::Reference(_) if caller == Caller::Cpp => Ok(Passed::Cloned),
        Type::Reference(it) => {
            let instead = match &*it.elem {
                Type::Path(path) if path.path.is_ident("str") => "`String`".into(),
                Type::Path(path) if path.path.is_ident("CxxString") => {
                    "`String`, or `UniquePtr<CxxString>`".into()
                }
                Type::Slice(slice) => format!("`Vec<{}>`", spelled(&slice.elem)),
                Type::Path(path) if path.path.get_ident().is_some() => {
                    format!(
                        "`{0}` by value, or `SharedPtr<{0}>` where C++ has the type",
                        spelled(&it.elem)
                    )
                }
                _ => "a value".into(),
            };
            refuse(
                ty.span(),
                format!("what this refers to is somebody else's, and {goes}: pass {instead}"),
            )
        }
        _ => Ok(Passed::Moved),
    }
}
