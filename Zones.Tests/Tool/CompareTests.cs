using System.Diagnostics;
using Zones.Domains.Compare;
using Zones.Tests.Domains.Compare;

namespace Zones.Tests.Tool;

/// <summary><c>zone compare</c> as a command: its files, its words, its ends.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_prints_a_table_and_writes_a_page_and_the_figures_beside_it()
    {
        string work = _directory.File("work.yaml", """
            command: [/bin/sh, -c, echo ready to serve; exec sleep 1000]
            answer: { line: ready }
            run: [ { name: listing, command: [/bin/ls, -lR, /etc] } ]
            """);
        string page = _directory.Path + "/report.html";
        CommandResult result = await Command().RunAsync("compare", SpecFile(ComparisonTests.Native()), "--quick", "--work", work, "-o", page, "--memory", "1G");
        Assert.Equal(0, result.Code);
        Assert.StartsWith("zone: warning: domain: not measured: domain.kernel: ", result.Complaint());
        Assert.Matches("^FIGURE +PROCESS +ZONE +DOMAIN\n", result.Output);
        Assert.Matches(@"\nboot to the workload's first answer +[0-9.]+ m?s \([0-9.]+\.\.[0-9.]+\) +[0-9.]+ m?s \([0-9.]+\.\.[0-9.]+\) × [0-9.,]+ +-\n", result.Output);
        Assert.Contains("\nlisting ", result.Output);
        ComparisonReport report = ComparisonReport.FromJson(await File.ReadAllTextAsync(_directory.Path + "/report.json"));
        Assert.Equal(("web1", 1L << 30, "/bin/sh -c echo ready to serve; exec sleep 1000"), (report.Zone, report.Memory, report.Workload));
        string html = await File.ReadAllTextAsync(page);
        Assert.Contains("<svg ", html);
        Assert.DoesNotContain("emulated", html);
        Assert.Empty(Directory.GetFileSystemEntries(Temporary));
    }

    [Theory]
    [InlineData("zone")]
    [InlineData("domain")]
    public async Task Interrupted_it_leaves_nothing(string side)
    {
        ZoneSpec spec = side == "zone" ? ComparisonTests.Native() : ComparisonTests.Domain();
        using Process compare = Command().Start("compare", SpecFile(spec), "--repeat", "100");
        await RunsAsync(side);
        Process.Start("kill", ["-INT", $"{compare.Id}"])!.WaitForExit();
        await compare.WaitForExitAsync();
        Assert.Equal(130, compare.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(Temporary));
        Assert.False(Directory.Exists($"/sys/class/net/zcmp{compare.Id}"));
    }

    [Fact]
    public async Task Killed_it_takes_its_zones_with_it()
    {
        using Process compare = Command().Start("compare", SpecFile(ComparisonTests.Native()), "--repeat", "100");
        string state = await RunsAsync("zone");
        compare.Kill();
        await compare.WaitForExitAsync();
        await LeakCheck.AssertNothingLeftAsync(state);
        Assert.False(Directory.Exists($"/sys/class/net/zcmp{compare.Id}"));
    }

    [Theory]
    [InlineData(2, "name a file that ends in .html or .json", "-o", "report.pdf")]
    [InlineData(2, "/nonexistent is no directory", "-o", "/nonexistent/report.html")]
    [InlineData(2, "--repeat: '0' is not a whole number from 1 to 100", "--repeat", "0")]
    [InlineData(2, "--memory: '1Q' is not a whole number of bytes", "--memory", "1Q")]
    [InlineData(1, "/nonexistent: is no directory to move to", "--other-root", "/nonexistent")]
    [InlineData(1, "/nonexistent: no such file; --work names a workload in YAML", "--work", "/nonexistent")]
    public async Task What_cannot_be_meant_is_said_before_anything_is_measured(int code, string message, params string[] options) =>
        Assert.Contains(message, await Command().FailAsync(code, ["compare", SpecFile(new() { Zone = "a", Root = ZoneRoot.Host() }), .. options]));

    [Fact]
    public async Task A_spec_that_is_not_there_is_named_as_the_command_line_names_it() =>
        Assert.Equal("zone: /nonexistent: no such file; SPEC is a spec in YAML, - is standard input", await Command().FailAsync(1, "compare", "/nonexistent"));

    [Fact]
    public async Task A_root_that_is_not_there_leaves_nothing_to_compare()
    {
        CommandResult result = await Command().RunAsync("compare", SpecFile(new() { Zone = "a", Root = ZoneRoot.Nfs("nfs://127.0.0.1:9/none") }), "--quick");
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Contains("process: root.source: nfs://127.0.0.1:9/none is no directory of this host", result.Error);
        Assert.Contains("zone: ", result.Error);
        Assert.Contains("domain: ", result.Error);
        Assert.Empty(Directory.GetFileSystemEntries(Temporary));
    }

    private string Temporary => _directory.Make("tmp");

    private ZoneCli Command() => new("/nonexistent") { Environment = { ["TMPDIR"] = Temporary } };

    private string SpecFile(ZoneSpec spec) => _directory.File("spec.yaml", ZoneSpecYaml.Write(spec));

    /// <summary>Waits until a side of the comparison has printed something.</summary>
    /// <returns>The comparison's state directory.</returns>
    private async Task<string> RunsAsync(string side)
    {
        string state = "";
        for (int i = 0; state.Length == 0; i++)
        {
            Assert.True(i < 6000, $"the {side} does not run");
            await Task.Delay(20);
            state = Directory.GetDirectories(Temporary).Select(directory => directory + "/state").FirstOrDefault(at => new FileInfo($"{at}/log/{side}.log") is { Exists: true, Length: > 0 }) ?? "";
        }

        return state;
    }
}
