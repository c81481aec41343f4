using System.Net;

namespace Zones.Network.Firewall;

/// <summary>One of those whom a side of a rule names.</summary>
/// <remarks>Terms are looked up by the thousand at every change of the firewall; a record's own hash takes the type along, ten times as dear.</remarks>
public abstract record RuleTerm
{
    private RuleTerm()
    {
    }

    /// <summary>Whether it means zones.</summary>
    public bool IsZones => this is AllZones or Zone or Tag;

    /// <summary><c>any</c>: everybody, zones, this host and others.</summary>
    public sealed record Any : RuleTerm
    {
        /// <inheritdoc/>
        public override int GetHashCode() => 1;

        /// <inheritdoc/>
        public override string ToString() => "any";
    }

    /// <summary><c>all zones</c> of this state directory.</summary>
    public sealed record AllZones : RuleTerm
    {
        /// <inheritdoc/>
        public override int GetHashCode() => 2;

        /// <inheritdoc/>
        public override string ToString() => "all zones";
    }

    /// <summary><c>zone NAME</c>.</summary>
    /// <param name="Name">The zone's.</param>
    public sealed record Zone(string Name) : RuleTerm
    {
        /// <inheritdoc/>
        public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

        /// <inheritdoc/>
        public override string ToString() => $"zone {Name}";
    }

    /// <summary><c>tag KEY</c> or <c>tag KEY=VALUE</c>: the zones with that attribute.</summary>
    /// <param name="Key">The attribute's name.</param>
    /// <param name="Value">Its value; null for whatever value.</param>
    public sealed record Tag(string Key, string? Value = null) : RuleTerm
    {
        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Key, Value);

        /// <inheritdoc/>
        public override string ToString() => Value is null ? $"tag {Quote(Key)}" : $"tag {Quote(Key)}={Quote(Value)}";

        private static string Quote(string text) =>
            text.Length > 0 && text.All(RuleWords.IsPlain) ? text : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary><c>subnet ADDRESS/LENGTH</c>.</summary>
    /// <param name="Network">All addresses in it.</param>
    public sealed record Subnet(IPNetwork Network) : RuleTerm
    {
        /// <inheritdoc/>
        public override string ToString() => $"subnet {Network}";
    }

    /// <summary><c>ip ADDRESS</c>.</summary>
    /// <param name="Ip">One address.</param>
    public sealed record Address(IPAddress Ip) : RuleTerm
    {
        /// <inheritdoc/>
        public override string ToString() => $"ip {Ip}";
    }
}
