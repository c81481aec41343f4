using Zones.Domains.Compare;

namespace Zones.Tests.Domains.Compare;

/// <summary>A workload of the user's own, and what is wrong with one.</summary>
public sealed class WorkloadTests
{
    [Fact]
    public void It_is_read_from_yaml_and_from_json()
    {
        Workload expected = new()
        {
            Command = ["/usr/sbin/nginx", "-g", "daemon off;"],
            AnswerTcp = 80,
            Run = [new("load", ["/usr/bin/ab", "-n", "100", "http://127.0.0.1/"])],
        };
        Assert.Equal(expected, Workload.Read("""
            command: [/usr/sbin/nginx, -g, daemon off;]
            answer: { tcp: 80 }
            run:
              - { name: load, command: [/usr/bin/ab, -n, 100, http://127.0.0.1/] }
            """));
        Assert.Equal(expected, Workload.Read("""{"command":["/usr/sbin/nginx","-g","daemon off;"],"answer":{"tcp":80},"run":[{"name":"load","command":["/usr/bin/ab","-n","100","http://127.0.0.1/"]}]}"""));
        Assert.Equal("ready", Workload.Read("answer: { line: ready }").AnswerLine);
    }

    [Theory]
    [InlineData("answr: { tcp: 80 }", "did you mean 'answer'?")]
    [InlineData("answer: { tcp: 0 }", "is no port")]
    [InlineData("answer: { tcp: 80, line: x }", "either line: TEXT or tcp: PORT")]
    [InlineData("answer: {}", "either line: TEXT or tcp: PORT")]
    [InlineData("command: [nginx]", "absolute path")]
    [InlineData("command: []", "absolute path")]
    [InlineData("run: [ { name: x } ]", "has a name and a command")]
    [InlineData("run: [ { name: x, command: [/x] }, { name: x, command: [/y] } ]", "is the name of 2 commands")]
    [InlineData("run: yes", "is not a list")]
    [InlineData("[1]", "is not a map")]
    public void What_is_wrong_is_said_with_its_place(string text, string message)
    {
        ZoneSpecException refused = Assert.Throws<ZoneSpecException>(() => Workload.Read(text, "load.yaml"));
        Assert.StartsWith("load.yaml:1:", refused.Message);
        Assert.Contains(message, refused.Message);
    }

    [Fact]
    public async Task An_answer_needs_somebody_who_gives_it()
    {
        CompareOptions options = CompareOptions.Quick with { Work = new() { AnswerLine = "ready" } };
        ZoneSpecException refused = await Assert.ThrowsAsync<ZoneSpecException>(() => Comparison.RunAsync(new() { Zone = "z", Root = ZoneRoot.Host() }, options));
        Assert.Contains("nobody answers", refused.Message);
    }
}
