using System.Net;
using System.Net.Sockets;
using ClamProxy.Configuration;
using ClamProxy.Starting;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Tests.Configuration;

public sealed class ListenTests
{
    [Fact]
    public void SamePortTwice_IsAProblem() =>
        Assert.Equal(
            ["MANAGEMENT_PORT=9000: takes a port other than the proxy's own (9000)"],
            SettingsReaderTests.Problems<ListenOptions>(Given.Environment(("PORT", "9000"), ("MANAGEMENT_PORT", "9000"))));

    [Fact]
    public void BothPortsZero_TakesTwoFreeOnes() =>
        Assert.Empty(SettingsReaderTests.Problems<ListenOptions>(Given.Environment(("PORT", "0"), ("MANAGEMENT_PORT", "0"))));

    [Theory]
    [InlineData("ClamProxy__Listen__Address", "example.org")]
    [InlineData("ClamProxy__Listen__ManagementAddress", "*")]
    public void NoAddress_IsAProblem(string name, string value) =>
        Assert.Equal(
            [$"{name}={value}: takes any, localhost or an IP address of this machine"],
            SettingsReaderTests.Problems<ListenOptions>(Given.Environment((name, value))));

    /// <summary>What cannot be had is named as an operator sets it, and only what this process opens.</summary>
    [Theory]
    [InlineData("proxy", "PORT")]
    [InlineData("api", "API_PORT")]
    [InlineData("icap", "ICAP_PORT")]
    [InlineData("ext-proc", "EXT_PROC_PORT")]
    [InlineData("worker", "MANAGEMENT_PORT")]
    public void PortThatIsTaken_IsNamed(string door, string variable)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var options = new ListenOptions
        {
            Address = "localhost",
            Port = port,
            ApiPort = port,
            IcapPort = port,
            ExtProcPort = port,
            ManagementPort = variable == "MANAGEMENT_PORT" ? port : 0,
        };

        var problems = ListenProbe.Problems(options, new DoorOptions { Doors = [door] }, new ConfigurationBuilder().Build());

        Assert.StartsWith($"{variable}={port}: takes a port that is free (", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void PortThatNamedEndpointsReplace_IsNotProbed()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var options = new ListenOptions
        {
            Address = "localhost",
            Port = 0,
            IcapPort = ((IPEndPoint)taken.LocalEndpoint).Port,
            ManagementPort = 0,
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Kestrel:Endpoints:Icaps:Url", "https://127.0.0.1:1")]).Build();

        Assert.Empty(ListenProbe.Problems(options, new DoorOptions { Doors = ["proxy", "icap"] }, configuration));
    }

    [Fact]
    public async Task NothingSaid_ManagementIsForThisMachineOnly()
    {
        var (port, managementPort) = (FreePort.Next(), FreePort.Next());
        var (application, _) = ProxyApplication.Build(
            [$"--PORT={port}", $"--MANAGEMENT_PORT={managementPort}", "--LOG_LEVEL=None", "--STOP_DELAY=0"]);
        await using var started = application!;
        await started.StartAsync(TestContext.Current.CancellationToken);

        // Another address of this machine stands for one that is reached from outside.
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.2", port, TestContext.Current.CancellationToken);
        using var inside = new TcpClient();
        await inside.ConnectAsync("127.0.0.1", managementPort, TestContext.Current.CancellationToken);
        using var outside = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => outside.ConnectAsync("127.0.0.2", managementPort));
    }

    [Fact]
    public async Task AddressOfLoopback_ListensThereOnly()
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.ListenOn(
                new() { Address = "127.0.0.2", Port = port, ManagementAddress = "localhost", ManagementPort = 0 }, new()));
        await using var app = builder.Build();
        app.MapGet("/", () => Results.Text("here"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        Assert.Equal("here", await client.GetStringAsync($"http://127.0.0.2:{port}/", TestContext.Current.CancellationToken));
        using var elsewhere = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => elsewhere.ConnectAsync(IPAddress.Loopback, port));
    }
}
