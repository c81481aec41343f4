using System.Reflection;
using System.Runtime.CompilerServices;

namespace Zones.Tests.Api;

/// <summary>Writes what an assembly offers: a line for each public type and member, in an order that only a change of the API changes.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Assembly assembly) => string.Concat(
        assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type => Head(type) + "\n" + string.Concat(Members(type).Order(StringComparer.Ordinal).Select(member => $"    {member}\n"))));

    private static string Head(Type type)
    {
        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : IsRecord(type) ? "record" : "class";
        string modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type is { IsAbstract: true, IsInterface: false } ? "abstract " : type is { IsSealed: true, IsValueType: false } ? "sealed " : "";
        IEnumerable<Type> bases = type.GetInterfaces().Where(contract => contract.IsVisible).Except(type.BaseType?.GetInterfaces() ?? []).OrderBy(Name, StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
        {
            bases = bases.Prepend(parent);
        }

        string list = type.IsEnum ? "" : string.Join(", ", bases.Select(Name));
        return $"{modifier}{kind} {type.Namespace}.{Name(type)}{(list.Length > 0 ? " : " + list : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetValues(type).Cast<object>().Select(value => $"{value} = {((Enum)value):D}");
        }

        return type.GetFields(Declared).Where(field => field.IsPublic).Select(field => $"{(field.IsLiteral ? "const " : "")}{Name(field.FieldType)} {field.Name}")
            .Concat(type.GetConstructors(Declared).Where(IsSeen).Select(constructor => $"{Prefix(constructor)}{Name(type)}({Parameters(constructor)})"))
            .Concat(type.GetProperties(Declared).Where(property => IsSeen(property.GetMethod!)).Select(Property))
            .Concat(type.GetMethods(Declared).Where(method => IsSeen(method) && !method.IsSpecialName && !IsMade(type, method))
                .Select(method => $"{Prefix(method)}{Name(Nullability.Create(method.ReturnParameter))} {method.Name}{Arguments(method)}({Parameters(method)})"));
    }

    private static string Property(PropertyInfo property)
    {
        string index = string.Join(", ", property.GetIndexParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}"));
        string setter = property.SetMethod is not { } set || !IsSeen(set) ? "" : set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Prefix(property.GetMethod!)}{required}{Name(Nullability.Create(property))} {(index.Length > 0 ? $"this[{index}]" : property.Name)} {{ get;{setter} }}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        (parameter.IsOut ? "out " : "") + $"{Name(Nullability.Create(parameter))} {parameter.Name}" + (parameter.HasDefaultValue ? $" = {Default(parameter.DefaultValue)}" : "")));

    private static string Default(object? value) => value switch { null => "default", bool flag => flag ? "true" : "false", string text => $"\"{text}\"", _ => $"{value}" };

    private static string Arguments(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Prefix(MethodBase method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "") + (method.IsStatic ? "static " : "") + (method is { IsAbstract: true, DeclaringType.IsInterface: false } ? "abstract " : "");

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>What the compiler makes for every record says nothing.</summary>
    private static bool IsMade(Type type, MethodInfo method) =>
        method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name.Contains('<') || (IsRecord(type) && method.Name is "PrintMembers" or "GetHashCode" or "Equals");

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static string Name(NullabilityInfo info)
    {
        string name = info.Type.IsArray ? Name(info.ElementType!) + "[]"
            : info.GenericTypeArguments.Length > 0 && Nullable.GetUnderlyingType(info.Type) is null ? $"{Bare(info.Type)}<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>"
            : Name(info.Type);
        return name + (!info.Type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "");
    }

    private static string Name(Type type) =>
        type.IsByRef ? Name(type.GetElementType()!)
        : Nullable.GetUnderlyingType(type) is { } inner ? Name(inner) + "?"
        : type.IsArray ? Name(type.GetElementType()!) + "[]"
        : type.IsGenericType ? $"{Bare(type)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name switch { "Void" => "void", "String" => "string", "Boolean" => "bool", "Int32" => "int", "Int64" => "long", "UInt32" => "uint", "Double" => "double", "Decimal" => "decimal", "Object" => "object", _ => type.Name };

    private static string Bare(Type type) => type.Name.Split('`')[0]; // none where only an outer type is generic
}
