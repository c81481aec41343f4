using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace Zones.Tests.Packages;

/// <summary>The libraries' packages: what is in them, and that programs of every kind which reference them boot a zone.</summary>
[Collection(nameof(MadePackages))]
public sealed class LibraryPackageTests(MadePackages packages)
{
    /// <summary>Boots a zone in the state directory that it is given and prints what a command inside says.</summary>
    private const string Program = """
        using Zones;

        await using IZoneHost host = ZoneHost.Open(new ZonesOptions { StateDirectory = args[0] });
        Zone zone = await host.CreateAsync(new ZoneSpec { Zone = "packaged", Root = ZoneRoot.Host() });
        await zone.InstallAsync();
        await zone.BootAsync();
        ExecResult said = await zone.ExecAsync(["/bin/sh", "-c", "echo hello from $(cat /proc/sys/kernel/hostname)"]);
        await host.DeleteAsync(zone.Name, force: true);
        Console.Write(said.StandardOutput);
        """;

    private const string Said = "hello from packaged\n";

    [Theory]
    [InlineData("Zones.Core")]
    [InlineData("Zones.Rpc")]
    [InlineData("Zones.Storage")]
    [InlineData("Zones.Network")]
    [InlineData("Zones.Domains")]
    public void It_says_what_it_is_and_has_symbols_with_their_sources(string name)
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(packages.Feed, $"{name}.{packages.Version}.nupkg"));
        XElement metadata = XDocument.Load(package.GetEntry(name + ".nuspec")!.Open()).Root!.Elements().First();
        string Says(string element) => metadata.Elements().Single(e => e.Name.LocalName == element).Value;
        Assert.Equal("MIT", Says("license"));
        Assert.Equal("README.md", Says("readme"));
        Assert.NotEmpty(Says("description"));
        Assert.NotNull(package.GetEntry("README.md"));
        Assert.NotNull(package.GetEntry("LICENSE"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{name}.dll"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{name}.xml"));

        using ZipArchive symbols = ZipFile.OpenRead(Path.Combine(packages.Feed, $"{name}.{packages.Version}.snupkg"));
        using MemoryStream pdb = new();
        symbols.GetEntry($"lib/net10.0/{name}.pdb")!.Open().CopyTo(pdb);
        pdb.Position = 0;
        MetadataReader reader = MetadataReaderProvider.FromPortablePdbStream(pdb).GetMetadataReader();
        HashSet<Guid> kinds = reader.CustomDebugInformation.Select(handle => reader.GetGuid(reader.GetCustomDebugInformation(handle).Kind)).ToHashSet();
        Assert.Contains(new Guid("0e8a571b-6926-466e-b4ad-8ab04611f5fe"), kinds); // embedded source, of the portable PDB's specification
    }

    [Fact]
    public void That_of_the_core_brings_the_native_programs()
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(packages.Feed, $"Zones.Core.{packages.Version}.nupkg"));
        Assert.All((string[])["zoned", "zone", "zone-guest"], program => Assert.NotNull(package.GetEntry("runtimes/linux-x64/native/" + program)));
    }

    [Fact]
    public async Task A_new_console_program_boots_a_zone()
    {
        using Consumer consumer = new(packages);
        await consumer.DotnetAsync("build", "--configuration", "Release");
        Assert.Equal(Said, await consumer.BootAsync("dotnet", Path.Combine(consumer.Directory, "bin/Release/net10.0/Consumer.dll")));
    }

    [Fact]
    public async Task A_program_that_is_one_file_boots_a_zone()
    {
        using Consumer consumer = new(packages);
        await consumer.DotnetAsync("publish", "--runtime", "linux-x64", "--self-contained", "false", "-p:PublishSingleFile=true", "--output", "out");
        Assert.False(File.Exists(Path.Combine(consumer.Directory, "out/Zones.Core.dll")));
        Assert.Equal(Said, await consumer.BootAsync(Path.Combine(consumer.Directory, "out/Consumer")));
    }

    [Fact]
    public async Task A_native_program_boots_a_zone()
    {
        using Consumer consumer = new(packages);
        await consumer.DotnetAsync("publish", "--runtime", "linux-x64", "-p:PublishAot=true", "-p:CppCompilerAndLinker=gcc", "-p:TreatWarningsAsErrors=true", "--output", "out");
        Assert.Equal(Said, await consumer.BootAsync(Path.Combine(consumer.Directory, "out/Consumer")));
    }

    /// <summary>Such a program is one for native compilation unless it says otherwise, and so has no dynamic code when it is run either.</summary>
    [Fact]
    public async Task A_file_that_is_run_boots_a_zone()
    {
        using Consumer consumer = new(packages, project: false);
        File.WriteAllText(Path.Combine(consumer.Directory, "nuget.config"), $"""<configuration><packageSources><add key="zones" value="{packages.Feed}" /></packageSources></configuration>""");
        string file = Path.Combine(consumer.Directory, "hello.cs");
        File.WriteAllText(file, $"#:package Zones.Core@{packages.Version}\n{Program}");
        Assert.Equal(Said, await consumer.BootAsync("dotnet", "run", file, "--"));
    }

    /// <summary>A program of somebody else's, far from this repository.</summary>
    private sealed class Consumer : IDisposable
    {
        private readonly TemporaryDirectory _directory = new();

        private readonly MadePackages _packages;

        public Consumer(MadePackages packages, bool project = true)
        {
            _packages = packages;
            if (!project)
            {
                return;
            }

            _directory.File("Program.cs", Program);
            _directory.File("Consumer.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <Nullable>enable</Nullable>
                    <InvariantGlobalization>true</InvariantGlobalization>
                  </PropertyGroup>
                  <ItemGroup>
                    {string.Join("\n    ", ((string[])["Core", "Rpc", "Storage", "Network", "Domains"]).Select(name => $"<PackageReference Include=\"Zones.{name}\" Version=\"{packages.Version}\" />"))}
                  </ItemGroup>
                </Project>
                """);
        }

        public string Directory => _directory.Path;

        public Task DotnetAsync(string verb, params string[] arguments) =>
            MadePackages.RunAsync("dotnet", [verb, .. arguments, _packages.FeedProperty, "--verbosity", "quiet"], Directory);

        /// <summary>Runs it on a state directory of its own, which has to be as empty of zones afterwards as nobody had been there.</summary>
        public async Task<string> BootAsync(string program, params string[] arguments)
        {
            await using TestHost test = new();
            return await MadePackages.RunAsync(program, [.. arguments, test.State], Directory);
        }

        public void Dispose() => _directory.Dispose();
    }
}
