//! What the types of a bridge are called in C++.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, ExprLit, ExprUnary, ForeignItem, GenericArgument, Item, ItemEnum,
    ItemForeignMod, ItemType, Lit, Path, PathArguments, Result, Token, Type, UnOp,
};

use crate::attributes::Attributes;
use crate::call::{Place, spelled};
use crate::refuse;

/// Which language has a type.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// Both: a structure.
    Structure,
    /// Both: an enumeration.
    Enumeration,
    /// Rust, and C++ cannot look into it.
    Rust,
    /// C++, and Rust cannot look into it.
    Cpp,
    /// It is declared elsewhere.
    Alias,
}

struct Named {
    kind: Kind,
    /// From the outermost inwards.
    namespace: Vec<String>,
    name: String,
    /// What has to stand before its name in C++ where it is declared.
    declared: Option<String>,
    /// Where the futures of its functions are polled.
    place: Place,
    /// Whether its destructor ends its calls.
    ends_calls: bool,
}

/// The types of a bridge.
pub(crate) struct Names(HashMap<String, Named>);

/// The language of a block.
pub(crate) fn language(block: &ItemForeignMod) -> Option<String> {
    block.abi.name.as_ref().map(|name| name.value())
}

/// Of `namespace = "a::b"`, or without quotes.
pub(crate) fn namespace_of_arguments(arguments: &TokenStream) -> Result<Vec<String>> {
    if arguments.is_empty() {
        return Ok(Vec::new());
    }
    let read = |input: syn::parse::ParseStream| -> Result<Vec<String>> {
        let key: Ident = input.parse()?;
        if key != "namespace" {
            return refuse(key.span(), "the argument is `namespace = \"outer::inner\"`");
        }
        input.parse::<Token![=]>()?;
        let namespace = if input.peek(syn::LitStr) {
            parts(&input.parse::<syn::LitStr>()?.value())
        } else {
            let path = input.call(Path::parse_mod_style)?;
            path.segments
                .iter()
                .map(|it| it.ident.to_string())
                .collect()
        };
        input.parse::<Option<Token![,]>>()?;
        Ok(namespace)
    };
    syn::parse::Parser::parse2(read, arguments.clone())
}

fn parts(namespace: &str) -> Vec<String> {
    let parts = namespace.split("::").map(str::trim);
    parts
        .filter(|it| !it.is_empty())
        .map(String::from)
        .collect()
}

impl Names {
    pub fn of(namespace: &[String], items: &[Item]) -> Result<Self> {
        let mut names = Names(HashMap::new());
        for item in items {
            match item {
                Item::Struct(it) => {
                    let declared = Some("struct".into());
                    names.add(namespace, &it.attrs, &it.ident, Kind::Structure, declared)?;
                }
                Item::Enum(it) => {
                    let declared = representation(it);
                    names.add(namespace, &it.attrs, &it.ident, Kind::Enumeration, declared)?;
                }
                Item::ForeignMod(block) => {
                    let within = Attributes::take(&block.attrs)?.namespace;
                    let within = within.map_or(namespace.to_vec(), |it| parts(&it));
                    let is_rust = language(block).as_deref() == Some("Rust");
                    for item in &block.items {
                        match item {
                            ForeignItem::Type(it) if is_rust => {
                                let declared = Some("struct".into());
                                names.add(&within, &it.attrs, &it.ident, Kind::Rust, declared)?;
                            }
                            ForeignItem::Type(it) => {
                                names.add(&within, &it.attrs, &it.ident, Kind::Cpp, None)?;
                            }
                            ForeignItem::Verbatim(tokens) => {
                                if let Ok(it) = syn::parse2::<ItemType>(tokens.clone()) {
                                    names.add(&within, &it.attrs, &it.ident, Kind::Alias, None)?;
                                }
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(names)
    }

    fn add(
        &mut self,
        namespace: &[String],
        attributes: &[Attribute],
        name: &Ident,
        kind: Kind,
        declared: Option<String>,
    ) -> Result<()> {
        let attributes = Attributes::take(attributes)?;
        let in_rust = attributes.name_in_rust(name);
        let named = Named {
            kind,
            namespace: attributes
                .namespace
                .map_or(namespace.to_vec(), |it| parts(&it)),
            name: attributes.cxx_name.unwrap_or_else(|| name.to_string()),
            declared,
            ends_calls: attributes.ends_calls.is_some(),
            place: attributes.place.map_or(Place::Here, |(_, place)| place),
        };
        self.0.insert(in_rust.to_string(), named);
        Ok(())
    }

    pub fn kind(&self, name: &Ident) -> Option<Kind> {
        self.0.get(&name.to_string()).map(|named| named.kind)
    }

    /// Where the futures of a type's functions are polled, if they do not say it themselves.
    pub fn place(&self, name: &Ident) -> Place {
        let named = self.0.get(&name.to_string());
        named.map_or(Place::Here, |named| named.place.clone())
    }

    /// Whether a type's destructor ends its calls.
    pub fn ends_calls(&self, name: &Ident) -> bool {
        let named = self.0.get(&name.to_string());
        named.is_some_and(|named| named.ends_calls)
    }

    /// Those types that C++ has to know before it knows what is made of them.
    pub fn forward_declarations(&self) -> String {
        let lines: std::collections::BTreeSet<_> = self
            .0
            .values()
            .filter_map(|named| {
                let declared = named.declared.as_ref()?;
                let (kind, of) = declared.split_once(" :").unwrap_or((declared, ""));
                let of = match of {
                    "" => String::new(),
                    of => format!(" :{of}"),
                };
                let name = &named.name;
                Some(match named.namespace.join("::") {
                    outside if outside.is_empty() => format!("{kind} {name}{of};\n"),
                    namespace => format!("namespace {namespace} {{ {kind} {name}{of}; }}\n"),
                })
            })
            .collect();
        lines.into_iter().collect()
    }

    /// The C++ type of what crosses by value.
    pub fn of_value(&self, ty: &Type) -> Result<String> {
        if let Type::Tuple(it) = ty
            && it.elems.is_empty()
        {
            return Ok("void".into());
        }
        self.of_part(ty)
    }

    fn of_part(&self, ty: &Type) -> Result<String> {
        let (name, inner) = match ty {
            Type::Path(path) if path.qself.is_none() => match path.path.segments.last() {
                Some(last) if path.path.segments.len() == 1 => {
                    (&last.ident, inner(&last.arguments))
                }
                _ => {
                    return refuse(
                        ty.span(),
                        format!(
                            "`{}`: a bridge knows the types that stand in it, by one name each",
                            spelled(ty)
                        ),
                    );
                }
            },
            Type::Array(array) => {
                let length = array.len.to_token_stream();
                return Ok(format!(
                    "std::array<{}, {length}>",
                    self.of_part(&array.elem)?
                ));
            }
            Type::Reference(_) => {
                return refuse(
                    ty.span(),
                    "what this refers to may be gone by the time that somebody awaits it: \
                     return a value",
                );
            }
            _ => {
                return refuse(
                    ty.span(),
                    format!("`{}` cannot cross: cxx has no such type", spelled(ty)),
                );
            }
        };
        let written = name.to_string();
        Ok(match (written.as_str(), inner) {
            ("Vec", Some(inner)) => format!("rust::Vec<{}>", self.of_part(inner)?),
            ("Box", Some(inner)) => match self.named(inner) {
                Some(named) if matches!(named.kind, Kind::Rust | Kind::Alias) => {
                    format!("rust::Box<{}>", named.in_cpp())
                }
                _ => {
                    return refuse(
                        inner.span(),
                        format!(
                            "a box goes to C++ where it is one of a type of `extern \"Rust\"`: \
                             declare `type {};` there",
                            spelled(inner)
                        ),
                    );
                }
            },
            ("UniquePtr", Some(inner)) => format!("std::unique_ptr<{}>", self.of_pointee(inner)?),
            ("SharedPtr", Some(inner)) => format!("std::shared_ptr<{}>", self.of_pointee(inner)?),
            ("WeakPtr", Some(inner)) => format!("std::weak_ptr<{}>", self.of_pointee(inner)?),
            ("Option", Some(inner)) => {
                return refuse(
                    ty.span(),
                    format!(
                        "cxx has no `Option`: return a `Vec<{}>` of one or none, or an error",
                        spelled(inner)
                    ),
                );
            }
            ("Result", Some(_)) => {
                return refuse(ty.span(), "one `Result` is enough: C++ has one exception");
            }
            (_, Some(_)) => {
                return refuse(
                    ty.span(),
                    format!("`{}` cannot cross: cxx has no such type", spelled(ty)),
                );
            }
            ("CxxString", None) => {
                return refuse(
                    ty.span(),
                    "a C++ string does not stay valid where its bytes are moved: \
                     return `String`, or `UniquePtr<CxxString>`",
                );
            }
            (_, None) => match (primitive(&written), self.0.get(&written)) {
                (Some(primitive), _) => primitive.into(),
                (None, Some(named)) if named.kind == Kind::Rust => {
                    return refuse(
                        ty.span(),
                        format!("C++ cannot look into `{written}`: return `Box<{written}>`"),
                    );
                }
                (None, Some(named)) if named.kind == Kind::Cpp => {
                    return refuse(
                        ty.span(),
                        format!(
                            "Rust cannot look into `{written}`: return `UniquePtr<{written}>` or \
                             `SharedPtr<{written}>`"
                        ),
                    );
                }
                (None, Some(named)) => named.in_cpp(),
                (None, None) => {
                    return refuse(
                        ty.span(),
                        format!(
                            "`{written}` is no type of this bridge: declare a `struct` or an \
                             `enum` in it, or `type {written};` in one of its blocks"
                        ),
                    );
                }
            },
        })
    }

    /// What a C++ pointer points at.
    fn of_pointee(&self, ty: &Type) -> Result<String> {
        if let Type::Path(path) = ty
            && let Some(last) = path.path.segments.last()
        {
            match (last.ident.to_string().as_str(), inner(&last.arguments)) {
                ("CxxString", None) => return Ok("std::string".into()),
                ("CxxVector", Some(of)) => {
                    return Ok(format!("std::vector<{}>", self.of_pointee(of)?));
                }
                _ => {}
            }
        }
        match self.named(ty) {
            Some(named) if named.kind == Kind::Cpp => Ok(named.in_cpp()),
            _ => self.of_part(ty),
        }
    }

    fn named(&self, ty: &Type) -> Option<&Named> {
        match ty {
            Type::Path(path) => self.0.get(&path.path.get_ident()?.to_string()),
            _ => None,
        }
    }

    /// Adds what cxx has to make of the types in this one, which are declared here.
    pub fn instantiations(&self, ty: &Type, wanted: &mut BTreeMap<String, TokenStream>) {
        let Type::Path(path) = ty else { return };
        let Some(last) = path.path.segments.last() else {
            return;
        };
        let Some(inner) = inner(&last.arguments) else {
            return;
        };
        self.instantiations(inner, wanted);
        let is_ours = self.named(inner).is_some_and(|it| it.kind != Kind::Alias);
        if is_ours {
            let (of, inner) = (&last.ident, inner.to_token_stream());
            let implementation = quote!(#of<#inner>);
            wanted.insert(implementation.to_string(), implementation);
        }
    }
}

impl Named {
    fn in_cpp(&self) -> String {
        let mut name = String::new();
        for part in self.namespace.iter().chain([&self.name]) {
            let _ = write!(name, "::{part}");
        }
        name
    }
}

/// The one type between angle brackets.
fn inner(arguments: &PathArguments) -> Option<&Type> {
    match arguments {
        PathArguments::AngleBracketed(it) => match it.args.first() {
            Some(GenericArgument::Type(ty)) if it.args.len() == 1 => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

/// As <https://cxx.rs/bindings.html> has them.
fn primitive(name: &str) -> Option<&'static str> {
    Some(match name {
        "bool" => "bool",
        "c_char" => "char",
        "u8" => "std::uint8_t",
        "u16" => "std::uint16_t",
        "u32" => "std::uint32_t",
        "u64" => "std::uint64_t",
        "usize" => "std::size_t",
        "i8" => "std::int8_t",
        "i16" => "std::int16_t",
        "i32" => "std::int32_t",
        "i64" => "std::int64_t",
        "isize" => "rust::isize",
        "f32" => "float",
        "f64" => "double",
        "String" => "rust::String",
        _ => return None,
    })
}

/// `enum class` and its integer, as cxx chooses it: what is said, or the smallest that fits.
fn representation(it: &ItemEnum) -> Option<String> {
    let said = it.attrs.iter().find(|it| it.path().is_ident("repr"));
    let mut name = said.and_then(|it| it.parse_args::<Ident>().ok().map(|it| it.to_string()));
    let (mut least, mut most, mut next) = (0i128, 0i128, 0i128);
    for variant in &it.variants {
        if let Some((_, value)) = &variant.discriminant {
            let (value, suffix) = integer(value)?;
            next = value;
            name = name.or(suffix);
        }
        (least, most) = (least.min(next), most.max(next));
        next += 1;
    }
    let fits = [
        ("u8", 0, u8::MAX as i128),
        ("i8", i8::MIN as i128, i8::MAX as i128),
        ("u16", 0, u16::MAX as i128),
        ("i16", i16::MIN as i128, i16::MAX as i128),
        ("u32", 0, u32::MAX as i128),
        ("i32", i32::MIN as i128, i32::MAX as i128),
        ("u64", 0, u64::MAX as i128),
        ("i64", i64::MIN as i128, i64::MAX as i128),
    ];
    let inferred = fits
        .iter()
        .find(|(_, from, to)| *from <= least && most <= *to)
        .map(|(name, ..)| (*name).to_string());
    let integer = primitive(&name.or(inferred)?)?;
    Some(format!(
        "enum class : {}",
        integer.replace("std::", "::std::")
    ))
}

fn integer(value: &Expr) -> Option<(i128, Option<String>)> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(it), ..
        }) => {
            let suffix = Some(it.suffix().to_string()).filter(|it| !it.is_empty());
            Some((it.base10_parse().ok()?, suffix))
        }
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => integer(expr).map(|(value, suffix)| (-value, suffix)),
        _ => None,
    }
}

/// A name for a type, which no other type has: of letters, numbers and underscores.
pub(crate) fn identifier(cpp: &str) -> String {
    let mut name = String::new();
    let mut rest = cpp.trim_start_matches("rust::async::").chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            ':' => {
                rest.next();
                name.push_str("_2");
            }
            '_' => name.push_str("_1"),
            '<' => name.push_str("_3"),
            '>' => name.push_str("_4"),
            ',' => name.push_str("_5"),
            ' ' => {}
            c => name.push(c),
        }
    }
    name
}
