using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>The Debian package, installed, upgraded and removed below a folder that stands for a machine.</summary>
public sealed class DebPackageTests : IDisposable
{
    private const int MachineOfArm64 = 0xB7;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);

    private readonly TempFolder _folder = new();

    private string Machine => _folder.File("machine");

    private string Settings => Path.Combine(Machine, "etc/clamproxy/clamproxy.env");

    private string Link => Path.Combine(Machine, "etc/systemd/system/multi-user.target.wants/clamproxy.service");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Package_IsInstalledUpgradedRemovedAndPurged()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "dpkg needs root");
        foreach (var folder in new[] { "var/lib/dpkg/info", "var/lib/dpkg/updates", "etc" })
        {
            Directory.CreateDirectory(Path.Combine(Machine, folder));
        }

        await File.WriteAllTextAsync(Path.Combine(Machine, "var/lib/dpkg/status"), "", TestContext.Current.CancellationToken);

        await DpkgAsync("--install", await BuildAsync("amd64", "1.0.0"));
        Assert.Contains("clamproxy:x:", File.ReadAllText(Path.Combine(Machine, "etc/passwd")), StringComparison.Ordinal);
        Assert.Equal("../../../../usr/lib/systemd/system/clamproxy.service", RelativeTarget());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(Settings));
        var version = await RunAsync("dotnet", Path.Combine(Machine, "usr/lib/clamproxy/clamproxy.dll"), "--version");
        Assert.Contains("clamproxy", version, StringComparison.OrdinalIgnoreCase);
        await UnitIsRightAsync();

        await File.AppendAllTextAsync(Settings, "PRESETS=pypi\n", TestContext.Current.CancellationToken);
        await DpkgAsync("--install", await BuildAsync("amd64", "1.0.1"));
        Assert.EndsWith("PRESETS=pypi\n", File.ReadAllText(Settings), StringComparison.Ordinal);
        Assert.Contains("Version: 1.0.1", await DpkgAsync("--status", "clamproxy"), StringComparison.Ordinal);

        await DpkgAsync("--remove", "clamproxy");
        Assert.True(File.Exists(Settings));
        Assert.False(Directory.Exists(Path.Combine(Machine, "usr/lib/clamproxy")));

        Directory.CreateDirectory(Path.Combine(Machine, "var/lib/clamproxy/v1"));
        await DpkgAsync("--purge", "clamproxy");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Machine, "*clamproxy*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task PackageOfArm64_HasItsNativeLibrariesAlone()
    {
        await RunAsync("dpkg-deb", "--extract", await BuildAsync("arm64", "1.0.0"), _folder.File("arm64"));

        var libraries = Directory.GetFiles(_folder.File("arm64"), "*.so", SearchOption.AllDirectories);
        Assert.Equal(["libe_sqlite3.so", "librdkafka.so"], libraries.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(libraries, library =>
        {
            using var file = File.OpenRead(library);
            var head = new byte[20];
            file.ReadExactly(head);
            Assert.Equal(MachineOfArm64, BitConverter.ToInt16(head, 18));
        });
    }

    [Fact]
    public async Task Sbom_NamesEveryPackageThatTheProgramIsMadeOf()
    {
        var sbom = JsonSerializer.Deserialize<JsonElement>(await RunAsync("python3", Repository.File("scripts/sbom.py"), "1.0.0"));

        Assert.Equal(("CycloneDX", "1.6"), (sbom.GetProperty("bomFormat").GetString(), sbom.GetProperty("specVersion").GetString()));
        Assert.Equal(1, sbom.GetProperty("version").GetInt32());
        Assert.StartsWith("urn:uuid:", sbom.GetProperty("serialNumber").GetString(), StringComparison.Ordinal);
        var named = sbom.GetProperty("components").EnumerateArray().Select(one => one.GetProperty("purl").GetString()!).ToList();
        Assert.Equal(named.Distinct(), named);
        using var dependencies = JsonDocument.Parse(File.ReadAllText(Path.Combine(Built, "clamproxy.deps.json")));
        var packages = dependencies.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => $"pkg:nuget/{library.Name.Replace('/', '@')}");
        Assert.Empty(packages.Except(named, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>In the same configuration as the tests: bin/Debug/net10.0, say.</summary>
    private static string Built => Repository.File(
        Path.Combine(["src/ClamProxy/bin", .. AppContext.BaseDirectory.TrimEnd('/').Split('/')[^2..]]));

    /// <summary>Of what was built for the tests: to publish takes minutes, and what is published has the same files.</summary>
    private async Task<string> BuildAsync(string architecture, string version)
    {
        var script = Repository.File("deploy/deb/build.sh");
        var output = await RunAsync(
            "env", $"APP={Built}", $"VERSION={version}", "COMPRESSION=none", script, architecture, _folder.Path);
        return output.Trim().Split('\n')[^1];
    }

    private Task<string> DpkgAsync(params string[] arguments) => RunAsync(
        "dpkg", [$"--root={Machine}", "--force-depends", "--force-script-chrootless", "--force-confold", .. arguments]);

    private string RelativeTarget()
    {
        var target = new FileInfo(Link).LinkTarget!;
        return target.StartsWith('/') ? $"../../../..{target}" : target;
    }

    private async Task UnitIsRightAsync()
    {
        var unit = Path.Combine(Machine, "usr/lib/systemd/system/clamproxy.service");
        var lines = File.ReadAllLines(unit);
        Assert.Contains("User=clamproxy", lines);
        Assert.Contains("ExecStart=/usr/bin/clamproxy", lines);
        Assert.DoesNotContain(lines, line => line.Contains("/opt/", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("DynamicUser", StringComparison.Ordinal));

        // As ServiceUnitTests has it.
        await RunAsync("systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", unit);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var process = ServerProcess.Start(program, arguments, folder: Repository.Folder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(s_deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, process.Log);
        return process.Output;
    }
}
