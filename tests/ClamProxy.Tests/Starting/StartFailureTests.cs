using System.Net;
using System.Net.Sockets;
using ClamProxy.Configuration;
using ClamProxy.Starting;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Tests.Starting;

public sealed class StartFailureTests : IDisposable
{
    private readonly StringWriter _error = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public void Problems_AreOneLineEachAndExitCode78()
    {
        Assert.Equal(78, StartFailure.Report(["A=1: takes 2", "B=1: takes 3"], _error));
        Assert.Equal(["A=1: takes 2", "B=1: takes 3", ""], _error.ToString().Split('\n'));
    }

    [Fact]
    public void SettingThatIsGone_IsUnknown()
    {
        var (application, problems) = ProxyApplication.Build(["--ClamProxy:Gate:MaxStreams=5"]);

        Assert.Null(application);
        Assert.Equal("ClamProxy:Gate:MaxStreams: no such setting", Assert.Single(problems));
    }

    [Fact]
    public async Task PortThatIsTaken_IsOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Assert.Equal(78, await StartFailure.GuardAsync(() => ListenAsync(port), _error));
        Assert.Contains($":{port}: address already in use.", Assert.Single(Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SettingsFileThatIsNoJson_IsOneLineWithItsPlace()
    {
        using var folder = new TempFolder();
        var file = folder.File("appsettings.json");
        await File.WriteAllTextAsync(file, "{ \"ClamProxy\": {\n oops }", TestContext.Current.CancellationToken);
        var code = await StartFailure.GuardAsync(
            () =>
            {
                new ConfigurationBuilder().AddJsonFile(file).Build();
                return Task.FromResult(0);
            },
            _error);
        Assert.Equal(78, code);
        var line = Assert.Single(Lines());
        Assert.Contains(file, line, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 1", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcessThatEndsWell_KeepsItsCode() =>
        Assert.Equal(0, await StartFailure.GuardAsync(() => Task.FromResult(0), _error));

    [Fact]
    public async Task BugOfOurs_IsNotHidden() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartFailure.GuardAsync(() => throw new InvalidOperationException("bug"), _error));

    private string[] Lines() => _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<int> ListenAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.ListenOn(
                new() { Address = "localhost", Port = port, ManagementAddress = "localhost", ManagementPort = 0 }, new()));
        await using var app = builder.Build();
        await app.RunAsync();
        return 0;
    }
}
