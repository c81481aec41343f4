// The steps behind build.sh: each target installs what it needs, builds, and does its work.
using System.Globalization;
using System.Xml.Linq;

string target = Argument("target", "Build");
string filter = Argument("filter", "");
bool ci = EnvironmentVariable("CI") is { Length: > 0 };

// What turns C# into a native program.
string[] compilers = ["gcc", "libc6-dev", "zlib1g-dev"];
// What the tests hold the zones against: other runtimes, a foreign root, an NFS server, a tracer.
string[] peers = ["bubblewrap", "crun", "runc"];
string[] testTools =
[
    "busybox-static", "cpio", "e2fsprogs", "fish", "groff-base", "iproute2", "libnfs-utils", "libtirpc-dev", "mandoc", "mmdebstrap", "nfs-ganesha", "nfs-ganesha-vfs", "perl-base", "qemu-system-x86", "rpcbind",
    "nftables", "rpcsvc-proto", "strace", "tcpdump", "tshark", "util-linux", "xz-utils", "zsh", "zstd",
];

void Install(params string[] packages)
{
    StartProcess("dpkg-query", new ProcessSettings { RedirectStandardOutput = true, RedirectStandardError = true }
        .WithArguments(a => { a.Append("-W").AppendQuoted("-f=${Package} ${db:Status-Status}\n"); foreach (string p in packages) { a.Append(p); } }),
        out IEnumerable<string> known, out IEnumerable<string> _);
    HashSet<string> present = known.Where(line => line.EndsWith(" installed")).Select(line => line.Split(' ')[0]).ToHashSet();
    string[] missing = packages.Where(p => !present.Contains(p)).ToArray();
    if (missing.Length == 0)
    {
        return;
    }

    string command = $"apt-get install -y --no-install-recommends {string.Join(' ', missing)}";
    if (Environment.UserName != "root")
    {
        throw new CakeException($"missing Debian packages: run `{command}` as root");
    }

    Information($"Installing {string.Join(", ", missing)}");

    // What is installed for a test is not to serve anybody: Debian starts no daemon while this file says so.
    const string policy = "/usr/sbin/policy-rc.d";
    bool ours = !System.IO.File.Exists(policy);
    if (ours)
    {
        System.IO.File.WriteAllText(policy, "#!/bin/sh\nexit 101\n");
        System.IO.File.SetUnixFileMode(policy, (System.IO.UnixFileMode)0x1ED /* 0755 */);
    }

    try
    {
        foreach (string step in new[] { "apt-get update -q", command + " -q" })
        {
            Run("env", $"DEBIAN_FRONTEND=noninteractive {step}", "apt-get cannot install what is missing; is this Debian or Ubuntu, and is the network there?");
        }
    }
    finally
    {
        if (ours)
        {
            System.IO.File.Delete(policy);
        }
    }
}

void Run(string program, string arguments, string whenItFails = null)
{
    int status = StartProcess(program, new ProcessSettings { Arguments = arguments });
    if (status != 0)
    {
        throw new CakeException(whenItFails ?? $"{program} {arguments}: exit status {status}");
    }
}

void BuildProject(string project) => Run("dotnet", $"build {project} --configuration Release --nologo --verbosity quiet");

Task("Prepare").Does(() => Install(compilers));

Task("Prepare-Test").IsDependentOn("Prepare").Does(() => Install([.. peers, .. testTools]));

Task("Prepare-Bench").IsDependentOn("Prepare").Does(() => Install([.. peers, "iperf3", "iproute2", "mmdebstrap", "nfs-ganesha", "nfs-ganesha-vfs", "qemu-system-x86", "rpcbind", "tcpdump", "util-linux"]));

// The projects that boot zones publish zoned and zone themselves (build/Zones.Native.targets).
Task("Build").IsDependentOn("Prepare").Does(() =>
{
    BuildProject("Zones.sln");
    Run("dotnet", "tools/rpcgen.net/bin/Release/net10.0/rpcgen.net.dll --check --output Zones.Rpc/Generated Zones.Rpc/Protocols/mount3.x Zones.Rpc/Protocols/nfs3.x Zones.Rpc/Protocols/rpcbind.x",
        "the generated protocols have drifted; see above");
    Run("dotnet", "tools/schemagen/bin/Release/net10.0/schemagen.dll --check Zones.Core/Spec/zone.schema.json", "the schema of a spec has drifted; see above");
    Information("The command is artifacts/bin/zone.");
});

Task("Demo").IsDependentOn("Prepare").Does(() =>
{
    BuildProject("examples/QuickStart");
    Run("dotnet", "examples/QuickStart/bin/Release/net10.0/QuickStart.dll", "the demo did not end well");
});

Task("Test").IsDependentOn("Prepare-Test").IsDependentOn("Build").Does(() =>
{
    DirectoryPath results = MakeAbsolute(Directory("artifacts/test"));
    EnsureDirectoryExists(results);
    CleanDirectory(results);
    FilePath report = results.CombineWithFilePath("report.xml");

    ProcessArgumentBuilder arguments = new ProcessArgumentBuilder()
        .Append("Zones.Tests/bin/Release/net10.0/Zones.Tests.dll")
        .Append("--results-directory").AppendQuoted(results.FullPath)
        .Append("--report-xunit-xml --report-xunit-xml-filename report.xml")
        // A test that hangs must not eat the machine's whole allowance without a word.
        .Append("--timeout 30m --long-running 60 --xunit-diagnostics on --show-slowest-tests 10")
        .Append(ci ? "--fail-skips on --output Detailed --ansi off" : "--fail-skips off");
    if (filter.Length > 0)
    {
        arguments.Append("--filter").AppendQuoted(filter);
    }

    int status = StartProcess("dotnet", new ProcessSettings { Arguments = arguments });
    if (!FileExists(report))
    {
        throw new CakeException($"the test runner left no report; its exit status is {status}");
    }

    XElement[] assemblies = XDocument.Load(report.FullPath).Descendants("assembly").ToArray();
    int Sum(string name) => assemblies.Sum(a => int.Parse(a.Attribute(name)?.Value ?? "0", CultureInfo.InvariantCulture));
    // An error is a failure outside a test, as in a fixture's clean-up.
    int failed = Sum("failed") + Sum("errors");
    int passed = Sum("passed");

    // Real processes and kernels on a busy machine: what fails alone among many gets a second attempt, and is named.
    const int few = 3;
    string[] again = assemblies.Descendants("test").Where(test => test.Attribute("result")?.Value == "Fail")
        .Select(test => $"{test.Attribute("type").Value}.{test.Attribute("method").Value}").Distinct().ToArray();
    if (failed is > 0 and <= few && Sum("errors") == 0 && again.Length > 0)
    {
        Warning($"Second attempt at {string.Join(", ", again)}");
        ProcessArgumentBuilder second = new ProcessArgumentBuilder().Append("Zones.Tests/bin/Release/net10.0/Zones.Tests.dll")
            .Append("--results-directory").AppendQuoted(results.FullPath).Append("--timeout 15m --output Detailed --ansi off")
            .Append(ci ? "--fail-skips on" : "--fail-skips off");
        foreach (string test in again)
        {
            second.Append("--filter-method").AppendQuoted(test);
        }

        if (StartProcess("dotnet", new ProcessSettings { Arguments = second }) == 0)
        {
            Warning($"Passed at the second attempt only: {string.Join(", ", again)}");
            passed += failed;
            (failed, status) = (0, 0);
        }
    }

    System.IO.File.WriteAllText(results.CombineWithFilePath("totals").FullPath, $"{passed} passed, {failed} failed, {Sum("skipped")} skipped\n");
    if (status != 0 || failed > 0 || passed == 0)
    {
        throw new CakeException($"the tests did not pass; the runner's exit status is {status}");
    }
});

Task("Bench").IsDependentOn("Prepare-Bench").Does(() =>
{
    EnsureDirectoryExists("artifacts/bench");
    foreach (string program in new[] { "floor", "stack", "tcp" })
    {
        Run("gcc", $"-O2 -Wall -Wextra -Werror -o artifacts/bench/{program} benchmarks/C/{program}.c");
    }

    BuildProject("benchmarks");

    // In a network namespace of its own: the bridges of the zones that are measured are not to be the host's.
    string measure = "exec dotnet benchmarks/bin/Release/net10.0/Zones.Benchmarks.dll --floor artifacts/bench/floor --results benchmarks/RESULTS.md" + (filter.Length > 0 ? $" --filter '{filter}'" : "");
    Run("unshare", $"--net sh -c \"ip link set lo up && {measure}\"", "something could not be measured; see above");
});

Task("Pack").IsDependentOn("Build").Does(() => Run("build/pack.sh", $"{XmlPeek("Directory.Build.props", "/Project/PropertyGroup/Version")} artifacts/packages"));

RunTarget(target);
