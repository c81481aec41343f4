namespace Zones.Tests.Guest;

/// <summary>The checks that a script makes in a guest, each one a test; the guest runs once for all of them.</summary>
public abstract class GuestChecks(string script, int mebibytes, bool systemd) : IAsyncLifetime
{
    private IReadOnlyList<string> _console = [];

    public async ValueTask InitializeAsync() => _console = await RunAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs the guest, and what it needs on the host beside it.</summary>
    /// <returns>What it printed.</returns>
    protected virtual Task<IReadOnlyList<string>> RunAsync() => VirtualMachine.RunAsync(script, mebibytes, systemd ? GuestInit.Systemd : GuestInit.Script);

    /// <summary>The names that a script gives its checks, and that it came to its end.</summary>
    public static TheoryData<string> Names(string script) => [.. File.ReadLines(Path.Combine(Repository.Root, "Zones.Tests/Guest", script))
        .Where(line => line.StartsWith("check ", StringComparison.Ordinal)).Select(line => line.Split('\'')[1]).Append("the end")];

    /// <summary>Fails when a check did.</summary>
    public void AssertOk(string check) =>
        Assert.True(_console.Contains(check == "the end" ? check : "ok " + check), $"{check}; the guest's console:\n{string.Join('\n', _console)}");
}
