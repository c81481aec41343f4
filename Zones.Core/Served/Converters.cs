using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Zones.Specs;

namespace Zones.Served;

/// <summary>A spec as its YAML in one text; a document of the schema is YAML too.</summary>
internal sealed class SpecConverter : JsonConverter<ZoneSpec>
{
    public override ZoneSpec Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return ZoneSpecYaml.ReadUnchecked(reader.GetString()!);
        }

        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return ZoneSpecYaml.ReadUnchecked(document.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, ZoneSpec value, JsonSerializerOptions options) => writer.WriteStringValue(ZoneSpecYaml.Write(value));
}

/// <summary>A <see cref="SpecList{T}"/> as an array.</summary>
/// <typeparam name="T">Of its elements.</typeparam>
internal sealed class SpecListConverter<T> : JsonConverter<SpecList<T>>
    where T : class
{
    public override SpecList<T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("is not a list");
        }

        JsonTypeInfo<T> element = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        List<T> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(JsonSerializer.Deserialize(ref reader, element) ?? throw new JsonException("null is not an element"));
        }

        return [.. items];
    }

    public override void Write(Utf8JsonWriter writer, SpecList<T> value, JsonSerializerOptions options)
    {
        JsonTypeInfo<T> element = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        writer.WriteStartArray();
        foreach (T item in value)
        {
            JsonSerializer.Serialize(writer, item, element);
        }

        writer.WriteEndArray();
    }
}

/// <summary>A <see cref="SpecMap"/> as an object of texts.</summary>
internal sealed class SpecMapConverter : JsonConverter<SpecMap>
{
    public override SpecMap Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("is not a map");
        }

        SpecMap map = new();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            reader.Read();
            map[name] = reader.GetString() ?? throw new JsonException("null is not a text");
        }

        return map;
    }

    public override void Write(Utf8JsonWriter writer, SpecMap value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach ((string name, string text) in value)
        {
            writer.WriteString(name, text);
        }

        writer.WriteEndObject();
    }
}

/// <summary>An enumeration by the words of a spec.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
internal sealed class WordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        SpecWord<T>.Find(reader.GetString() ?? "") ?? throw new JsonException($"is not one of {string.Join(", ", SpecWord<T>.Words)}");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(SpecWord<T>.Text(value));
}

/// <summary>States by zoneadm's words.</summary>
internal sealed class StateConverter : JsonConverter<ZoneState>
{
    public override ZoneState Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        ZoneStateText.TryParse(reader.GetString() ?? "", out ZoneState state) ? state : throw new JsonException("is no state of a zone");

    public override void Write(Utf8JsonWriter writer, ZoneState value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text());
}

/// <summary>The size of a terminal, <c>[columns, rows]</c>.</summary>
internal sealed class TerminalSizeConverter : JsonConverter<(int Columns, int Rows)>
{
    public override (int Columns, int Rows) Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("is not [columns, rows]");
        }

        reader.Read();
        int columns = reader.GetUInt16();
        reader.Read();
        int rows = reader.GetUInt16();
        reader.Read();
        return reader.TokenType == JsonTokenType.EndArray ? (columns, rows) : throw new JsonException("is not [columns, rows]");
    }

    public override void Write(Utf8JsonWriter writer, (int Columns, int Rows) value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Columns);
        writer.WriteNumberValue(value.Rows);
        writer.WriteEndArray();
    }
}
