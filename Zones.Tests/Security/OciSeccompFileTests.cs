using System.Text;
using CsCheck;
using Zones.Security;

namespace Zones.Tests.Security;

public sealed class OciSeccompFileTests : IDisposable
{
    private const uint Amd64 = 0xC000003E;
    private const int Personality = 135, Socket = 41, Mount = 165, Ptrace = 101;
    private static readonly Version Kernel = new(6, 1);
    private readonly string _directory = Directory.CreateTempSubdirectory("zones-oci-").FullName;

    [Fact]
    public void A_profile_is_read_and_compiled()
    {
        SyscallPolicy policy = Read("""
            {
              "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
              "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], "flags": ["SECCOMP_FILTER_FLAG_LOG"], "$unknown": 1,
              "syscalls": [
                { "names": ["read", "write", "socketcall"], "action": "SCMP_ACT_ALLOW", "args": null },
                { "name": "mount", "action": "SCMP_ACT_ERRNO" },
                { "names": ["umount2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13, "errno": "EBUSY" },
                { "names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 0, "value": 8, "op": "SCMP_CMP_EQ" } ] },
                { "names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" } ] }
              ]
            }
            """);
        Assert.Equal(SeccompAction.Allow, Decide(policy, 0));
        Assert.Equal(SeccompAction.Errno(1), Decide(policy, Mount));
        Assert.Equal(SeccompAction.Errno(16), Decide(policy, 166));
        Assert.Equal(SeccompAction.Errno(38), Decide(policy, 3));
        Assert.Equal(SeccompAction.Allow, Decide(policy, Personality, 8));
        Assert.Equal(SeccompAction.Errno(38), Decide(policy, Personality, 9));
        Assert.Equal(SeccompAction.Allow, Decide(policy, 56, 0x11));
        Assert.Equal(SeccompAction.Errno(38), Decide(policy, 56, 0x10000011));
    }

    [Theory]
    [InlineData("""{ "caps": ["CAP_SYS_ADMIN"] }""", "{}", "sys_admin", true)]
    [InlineData("""{ "caps": ["CAP_SYS_ADMIN"] }""", "{}", "kill", false)]
    [InlineData("""{ "caps": ["CAP_SYS_ADMIN", "CAP_KILL"] }""", "{}", "kill", false)]
    [InlineData("{}", """{ "caps": ["CAP_SYS_ADMIN"] }""", "sys_admin", false)]
    [InlineData("{}", """{ "caps": ["CAP_SYS_ADMIN", "CAP_KILL"] }""", "kill", false)]
    [InlineData("{}", """{ "caps": ["CAP_SYS_ADMIN"] }""", "kill", true)]
    [InlineData("""{ "arches": ["amd64", "arm"] }""", "{}", "kill", true)]
    [InlineData("""{ "arches": ["s390x"] }""", "{}", "kill", false)]
    [InlineData("{}", """{ "arches": ["amd64"] }""", "kill", false)]
    [InlineData("""{ "minKernel": "4.8" }""", "{}", "kill", true)]
    [InlineData("""{ "minKernel": "6.2" }""", "{}", "kill", false)]
    [InlineData("{}", """{ "minKernel": "4.8" }""", "kill", false)]
    [InlineData("null", "null", "kill", true)]
    public void Includes_and_excludes_count(string includes, string excludes, string capability, bool allowed)
    {
        string path = Write($$"""
            { "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [ { "names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {{includes}}, "excludes": {{excludes}} } ] }
            """);
        Assert.Equal(allowed ? SeccompAction.Allow : SeccompAction.Errno(1), Decide(OciSeccompFile.Read(path, CapabilitySet.Of(capability), Kernel), Ptrace));
    }

    [Fact]
    public void Entries_combine_as_in_libseccomp_and_runc()
    {
        SyscallPolicy policy = Read("""
            {
              "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
                { "names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 0, "value": 1, "op": "SCMP_CMP_EQ" } ] },
                { "names": ["ptrace"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5 },
                { "names": ["ptrace"], "action": "SCMP_ACT_ERRNO", "errnoRet": 6 },
                { "names": ["mount"], "action": "SCMP_ACT_ERRNO" },
                { "names": ["mount"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 3, "value": 1, "op": "SCMP_CMP_GE" } ] },
                { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [
                  { "index": 0, "value": 1, "op": "SCMP_CMP_EQ" }, { "index": 0, "value": 2, "op": "SCMP_CMP_EQ" } ] },
                { "names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [
                  { "index": 0, "value": 1, "op": "SCMP_CMP_EQ" }, { "index": 1, "value": 2, "op": "SCMP_CMP_NE" } ] }
              ]
            }
            """);
        Assert.Equal(SeccompAction.Errno(5), Decide(policy, Ptrace, 1)); // without conditions, and the first of those
        Assert.Equal(SeccompAction.Allow, Decide(policy, Mount, 0, 0, 0, 1)); // an entry that says what the default says is none
        Assert.Equal(SeccompAction.Allow, Decide(policy, Socket, 2)); // several conditions on one argument: any
        Assert.Equal(SeccompAction.Errno(1), Decide(policy, Socket, 3));
        Assert.Equal(SeccompAction.Allow, Decide(policy, Personality, 1, 3)); // on several arguments: all
        Assert.Equal(SeccompAction.Errno(1), Decide(policy, Personality, 1, 2));
    }

    [Theory]
    [InlineData("", ":1:1: not JSON")]
    [InlineData("{\n  \"defaultAction\": }", ":2:")]
    [InlineData("[]", "$ is []; allowed is an object")]
    [InlineData("{}", "$ has no 'defaultAction'")]
    [InlineData("""{ "defaultAction": 1 }""", "$.defaultAction is 1; allowed is a string")]
    [InlineData("""{ "defaultAction": "ALLOW" }""", "$.defaultAction is 'ALLOW'; allowed are SCMP_ACT_ALLOW,")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_NOTIFY" }""", "needs a program beside the zone")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 4096 }""", "$.defaultErrnoRet is 4096; allowed is a whole number from 0 to 4095")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ERRNO", "defaultErrno": "ENOTHING" }""", "$.defaultErrno is 'ENOTHING'")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_ARM"] }""", "SCMP_ARCH_X86_64, which 'architectures' must name")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": {} }""", "$.syscalls is {}; allowed is an array")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ 7 ] }""", "$.syscalls[0] is 7; allowed is an object")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "action": "SCMP_ACT_KILL" } ] }""", "$.syscalls[0] has no 'names'")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": ["read"] } ] }""", "$.syscalls[0] has no 'action'")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": ["read"], "action": "SCMP_ACT_KILL", "args": [ { "index": 6, "value": 1, "op": "SCMP_CMP_EQ" } ] } ] }""", "$.syscalls[0].args[0].index is 6; allowed is a whole number from 0 to 5")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": ["read"], "action": "SCMP_ACT_KILL", "args": [ { "index": 0, "value": -1, "op": "SCMP_CMP_EQ" } ] } ] }""", "$.syscalls[0].args[0].value is -1")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": ["read"], "action": "SCMP_ACT_KILL", "args": [ { "index": 0, "value": 1, "op": "EQ" } ] } ] }""", "$.syscalls[0].args[0].op is 'EQ'; allowed are SCMP_CMP_EQ,")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": ["read"], "action": "SCMP_ACT_KILL", "includes": { "caps": ["CAP_X"] } } ] }""", "$.syscalls[0].includes.caps[0] is 'CAP_X'")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": ["read"], "action": "SCMP_ACT_KILL", "excludes": { "minKernel": "four" } } ] }""", "$.syscalls[0].excludes.minKernel is 'four'")]
    [InlineData("""{ "defaultAction": "\ud800" }""", "not Unicode")]
    public void What_is_not_understood_is_named(string json, string message)
    {
        string path = Write(json);
        ZoneException error = Assert.Throws<ZoneException>(() => SeccompProfile.FromOciJson(path, CapabilitySet.None));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Path);
    }

    [Fact]
    public void Files_that_cannot_be_profiles_are_refused()
    {
        string missing = Path.Combine(_directory, "missing.json");
        Assert.Contains("cannot read", Assert.Throws<ZoneException>(() => SeccompProfile.Of(missing, default)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot read", Assert.Throws<ZoneException>(() => SeccompProfile.Of(_directory, default)).Message, StringComparison.Ordinal);
        Assert.Contains("not a regular file", Assert.Throws<ZoneException>(() => SeccompProfile.Of("/dev/zero", default)).Message, StringComparison.Ordinal);
        string pipe = Path.Combine(_directory, "pipe");
        Assert.Equal(0, Mono.Unix.Native.Syscall.mkfifo(pipe, Mono.Unix.Native.FilePermissions.S_IRUSR));
        Assert.Contains("not a regular file", Assert.Throws<ZoneException>(() => SeccompProfile.Of(pipe, default)).Message, StringComparison.Ordinal);
        string huge = Write(new string(' ', OciSeccompFile.MaxSize + 1));
        Assert.Contains("longer than 1048576 bytes", Assert.Throws<ZoneException>(() => SeccompProfile.Of(huge, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_too_long_for_the_kernel_is_refused()
    {
        IEnumerable<string> entries = Enumerable.Range(0, 2000).Select(i => $$"""{ "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 1, "value": {{i}}, "op": "SCMP_CMP_EQ" } ] }""");
        string path = Write($$"""{ "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [ {{string.Join(',', entries)}} ] }""");
        ZoneException error = Assert.Throws<ZoneException>(() => SeccompProfile.Of(path, default));
        Assert.StartsWith(path + ": the system-call filter needs", error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Path);
    }

    [Fact]
    public void A_container_engines_profile_means_the_same_when_compiled()
    {
        // podman's, where golang-github-containers-common is installed; else one that uses the same features.
        const string installed = "/usr/share/containers/seccomp.json";
        string path = File.Exists(installed) ? installed : Write("""
            {
              "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "defaultErrno": "ENOSYS",
              "archMap": [ { "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] }, { "architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null } ],
              "syscalls": [
                { "names": ["reboot", "swapon"], "action": "SCMP_ACT_ERRNO", "args": [], "comment": "", "includes": {}, "excludes": {}, "errnoRet": 1, "errno": "EPERM" },
                { "names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 0, "value": 131080, "valueTwo": 0, "op": "SCMP_CMP_EQ" } ] },
                { "names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 0, "value": 4294967295, "valueTwo": 0, "op": "SCMP_CMP_EQ" } ] },
                { "names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [ { "index": 0, "value": 16, "op": "SCMP_CMP_EQ" }, { "index": 2, "value": 9, "op": "SCMP_CMP_EQ" } ], "excludes": { "caps": ["CAP_AUDIT_WRITE"] }, "errnoRet": 22, "errno": "EINVAL" },
                { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 2, "value": 9, "op": "SCMP_CMP_NE" } ], "excludes": { "caps": ["CAP_AUDIT_WRITE"] } },
                { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 0, "value": 16, "op": "SCMP_CMP_NE" } ], "excludes": { "caps": ["CAP_AUDIT_WRITE"] } },
                { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": null, "includes": { "caps": ["CAP_AUDIT_WRITE"] } }
              ]
            }
            """);
        foreach (CapabilitySet granted in (CapabilitySet[])[CapabilitySet.None, Limitpriv.Default, CapabilitySet.Of("sys_admin")])
        {
            SyscallPolicy policy = OciSeccompFile.Read(path, granted, Kernel);
            byte[] filter = SeccompCompiler.Compile(policy);
            for (uint number = 0; number < 600; number++)
            {
                foreach (SyscallData call in PolicyOracle.Edges(policy, number))
                {
                    Assert.Equal(PolicyOracle.Decide(policy, call), BpfInterpreter.Run(filter, call).Action);
                }
            }

            bool audit = granted.Contains("audit_write");
            Assert.Equal(audit ? SeccompAction.Allow : SeccompAction.Errno(22), BpfInterpreter.Run(filter, new(Amd64, Socket, 16, 3, 9)).Action);
            Assert.Equal(SeccompAction.Allow, BpfInterpreter.Run(filter, new(Amd64, Socket, 2, 1, 0)).Action);
        }
    }

    [Fact]
    public void Whatever_the_bytes_are_the_answer_is_a_policy_or_an_error_that_names_the_file()
    {
        byte[] seed = Encoding.UTF8.GetBytes("""
            {"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"architectures":["SCMP_ARCH_X86_64"],"syscalls":[{"names":["socket","read"],"action":"SCMP_ACT_ALLOW",
            "args":[{"index":0,"value":16,"valueTwo":1,"op":"SCMP_CMP_MASKED_EQ"}],"includes":{"caps":["CAP_KILL"],"minKernel":"4.8"},"excludes":{"arches":["arm"]},"errnoRet":1,"errno":"EPERM"}]}
            """);
        Gen.Select(Gen.Int[0, seed.Length - 1], Gen.Byte, Gen.Int[0, 12]).Array[1, 4].Sample(
            edits =>
            {
                List<byte> bytes = [.. seed];
                foreach ((int at, byte value, int removed) in edits)
                {
                    int from = Math.Min(at, bytes.Count - 1);
                    bytes.RemoveRange(from, Math.Min(removed, bytes.Count - from));
                    bytes.Insert(from, value);
                }

                string path = Path.Combine(_directory, Guid.NewGuid().ToString("N"));
                File.WriteAllBytes(path, [.. bytes]);
                try
                {
                    Assert.NotNull(SeccompProfile.FromOciJson(path, CapabilitySet.None).Filter);
                }
                catch (ZoneException error)
                {
                    Assert.Equal(path, error.Path);
                }

                File.Delete(path);
            },
            iter: 3000);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static SeccompAction Decide(SyscallPolicy policy, int number, params ulong[] arguments) =>
        BpfInterpreter.Run(SeccompCompiler.Compile(policy), new(Amd64, (uint)number, arguments)).Action;

    private SyscallPolicy Read(string json) => OciSeccompFile.Read(Write(json), CapabilitySet.None, Kernel);

    private string Write(string json)
    {
        string path = Path.Combine(_directory, "profile.json");
        File.WriteAllText(path, json);
        return path;
    }
}
