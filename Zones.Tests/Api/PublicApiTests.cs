using System.Reflection;
using Zones.Tests.Support;

namespace Zones.Tests.Api;

/// <summary>What others build on changes only on purpose: the text beside this file is reviewed with the change.</summary>
public class PublicApiTests
{
    [Theory]
    [InlineData("Zones.Core")]
    [InlineData("Zones.Domains")]
    [InlineData("Zones.Network")]
    [InlineData("Zones.Rpc")]
    [InlineData("Zones.Storage")]
    public void The_public_api_is_the_reviewed_one(string assembly)
    {
        string reviewed = Path.Combine(Repository.Root, "Zones.Tests", "Api", assembly + ".txt");
        string actual = PublicApi.Of(Assembly.Load(assembly));
        string expected = File.Exists(reviewed) ? File.ReadAllText(reviewed) : "";
        if (expected != actual)
        {
            string proposed = Path.Combine(AppContext.BaseDirectory, assembly + ".txt");
            File.WriteAllText(proposed, actual);
            string[] before = expected.Split('\n'), after = actual.Split('\n');
            Assert.Fail($"the public API changed; if that is meant, copy {proposed} to {reviewed}\n{string.Join('\n', before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)))}");
        }
    }
}
