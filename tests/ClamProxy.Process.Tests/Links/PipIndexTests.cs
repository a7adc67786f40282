using ClamProxy.Process.Tests.Clients;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Links;

/// <summary>Real pip behind a route, with and without rules, whose index leads to an infected wheel on a second host.</summary>
[Collection<LinkTurns>]
public sealed class PipIndexTests(ClientClamd clamd)
{
    [Fact]
    public async Task PlainRoute_SaysThatItsIndexLeadsPastTheScanner()
    {
        await using var hosts = await RegistryHosts.StartAsync();
        _ = new PythonRegistry(hosts);
        await using var index = await StartAsync(hosts);

        await InstallAsync(index);

        Assert.NotEmpty(index.AskedPastTheScanner);
        Assert.Contains("Route pypi", index.Proxy.Log, StringComparison.Ordinal);
        Assert.Contains("past the scanner", index.Proxy.Log, StringComparison.Ordinal);
        Assert.Contains("\"route\": \"pypi\"", await index.ReadinessAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlainRouteThatRefusesForeignLinks_PipInstallsNothing()
    {
        await using var hosts = await RegistryHosts.StartAsync();
        _ = new PythonRegistry(hosts);
        await using var index = await StartAsync(hosts, ("ClamProxy__Routes__pypi__ForeignLinks", "refuse"));

        var install = await InstallAsync(index);

        Assert.Empty(hosts.Files.Requests);
        Assert.True(install.ExitCode != 0, install.Screen);
    }

    public static TheoryData<string> Pages =>
    [
        """<base href="{0}/"><a href="{1}">x</a>""",
        """<BASE title=">" HREF = '{0}/'><a href="{1}">x</a>""",
        """<a href="h&#116;tp&colon;//{2}/{1}">x</a>""",
        """<p>href="</p><a href="&#x09;{0}/{1}">x</a>""",
        """<a href="{0}/x/../{1}/">x</a>""",
        """<a href="{0}/{1}%2ewhl">x</a>""",
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task PageThatLeadsToTheOtherHostByAnotherSpelling_IsRefused(string page)
    {
        await using var hosts = await RegistryHosts.StartAsync();
        var wheel = new PythonRegistry(hosts)[RegistryPackage.Tainted.Name];
        RegistryHosts.Publish(hosts.Files, $"/{wheel.Name}", wheel.Bytes);
        var text = page.Replace("{0}", hosts.Files.Url, StringComparison.Ordinal).Replace(
            "{2}", hosts.Files.Url["http://".Length..], StringComparison.Ordinal)
            .Replace(
                "{1}%2ewhl",
                wheel.Name.Replace(".whl", "%2ewhl", StringComparison.Ordinal),
                StringComparison.Ordinal).Replace("{1}", wheel.Name, StringComparison.Ordinal);
        RegistryHosts.Publish(hosts.Index, "/simple/tainted/", $"<!DOCTYPE html><html><body>{text}</body></html>", "text/html");
        await using var index = await LeadingIndex.StartAsync(
            clamd, hosts, ("PRESETS", "pypi"), ("PYPI_UPSTREAM", hosts.Index.Url), ("PYPI_FILES_UPSTREAM", "http://127.0.0.1:1/"));

        var install = await InstallAsync(index);

        Assert.Empty(hosts.Files.Requests);
        Assert.True(install.ExitCode != 0, install.Screen);
        Assert.DoesNotContain("Successfully installed", install.Screen, StringComparison.Ordinal);

        // pip passes over an index page that it does not get, whatever the reason.
        Assert.Contains("Route pypi", index.Proxy.Log, StringComparison.Ordinal);
        Assert.Contains("past the scanner", index.Proxy.Log, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> RelativeIndexes => new()
    {
        { "/pypi", "/simple/wording/", """<!DOCTYPE html><a href="/packages/{0}#sha256={1}">x</a>""" },
        {
            "/pypi",
            "/packages/index.json",
            """{"meta":{"api-version":"1.0"},"name":"wording","files":[{"filename":"{0}","url":"{0}","hashes":{"sha256":"{1}"}}]}"""
        },
        { "/", "/packages/", """<!DOCTYPE html><a href="{0}#sha256={1}">x</a>""" },
    };

    [Theory]
    [MemberData(nameof(RelativeIndexes))]
    public async Task IndexWithRelativeLinks_PipInstallsAsItDoesDirectly(string path, string place, string page)
    {
        await using var hosts = await RegistryHosts.StartAsync();
        var wheel = new PythonRegistry(hosts)[RegistryPackage.Wording.Name];
        var text = page.Replace("{0}", wheel.Name, StringComparison.Ordinal).Replace("{1}", wheel.Sha256, StringComparison.Ordinal);
        hosts.Index.On("/simple/wording/", context =>
        {
            context.Response.Redirect(place);
            return Task.CompletedTask;
        });
        RegistryHosts.Publish(
            hosts.Index, place, text, page.StartsWith('{') ? "application/vnd.pypi.simple.v1+json" : "text/html; charset=utf-8");
        RegistryHosts.Publish(hosts.Index, $"/packages/{wheel.Name}", wheel.Bytes);
        await using var index = await LeadingIndex.StartAsync(
            clamd, hosts, ("PRESETS", "pypi"), ("ClamProxy__Routes__pypi__Path", path), ("PYPI_UPSTREAM", hosts.Index.Url));

        using var machine = new ClientMachine();
        var url = $"http://127.0.0.1:{index.Proxy.Port}{path.TrimEnd('/')}/simple/";
        var install = await machine.RunAsync(
            "python3", "-m", "pip", "install", "--isolated", "--disable-pip-version-check", "--no-input", "--root-user-action", "ignore",
            "--retries", "0", "--index-url", url, "wording==1.0.0", "--target", "site");

        Assert.True(install.ExitCode == 0, install.Screen + index.Proxy.Log);
        Assert.True(File.Exists(machine.File("site/wording.py")), install.Screen);
    }

    private Task<LeadingIndex> StartAsync(RegistryHosts hosts, params (string Name, string Value)[] variables) => LeadingIndex.StartAsync(
        clamd, hosts, [("ClamProxy__Routes__pypi__Path", "/pypi"), ("ClamProxy__Routes__pypi__Upstream", hosts.Index.Url), .. variables]);

    private static async Task<ClientRun> InstallAsync(LeadingIndex index)
    {
        using var machine = new ClientMachine();
        return await machine.RunAsync(
            "python3", "-m", "pip", "install", "--isolated", "--disable-pip-version-check", "--no-input", "--root-user-action", "ignore",
            "--retries", "0",
            "--index-url", $"http://127.0.0.1:{index.Proxy.Port}/pypi/simple/", "tainted==1.0.0", "--target", "site");
    }
}
